//! Bring the pool up to a new head.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use althing_frame::Invalid;
use althing_primitives::{AccountId, BlockNumber, Hash256, Nonce};
use rayon::prelude::*;

use super::core::Inner;
use super::queue::{Entry, News};
use super::verifier::VerifierDriver;
use super::{Pool, PoolError, TxStatus};
use crate::chain::Head;
use crate::shutdown::Stop;

/// Transactions one worker checks at least.
const GRAIN: usize = 64;

/// What has to run for a pool to work: batches of signatures, and following the head.
#[derive(Debug)]
pub struct PoolDriver {
    pool: Arc<Pool>,
    verifier: VerifierDriver,
}

/// What is known of the transactions that were in the pool when a new head came.
struct Survey {
    head: Arc<Head>,
    included: Vec<(Hash256, Hash256, u32)>,
    verdicts: Vec<(Arc<Entry>, Result<Nonce, PoolError>)>,
}

impl PoolDriver {
    pub(super) fn new(pool: Arc<Pool>, verifier: VerifierDriver) -> Self {
        Self { pool, verifier }
    }

    /// Run until told to stop.
    pub async fn run(self, mut stop: Stop) {
        let Self { pool, mut verifier } = self;
        let mut heads = pool.chain.watch_head();
        let follow = async {
            while heads.changed().await.is_ok() {
                let pool = Arc::clone(&pool);
                // A refusal here is a fatal one, and the chain has told everybody.
                let _ = tokio::task::spawn_blocking(move || pool.maintain()).await;
            }
        };
        tokio::select! {
            () = stop.requested() => {}
            () = follow => {}
            () = verifier.run() => {}
        }
    }
}

impl Pool {
    /// Catch up with the head: what is in blocks leaves, what is no longer valid too. Blocks the
    /// thread; does nothing if the pool is at the head already.
    pub fn maintain(&self) -> Result<(), PoolError> {
        let _turn = self.upkeep.lock().unwrap_or_else(PoisonError::into_inner);
        let head = self.chain.head();
        let (at, entries) = {
            let inner = self.lock();
            if inner.at.hash == head.hash {
                return Ok(());
            }
            (inner.at.number, inner.queue.entries().cloned().collect::<Vec<_>>())
        };
        let included = self.included(at, &head)?;
        let gone: HashSet<Hash256> = included.iter().map(|(hash, ..)| *hash).collect();
        let left: Vec<_> = entries.into_iter().filter(|one| !gone.contains(&one.hash)).collect();
        let check_all = || {
            let check = |entry: Arc<Entry>| {
                let verdict = self.check_again(&entry, &head);
                (entry, verdict)
            };
            left.into_par_iter().with_min_len(GRAIN).map(check).collect()
        };
        let verdicts = match &self.workers {
            Some(workers) => workers.install(check_all),
            None => check_all(),
        };
        self.settle(Survey { head, included, verdicts })
    }

    /// The transactions of the blocks after `at` with their place.
    fn included(
        &self,
        at: BlockNumber,
        head: &Head,
    ) -> Result<Vec<(Hash256, Hash256, u32)>, PoolError> {
        let mut included = Vec::new();
        for number in at.saturating_add(1)..=head.number {
            let (block, hashes) = self.chain.transactions_of(number).map_err(Arc::new)?;
            included.extend((0..).zip(hashes).map(|(index, hash)| (hash, block, index)));
        }
        Ok(included)
    }

    fn check_again(&self, entry: &Entry, head: &Head) -> Result<Nonce, PoolError> {
        let now = head.number.saturating_add(1);
        if entry.dies_at <= now {
            let era = entry.extrinsic.signed_part().map(|part| part.extra.era);
            let birth = era.map_or(0, |era| era.birth(entry.dies_at.saturating_sub(1)));
            return Err(Invalid::Expired { birth, now }.into());
        }
        Ok(self.check(&entry.extrinsic, entry.nonce, head)?.next)
    }

    fn settle(&self, survey: Survey) -> Result<(), PoolError> {
        let Survey { head, included, verdicts } = survey;
        let mut inner = self.lock();
        let mut news = News::new();
        let mut nexts: HashMap<AccountId, Nonce> = HashMap::new();
        for (hash, block, index) in included {
            inner.queue.take_included(&hash, &mut news);
            news.push((hash, TxStatus::InBlock { block, index }));
            news.push((hash, TxStatus::Finalized { block, index }));
        }
        let seen: HashSet<Hash256> = verdicts.iter().map(|(entry, _)| entry.hash).collect();
        let mut fatal = None;
        let late = late_arrivals(&inner, &seen);
        let late = late.into_iter().map(|entry| {
            let verdict = self.check_again(&entry, &head);
            (entry, verdict)
        });
        for (entry, verdict) in verdicts.into_iter().chain(late) {
            match verdict {
                Ok(next) => {
                    nexts.insert(entry.sender, next);
                }
                Err(PoolError::Invalid(invalid)) => {
                    inner.queue.remove(&entry.hash, TxStatus::Invalid(invalid), &mut news);
                }
                Err(error) => fatal = Some(error),
            }
        }
        for (who, next) in nexts {
            inner.queue.refresh(&who, next, &mut news);
        }
        inner.at = head;
        inner.tell(news);
        fatal.map_or(Ok(()), Err)
    }
}

/// What came in while the others were being checked.
fn late_arrivals(inner: &Inner, seen: &HashSet<Hash256>) -> Vec<Arc<Entry>> {
    inner.queue.entries().filter(|entry| !seen.contains(&entry.hash)).cloned().collect()
}
