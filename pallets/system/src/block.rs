//! Where the chain stands, and the record of a block's events.

use althing_frame::{DispatchError, Events, Fault, Map, PhaseEvents, RowKey, Tx, Value};
use althing_primitives::{BlockNumber, Digest, Hash256, Twox64Concat, row_prefix};
use parity_scale_codec::{Compact, Encode};

/// How many block hashes stay, genesis not counted. A mortal extrinsic can name any of them.
pub const BLOCK_HASH_COUNT: BlockNumber = 4096;

/// Hashes of recent blocks, and of genesis.
pub const BLOCK_HASH: Map<BlockNumber, Hash256, Twox64Concat> =
    Map::new(crate::NAME, "BlockHash").with_default();
/// Height of the block.
pub const NUMBER: Value<BlockNumber> = Value::new(crate::NAME, "Number").with_default();
/// Hash of the block before.
pub const PARENT_HASH: Value<Hash256> = Value::new(crate::NAME, "ParentHash").with_default();
/// What the runtime adds to the header.
pub const DIGEST: Value<Digest> = Value::new(crate::NAME, "Digest").with_default();
/// How many events the block had.
pub const EVENT_COUNT: Value<u32> = Value::new(crate::NAME, "EventCount").with_default();

/// Key of the row that holds the block's events. Its type needs the runtime's event, so it is not
/// an item like the others.
pub fn events_key() -> RowKey {
    row_prefix(crate::NAME, "Events").to_vec().into()
}

/// Begin a block: note its height and its parent, and forget the hash that is too old (S2).
pub fn initialize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let block = *tx.block();
    let parent = block.number.saturating_sub(1);
    NUMBER.put(tx, &block.number)?;
    PARENT_HASH.put(tx, &block.parent_hash)?;
    BLOCK_HASH.put(tx, &parent, &block.parent_hash)?;
    let expired = parent.saturating_sub(BLOCK_HASH_COUNT);
    if expired > 0 {
        BLOCK_HASH.remove(tx, &expired)?;
    }
    Ok(())
}

/// How many bytes the records of these events take at most: a phase of up to five bytes and an
/// empty list of topics around each, and the number of all.
fn record_bytes(events: &Events) -> usize {
    let around = events.len().saturating_add(1).saturating_mul(6);
    events.encoded_len().saturating_add(around)
}

/// Replace the record of events by that of this block (S3).
pub fn record_events(tx: &mut Tx<'_>, events: &[PhaseEvents<'_>]) -> Result<(), Fault> {
    let sum =
        |of: fn(&PhaseEvents<'_>) -> usize| events.iter().map(of).fold(0, usize::saturating_add);
    let count = sum(|step| step.events.len());
    if count == 0 {
        tx.set_row(events_key(), None)?;
        return EVENT_COUNT.remove(tx);
    }
    let count = u32::try_from(count).map_err(|_| Fault::Broken { invariant: "events fit u32" })?;
    let mut bytes = Vec::with_capacity(sum(|step| record_bytes(step.events)));
    Compact(count).encode_to(&mut bytes);
    for record in events.iter().flat_map(PhaseEvents::records) {
        record.encode_to(&mut bytes);
    }
    tx.set_row(events_key(), Some(bytes.into()))?;
    EVENT_COUNT.put(tx, &count)
}
