//! Why no block was made.

use std::sync::Arc;

use althing_primitives::BlockNumber;

use crate::chain::ChainError;
use crate::pool::PoolError;

/// Why no block was made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuthorError {
    /// The chain refused or failed.
    #[error(transparent)]
    Chain(#[from] Arc<ChainError>),
    /// The pool failed.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// More blocks than may be asked for at once.
    #[error("{asked} blocks were asked for, the most at once is {max}")]
    TooMany {
        /// How many.
        asked: u64,
        /// The limit.
        max: u64,
    },
    /// The block asked for is not ahead.
    #[error("block {asked} is not ahead of the head {head}")]
    NotAhead {
        /// The block asked for.
        asked: BlockNumber,
        /// The head.
        head: BlockNumber,
    },
    /// What was waited for has not happened.
    #[error("nothing changed in {blocks} blocks")]
    NothingHappened {
        /// How many blocks were made.
        blocks: u64,
    },
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

impl From<ChainError> for AuthorError {
    fn from(error: ChainError) -> Self {
        Self::Chain(Arc::new(error))
    }
}
