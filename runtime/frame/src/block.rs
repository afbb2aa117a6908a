//! What is fixed before any call of a block runs.

use althing_primitives::{BlockNumber, Hash256, Moment};

/// The block in which calls run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BlockEnv {
    /// Its height.
    pub number: BlockNumber,
    /// Hash of the block before.
    pub parent_hash: Hash256,
    /// Hash of block 0: which chain this is.
    pub genesis_hash: Hash256,
    /// Milliseconds since the Unix epoch, as the block's first inherent says; 0 at genesis.
    pub now: Moment,
}
