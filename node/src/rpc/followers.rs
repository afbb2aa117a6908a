//! Who follows what: how many subscriptions the node carries, and what becomes of slow ones.
//!
//! # Invariants
//!
//! - All connections together have at most [`SUBSCRIPTIONS_MAX`] subscriptions, which name at most
//!   [`KEYS_MAX`] keys: what a block costs to tell has a bound.
//! - A feed keeps one item at a time. It waits for its client and for nobody else.
//! - A client that takes nothing for [`PATIENCE`], or misses more than [`MISSED_MAX`] blocks, is
//!   told why and followed no more.

use std::sync::Arc;
use std::time::Duration;

use jsonrpsee::core::SubscriptionError;
use jsonrpsee::server::SubscriptionCloseResponse;
use jsonrpsee::{SubscriptionSink, core::server::SendTimeoutError};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::Failure;

/// How many subscriptions there may be.
const SUBSCRIPTIONS_MAX: usize = 8192;
/// How many keys they may name together.
const KEYS_MAX: usize = 65_536;
/// How long a client may take nothing.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many blocks a client may be behind.
pub(super) const MISSED_MAX: u32 = 256;

/// Room for those who follow.
#[derive(Debug)]
pub(super) struct Followers {
    subscriptions: Arc<Semaphore>,
    keys: Arc<Semaphore>,
}

/// A place among those who follow. Dropping it makes room.
#[derive(Debug)]
pub(super) struct Follower {
    _subscription: OwnedSemaphorePermit,
    _keys: Option<OwnedSemaphorePermit>,
}

/// Why a feed ends before its client does.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Ended {
    /// The client left or unsubscribed: nobody is told.
    #[error("the client is gone")]
    Gone,
    /// The client takes nothing.
    #[error("nothing was taken for {} s: subscribe again", PATIENCE.as_secs())]
    Deaf,
    /// The client is too far behind.
    #[error("{missed} blocks behind, {MISSED_MAX} are kept up with: subscribe again")]
    Behind {
        /// How many blocks it has missed.
        missed: u32,
    },
    /// One message cannot hold what changed.
    #[error("the values have outgrown one message: follow fewer keys")]
    TooLong,
    /// The node cannot go on.
    #[error("the node failed: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
}

impl Followers {
    pub(super) fn new() -> Self {
        Self::of(SUBSCRIPTIONS_MAX, KEYS_MAX)
    }

    fn of(subscriptions: usize, keys: usize) -> Self {
        Self {
            subscriptions: Arc::new(Semaphore::new(subscriptions)),
            keys: Arc::new(Semaphore::new(keys)),
        }
    }

    /// A place for one who follows so many keys.
    pub(super) fn admit(&self, keys: usize) -> Result<Follower, Failure> {
        let full = |_| Failure::too_many_followers(SUBSCRIPTIONS_MAX, KEYS_MAX);
        let subscription = Arc::clone(&self.subscriptions).try_acquire_owned().map_err(full)?;
        let count = u32::try_from(keys).unwrap_or(u32::MAX);
        let keys = match count {
            0 => None,
            _ => Some(Arc::clone(&self.keys).try_acquire_many_owned(count).map_err(full)?),
        };
        Ok(Follower { _subscription: subscription, _keys: keys })
    }
}

/// Send one item. Waits for a slow client, but not for ever.
pub(super) async fn send(sink: &SubscriptionSink, item: &Value) -> Result<(), Ended> {
    let raw = serde_json::value::to_raw_value(item)
        .map_err(|error| Ended::Failed { reason: error.to_string() })?;
    sink.send_timeout(raw, PATIENCE).await.map_err(|error| match error {
        SendTimeoutError::Timeout(_) => Ended::Deaf,
        SendTimeoutError::Closed(_) => Ended::Gone,
    })
}

/// What a client is told at the end of its feed.
pub(super) fn farewell(outcome: Result<(), Ended>) -> SubscriptionCloseResponse {
    match outcome {
        Ok(()) | Err(Ended::Gone) => SubscriptionCloseResponse::None,
        Err(ended) => {
            SubscriptionCloseResponse::NotifErr(SubscriptionError::from(ended.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_and_their_keys_have_a_limit_together() {
        let followers = Followers::of(2, 10);
        let first = followers.admit(8).unwrap();
        assert!(followers.admit(3).is_err(), "keys");
        let second = followers.admit(0).unwrap();
        assert!(followers.admit(0).is_err(), "subscriptions");
        drop((first, second));
        assert!(followers.admit(10).is_ok());
    }
}
