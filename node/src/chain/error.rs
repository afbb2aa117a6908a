//! Why the chain could not do what was asked.

use std::sync::Arc;

use althing_executor::BlockError;
use althing_primitives::{BlockNumber, ExtrinsicError, Hash256};

use super::At;
use crate::store::StoreError;

/// Why the chain could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The block is not one, or executing it found a bug.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// An extrinsic of a foreign block does not decode.
    #[error("extrinsic {index} of block {number} does not decode: {source}")]
    Extrinsic {
        /// The block.
        number: BlockNumber,
        /// The extrinsic's position.
        index: usize,
        /// Why.
        source: ExtrinsicError,
    },
    /// Bytes in the store are whole, but not what they should be.
    #[error("the {what} of block {number} does not decode: written by a faulty program")]
    Undecodable {
        /// What was read.
        what: &'static str,
        /// The block.
        number: BlockNumber,
    },
    /// The rows in the store are not those the block commits to.
    #[error("the stored rows of block {number} have root {found}, its header says {expected}")]
    StateRoot {
        /// The block.
        number: BlockNumber,
        /// The root of the stored rows.
        found: Hash256,
        /// The root in the header.
        expected: Hash256,
    },
    /// The block was built on what is no longer the head.
    #[error("block {hash} builds on {parent}, the head is {head}")]
    NotOnHead {
        /// The block.
        hash: Hash256,
        /// What it builds on.
        parent: Hash256,
        /// The head.
        head: Hash256,
    },
    /// The block was not built or verified here, or too long ago.
    #[error("block {hash} was not executed here: build or verify it first")]
    NotExecuted {
        /// The block.
        hash: Hash256,
    },
    /// A block without votes on a chain that needs them.
    #[error("a block without votes is valid on development chains only")]
    DevOnLive,
    /// A block with a certificate on a chain that has no validators.
    #[error("a development chain has no validators who could sign a certificate")]
    CertificateOnDev,
    /// The block's certificate can be checked by a consensus engine only.
    #[error("block {number} has a certificate, which only a consensus engine can check")]
    Unchecked {
        /// The block.
        number: BlockNumber,
    },
    /// Only block 0 needs no reason to be final.
    #[error("block {number} claims to be the genesis block")]
    GenesisTwice {
        /// The block.
        number: BlockNumber,
    },
    /// There is no such block here.
    #[error("no block {at} here")]
    Unknown {
        /// What was asked for.
        at: At,
    },
    /// The block is here, its state is not any more.
    #[error("the state of block {number} is gone, the oldest kept is that of block {oldest}")]
    Pruned {
        /// What was asked for.
        number: BlockNumber,
        /// The oldest state there is.
        oldest: BlockNumber,
    },
    /// The block is here without the signatures of its extrinsics.
    #[error("the signatures of block {number} are pruned, and of all blocks up to {last}")]
    WitnessesPruned {
        /// What was asked for.
        number: BlockNumber,
        /// The highest block without signatures.
        last: BlockNumber,
    },
    /// What is to be kept of a body, or was kept, is not what the header commits to.
    #[error("the pruned body of block {number} does not give the {what} of its header")]
    PrunedBody {
        /// Which commitment.
        what: &'static str,
        /// The block.
        number: BlockNumber,
    },
    /// The node found itself or its disk to be wrong and makes no more blocks.
    #[error("the node stopped: {0}")]
    Halted(#[source] Arc<ChainError>),
}

impl ChainError {
    /// Whether the node must not go on.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Store(_)
            | Self::Block(BlockError::Bug { .. } | BlockError::Verifier(_))
            | Self::Undecodable { .. }
            | Self::StateRoot { .. }
            | Self::PrunedBody { .. }
            | Self::Halted(_) => true,
            Self::Block(_)
            | Self::Extrinsic { .. }
            | Self::NotOnHead { .. }
            | Self::NotExecuted { .. }
            | Self::DevOnLive
            | Self::CertificateOnDev
            | Self::Unchecked { .. }
            | Self::GenesisTwice { .. }
            | Self::Unknown { .. }
            | Self::WitnessesPruned { .. }
            | Self::Pruned { .. } => false,
        }
    }
}
