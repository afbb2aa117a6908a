//! What becomes of a transaction, as it happens.

use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use althing_frame::Invalid;
use althing_primitives::Hash256;
use futures::Stream;
use tokio::sync::mpsc;

/// Statuses a slow listener may be behind. Few transactions have more in all.
const BACKLOG: usize = 16;

/// What has become of a transaction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TxStatus {
    /// It waits for transactions of its sender with lower nonces.
    Future,
    /// It can enter the next block.
    Ready,
    /// It is in a block.
    InBlock {
        /// The block.
        block: Hash256,
        /// Its position there.
        index: u32,
    },
    /// The block that holds it is final. The last status.
    Finalized {
        /// The block.
        block: Hash256,
        /// Its position there.
        index: u32,
    },
    /// Another transaction of its sender took its nonce. The last status.
    Usurped(Hash256),
    /// The pool ran out of room, or it waited too long for lower nonces. The last status.
    Dropped,
    /// It can no longer enter a block. The last status.
    Invalid(Invalid),
}

impl TxStatus {
    /// Whether no other status follows.
    pub fn is_last(&self) -> bool {
        match self {
            Self::Finalized { .. } | Self::Usurped(_) | Self::Dropped | Self::Invalid(_) => true,
            Self::Future | Self::Ready | Self::InBlock { .. } => false,
        }
    }
}

/// The statuses of one transaction. Ends after the last one, or when the listener is too slow.
#[derive(Debug)]
pub struct StatusStream(mpsc::Receiver<TxStatus>);

impl StatusStream {
    /// The next status, or `None` after the last one.
    pub async fn next(&mut self) -> Option<TxStatus> {
        self.0.recv().await
    }
}

impl Stream for StatusStream {
    type Item = TxStatus;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<TxStatus>> {
        self.0.poll_recv(context)
    }
}

/// Who listens to which transaction.
#[derive(Debug, Default)]
pub(crate) struct Watchers(HashMap<Hash256, Vec<mpsc::Sender<TxStatus>>>);

impl Watchers {
    /// Listen to a transaction, unless `max` others do.
    pub(crate) fn add(&mut self, hash: Hash256, max: usize) -> Option<StatusStream> {
        let senders = self.0.entry(hash).or_default();
        senders.retain(|sender| !sender.is_closed());
        if senders.len() >= max {
            return None;
        }
        let (sender, receiver) = mpsc::channel(BACKLOG);
        senders.push(sender);
        Some(StatusStream(receiver))
    }

    /// Tell everybody who listens to a transaction.
    pub(crate) fn tell(&mut self, hash: Hash256, status: &TxStatus) {
        let Some(senders) = self.0.get_mut(&hash) else { return };
        // Whoever is gone or too slow is told nothing more.
        senders.retain(|sender| sender.try_send(status.clone()).is_ok());
        if senders.is_empty() || status.is_last() {
            self.0.remove(&hash);
        }
    }
}
