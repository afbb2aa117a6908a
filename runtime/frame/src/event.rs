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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventRecord {
    /// When it happened.
    pub phase: Phase,
    /// The outer event: pallet index, then the pallet's event.
    pub event: Vec<u8>,
}

impl EventRecord {
    /// Append the SCALE form `phase ++ event ++ topics`; there are never topics.
    pub fn encode_to(&self, out: &mut Vec<u8>) {
        self.phase.encode_to(out);
        out.extend_from_slice(&self.event);
        Vec::<Hash256>::new().encode_to(out);
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
