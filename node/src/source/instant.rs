//! A block as soon as there is a transaction for it.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::{BlockSource, seal};
use crate::author::{Author, AuthorError, Sealed, Want};
use crate::shutdown::Stop;

/// Driven by the pool's activity: nothing is polled, and a chain without transactions is at rest.
#[derive(Debug)]
pub(super) struct Instant;

impl BlockSource for Instant {
    fn run(
        self: Box<Self>,
        author: Arc<Author>,
        mut stop: Stop,
    ) -> BoxFuture<'static, Result<(), AuthorError>> {
        async move {
            let mut activity = author.pool().activity();
            activity.mark_changed();
            loop {
                tokio::select! {
                    () = stop.requested() => return Ok(()),
                    changed = activity.changed() => {
                        changed.map_err(|_| AuthorError::Stopping)?;
                    }
                }
                // What has no room in this block goes into the next one at once. When a block
                // could take nothing, only something new in the pool can change that.
                while !stop.is_requested()
                    && let Sealed::Block(_) = seal(&author, Want::Transactions).await?
                {
                }
            }
        }
        .boxed()
    }
}
