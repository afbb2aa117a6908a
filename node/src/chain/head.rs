//! What others are told of a block.

use althing_executor::{Explanation, State};
use althing_frame::RowKey;
use althing_primitives::{BlockNumber, Hash256, Header, Moment};
use std::sync::Arc;

use super::StoredReceipt;

/// A block with the rows after it. Cheap to keep: states share what they have in common.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its height.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash256,
    /// Its header.
    pub header: Header,
    /// All rows after it.
    pub state: State,
    /// The time it claims, in milliseconds since the Unix epoch; 0 for genesis.
    pub time: Moment,
    /// How it ran, if this process has executed it.
    pub explanation: Option<Arc<Explanation>>,
}

/// A block that has just become durable and final.
#[derive(Clone, Debug)]
pub struct BlockNotice {
    /// The block.
    pub head: Arc<Head>,
    /// The rows it changed, in ascending order of their keys.
    pub changed: Vec<RowKey>,
    /// One for each extrinsic.
    pub receipts: Vec<StoredReceipt>,
    /// How it ran here.
    pub explanation: Explanation,
}

impl BlockNotice {
    /// Whether the block changed the row at `key`.
    pub fn has_changed(&self, key: &[u8]) -> bool {
        self.changed.binary_search_by(|changed| changed.as_bytes().cmp(key)).is_ok()
    }
}
