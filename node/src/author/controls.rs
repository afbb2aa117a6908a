//! What the owner of a development chain may ask for.

use std::sync::Arc;

use althing_primitives::BlockNumber;

use super::{Author, AuthorError, Sealed, Want};
use crate::chain::{Chain, Head};
use crate::clock::Clock;
use crate::shutdown::Stop;
use crate::source::Seal;

/// How many blocks may be asked for at once.
const BLOCKS_MAX: u64 = 1_000_000;

/// Blocks on request and a clock that can be set. There is one per development chain; no other
/// chain has any.
#[derive(Clone, Debug)]
pub struct DevControls {
    author: Arc<Author>,
    clock: Arc<Clock>,
    seal: Seal,
    stop: Stop,
}

impl DevControls {
    /// The controls of a development chain whose blocks `author` makes.
    pub(crate) fn new(author: Arc<Author>, clock: Arc<Clock>, (seal, stop): (Seal, Stop)) -> Self {
        Self { author, clock, seal, stop }
    }

    /// When blocks are made without being asked for.
    pub fn seal(&self) -> Seal {
        self.seal
    }

    /// The clock of the chain.
    pub fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// Make `count` blocks, of waiting transactions as far as there are any.
    pub async fn mine(&self, count: u64) -> Result<Arc<Head>, AuthorError> {
        if count > BLOCKS_MAX {
            return Err(AuthorError::TooMany { asked: count, max: BLOCKS_MAX });
        }
        let mut head = self.chain().head();
        for _ in 0..count {
            head = self.one().await?;
        }
        Ok(head)
    }

    /// Make blocks until the head is at `number`.
    pub async fn advance(&self, number: BlockNumber) -> Result<Arc<Head>, AuthorError> {
        let head = self.chain().head().number;
        let count = number.checked_sub(head).filter(|count| *count > 0);
        let count = count.ok_or(AuthorError::NotAhead { asked: number, head })?;
        self.mine(count.into()).await
    }

    /// Make blocks until `reached` holds of the head, but not more than `blocks_max`.
    pub async fn mine_until(
        &self,
        blocks_max: u64,
        mut reached: impl FnMut(&Head) -> bool + Send,
    ) -> Result<Arc<Head>, AuthorError> {
        let mut head = self.chain().head();
        for _ in 0..blocks_max.min(BLOCKS_MAX) {
            if reached(&head) {
                return Ok(head);
            }
            head = self.one().await?;
        }
        if reached(&head) {
            Ok(head)
        } else {
            Err(AuthorError::NothingHappened { blocks: blocks_max.min(BLOCKS_MAX) })
        }
    }

    /// Let the chain's time be this far ahead of the system's. Blocks never go back in time.
    pub fn set_time_ahead(&self, ahead_ms: u64) {
        self.clock.set_ahead(ahead_ms);
    }

    fn chain(&self) -> &Arc<Chain> {
        self.author.chain()
    }

    async fn one(&self) -> Result<Arc<Head>, AuthorError> {
        if self.stop.is_requested() {
            return Err(AuthorError::Stopping);
        }
        let author = Arc::clone(&self.author);
        let sealing = tokio::task::spawn_blocking(move || author.seal(Want::Any));
        match sealing.await.map_err(|_| AuthorError::Stopping)?? {
            Sealed::Block(head) => Ok(head),
            Sealed::Nothing => Ok(self.chain().head()),
        }
    }
}
