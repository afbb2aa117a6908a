//! Events: what a block tells the world.

use althing_primitives::Hash256;
use parity_scale_codec::{Decode, Encode};
use scale_info::{
    MetaType, Path, Type, TypeInfo, TypeParameter,
    build::{Fields, Variants},
};

/// An event of one pallet. Variants have fixed indices that are never reused.
pub trait Event: Encode + TypeInfo + 'static {
    /// Index of the pallet in the runtime.
    const PALLET: u8;

    /// The bytes of the runtime's outer event.
    fn to_outer(&self) -> Vec<u8> {
        let mut bytes = vec![Self::PALLET];
        self.encode_to(&mut bytes);
        bytes
    }
}

/// Outer events in order, laid end to end: a transaction has several, and a block thousands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Events {
    bytes: Vec<u8>,
    /// Where each event ends.
    ends: Vec<u32>,
}

impl Events {
    /// No events.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), ends: Vec::new() }
    }

    /// Append an event.
    pub fn push<E: Event>(&mut self, event: &E) {
        if self.bytes.is_empty() {
            // A transfer's three events.
            self.bytes.reserve(256);
            self.ends.reserve(4);
        }
        self.bytes.push(E::PALLET);
        event.encode_to(&mut self.bytes);
        self.end();
    }

    /// Append an event that is encoded already.
    pub fn push_encoded(&mut self, outer: &[u8]) {
        self.bytes.extend_from_slice(outer);
        self.end();
    }

    fn end(&mut self) {
        // A block's events are bounded by its weight, far below 4 GiB.
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    /// The events in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        (0..self.ends.len()).map(|at| self.get(at).unwrap_or(&[]))
    }

    /// The event at this position.
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.bytes.get(start.unwrap_or(0) as usize..end as usize)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many bytes they have together.
    pub fn encoded_len(&self) -> usize {
        self.bytes.len()
    }

    /// Forget all events from the one at position `length` on.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.ends.truncate(length);
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }

    /// Each event as bytes of its own.
    pub fn to_vecs(&self) -> Vec<Vec<u8>> {
        self.iter().map(<[u8]>::to_vec).collect()
    }
}

/// When in a block an event happened.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Phase {
    /// While the extrinsic of this index ran.
    #[codec(index = 0)]
    ApplyExtrinsic(u32),
    /// After all extrinsics.
    #[codec(index = 1)]
    Finalization,
    /// Before any extrinsic.
    #[codec(index = 2)]
    Initialization,
}

// Clients look for this path.
impl TypeInfo for Phase {
    type Identity = Self;

    fn type_info() -> Type {
        let variants = Variants::new()
            .variant("ApplyExtrinsic", |v| {
                v.index(0).fields(Fields::unnamed().field(|f| f.ty::<u32>().type_name("u32")))
            })
            .variant("Finalization", |v| v.index(1))
            .variant("Initialization", |v| v.index(2));
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_system", "Phase"]))
            .variant(variants)
    }
}

/// An event with its place in the block, as `System.Events` holds it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EventRecord<'a> {
    /// When it happened.
    pub phase: Phase,
    /// The outer event: pallet index, then the pallet's event.
    pub event: &'a [u8],
}

impl EventRecord<'_> {
    /// Append the SCALE form `phase ++ event ++ topics`; there are never topics.
    pub fn encode_to(&self, out: &mut Vec<u8>) {
        self.phase.encode_to(out);
        out.extend_from_slice(self.event);
        // An empty list of topics.
        out.push(0);
    }
}

/// Events of one step of a block.
#[derive(Clone, Copy, Debug)]
pub struct PhaseEvents<'a> {
    /// The step.
    pub phase: Phase,
    /// What happened.
    pub events: &'a Events,
}

impl<'a> PhaseEvents<'a> {
    /// Each event with its phase.
    pub fn records(&self) -> impl Iterator<Item = EventRecord<'a>> + use<'a> {
        let Self { phase, events } = *self;
        events.iter().map(move |event| EventRecord { phase, event })
    }
}

/// Type information of a record around the runtime's outer event `E`.
#[derive(Debug)]
pub struct EventRecordType<E>(core::marker::PhantomData<E>);

impl<E: TypeInfo + 'static> TypeInfo for EventRecordType<E> {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_system", "EventRecord"]))
            .type_params([
                TypeParameter::new("E", Some(MetaType::new::<E>())),
                TypeParameter::new("T", Some(MetaType::new::<Hash256>())),
            ])
            .composite(
                Fields::named()
                    .field(|f| f.ty::<Phase>().name("phase").type_name("Phase"))
                    .field(|f| f.ty::<E>().name("event").type_name("E"))
                    .field(|f| f.ty::<Vec<Hash256>>().name("topics").type_name("Vec<T>")),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_back_one_by_one_and_the_last_ones_can_be_forgotten() {
        let mut events = Events::new();
        for event in [&b"one"[..], b"", b"three"] {
            events.push_encoded(event);
        }
        assert_eq!(events.to_vecs(), [&b"one"[..], b"", b"three"]);
        events.truncate(1);
        events.push_encoded(b"two");
        assert_eq!(events.to_vecs(), [b"one", b"two"]);
        assert_eq!((events.len(), events.encoded_len(), events.get(2)), (2, 6, None));
        events.truncate(0);
        assert!(events.is_empty());
    }
}
