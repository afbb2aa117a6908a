//! Decide when the next block is made.
//!
//! A [`BlockSource`] drives an [`Author`] until it is told to stop. A development chain has one of
//! three, named by [`Seal`]; a network's consensus engine drives the chain's `BlockExecutor`
//! itself. Execution, pool, store and RPC do not know which one it is.

mod instant;
mod interval;
mod seal;

use std::sync::Arc;

use futures::future::BoxFuture;

pub use seal::{Seal, SealError};

use crate::author::{Author, AuthorError, Sealed, Want};
use crate::shutdown::Stop;

/// Decides when blocks are made.
pub trait BlockSource: core::fmt::Debug + Send {
    /// Make blocks until told to stop. A block that was begun is finished first.
    fn run(
        self: Box<Self>,
        author: Arc<Author>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<(), AuthorError>>;
}

/// Make one block on a thread where blocking is no harm.
async fn seal(author: &Arc<Author>, want: Want) -> Result<Sealed, AuthorError> {
    let author = Arc::clone(author);
    let sealing = tokio::task::spawn_blocking(move || author.seal(want));
    sealing.await.map_err(|_| AuthorError::Stopping)?
}
