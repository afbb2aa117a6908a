//! One value under a name: cut into parts, framed with its length and checksum (S4 to S6).

use core::fmt;

use althing_primitives::{BlockNumber, Hash256};
use parity_scale_codec::{DecodeAll, Encode};

use super::{Batch, Engine, StoreError};

/// The largest value given to the engine (S4).
///
/// A leaf of sled's tree holds at most 19 values. With parts of this size such a leaf stays below
/// the size at which sled moves it to a file of its own, so one sync of the log covers it. Of the
/// sizes measured, from 6 to 256 KiB, 24 to 28 KiB made a block of 10 MB durable soonest
/// (bench `store::commit/sled/large_10_mb`).
pub(crate) const PART_BYTES: usize = 24 * 1024;

/// Checksum and length, ahead of the payload.
const FRAME_BYTES: usize = 32 + 8;

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
    /// Rows whose key hash is in the range that begins here.
    Page(u64),
}

impl Record {
    /// The key of one of its parts (S3).
    pub(crate) fn key(self, part: u32) -> Vec<u8> {
        let mut key = Vec::with_capacity(13);
        key.push(self.kind());
        match self {
            Self::Meta | Self::Tip | Self::Folded => {}
            Self::Head(number)
            | Self::Body(number)
            | Self::Justification(number)
            | Self::Receipts(number)
            | Self::Changes(number) => key.extend_from_slice(&number.to_be_bytes()),
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
            Self::Head(_) => 0x10,
            Self::Body(_) => 0x11,
            Self::Justification(_) => 0x12,
            Self::Receipts(_) => 0x13,
            Self::Changes(_) => 0x14,
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

/// Put a record into a batch; returns its number of parts.
pub(crate) fn put(batch: &mut impl Batch, record: Record, value: &impl Encode) -> u32 {
    let mut framed = Vec::with_capacity(FRAME_BYTES.saturating_add(value.encoded_size()));
    framed.resize(FRAME_BYTES, 0);
    value.encode_to(&mut framed);
    if let Some((frame, payload)) = framed.split_first_chunk_mut::<FRAME_BYTES>() {
        let length = (payload.len() as u64).to_le_bytes();
        let (sum, rest) = frame.split_at_mut(32);
        sum.copy_from_slice(&checksum(record, length, payload).0);
        rest.copy_from_slice(&length);
    }

    let mut parts = 0;
    for (part, bytes) in (0_u32..).zip(framed.chunks(PART_BYTES)) {
        batch.put(&record.key(part), bytes);
        parts = part.saturating_add(1);
    }
    parts
}

/// Remove the parts of a record from part `from` on.
pub(crate) fn delete(batch: &mut impl Batch, record: Record, from: u32, parts: u32) {
    for part in from..parts {
        batch.delete(&record.key(part));
    }
}

/// Read a record, whole and checked, or `None` when there is none.
pub(crate) fn read<T: DecodeAll>(
    engine: &impl Engine,
    record: Record,
) -> Result<Option<Found<T>>, StoreError> {
    let Some(framed) = read_parts(engine, record)? else {
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

/// Frame and payload, checked against the frame.
fn read_parts(engine: &impl Engine, record: Record) -> Result<Option<Found<Vec<u8>>>, StoreError> {
    let Some(first) = engine.get(&record.key(0))? else {
        return Ok(None);
    };
    let mut framed = first.as_ref().to_vec();
    let Some((sum, length)) = split_frame(&framed) else {
        let found = framed.len() as u64;
        return Err(StoreError::Incomplete { record, expected: FRAME_BYTES as u64, found });
    };

    let expected = u64::from_le_bytes(length).saturating_add(FRAME_BYTES as u64);
    let mut parts = 1;
    while (framed.len() as u64) < expected {
        // The length is not checked yet, so it drives no allocation: only bytes that exist do.
        match engine.get(&record.key(parts))? {
            Some(part) if !part.as_ref().is_empty() => framed.extend_from_slice(part.as_ref()),
            _ => break,
        }
        parts = parts.saturating_add(1);
    }
    let found = framed.len() as u64;
    if found != expected {
        return Err(StoreError::Incomplete { record, expected, found });
    }

    let payload = framed.get(FRAME_BYTES..).unwrap_or_default();
    let found = checksum(record, length, payload);
    if found != sum {
        return Err(StoreError::Corrupt { record, expected: sum, found });
    }
    Ok(Some(Found { value: framed, parts }))
}

fn split_frame(framed: &[u8]) -> Option<(Hash256, [u8; 8])> {
    let (sum, rest) = framed.split_first_chunk::<32>()?;
    let length = rest.first_chunk::<8>()?;
    Some((Hash256(*sum), *length))
}

/// The name is part of it, so that a record in another's place is noticed too.
fn checksum(record: Record, length: [u8; 8], payload: &[u8]) -> Hash256 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&record.key(0)).update(&length).update(payload);
    Hash256(*hasher.finalize().as_bytes())
}
