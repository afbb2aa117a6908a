//! One value under a name: framed with its length and checksum, and cut into parts or put into a
//! log (S4 to S6, S22).

use core::fmt;

use althing_primitives::{BlockNumber, Hash256};
use parity_scale_codec::{DecodeAll, Encode};

use super::{Batch, Engine, Log, Position, StoreError};

/// The largest value given to the engine (S4).
///
/// A leaf of sled's tree holds at most 19 values. With parts of this size such a leaf stays below
/// the size at which sled moves it to a file of its own, so one sync of the log covers it. Of the
/// sizes measured, from 6 to 256 KiB, 24 to 28 KiB made a block of 10 MB durable soonest
/// (bench `store::commit/sled/large_10_mb`).
pub(crate) const PART_BYTES: usize = 24 * 1024;

/// Checksum and length, ahead of the payload.
const FRAME_BYTES: usize = 32 + 8;
/// Set in the length of a record that lies in a log: the database holds only where (S22).
const IN_LOG: u64 = 1 << 63;
/// What follows the frame of such a record in the database: log, segment, offset.
const PLACE_BYTES: usize = 1 + 4 + 8;

/// The name of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Record {
    /// What the folder says about itself.
    Meta,
    /// The highest block.
    Tip,
    /// How far changes are folded, and which pages there are.
    Folded,
    /// Hash, parent and header of a block.
    Head(BlockNumber),
    /// Extrinsics of a block.
    Body(BlockNumber),
    /// Justification of a block.
    Justification(BlockNumber),
    /// Receipts of a block.
    Receipts(BlockNumber),
    /// Rows a block changed.
    Changes(BlockNumber),
    /// What is kept of a body without signatures.
    Pruned(BlockNumber),
    /// The highest block whose body is pruned.
    PrunedTo,
    /// Rows whose key hash is in the range that begins here.
    Page(u64),
}

impl Record {
    /// The key of one of its parts (S3).
    pub(crate) fn key(self, part: u32) -> Vec<u8> {
        let mut key = Vec::with_capacity(13);
        key.push(self.kind());
        match self {
            Self::Meta | Self::Tip | Self::Folded | Self::PrunedTo => {}
            Self::Head(number)
            | Self::Body(number)
            | Self::Justification(number)
            | Self::Receipts(number)
            | Self::Changes(number)
            | Self::Pruned(number) => key.extend_from_slice(&number.to_be_bytes()),
            Self::Page(start) => key.extend_from_slice(&start.to_be_bytes()),
        }
        key.extend_from_slice(&part.to_be_bytes());
        key
    }

    /// The first byte of its keys. Never reused for anything else.
    const fn kind(self) -> u8 {
        match self {
            Self::Meta => 0x02,
            Self::Tip => 0x03,
            Self::Folded => 0x04,
            Self::PrunedTo => 0x06,
            Self::Head(_) => 0x10,
            Self::Body(_) => 0x11,
            Self::Justification(_) => 0x12,
            Self::Receipts(_) => 0x13,
            Self::Changes(_) => 0x14,
            Self::Pruned(_) => 0x15,
            Self::Page(_) => 0x30,
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meta => f.write_str("chain description"),
            Self::Tip => f.write_str("tip"),
            Self::Folded => f.write_str("page directory"),
            Self::Head(number) => write!(f, "head of block {number}"),
            Self::Body(number) => write!(f, "body of block {number}"),
            Self::Justification(number) => write!(f, "justification of block {number}"),
            Self::Receipts(number) => write!(f, "receipts of block {number}"),
            Self::Changes(number) => write!(f, "changes of block {number}"),
            Self::Pruned(number) => write!(f, "pruned body of block {number}"),
            Self::PrunedTo => f.write_str("height of the pruned bodies"),
            Self::Page(start) => write!(f, "page {start:#018x}"),
        }
    }
}

/// A record as read: what it holds, and in how many parts it lies.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) parts: u32,
}

/// A batch in the making, with what is appended for it.
#[derive(Debug)]
pub(crate) struct Draft<'e, E: Engine> {
    engine: &'e E,
    pub(crate) batch: E::Batch,
    /// Where records are framed; kept, since a fresh buffer of a block's size costs as much as
    /// copying it.
    framed: Vec<u8>,
    /// How many bytes were given to the engine.
    pub(crate) bytes: u64,
}

impl<'e, E: Engine> Draft<'e, E> {
    /// Nothing yet, framing records in `buffer`.
    pub(crate) fn new(engine: &'e E, buffer: Vec<u8>) -> Self {
        Self { engine, batch: E::Batch::default(), framed: buffer, bytes: 0 }
    }

    /// The buffer, for the next draft, and the batch.
    pub(crate) fn finish(self) -> (E::Batch, Vec<u8>) {
        (self.batch, self.framed)
    }

    /// Put bytes of the caller's own form.
    pub(crate) fn put_raw(&mut self, key: &[u8], value: &[u8]) {
        self.bytes =
            self.bytes.saturating_add((key.len() as u64).saturating_add(value.len() as u64));
        self.batch.put(key, value);
    }

    /// Put a record in parts; returns their number.
    pub(crate) fn put(&mut self, record: Record, value: &impl Encode) -> u32 {
        self.frame(record, value);
        self.put_parts(record)
    }

    /// Put a record that may be large: into `log`, unless it fits one part.
    pub(crate) fn put_in(
        &mut self,
        log: Log,
        record: Record,
        value: &impl Encode,
    ) -> Result<(), StoreError> {
        self.frame(record, value);
        if self.framed.len() <= PART_BYTES {
            self.put_parts(record);
            return Ok(());
        }
        let at = self.engine.append(log, &self.framed)?;
        self.bytes = self.bytes.saturating_add(self.framed.len() as u64);
        let mut pointer = [0; FRAME_BYTES + PLACE_BYTES];
        if let (Some((sum, length)), (frame, place)) =
            (split_frame(&self.framed), pointer.split_at_mut(FRAME_BYTES))
        {
            frame.copy_from_slice(&frame_of(sum, u64::from_le_bytes(length) | IN_LOG));
            place.copy_from_slice(&place_of(log, at));
        }
        self.put_raw(&record.key(0), &pointer);
        Ok(())
    }

    /// Remove the parts of a record from part `from` on.
    pub(crate) fn delete(&mut self, record: Record, from: u32, parts: u32) {
        for part in from..parts {
            self.batch.delete(&record.key(part));
        }
    }

    fn frame(&mut self, record: Record, value: &impl Encode) {
        self.framed.clear();
        self.framed.resize(FRAME_BYTES, 0);
        value.encode_to(&mut self.framed);
        if let Some((frame, payload)) = self.framed.split_first_chunk_mut::<FRAME_BYTES>() {
            let length = payload.len() as u64;
            *frame = frame_of(checksum(record, length.to_le_bytes(), payload), length);
        }
    }

    fn put_parts(&mut self, record: Record) -> u32 {
        let framed = core::mem::take(&mut self.framed);
        let mut parts = 0;
        for (part, bytes) in (0_u32..).zip(framed.chunks(PART_BYTES)) {
            self.put_raw(&record.key(part), bytes);
            parts = part.saturating_add(1);
        }
        self.framed = framed;
        parts
    }
}

/// Read a record, whole and checked, or `None` when there is none.
pub(crate) fn read<T: DecodeAll>(
    engine: &impl Engine,
    record: Record,
) -> Result<Option<Found<T>>, StoreError> {
    let Some(framed) = read_framed(engine, record)? else {
        return Ok(None);
    };
    let mut payload = framed.value.get(FRAME_BYTES..).unwrap_or_default();
    let value =
        T::decode_all(&mut payload).map_err(|source| StoreError::Malformed { record, source })?;
    Ok(Some(Found { value, parts: framed.parts }))
}

/// Read a record that others say exists.
pub(crate) fn require<T: DecodeAll>(
    engine: &impl Engine,
    record: Record,
) -> Result<Found<T>, StoreError> {
    read(engine, record)?.ok_or(StoreError::Missing { record })
}

/// Where a record lies, if it lies in a log.
pub(crate) fn place(
    engine: &impl Engine,
    record: Record,
) -> Result<Option<(Log, Position)>, StoreError> {
    let first = engine.get(&record.key(0))?;
    Ok(first.as_ref().and_then(|first| split_pointer(first.as_ref())).map(|pointer| pointer.place))
}

/// Frame and payload, checked against the frame.
fn read_framed(engine: &impl Engine, record: Record) -> Result<Option<Found<Vec<u8>>>, StoreError> {
    let Some(first) = engine.get(&record.key(0))? else {
        return Ok(None);
    };
    let framed = match split_pointer(first.as_ref()) {
        Some(pointer) => Found { value: read_log(engine, record, &pointer)?, parts: 1 },
        None => read_parts(engine, record, first.as_ref())?,
    };
    let Some((expected, length)) = split_frame(&framed.value) else {
        let found = framed.value.len() as u64;
        return Err(StoreError::Incomplete { record, expected: FRAME_BYTES as u64, found });
    };
    let payload = framed.value.get(FRAME_BYTES..).unwrap_or_default();
    let found = checksum(record, length, payload);
    if found != expected {
        return Err(StoreError::Corrupt { record, expected, found });
    }
    Ok(Some(framed))
}

/// Put the parts together until the length is reached that the first one states.
fn read_parts(
    engine: &impl Engine,
    record: Record,
    first: &[u8],
) -> Result<Found<Vec<u8>>, StoreError> {
    let Some((_, length)) = split_frame(first) else {
        let found = first.len() as u64;
        return Err(StoreError::Incomplete { record, expected: FRAME_BYTES as u64, found });
    };
    let expected = u64::from_le_bytes(length).saturating_add(FRAME_BYTES as u64);
    let mut value = first.to_vec();
    let mut parts = 1;
    while (value.len() as u64) < expected {
        // The length is not checked yet, so it drives no allocation: only bytes that exist do.
        match engine.get(&record.key(parts))? {
            Some(part) if !part.as_ref().is_empty() => value.extend_from_slice(part.as_ref()),
            _ => break,
        }
        parts = parts.saturating_add(1);
    }
    let found = value.len() as u64;
    if found == expected {
        Ok(Found { value, parts })
    } else {
        Err(StoreError::Incomplete { record, expected, found })
    }
}

/// Read a record from its log. The frame there must be the one the database knows.
fn read_log(
    engine: &impl Engine,
    record: Record,
    pointer: &Pointer,
) -> Result<Vec<u8>, StoreError> {
    let (log, at) = pointer.place;
    let expected = pointer.length.saturating_add(FRAME_BYTES as u64);
    let value = engine.read(log, at, expected)?;
    let found = value.len() as u64;
    if found != expected {
        return Err(StoreError::Incomplete { record, expected, found });
    }
    match split_frame(&value) {
        Some((sum, length))
            if (sum, u64::from_le_bytes(length)) == (pointer.sum, pointer.length) =>
        {
            Ok(value)
        }
        frame => {
            let found = frame.map_or_else(Hash256::default, |(sum, _)| sum);
            Err(StoreError::Corrupt { record, expected: pointer.sum, found })
        }
    }
}

fn frame_of(sum: Hash256, length: u64) -> [u8; FRAME_BYTES] {
    let mut frame = [0; FRAME_BYTES];
    let (head, tail) = frame.split_at_mut(32);
    head.copy_from_slice(&sum.0);
    tail.copy_from_slice(&length.to_le_bytes());
    frame
}

fn split_frame(framed: &[u8]) -> Option<(Hash256, [u8; 8])> {
    let (sum, rest) = framed.split_first_chunk::<32>()?;
    let length = rest.first_chunk::<8>()?;
    Some((Hash256(*sum), *length))
}

/// What the database holds of a record in a log.
struct Pointer {
    sum: Hash256,
    length: u64,
    place: (Log, Position),
}

fn place_of(log: Log, at: Position) -> [u8; PLACE_BYTES] {
    let mut place = [log.index(); PLACE_BYTES];
    let (_, rest) = place.split_at_mut(1);
    let (segment, offset) = rest.split_at_mut(4);
    segment.copy_from_slice(&at.segment.to_le_bytes());
    offset.copy_from_slice(&at.offset.to_le_bytes());
    place
}

fn split_pointer(first: &[u8]) -> Option<Pointer> {
    let (sum, length) = split_frame(first)?;
    let length = u64::from_le_bytes(length);
    let place = first.get(FRAME_BYTES..).filter(|_| length & IN_LOG != 0)?;
    let (log, rest) = place.split_first()?;
    let (segment, offset) = rest.split_first_chunk::<4>()?;
    let offset = u64::from_le_bytes(offset.try_into().ok()?);
    let log = Log::ALL.into_iter().find(|known| known.index() == *log)?;
    let at = Position { segment: u32::from_le_bytes(*segment), offset };
    Some(Pointer { sum, length: length & !IN_LOG, place: (log, at) })
}

/// The name is part of it, so that a record in another's place is noticed too.
fn checksum(record: Record, length: [u8; 8], payload: &[u8]) -> Hash256 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&record.key(0)).update(&length).update(payload);
    Hash256(*hasher.finalize().as_bytes())
}
