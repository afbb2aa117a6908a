//! What the node asks of a store, and what it gives in return.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use althing_primitives::{BlockNumber, Hash256};
use parity_scale_codec::{Decode, Encode};

use super::{Changes, Row, Rows, StoreError};

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
    pub extrinsics: Vec<Arc<[u8]>>,
    /// What made the block final.
    pub justification: Vec<u8>,
    /// The rows it changed; of two changes of one row the later counts.
    pub changes: Changes,
    /// What executing it gave, as the node wants it back.
    pub receipts: Vec<u8>,
}

impl BlockRecord {
    /// How many bytes of it become durable.
    pub fn bytes(&self) -> usize {
        let body = self.extrinsics.iter().map(|one| one.len()).fold(0, usize::saturating_add);
        [self.header.len(), self.justification.len(), self.changes.bytes(), self.receipts.len()]
            .into_iter()
            .fold(body, usize::saturating_add)
    }
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
    /// A hash that tells this chain spec from others, if there is one.
    pub spec_hash: Hash256,
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
    /// The hash of the chain spec given to [`Store::initialise`].
    pub spec_hash: Hash256,
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
    /// Its extrinsics, or what is kept of them.
    pub body: Body,
    /// What made the block final.
    pub justification: Vec<u8>,
    /// What executing it gave.
    pub receipts: Vec<u8>,
}

/// The extrinsics of a stored block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Body {
    /// Their bytes as received, in block order.
    Whole(Vec<Vec<u8>>),
    /// What [`Store::prune`] was given in their place.
    Pruned(Vec<u8>),
}

/// Some rows that are neighbours in the state tree.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Page {
    /// The paths of the rows (`path_of` their keys), strictly ascending.
    pub paths: Vec<Hash256>,
    /// The rows, in the order of their paths.
    pub rows: Rows,
}

/// The state of every height from `base` to the tip, ready to be replayed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LoadedState {
    /// The height the pages belong to.
    pub base: BlockNumber,
    /// All rows as of `base`, each key once; paths ascend from page to page.
    pub pages: Vec<Page>,
    /// The changes of the blocks after `base`, oldest first, up to the tip.
    pub changes: Vec<(BlockNumber, Changes)>,
}

/// What was written since the store was opened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Written {
    /// Blocks that became durable.
    pub blocks: u64,
    /// Bytes of their headers, bodies, justifications, receipts and changes.
    pub block_bytes: u64,
    /// Batches they became durable in.
    pub groups: u64,
    /// Bytes given to the engine for them: keys, frames and indices included.
    pub commit_bytes: u64,
    /// Bytes given to the engine for folding and pruning.
    pub upkeep_bytes: u64,
}

/// A block on its way to the disk.
#[derive(Debug)]
#[must_use = "a block is not durable before this was waited for"]
pub struct Ticket(Receiver<Result<(), StoreError>>);

impl Ticket {
    pub(crate) fn new(receiver: Receiver<Result<(), StoreError>>) -> Self {
        Self(receiver)
    }

    /// Wait until the block is durable, and with it every block before.
    pub fn wait(self) -> Result<(), StoreError> {
        // Nobody left to answer means that writing has stopped.
        self.0.recv().unwrap_or(Err(StoreError::Stopped))
    }
}

/// Blocks and state that survive the process.
///
/// Every `Ok` of a writing method but [`Store::submit`] means durable: `specs/store.md`, S9 to S12.
pub trait Store: core::fmt::Debug + Send + Sync {
    /// Make an empty store a chain, or check that it is this one already.
    ///
    /// Doing it twice changes nothing. Another genesis is refused ([`StoreError::Genesis`]).
    fn initialise(&self, genesis: Genesis) -> Result<(), StoreError>;

    /// What the store says about itself; `None` before [`Store::initialise`].
    fn meta(&self) -> Result<Option<Meta>, StoreError>;

    /// Hand in the block above the last one handed in, and go on while it is made durable, all of
    /// it or nothing.
    ///
    /// Blocks become durable in the order of their heights, several at once if they come faster
    /// than the disk takes them; waits while too many are under way. Nobody is shown a block before
    /// it is durable. A block that is there already, or under way, changes nothing.
    fn submit(&self, block: BlockRecord) -> Result<Ticket, StoreError>;

    /// Add the block above the tip, all of it or nothing.
    ///
    /// A block that is there already is `Ok` and changes nothing.
    fn commit(&self, block: BlockRecord) -> Result<(), StoreError> {
        self.submit(block)?.wait()
    }

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

    /// The highest height up to which changes are folded.
    fn folded_to(&self) -> BlockNumber;

    /// Put something shorter in the place of the bodies of these blocks, which are the lowest with
    /// a whole one, in the order of their heights, and folded ([`StoreError::Prune`] otherwise).
    ///
    /// Runs beside commits. What was there is gone for good.
    fn prune(&self, blocks: Vec<(BlockNumber, Vec<u8>)>) -> Result<(), StoreError>;

    /// The highest block whose body is pruned; 0 if none is.
    fn pruned_to(&self) -> BlockNumber;
}
