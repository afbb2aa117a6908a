//! Bring the pool up to a new head.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use althing_frame::Invalid;
use althing_primitives::{AccountId, BlockNumber, Hash256, Nonce};
use rayon::prelude::*;

use super::core::Inner;
use super::entry::Entry;
use super::queue::News;
use super::upkeep::Blocks;
use super::verifier::VerifierDriver;
use super::{Pool, PoolError, TxStatus};
use crate::chain::Head;
use crate::shutdown::Stop;

/// Transactions one worker checks at least.
const GRAIN: usize = 64;
/// For how many blocks a verdict is good whose rows do not change. What depends on the height alone,
/// such as a scheme that runs out, is noticed that late; the executor refuses it in any case.
const GOOD_FOR: BlockNumber = 32;

/// What has to run for a pool to work: batches of signatures, and following the head.
#[derive(Debug)]
pub struct PoolDriver {
    pool: Arc<Pool>,
    verifier: VerifierDriver,
}

/// What is known of the transactions that were in the pool when a new head came.
struct Survey {
    head: Arc<Head>,
    blocks: Blocks,
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
            () = pool.gate.pace() => {}
        }
    }
}

impl Pool {
    /// Catch up with the head: what is in blocks leaves, what is no longer valid too. Blocks the
    /// thread; does nothing if the pool is at the head already.
    pub fn maintain(&self) -> Result<(), PoolError> {
        let mut upkeep = self.upkeep.lock().unwrap_or_else(PoisonError::into_inner);
        let head = self.chain.head();
        let (at, entries) = {
            let inner = self.lock();
            if inner.at.hash == head.hash {
                return Ok(());
            }
            (inner.at.number, inner.queue.entries().cloned().collect::<Vec<_>>())
        };
        let blocks = upkeep.catch_up(&self.chain, (at, head.number))?;
        let gone: HashSet<Hash256> = blocks.included.iter().map(|(hash, ..)| *hash).collect();
        let check_all = || {
            let check = |entry: Arc<Entry>| {
                let is_left = !gone.contains(&entry.hash);
                let verdict = is_left.then(|| self.check_again(&entry, &head, &blocks))??;
                Some((entry, verdict))
            };
            entries.into_par_iter().with_min_len(GRAIN).filter_map(check).collect()
        };
        let verdicts = match &self.workers {
            Some(workers) => workers.install(check_all),
            None => check_all(),
        };
        self.settle(Survey { head, blocks, verdicts })
    }

    /// A new verdict on `entry` for the block after `head`, unless the old one stands.
    fn check_again(
        &self,
        entry: &Entry,
        head: &Head,
        blocks: &Blocks,
    ) -> Option<Result<Nonce, PoolError>> {
        let now = head.number.saturating_add(1);
        entry.basis.confirm(now);
        if entry.dies_at <= now {
            let era = entry.extrinsic.signed_part().map(|part| part.extra.era);
            let birth = era.map_or(0, |era| era.birth(entry.dies_at.saturating_sub(1)));
            return Some(Err(Invalid::Expired { birth, now }.into()));
        }
        if let Some(changed) = &blocks.changed
            && entry.basis.stands(now.saturating_sub(GOOD_FOR), |row| changed.contains(row))
        {
            return None;
        }
        Some(self.check_proven(entry, head).map(|checked| {
            entry.basis.renew(checked.rows, now);
            checked.next
        }))
    }

    fn settle(&self, survey: Survey) -> Result<(), PoolError> {
        let Survey { head, mut blocks, verdicts } = survey;
        let mut inner = self.lock();
        let mut news = News::new();
        let mut nexts: HashMap<AccountId, Nonce> = HashMap::new();
        for (hash, block, index) in core::mem::take(&mut blocks.included) {
            inner.queue.take_included(&hash, &mut news);
            news.push((hash, TxStatus::InBlock { block, index }));
            news.push((hash, TxStatus::Finalized { block, index }));
        }
        let mut fatal = None;
        let late = late_arrivals(&inner, head.number.saturating_add(1));
        let late = late.into_iter().filter_map(|entry| {
            let verdict = self.check_again(&entry, &head, &blocks)?;
            Some((entry, verdict))
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
        inner.queue.advance(head.number.saturating_add(1), &mut news);
        inner.at = head;
        inner.tell(news);
        fatal.map_or(Ok(()), Err)
    }
}

/// What came in while the others were being checked for block `number`.
fn late_arrivals(inner: &Inner, number: BlockNumber) -> Vec<Arc<Entry>> {
    let is_late = |entry: &&Arc<Entry>| !entry.basis.is_confirmed(number);
    inner.queue.entries().filter(is_late).cloned().collect()
}
