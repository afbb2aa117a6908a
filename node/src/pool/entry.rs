//! One transaction of the pool, with all that is decided by it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use althing_executor::{Proof, Transaction};
use althing_primitives::{
    AccountId, Balance, BlockNumber, Circumstances, Extrinsic, Hash256, Nonce, Weight,
};

use super::standing::Standing;
use super::touches::Touches;

/// A transaction in the pool.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) extrinsic: Extrinsic,
    pub(crate) hash: Hash256,
    pub(crate) sender: AccountId,
    pub(crate) nonce: Nonce,
    pub(crate) tip: Balance,
    pub(crate) weight: Weight,
    /// It may use the share of a block that is kept for votes and the like.
    pub(crate) is_operational: bool,
    /// The first block it may no longer enter.
    pub(crate) dies_at: BlockNumber,
    /// For which block it came, and as which of all: the older of two equals goes first.
    pub(crate) since: (BlockNumber, u64),
    /// Its place in the order.
    pub(crate) standing: Standing,
    /// What it will touch, as of when it came in.
    pub(crate) touches: Touches,
    /// Under which rules its signatures were verified.
    pub(crate) under: Circumstances,
    /// What the last verdict on it rests on.
    pub(crate) basis: Basis,
}

/// What a verdict rests on.
#[derive(Debug)]
pub(crate) struct Basis {
    /// The rows it depends on, and the block it was made for.
    made: Mutex<(Box<[u64]>, BlockNumber)>,
    /// The block for which it was last looked at.
    seen_for: AtomicU32,
}

impl Entry {
    /// How many bytes it has.
    pub(crate) fn length(&self) -> usize {
        self.extrinsic.bytes().len()
    }

    /// The transaction as the executor takes it for block `number`. Its signature was verified when
    /// it came in (P2), which holds until its era ends or its circumstances change.
    pub(crate) fn transaction(&self, number: BlockNumber) -> Transaction {
        let proven = if number < self.dies_at { Proof::Under(self.under) } else { Proof::None };
        Transaction { extrinsic: self.extrinsic.clone(), proven }
    }
}

impl Basis {
    /// A verdict for block `number` that rests on rows with these fingerprints.
    pub(crate) fn new(rows: Box<[u64]>, number: BlockNumber) -> Self {
        Self { made: Mutex::new((rows, number)), seen_for: AtomicU32::new(number) }
    }

    /// There is a new verdict.
    pub(crate) fn renew(&self, rows: Box<[u64]>, number: BlockNumber) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = (rows, number);
        self.confirm(number);
    }

    /// The verdict was looked at for block `number`.
    pub(crate) fn confirm(&self, number: BlockNumber) {
        self.seen_for.store(number, Ordering::Relaxed);
    }

    /// Whether the verdict was looked at for block `number`.
    pub(crate) fn is_confirmed(&self, number: BlockNumber) -> bool {
        self.seen_for.load(Ordering::Relaxed) == number
    }

    /// Whether the verdict still stands: no row it rests on `has_changed`, and it was made for a
    /// block not before `oldest`.
    pub(crate) fn stands(&self, oldest: BlockNumber, has_changed: impl Fn(&u64) -> bool) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.1 >= oldest && !made.0.iter().any(has_changed)
    }
}
