//! The blocks that the pool has not caught up with yet.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use althing_primitives::{BlockNumber, Hash256};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use super::PoolError;
use crate::chain::{BlockNotice, Chain};

/// The blocks that the pool has not caught up with yet.
#[derive(Debug)]
pub(crate) struct Upkeep {
    notices: Receiver<Arc<BlockNotice>>,
    /// Heard of, and not dealt with.
    pending: VecDeque<Arc<BlockNotice>>,
}

/// What some blocks in a row did.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// Their extrinsics: hash, block, place.
    pub(crate) included: Vec<(Hash256, Hash256, u32)>,
    /// Fingerprints of the rows they changed; nothing if that is not known any more.
    pub(crate) changed: Option<HashSet<u64>>,
}

impl Upkeep {
    /// From the next block of `chain` on.
    pub(crate) fn new(chain: &Chain) -> Self {
        Self { notices: chain.subscribe(), pending: VecDeque::new() }
    }

    /// What the blocks after `at` up to `to` did.
    pub(crate) fn catch_up(
        &mut self,
        chain: &Chain,
        (at, to): (BlockNumber, BlockNumber),
    ) -> Result<Blocks, PoolError> {
        loop {
            match self.notices.try_recv() {
                Ok(notice) => self.pending.push_back(notice),
                // The numbers tell that some are missing.
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        self.pending.retain(|notice| notice.head.number > at);
        let later = self.pending.partition_point(|notice| notice.head.number <= to);
        let rest = self.pending.split_off(later);
        let notices = core::mem::replace(&mut self.pending, rest);
        let numbers = notices.iter().map(|notice| notice.head.number);
        if !numbers.eq(at.saturating_add(1)..=to) {
            return from_history(chain, (at, to));
        }
        let mut included = Vec::new();
        for notice in &notices {
            let hashes = notice.receipts.iter().map(|receipt| receipt.hash);
            included.extend((0..).zip(hashes).map(|(at, hash)| (hash, notice.head.hash, at)));
        }
        let changed = notices.iter().flat_map(|notice| &notice.changed);
        let changed = changed.map(|key| key.fingerprint()).collect();
        Ok(Blocks { included, changed: Some(changed) })
    }
}

fn from_history(chain: &Chain, (at, to): (BlockNumber, BlockNumber)) -> Result<Blocks, PoolError> {
    let mut included = Vec::new();
    for number in at.saturating_add(1)..=to {
        let (block, hashes) = chain.transactions_of(number).map_err(Arc::new)?;
        included.extend((0..).zip(hashes).map(|(index, hash)| (hash, block, index)));
    }
    Ok(Blocks { included, changed: None })
}
