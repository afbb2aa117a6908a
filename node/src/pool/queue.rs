//! The transactions themselves: by sender and nonce, within limits, with a price each.
//!
//! Pure data: no clock, no locks, no tasks. What happens to a transaction is written to a [`News`].

use std::cmp::Reverse;
use std::collections::btree_map::Values;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use althing_frame::{CallClass, Invalid};
use althing_primitives::{AccountId, Balance, BlockNumber, Extrinsic, Hash256, Nonce, Weight};

use super::{Limits, PoolError, TxStatus};

/// Parts of a block in which a transaction's size is measured for its price.
const PARTS: u128 = 1 << 40;

/// What happened to which transaction, in order.
pub(crate) type News = Vec<(Hash256, TxStatus)>;

/// What one block may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) weight: Weight,
    pub(crate) bytes: u64,
    /// The part of both that normal calls may fill together.
    pub(crate) normal: (Weight, u64),
}

/// A transaction in the pool.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) extrinsic: Extrinsic,
    pub(crate) hash: Hash256,
    pub(crate) sender: AccountId,
    pub(crate) nonce: Nonce,
    pub(crate) tip: Balance,
    pub(crate) weight: Weight,
    /// The first block it may no longer enter.
    pub(crate) dies_at: BlockNumber,
    /// Tip per share of a block, and then first come, first served.
    pub(crate) price: Price,
}

/// What a transaction is worth to whoever makes blocks. The greater goes first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Price {
    tip_per_block: u128,
    is_operational: bool,
    age: Reverse<u64>,
}

impl Price {
    /// The price of a transaction that takes this much of `room`; `age` counts up.
    pub(crate) fn new(
        tip: Balance,
        class: CallClass,
        (weight, bytes): (Weight, usize),
        room: Room,
        age: u64,
    ) -> Self {
        let share = |part: u64, whole: u64| {
            u128::from(part).saturating_mul(PARTS).checked_div(u128::from(whole)).unwrap_or(PARTS)
        };
        // What is scarcer counts.
        let cost = share(weight.ref_time, room.weight.ref_time)
            .max(share(weight.proof_size, room.weight.proof_size))
            .max(share(bytes as u64, room.bytes))
            .max(1);
        let tip_per_block = tip.saturating_mul(PARTS).checked_div(cost).unwrap_or(tip);
        Self { tip_per_block, is_operational: class == CallClass::Operational, age: Reverse(age) }
    }
}

#[derive(Debug)]
struct Slot {
    entry: Arc<Entry>,
    is_ready: bool,
}

#[derive(Debug, Default)]
struct Sender {
    next: Nonce,
    slots: BTreeMap<Nonce, Slot>,
    /// Where its last transaction stands in [`Queue::leaving`].
    last: Option<(Rank, Hash256)>,
}

/// Which of two transactions leaves first when there is no room: the smaller one.
type Rank = (bool, Price);

/// All transactions in the pool.
#[derive(Debug)]
pub(crate) struct Queue {
    limits: Limits,
    senders: HashMap<AccountId, Sender>,
    places: HashMap<Hash256, (AccountId, Nonce)>,
    /// The last transaction of each sender: only that one can go without stranding others.
    leaving: BTreeSet<(Rank, Hash256)>,
    bytes: usize,
    ready: usize,
}

impl Queue {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            senders: HashMap::new(),
            places: HashMap::new(),
            leaving: BTreeSet::new(),
            bytes: 0,
            ready: 0,
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

    /// Whether the queue would take `entry`, whose sender's next nonce is `next`.
    pub(crate) fn offer(&self, entry: &Entry, next: Nonce) -> Result<(), PoolError> {
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
        let freed = old.map_or(0, |old| old.extrinsic.bytes().len());
        let bytes = self.bytes.saturating_add(entry.extrinsic.bytes().len()).saturating_sub(freed);
        let count = self.len().saturating_add(usize::from(old.is_none()));
        let is_over = count > self.limits.count || bytes > self.limits.bytes;
        let rank = (self.nonce_after(&entry.sender, next) >= entry.nonce, entry.price);
        if is_over && self.worst().is_none_or(|(worst, _)| worst >= rank) {
            return Err(self.full());
        }
        Ok(())
    }

    /// Take `entry`, whose sender's next nonce is `next`. What it replaces or what has no room any
    /// more goes.
    pub(crate) fn insert(
        &mut self,
        entry: Arc<Entry>,
        next: Nonce,
        news: &mut News,
    ) -> Result<(), PoolError> {
        self.offer(&entry, next)?;
        let (hash, sender, nonce) = (entry.hash, entry.sender, entry.nonce);
        self.places.insert(hash, (sender, nonce));
        self.bytes = self.bytes.saturating_add(entry.extrinsic.bytes().len());
        let slots = &mut self.senders.entry(sender).or_default().slots;
        if let Some(old) = slots.insert(nonce, Slot { entry, is_ready: false }) {
            self.forget(&old);
            news.push((old.entry.hash, TxStatus::Usurped(hash)));
        }
        let before = news.len();
        self.refresh(&sender, next, news);
        // Whoever is not ready has heard nothing yet.
        if !news.iter().skip(before).any(|(told, _)| *told == hash) {
            news.push((hash, TxStatus::Future));
        }
        while self.len() > self.limits.count || self.bytes > self.limits.bytes {
            let Some((_, worst)) = self.worst() else { break };
            if worst == hash {
                self.remove(&hash, TxStatus::Dropped, news);
                news.retain(|(told, _)| *told != hash);
                return Err(self.full());
            }
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
        let (mut ready, mut waiting) = (0_usize, 0_usize);
        for (nonce, slot) in &mut sender.slots {
            let is_ready = *nonce == expected;
            if is_ready {
                expected = expected.saturating_add(1);
            }
            match (slot.is_ready, is_ready) {
                (false, true) => {
                    ready = ready.saturating_add(1);
                    news.push((slot.entry.hash, TxStatus::Ready));
                }
                (true, false) => {
                    waiting = waiting.saturating_add(1);
                    news.push((slot.entry.hash, TxStatus::Future));
                }
                (true, true) | (false, false) => {}
            }
            slot.is_ready = is_ready;
        }
        let last = sender.slots.values().next_back();
        let last = last.map(|slot| ((slot.is_ready, slot.entry.price), slot.entry.hash));
        if sender.last != last {
            sender.last.as_ref().map(|old| self.leaving.remove(old));
            self.leaving.extend(last);
            sender.last = last;
        }
        if sender.slots.is_empty() {
            self.senders.remove(who);
        }
        self.ready = self.ready.saturating_add(ready).saturating_sub(waiting);
        for (found, slot) in late {
            self.forget(&slot);
            news.push((slot.entry.hash, TxStatus::Invalid(Invalid::Stale { found, next })));
        }
    }

    /// The best transactions that fit into `room`, each sender's in the order of nonces.
    pub(crate) fn best(&self, room: Room) -> Vec<Arc<Entry>> {
        let mut lines: HashMap<&AccountId, Values<'_, Nonce, Slot>> = HashMap::new();
        let mut heap = BinaryHeap::new();
        for (who, sender) in &self.senders {
            let mut line = sender.slots.values();
            if let Some(first) = line.next().filter(|slot| slot.is_ready) {
                heap.push((first.entry.price, *who, Candidate(&first.entry)));
                lines.insert(who, line);
            }
        }
        let mut chosen = Vec::new();
        let (mut weight, mut bytes) = (Weight::ZERO, 0_u64);
        let mut normal = (Weight::ZERO, 0_u64);
        while let Some((_, who, Candidate(entry))) = heap.pop() {
            let heavier = weight.saturating_add(entry.weight);
            let length = entry.extrinsic.bytes().len() as u64;
            let longer = bytes.saturating_add(length);
            let share = if entry.price.is_operational {
                normal
            } else {
                (normal.0.saturating_add(entry.weight), normal.1.saturating_add(length))
            };
            let is_over_share = share.0.exceeds(room.normal.0) || share.1 > room.normal.1;
            if heavier.exceeds(room.weight) || longer > room.bytes || is_over_share {
                // The sender's later ones cannot come before this one.
                continue;
            }
            normal = share;
            (weight, bytes) = (heavier, longer);
            chosen.push(Arc::clone(entry));
            let next = lines.get_mut(&who).and_then(Iterator::next).filter(|slot| slot.is_ready);
            if let Some(slot) = next {
                heap.push((slot.entry.price, who, Candidate(&slot.entry)));
            }
        }
        chosen
    }

    fn forget(&mut self, slot: &Slot) {
        self.places.remove(&slot.entry.hash);
        self.bytes = self.bytes.saturating_sub(slot.entry.extrinsic.bytes().len());
        self.ready = self.ready.saturating_sub(usize::from(slot.is_ready));
    }

    /// The transaction that leaves first.
    fn worst(&self) -> Option<(Rank, Hash256)> {
        self.leaving.first().copied()
    }

    fn full(&self) -> PoolError {
        PoolError::Full { count: self.len(), bytes: self.bytes }
    }
}

/// The least tip that replaces one of `tip`: 10 % more, rounded up, and something in any case.
fn replacing_tip(tip: Balance) -> Balance {
    tip.saturating_add(tip.div_ceil(10).max(1))
}

/// An entry in a heap that is ordered by what stands before it.
struct Candidate<'a>(&'a Arc<Entry>);

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.hash == other.0.hash
    }
}

impl Eq for Candidate<'_> {}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.hash.cmp(&other.0.hash)
    }
}
