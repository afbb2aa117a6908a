//! The pool as others see it: submit, watch, and take what is best for a block.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use althing_frame::{BeforeError, CallClass, Fault, Invalid, WitnessCheck};
use althing_primitives::{AccountId, BlockNumber, Circumstances, Extrinsic, Hash256, Nonce};
use althing_runtime::priority;
use rayon::ThreadPool;
use tokio::sync::watch;

use super::choose::Room;
use super::entry::{Basis, Entry};
use super::gate::Gate;
use super::lines::{Load, Terms, Verdict};
use super::maintain::PoolDriver;
use super::queue::{News, Queue};
use super::rules::{Checked, Place, Signed, check, touches};
use super::standing::Standing;
use super::upkeep::Upkeep;
use super::verifier::Verifier;
use super::watch::Watchers;
use super::{Limits, PoolError, Source, StatusStream, TxStatus};
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
    /// Bytes of those whose signatures wait to be checked; these are not in the pool yet.
    pub waiting: usize,
}

/// What the pool offers for a block.
#[derive(Debug)]
pub(crate) struct Offer {
    /// The block before.
    pub(crate) parent: Hash256,
    /// The best that fit, in their order.
    pub(crate) entries: Vec<Arc<Entry>>,
}

/// Transactions on their way into a block.
#[derive(Debug)]
pub struct Pool {
    pub(super) chain: Arc<Chain>,
    pub(super) clock: Arc<Clock>,
    pub(super) workers: Option<Arc<ThreadPool>>,
    pub(super) inner: Mutex<Inner>,
    /// Held while the pool is brought up to a new head.
    pub(super) upkeep: Mutex<Upkeep>,
    pub(super) gate: Arc<Gate>,
    limits: Limits,
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
    /// Refused for their signature: the height at which they were, and what they said then. Under
    /// other circumstances the same bytes say something else.
    banned: BoundedMap<(BlockNumber, Circumstances)>,
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
        let (verifier, driver) = Verifier::new(Arc::clone(&chain), workers.clone());
        // Blocks are listened to from before the head is read, so that none is missed.
        let upkeep = Mutex::new(Upkeep::new(&chain));
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
            upkeep,
            gate: Gate::new(Terms::default()),
            limits,
            verifier,
            ages: AtomicU64::new(0),
            activity: watch::Sender::new(0),
        });
        let driver = PoolDriver::new(Arc::clone(&pool), driver);
        (pool, driver)
    }

    /// Offer a transaction of this program's own; returns its hash once it is in the pool.
    pub async fn submit(&self, bytes: impl Into<Arc<[u8]>>) -> Result<Hash256, PoolError> {
        self.submit_from(Source::LOCAL, bytes).await
    }

    /// Offer a transaction that `source` brought; returns its hash once it is in the pool.
    pub async fn submit_from(
        &self,
        source: Source,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<Hash256, PoolError> {
        Ok(self.submit_and_watch_from(source, bytes).await?.0)
    }

    /// Offer a transaction of this program's own and follow what becomes of it.
    pub async fn submit_and_watch(
        &self,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<(Hash256, StatusStream), PoolError> {
        self.submit_and_watch_from(Source::LOCAL, bytes).await
    }

    /// Offer a transaction that `source` brought and follow what becomes of it.
    pub async fn submit_and_watch_from(
        &self,
        source: Source,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<(Hash256, StatusStream), PoolError> {
        self.gate.glance(source, None)?;
        let extrinsic = Extrinsic::decode(bytes).map_err(Invalid::from)?;
        let sender = extrinsic.signed_part().ok_or(PoolError::Unsigned)?.account;
        self.gate.glance(source, Some(&sender))?;
        let hash = extrinsic.hash();
        let _turn = Checking::begin(self, hash)?;
        let head = self.chain.head();
        let (entry, checked) = self.examine(&extrinsic, &head)?;
        self.ensure_not_banned(&entry)?;
        self.lock().queue.offer(&entry, checked.next)?;
        let number = head.number.saturating_add(1);
        let under = checked.admission.circumstances;
        if let Some(witness) = checked.admission.witness
            && !self.chain.proven().of(&hash, number).holds(under)
        {
            let verdict = self.verify((source, sender), witness, &extrinsic).await;
            if let Err(PoolError::Invalid(_)) = &verdict {
                self.lock().banned.insert(hash, (number, under));
            }
            verdict?;
            self.chain.proven().insert(&extrinsic, number, under);
        }
        Ok((hash, self.enter(entry, (&head, checked.next))?))
    }

    /// The same bytes were refused for their signature a short while ago, and nothing that they say
    /// has changed since.
    fn ensure_not_banned(&self, entry: &Entry) -> Result<(), PoolError> {
        let inner = self.lock();
        let is_recent = |since: BlockNumber| inner.at.number < since.saturating_add(BANNED_BLOCKS);
        match inner.banned.get(&entry.hash) {
            Some((since, under)) if is_recent(*since) && *under == entry.under => {
                Err(PoolError::Banned { hash: entry.hash })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Wait for a turn, then for the verdict.
    async fn verify(
        &self,
        (source, sender): (Source, AccountId),
        witness: WitnessCheck,
        extrinsic: &Extrinsic,
    ) -> Result<(), PoolError> {
        let pass = self
            .gate
            .enter(source, sender, Load::new(extrinsic.bytes().len(), witness.weight))
            .await?;
        let verdict = self.verifier.verify(witness, extrinsic.clone()).await;
        pass.settle(match &verdict {
            Ok(()) => Verdict::Good,
            Err(PoolError::Invalid(_)) => Verdict::Bad,
            Err(_) => Verdict::Dropped,
        });
        verdict
    }

    /// Check everything about a transaction as submission would, and leave it out.
    pub async fn validate(&self, bytes: impl Into<Arc<[u8]>>) -> Result<(), PoolError> {
        let extrinsic = Extrinsic::decode(bytes).map_err(Invalid::from)?;
        let head = self.chain.head();
        let (entry, checked) = self.examine(&extrinsic, &head)?;
        let number = head.number.saturating_add(1);
        let under = checked.admission.circumstances;
        match checked.admission.witness {
            Some(witness) if !self.chain.proven().of(&extrinsic.hash(), number).holds(under) => {
                self.verify((Source::LOCAL, entry.sender), witness, &extrinsic).await
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
        let waiting = self.gate.waiting();
        let queue = &self.lock().queue;
        let (ready, bytes) = (queue.ready(), queue.bytes());
        PoolStatus { ready, future: queue.len().saturating_sub(ready), bytes, waiting }
    }

    /// Changes whenever a transaction enters the pool.
    pub fn activity(&self) -> watch::Receiver<u64> {
        self.activity.subscribe()
    }

    /// The best transactions, in order, that fit into the next block, of which the author has `time`
    /// in picoseconds of reference time.
    pub(crate) fn best(&self, time: u64) -> Offer {
        let runtime = self.chain.runtime();
        let whole = (runtime.block_weight_max(), runtime.block_bytes_max());
        let room = Room::new(whole, runtime.block_share(CallClass::Normal), time);
        let inner = self.lock();
        Offer { parent: inner.at.hash, entries: inner.queue.best(room) }
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
        let checked = self.check(extrinsic, (nonce, Signed::Unproven), head)?;
        let (weight, bytes) = (checked.admission.weight, extrinsic.bytes().len());
        let class = checked.call.class();
        let (weight_max, bytes_max) = self.chain.runtime().block_share(class);
        if weight.exceeds(weight_max) || bytes as u64 > bytes_max {
            return Err(Invalid::Exhausted.into());
        }
        let place = self.place(head);
        let touches = touches(place, (extrinsic, &part.account), &checked)
            .map_err(|fault| self.fault(fault))?;
        let number = head.number.saturating_add(1);
        let tip = checked.admission.tip;
        let known = self.lock().queue.since(&part.account, nonce);
        let since = known.unwrap_or_else(|| (number, self.ages.fetch_add(1, Ordering::Relaxed)));
        let priority = priority(class, tip, (weight, bytes));
        let entry = Arc::new(Entry {
            extrinsic: extrinsic.clone(),
            hash: extrinsic.hash(),
            sender: part.account,
            nonce,
            tip,
            weight,
            is_operational: class == CallClass::Operational,
            dies_at: dies_at(extrinsic, number),
            since,
            standing: Standing::new(priority, since.0, since.1),
            touches,
            under: checked.admission.circumstances,
            basis: Basis::new(checked.rows.clone(), number),
        });
        Ok((entry, checked))
    }

    fn place<'a>(&'a self, head: &'a Head) -> Place<'a> {
        let (runtime, genesis) = (self.chain.runtime().as_ref(), self.chain.genesis());
        Place { runtime, head, genesis, now: self.clock.now() }
    }

    fn fault(&self, fault: Fault) -> PoolError {
        PoolError::Chain(Arc::new(self.chain.halt_for("pool", fault)))
    }

    pub(super) fn check(
        &self,
        extrinsic: &Extrinsic,
        of: (Nonce, Signed),
        head: &Head,
    ) -> Result<Checked, PoolError> {
        check(self.place(head), extrinsic, of).map_err(|error| match error {
            BeforeError::Invalid(invalid) => PoolError::Invalid(invalid),
            BeforeError::Fault(fault) => self.fault(fault),
        })
    }

    /// Check a transaction whose signatures were verified for another block. Under other
    /// circumstances they say something else: its sender has to sign it again.
    pub(super) fn check_proven(&self, entry: &Entry, head: &Head) -> Result<Checked, PoolError> {
        let checked = self.check(&entry.extrinsic, (entry.nonce, Signed::Proven), head)?;
        let Circumstances { epoch, policy } = checked.admission.circumstances;
        if entry.under == checked.admission.circumstances {
            return Ok(checked);
        }
        Err(Invalid::Outdated { epoch, policy }.into())
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
            let checked = self.check_proven(&entry, &at)?;
            entry.basis.renew(checked.rows, at.number.saturating_add(1));
            checked.next
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
