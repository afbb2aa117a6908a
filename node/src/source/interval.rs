//! A block at regular intervals, empty or not.

use core::time::Duration;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::{MissedTickBehavior, interval_at};

use super::{BlockSource, seal};
use crate::author::{Author, AuthorError, Want};
use crate::shutdown::Stop;

/// Every so often, counted from the start.
#[derive(Debug)]
pub(super) struct Interval(pub(super) Duration);

impl BlockSource for Interval {
    fn run(
        self: Box<Self>,
        author: Arc<Author>,
        mut stop: Stop,
    ) -> BoxFuture<'static, Result<(), AuthorError>> {
        async move {
            let mut ticks = interval_at(tokio::time::Instant::now() + self.0, self.0);
            // A block that took too long must not be followed by a burst.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = stop.requested() => return Ok(()),
                    _ = ticks.tick() => {
                        seal(&author, Want::Any).await?;
                    }
                }
            }
        }
        .boxed()
    }
}
