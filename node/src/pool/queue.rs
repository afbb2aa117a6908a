//! The transactions themselves: by sender and nonce, within limits, in their order.
//!
//! Everything that is asked for a block is kept up to date as transactions come and go: the first
//! of each sender in the order of standing, and the last of each for when there is no room. So
//! choosing costs as much as is chosen, and not as much as waits. Pure data: no clock, no locks, no tasks. What happens to a transaction is written to a [`News`].

mod leave;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use althing_frame::Invalid;
use althing_primitives::{AccountId, Balance, BlockNumber, Hash256, Nonce};

use super::choose::{Chooser, Fit, Room};
use super::entry::Entry;
use super::standing::Standing;
use super::{Limits, PoolError, TxStatus};

/// How many transactions for which there is no room are passed over in search of a smaller one.
const PASSED_OVER_MAX: usize = 1_024;

/// What happened to which transaction, in order.
pub(crate) type News = Vec<(Hash256, TxStatus)>;

#[derive(Debug)]
struct Slot {
    entry: Arc<Entry>,
    is_ready: bool,
    /// For which block it last began to wait for lower nonces.
    waits_since: BlockNumber,
}

#[derive(Debug, Default)]
struct Sender {
    next: Nonce,
    slots: BTreeMap<Nonce, Slot>,
    /// Where its last transaction stands in [`Queue::leaving`].
    last: Option<(Rank, Hash256)>,
    /// Where its first transaction stands in [`Queue::heads`], if that is ready.
    head: Option<(usize, Head)>,
}

/// The first transaction of a sender.
type Head = (Standing, AccountId);

/// Which of two transactions leaves first when there is no room: the smaller one.
type Rank = (bool, Standing);

/// All transactions in the pool.
#[derive(Debug)]
pub(crate) struct Queue {
    limits: Limits,
    senders: HashMap<AccountId, Sender>,
    places: HashMap<Hash256, (AccountId, Nonce)>,
    /// The last transaction of each sender: only that one can go without stranding others.
    leaving: BTreeSet<(Rank, Hash256)>,
    /// The first transaction of each sender that can enter a block: normal and operational ones.
    heads: [BTreeSet<Head>; 2],
    bytes: usize,
    ready: usize,
    ready_bytes: usize,
    /// The block that is waited for.
    number: BlockNumber,
}

impl Queue {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            senders: HashMap::new(),
            places: HashMap::new(),
            leaving: BTreeSet::new(),
            heads: [BTreeSet::new(), BTreeSet::new()],
            bytes: 0,
            ready: 0,
            ready_bytes: 0,
            number: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many can enter the next block.
    pub(crate) fn ready(&self) -> usize {
        self.ready
    }

    pub(crate) fn contains(&self, hash: &Hash256) -> bool {
        self.places.contains_key(hash)
    }

    /// All transactions, each sender's in the order of nonces.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.senders.values().flat_map(|sender| sender.slots.values()).map(|slot| &slot.entry)
    }

    /// The nonce after those that wait without a gap from `next` on.
    pub(crate) fn nonce_after(&self, who: &AccountId, next: Nonce) -> Nonce {
        let Some(sender) = self.senders.get(who) else { return next };
        let mut after = next;
        while sender.slots.contains_key(&after) {
            after = after.saturating_add(1);
        }
        after
    }

    /// Since when the transaction of `who` with this nonce has waited.
    pub(crate) fn since(&self, who: &AccountId, nonce: Nonce) -> Option<(BlockNumber, u64)> {
        self.senders.get(who)?.slots.get(&nonce).map(|slot| slot.entry.since)
    }

    /// Whether the queue would take `entry`, whose sender's next nonce is `next`.
    pub(crate) fn offer(&self, entry: &Entry, next: Nonce) -> Result<(), PoolError> {
        self.admit(entry, next).map(drop)
    }

    /// Who has to go if `entry` comes in.
    fn admit(&self, entry: &Entry, next: Nonce) -> Result<Vec<Hash256>, PoolError> {
        if self.contains(&entry.hash) {
            return Err(PoolError::AlreadyKnown { hash: entry.hash });
        }
        let max = self.limits.per_sender;
        if entry.nonce.saturating_sub(next) >= max {
            return Err(PoolError::TooFarAhead { found: entry.nonce, next, max });
        }
        let slots = self.senders.get(&entry.sender).map(|sender| &sender.slots);
        let old = slots.and_then(|slots| slots.get(&entry.nonce)).map(|slot| &slot.entry);
        if let Some(old) = old {
            let (nonce, tip) = (entry.nonce, entry.tip);
            let needed = replacing_tip(old.tip);
            if tip < needed {
                return Err(PoolError::Underpriced { nonce, tip, needed });
            }
        } else {
            let count = slots.map_or(0, BTreeMap::len);
            if count >= max as usize {
                return Err(PoolError::TooManyOfSender { count, max });
            }
        }
        self.plan(entry, next)
    }

    /// Take `entry`, whose sender's next nonce is `next`. What it replaces or what has no room any
    /// more goes; if it is refused, nobody does.
    pub(crate) fn insert(
        &mut self,
        entry: Arc<Entry>,
        next: Nonce,
        news: &mut News,
    ) -> Result<(), PoolError> {
        let going = self.admit(&entry, next)?;
        let (hash, sender, nonce) = (entry.hash, entry.sender, entry.nonce);
        self.places.insert(hash, (sender, nonce));
        self.bytes = self.bytes.saturating_add(entry.length());
        let slots = &mut self.senders.entry(sender).or_default().slots;
        let waits_since = entry.since.0;
        if let Some(old) = slots.insert(nonce, Slot { entry, is_ready: false, waits_since }) {
            self.forget(&old);
            news.push((old.entry.hash, TxStatus::Usurped(hash)));
        }
        let before = news.len();
        self.refresh(&sender, next, news);
        // Whoever is not ready has heard nothing yet.
        if !news.iter().skip(before).any(|(told, _)| *told == hash) {
            news.push((hash, TxStatus::Future));
        }
        for worst in going {
            self.remove(&worst, TxStatus::Dropped, news);
        }
        Ok(())
    }

    /// Take a transaction out, with its last words; whether it was there.
    pub(crate) fn remove(&mut self, hash: &Hash256, status: TxStatus, news: &mut News) -> bool {
        let Some((slot, next)) = self.take(hash) else { return false };
        news.push((*hash, status));
        self.refresh(&slot.entry.sender, next, news);
        true
    }

    /// Take a transaction out that used up its nonce in a block.
    pub(crate) fn take_included(&mut self, hash: &Hash256, news: &mut News) {
        if let Some((slot, next)) = self.take(hash) {
            let next = slot.entry.nonce.saturating_add(1).max(next);
            self.refresh(&slot.entry.sender, next, news);
        }
    }

    /// Take a slot out, with the next nonce of its sender.
    fn take(&mut self, hash: &Hash256) -> Option<(Slot, Nonce)> {
        let (who, nonce) = *self.places.get(hash)?;
        let sender = self.senders.get_mut(&who)?;
        let slot = sender.slots.remove(&nonce)?;
        let next = sender.next;
        self.forget(&slot);
        Some((slot, next))
    }

    /// The next nonce of `who` is now `next`: find out who is ready, and drop what came too late.
    pub(crate) fn refresh(&mut self, who: &AccountId, next: Nonce, news: &mut News) {
        let Some(sender) = self.senders.get_mut(who) else { return };
        sender.next = next;
        let kept = sender.slots.split_off(&next);
        let late = core::mem::replace(&mut sender.slots, kept);
        let mut expected = next;
        let (mut ready, mut ready_bytes) = (self.ready, self.ready_bytes);
        for (nonce, slot) in &mut sender.slots {
            let is_ready = *nonce == expected;
            if is_ready {
                expected = expected.saturating_add(1);
            }
            match (slot.is_ready, is_ready) {
                (false, true) => {
                    ready = ready.saturating_add(1);
                    ready_bytes = ready_bytes.saturating_add(slot.entry.length());
                    news.push((slot.entry.hash, TxStatus::Ready));
                }
                (true, false) => {
                    ready = ready.saturating_sub(1);
                    ready_bytes = ready_bytes.saturating_sub(slot.entry.length());
                    slot.waits_since = self.number.max(slot.entry.since.0);
                    news.push((slot.entry.hash, TxStatus::Future));
                }
                (true, true) | (false, false) => {}
            }
            slot.is_ready = is_ready;
        }
        let last = sender.slots.values().next_back();
        let last = last.map(|slot| (leave::rank(&slot.entry, slot.is_ready), slot.entry.hash));
        if sender.last != last {
            sender.last.as_ref().map(|old| self.leaving.remove(old));
            self.leaving.extend(last);
            sender.last = last;
        }
        let first = sender.slots.values().next().filter(|slot| slot.is_ready);
        let head = first.map(|slot| (class(&slot.entry), (slot.entry.standing, *who)));
        if sender.head != head {
            for ((class, key), is_new) in
                sender.head.map(|old| (old, false)).into_iter().chain(head.map(|new| (new, true)))
            {
                let heads = self.heads.get_mut(class);
                heads.map(|heads| if is_new { heads.insert(key) } else { heads.remove(&key) });
            }
            sender.head = head;
        }
        if sender.slots.is_empty() {
            self.senders.remove(who);
        }
        (self.ready, self.ready_bytes) = (ready, ready_bytes);
        for (found, slot) in late {
            self.forget(&slot);
            news.push((slot.entry.hash, TxStatus::Invalid(Invalid::Stale { found, next })));
        }
    }

    /// The best transactions that fit into `room`, in their order, each sender's in the order of
    /// nonces.
    pub(crate) fn best(&self, room: Room) -> Vec<Arc<Entry>> {
        let mut chooser = Chooser::new(room);
        let mut heads = self.heads.each_ref().map(|heads| heads.iter().rev().peekable());
        let mut passed_over = [0_usize; 2];
        // What follows upon a chosen transaction of the same sender.
        let mut following: BinaryHeap<(Standing, AccountId, Nonce)> = BinaryHeap::new();
        let mut chosen = Vec::new();
        loop {
            let next = following.peek().map(|(standing, ..)| (*standing, None));
            let first = (0_usize..).zip(&mut heads).filter_map(|(class, heads)| {
                let is_searched = passed_over.get(class).is_some_and(|n| *n < PASSED_OVER_MAX);
                let head = heads.peek().filter(|_| is_searched)?;
                Some((head.0, Some(class)))
            });
            let entry = match next.into_iter().chain(first).max() {
                None => break,
                Some((_, None)) => {
                    following.pop().and_then(|(_, who, nonce)| self.ready_at(&who, nonce))
                }
                Some((_, Some(class))) => {
                    let head = heads.get_mut(class).and_then(Iterator::next);
                    head.and_then(|(_, who)| self.first_of(who))
                }
            };
            let Some(entry) = entry else { continue };
            match chooser.offer(entry) {
                Fit::Taken => {
                    let after = entry.nonce.saturating_add(1);
                    if let Some(next) = self.ready_at(&entry.sender, after) {
                        following.push((next.standing, next.sender, next.nonce));
                    }
                    chosen.push(Arc::clone(entry));
                }
                // The sender's later ones cannot come before this one. Who waits for a row is
                // passed over for nothing, or a crowd there would hide all others.
                Fit::ChainTooLong => {}
                Fit::NoRoom => {
                    if let Some(passed) = passed_over.get_mut(class(entry)) {
                        *passed = passed.saturating_add(1);
                    }
                }
            }
        }
        chosen
    }

    fn first_of(&self, who: &AccountId) -> Option<&Arc<Entry>> {
        self.senders.get(who)?.slots.values().next().map(|slot| &slot.entry)
    }

    fn ready_at(&self, who: &AccountId, nonce: Nonce) -> Option<&Arc<Entry>> {
        let slot = self.senders.get(who)?.slots.get(&nonce)?;
        slot.is_ready.then_some(&slot.entry)
    }

    fn forget(&mut self, slot: &Slot) {
        self.places.remove(&slot.entry.hash);
        self.bytes = self.bytes.saturating_sub(slot.entry.length());
        if slot.is_ready {
            self.ready = self.ready.saturating_sub(1);
            self.ready_bytes = self.ready_bytes.saturating_sub(slot.entry.length());
        }
    }
}

/// The least tip that replaces one of `tip`: 10 % more, rounded up, and something in any case.
fn replacing_tip(tip: Balance) -> Balance {
    tip.saturating_add(tip.div_ceil(10).max(1))
}

/// The place of an entry's kind in [`Queue::heads`].
fn class(entry: &Entry) -> usize {
    usize::from(entry.is_operational)
}
