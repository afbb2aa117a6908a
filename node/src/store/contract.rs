//! What the node asks of a store, and what it gives in return.

use althing_primitives::{BlockNumber, Hash256};
use parity_scale_codec::{Decode, Encode};

use super::StoreError;

/// A row of the state: key, value.
pub type Row = (Vec<u8>, Vec<u8>);
/// A row that a block changed: key, new value; `None` deletes the row.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// A block with everything that must become durable together.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BlockRecord {
    /// Height; one above the tip.
    pub number: BlockNumber,
    /// Hash of the header.
    pub hash: Hash256,
    /// Hash of the tip it builds on.
    pub parent: Hash256,
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The extrinsics' bytes as received, in block order.
    pub extrinsics: Vec<Vec<u8>>,
    /// What made the block final.
    pub justification: Vec<u8>,
    /// The rows it changed; of two changes of one row the later counts.
    pub changes: Vec<Change>,
    /// What executing it gave, as the node wants it back.
    pub receipts: Vec<u8>,
}

/// Where a chain begins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Genesis {
    /// Hash of the genesis header: the chain's name.
    pub hash: Hash256,
    /// The genesis header's bytes.
    pub header: Vec<u8>,
    /// The state the chain begins with.
    pub rows: Vec<Row>,
    /// The chain spec the genesis was built from.
    pub chain_spec: Vec<u8>,
}

/// What a folder says about itself.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Meta {
    /// Version of the layout the folder is written in.
    pub format: u32,
    /// Hash of block 0.
    pub genesis: Hash256,
    /// The chain spec given to [`Store::initialise`].
    pub chain_spec: Vec<u8>,
}

/// The small part of a stored block.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct StoredHead {
    /// Hash of the header.
    pub hash: Hash256,
    /// Hash of the block before; all zero for genesis.
    pub parent: Hash256,
    /// The header's bytes.
    pub header: Vec<u8>,
}

/// A block as it was committed, without the rows it changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredBlock {
    /// Hash of the header.
    pub hash: Hash256,
    /// Hash of the block before; all zero for genesis.
    pub parent: Hash256,
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The extrinsics' bytes as received, in block order.
    pub extrinsics: Vec<Vec<u8>>,
    /// What made the block final.
    pub justification: Vec<u8>,
    /// What executing it gave.
    pub receipts: Vec<u8>,
}

/// The state of every height from `base` to the tip, ready to be replayed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LoadedState {
    /// The height `rows` belong to.
    pub base: BlockNumber,
    /// All rows as of `base`, each key once, in no particular order.
    pub rows: Vec<Row>,
    /// The changes of the blocks after `base`, oldest first, up to the tip.
    pub changes: Vec<(BlockNumber, Vec<Change>)>,
}

/// Blocks and state that survive the process.
///
/// Every `Ok` of a writing method means durable: `specs/store.md`, S9 to S12.
pub trait Store: core::fmt::Debug + Send + Sync {
    /// Make an empty store a chain, or check that it is this one already.
    ///
    /// Doing it twice changes nothing. Another genesis is refused ([`StoreError::Genesis`]).
    fn initialise(&self, genesis: Genesis) -> Result<(), StoreError>;

    /// What the store says about itself; `None` before [`Store::initialise`].
    fn meta(&self) -> Result<Option<Meta>, StoreError>;

    /// Add the block above the tip, all of it or nothing.
    ///
    /// A block that is there already is `Ok` and changes nothing.
    fn commit(&self, block: BlockRecord) -> Result<(), StoreError>;

    /// The highest durable block.
    fn tip(&self) -> Option<(BlockNumber, Hash256)>;

    /// Hash, parent and header of a block.
    fn head(&self, number: BlockNumber) -> Result<Option<StoredHead>, StoreError>;

    /// A whole block.
    fn block(&self, number: BlockNumber) -> Result<Option<StoredBlock>, StoreError>;

    /// The hash of the block at a height.
    fn hash_of(&self, number: BlockNumber) -> Result<Option<Hash256>, StoreError>;

    /// The height of the block with a hash.
    fn number_of(&self, hash: Hash256) -> Result<Option<BlockNumber>, StoreError>;

    /// The state, as rows at the folded base and the changes since.
    fn load_state(&self) -> Result<LoadedState, StoreError>;

    /// Fold the changes of the blocks up to `up_to` into the rows and forget them.
    ///
    /// Heights below `up_to` can no longer be rebuilt, so the caller keeps back as many blocks as
    /// it wants readable. Runs beside commits; may take long.
    fn fold(&self, up_to: BlockNumber) -> Result<(), StoreError>;
}
