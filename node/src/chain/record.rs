//! What a block leaves on disk.

use althing_executor::Executed;
use parity_scale_codec::Encode;

use super::receipt::pack;
use super::{Justification, StoredReceipt};
use crate::store::{BlockRecord, Changes};

/// Everything that becomes durable of an executed block.
pub fn block_record(
    executed: &Executed,
    why: &Justification,
    receipts: &[StoredReceipt],
) -> BlockRecord {
    let bytes = executed.changes.iter().map(|(key, value)| {
        key.as_bytes().len().saturating_add(value.as_ref().map_or(0, |value| value.len()))
    });
    // A key and a value have at most ten bytes of lengths in front of them.
    let overhead = executed.changes.len().saturating_mul(10);
    let mut changes = Changes::with_capacity(bytes.fold(overhead, usize::saturating_add));
    for (key, value) in &executed.changes {
        changes.push(key.as_bytes(), value.as_deref());
    }
    BlockRecord {
        number: executed.header.number,
        hash: executed.header.hash(),
        parent: executed.header.parent_hash,
        header: executed.header.encode(),
        extrinsics: executed.extrinsics.iter().map(|one| one.bytes().clone()).collect(),
        justification: why.encode(),
        changes,
        receipts: pack(receipts),
    }
}
