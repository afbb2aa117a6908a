//! The pool as others see it: submit, watch, and take what is best for a block.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use althing_executor::Transaction;
use althing_frame::{BeforeError, CallClass, Invalid};
use althing_primitives::{AccountId, BlockNumber, Extrinsic, Hash256, Nonce};
use rayon::ThreadPool;
use tokio::sync::watch;

use super::maintain::PoolDriver;
use super::queue::{Entry, News, Price, Queue, Room};
use super::rules::{Checked, Place, check};
use super::verifier::Verifier;
use super::watch::Watchers;
use super::{Limits, PoolError, StatusStream, TxStatus};
use crate::bounded_map::BoundedMap;
use crate::chain::{Chain, Head};
use crate::clock::Clock;
use crate::proven::dies_at;

/// How many refused transactions are remembered.
const BANNED: usize = 16_384;
/// For how many blocks they are.
const BANNED_BLOCKS: BlockNumber = 64;

/// How full the pool is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PoolStatus {
    /// Transactions that can enter the next block.
    pub ready: usize,
    /// Transactions that wait for others of their sender.
    pub future: usize,
    /// Bytes of all of them.
    pub bytes: usize,
}

/// Transactions on their way into a block.
#[derive(Debug)]
pub struct Pool {
    pub(super) chain: Arc<Chain>,
    pub(super) clock: Arc<Clock>,
    pub(super) workers: Option<Arc<ThreadPool>>,
    pub(super) inner: Mutex<Inner>,
    /// Held while the pool is brought up to a new head.
    pub(super) upkeep: Mutex<()>,
    limits: Limits,
    room: Room,
    verifier: Verifier,
    ages: AtomicU64,
    activity: watch::Sender<u64>,
}

/// What is behind the lock. Nobody holds it for long, and nobody awaits with it.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) queue: Queue,
    pub(super) watchers: Watchers,
    /// The head that everything in the queue was checked against.
    pub(super) at: Arc<Head>,
    /// Refused for their signature, with the height at which they were.
    banned: BoundedMap<BlockNumber>,
    /// Their signatures are being checked.
    checking: HashSet<Hash256>,
}

impl Inner {
    /// Pass on what happened.
    pub(super) fn tell(&mut self, news: News) {
        for (hash, status) in news {
            self.watchers.tell(hash, &status);
        }
    }
}

impl Pool {
    /// An empty pool on `chain`, and what has to run for it to work. Signatures are checked on
    /// `workers`, or on rayon's own.
    pub fn new(
        chain: Arc<Chain>,
        clock: Arc<Clock>,
        limits: Limits,
        workers: Option<Arc<ThreadPool>>,
    ) -> (Arc<Self>, PoolDriver) {
        let (verifier, driver) = Verifier::new(workers.clone());
        let room = Room {
            weight: chain.runtime().block_weight_max(),
            bytes: chain.runtime().block_bytes_max(),
            normal: chain.runtime().block_share(CallClass::Normal),
        };
        let inner = Inner {
            queue: Queue::new(limits),
            watchers: Watchers::default(),
            at: chain.head(),
            banned: BoundedMap::new(BANNED),
            checking: HashSet::new(),
        };
        let pool = Arc::new(Self {
            chain,
            clock,
            workers,
            inner: Mutex::new(inner),
            upkeep: Mutex::new(()),
            limits,
            room,
            verifier,
            ages: AtomicU64::new(0),
            activity: watch::Sender::new(0),
        });
        let driver = PoolDriver::new(Arc::clone(&pool), driver);
        (pool, driver)
    }

    /// Offer a transaction; returns its hash once it is in the pool.
    pub async fn submit(&self, bytes: impl Into<Arc<[u8]>>) -> Result<Hash256, PoolError> {
        Ok(self.submit_and_watch(bytes).await?.0)
    }

    /// Offer a transaction and follow what becomes of it.
    pub async fn submit_and_watch(
        &self,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<(Hash256, StatusStream), PoolError> {
        let extrinsic = Extrinsic::decode(bytes).map_err(Invalid::from)?;
        let hash = extrinsic.hash();
        let _turn = Checking::begin(self, hash)?;
        let head = self.chain.head();
        let (entry, checked) = self.examine(&extrinsic, &head)?;
        self.lock().queue.offer(&entry, checked.next)?;
        let number = head.number.saturating_add(1);
        if let Some(witness) = checked.admission.witness
            && !self.chain.proven().contains(&hash, number)
        {
            let verdict = self.verifier.verify(witness, extrinsic.clone()).await;
            if let Err(PoolError::Invalid(_)) = &verdict {
                self.lock().banned.insert(hash, number);
            }
            verdict?;
            self.chain.proven().insert(&extrinsic, number);
        }
        Ok((hash, self.enter(entry, (&head, checked.next))?))
    }

    /// Check everything about a transaction as submission would, and leave it out.
    pub async fn validate(&self, bytes: impl Into<Arc<[u8]>>) -> Result<(), PoolError> {
        let extrinsic = Extrinsic::decode(bytes).map_err(Invalid::from)?;
        let head = self.chain.head();
        let (_, checked) = self.examine(&extrinsic, &head)?;
        let number = head.number.saturating_add(1);
        match checked.admission.witness {
            Some(witness) if !self.chain.proven().contains(&extrinsic.hash(), number) => {
                self.verifier.verify(witness, extrinsic).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Follow a transaction that is in the pool.
    pub fn watch(&self, hash: &Hash256) -> Option<StatusStream> {
        let mut inner = self.lock();
        let max = self.limits.watchers;
        if inner.queue.contains(hash) { inner.watchers.add(*hash, max) } else { None }
    }

    /// Whether a transaction is in the pool.
    pub fn contains(&self, hash: &Hash256) -> bool {
        self.lock().queue.contains(hash)
    }

    /// Take a transaction out; whether it was there.
    pub fn remove(&self, hash: &Hash256) -> bool {
        let mut inner = self.lock();
        let mut news = News::new();
        let removed = inner.queue.remove(hash, TxStatus::Dropped, &mut news);
        inner.tell(news);
        removed
    }

    /// All transactions, each sender's in the order of nonces.
    pub fn pending(&self) -> Vec<Extrinsic> {
        self.lock().queue.entries().map(|entry| entry.extrinsic.clone()).collect()
    }

    /// The nonce for the next transaction of `who`, whose next nonce on the chain is `next`.
    pub fn nonce_after(&self, who: &AccountId, next: Nonce) -> Nonce {
        self.lock().queue.nonce_after(who, next)
    }

    /// How full the pool is.
    pub fn status(&self) -> PoolStatus {
        let queue = &self.lock().queue;
        let (ready, bytes) = (queue.ready(), queue.bytes());
        PoolStatus { ready, future: queue.len().saturating_sub(ready), bytes }
    }

    /// Changes whenever a transaction enters the pool.
    pub fn activity(&self) -> watch::Receiver<u64> {
        self.activity.subscribe()
    }

    /// The best transactions, in order, for the block after the one whose hash comes first.
    pub(crate) fn best(&self) -> (Hash256, Vec<Transaction>) {
        let inner = self.lock();
        let number = inner.at.number.saturating_add(1);
        let transaction = |entry: Arc<Entry>| Transaction {
            extrinsic: entry.extrinsic.clone(),
            proven: self.chain.proven().contains(&entry.hash, number),
        };
        (inner.at.hash, inner.queue.best(self.room).into_iter().map(transaction).collect())
    }

    /// A block could not take these: they go.
    pub(crate) fn refuse(&self, refused: impl IntoIterator<Item = (Hash256, Invalid)>) {
        let mut inner = self.lock();
        let mut news = News::new();
        for (hash, invalid) in refused {
            inner.queue.remove(&hash, TxStatus::Invalid(invalid), &mut news);
        }
        inner.tell(news);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while it is held is a bug of the queue; its maps are sound one by one.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All checks but the signature.
    fn examine(
        &self,
        extrinsic: &Extrinsic,
        head: &Head,
    ) -> Result<(Arc<Entry>, Checked), PoolError> {
        let part = extrinsic.signed_part().ok_or(PoolError::Unsigned)?;
        let nonce = part.extra.nonce;
        let checked = self.check(extrinsic, nonce, head)?;
        let (weight, bytes) = (checked.admission.weight, extrinsic.bytes().len());
        let (weight_max, bytes_max) = self.chain.runtime().block_share(checked.class);
        if weight.exceeds(weight_max) || bytes as u64 > bytes_max {
            return Err(Invalid::Exhausted.into());
        }
        let age = self.ages.fetch_add(1, Ordering::Relaxed);
        let (tip, class) = (checked.admission.tip, checked.class);
        let entry = Arc::new(Entry {
            extrinsic: extrinsic.clone(),
            hash: extrinsic.hash(),
            sender: part.account,
            nonce,
            tip,
            weight,
            dies_at: dies_at(extrinsic, head.number.saturating_add(1)),
            price: Price::new(tip, class, (weight, bytes), self.room, age),
        });
        Ok((entry, checked))
    }

    pub(super) fn check(
        &self,
        extrinsic: &Extrinsic,
        nonce: Nonce,
        head: &Head,
    ) -> Result<Checked, PoolError> {
        let (runtime, genesis) = (self.chain.runtime().as_ref(), self.chain.genesis());
        let place = Place { runtime, head, genesis, now: self.clock.now() };
        check(place, extrinsic, nonce).map_err(|error| match error {
            BeforeError::Invalid(invalid) => PoolError::Invalid(invalid),
            BeforeError::Fault(fault) => {
                PoolError::Chain(Arc::new(self.chain.halt_for("pool", fault)))
            }
        })
    }

    /// Put a proven transaction into the queue. It was checked against `head`; if the pool has
    /// moved on meanwhile, it is checked again.
    fn enter(
        &self,
        entry: Arc<Entry>,
        (head, next): (&Head, Nonce),
    ) -> Result<StatusStream, PoolError> {
        let mut inner = self.lock();
        let at = Arc::clone(&inner.at);
        let next = if at.hash == head.hash {
            next
        } else {
            self.check(&entry.extrinsic, entry.nonce, &at)?.next
        };
        let (hash, mut news) = (entry.hash, News::new());
        inner.queue.insert(entry, next, &mut news)?;
        let stream = inner.watchers.add(hash, self.limits.watchers);
        inner.tell(news);
        drop(inner);
        self.activity.send_modify(|count| *count = count.wrapping_add(1));
        // Nobody else can listen to a transaction that has just come in.
        stream.ok_or(PoolError::AlreadyKnown { hash })
    }
}

/// While it lives, the same transaction is not checked a second time.
struct Checking<'a> {
    pool: &'a Pool,
    hash: Hash256,
}

impl<'a> Checking<'a> {
    fn begin(pool: &'a Pool, hash: Hash256) -> Result<Self, PoolError> {
        let mut inner = pool.lock();
        let now = inner.at.number;
        if inner.banned.get(&hash).is_some_and(|since| now < since.saturating_add(BANNED_BLOCKS)) {
            return Err(PoolError::Banned { hash });
        }
        if inner.queue.contains(&hash) || !inner.checking.insert(hash) {
            return Err(PoolError::AlreadyKnown { hash });
        }
        Ok(Self { pool, hash })
    }
}

impl Drop for Checking<'_> {
    fn drop(&mut self) {
        self.pool.lock().checking.remove(&self.hash);
    }
}
