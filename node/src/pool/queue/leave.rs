//! Who leaves when there is no room, and who has waited too long.
//!
//! What is not ready leaves first, the newest before the older ones whatever it offers: a tip that
//! may never be paid buys no place. Then comes the lowest standing. Of each sender only the last
//! one can go, or others would be stranded. Nobody goes for a transaction that does not get in all
//! the same.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use althing_primitives::{AccountId, BlockNumber, Hash256, Nonce};

use super::{Entry, News, Queue, Rank, Slot};
use crate::pool::standing::Standing;
use crate::pool::{PoolError, TxStatus};

/// For how many blocks a transaction may wait for lower nonces of its sender.
const WAITING_MAX: BlockNumber = 64;

/// A transaction that can go once all after it have gone.
type Candidate = (Rank, Hash256, AccountId, Nonce);

/// How much a queue holds, and how much of that is not ready.
#[derive(Clone, Copy, Debug)]
struct Load {
    count: usize,
    bytes: usize,
    waiting: usize,
    waiting_bytes: usize,
}

impl Load {
    fn add(&mut self, entry: &Entry, is_ready: bool) {
        let bytes = entry.length();
        self.count = self.count.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        if !is_ready {
            self.waiting = self.waiting.saturating_add(1);
            self.waiting_bytes = self.waiting_bytes.saturating_add(bytes);
        }
    }

    fn remove(&mut self, entry: &Entry, is_ready: bool) {
        let bytes = entry.length();
        self.count = self.count.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        if !is_ready {
            self.waiting = self.waiting.saturating_sub(1);
            self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes);
        }
    }
}

/// Where an entry stands among those that leave.
pub(super) fn rank(entry: &Entry, is_ready: bool) -> Rank {
    let standing = if is_ready { entry.standing } else { Standing::new(0, 0, entry.since.1) };
    (is_ready, standing)
}

impl Queue {
    /// Who has to go for `entry` to come in, in this order.
    pub(super) fn plan(&self, entry: &Entry, next: Nonce) -> Result<Vec<Hash256>, PoolError> {
        let is_ready = self.nonce_after(&entry.sender, next) >= entry.nonce;
        // Those of its sender before this nonce are ready.
        let ready_to = if is_ready {
            self.nonce_after(&entry.sender, entry.nonce.saturating_add(1))
        } else {
            entry.nonce
        };
        let mut load = self.load();
        load.add(entry, is_ready);
        let later = entry.nonce.saturating_add(1);
        let mut candidates = BinaryHeap::new();
        if let Some(own) = self.senders.get(&entry.sender) {
            if let Some(old) = own.slots.get(&entry.nonce) {
                load.remove(&old.entry, old.is_ready);
            }
            for (nonce, slot) in own.slots.range(later..) {
                load.remove(&slot.entry, slot.is_ready);
                load.add(&slot.entry, *nonce < ready_to);
            }
            let last = own.slots.range(later..).next_back();
            candidates.extend(last.map(|(nonce, slot)| candidate(slot, *nonce < ready_to)));
        }
        let rank = rank(entry, is_ready);
        let mut others = self.leaving.iter().filter_map(|(_, hash)| {
            let (who, nonce) = self.places.get(hash)?;
            let slot = self.senders.get(who)?.slots.get(nonce)?;
            (*who != entry.sender).then(|| candidate(slot, slot.is_ready))
        });
        candidates.extend(others.next());
        let mut going = Vec::new();
        while self.is_over(&load) {
            let Some(Reverse((its, hash, who, nonce))) = candidates.pop() else {
                return Err(self.full());
            };
            if its >= rank {
                return Err(self.full());
            }
            let slots = self.senders.get(&who).map(|sender| &sender.slots);
            let Some(slot) = slots.and_then(|slots| slots.get(&nonce)) else { continue };
            load.remove(&slot.entry, its.0);
            going.push(hash);
            let is_own = who == entry.sender;
            let from = if is_own { later } else { 0 };
            let before = slots.and_then(|slots| slots.range(from..nonce).next_back());
            candidates.extend(before.map(|(nonce, slot)| {
                candidate(slot, if is_own { *nonce < ready_to } else { slot.is_ready })
            }));
            // The next of the others is due when one of them has gone: no sooner, since they come
            // in order, and no later.
            if !is_own {
                candidates.extend(others.next());
            }
        }
        Ok(going)
    }

    /// The chain waits for block `number` now: who has waited too long for lower nonces goes, and
    /// so does what is over the share of those that wait.
    pub(crate) fn advance(&mut self, number: BlockNumber, news: &mut News) {
        self.number = number;
        let is_late =
            |slot: &&Slot| !slot.is_ready && slot.waits_since.saturating_add(WAITING_MAX) <= number;
        let slots = self.senders.values().flat_map(|sender| sender.slots.values());
        let late: Vec<Hash256> = slots.filter(is_late).map(|slot| slot.entry.hash).collect();
        for hash in late {
            self.remove(&hash, TxStatus::Dropped, news);
        }
        while self.is_over(&self.load()) {
            let Some((_, hash)) = self.leaving.first().copied() else { break };
            self.remove(&hash, TxStatus::Dropped, news);
        }
    }

    fn load(&self) -> Load {
        Load {
            count: self.len(),
            bytes: self.bytes,
            waiting: self.len().saturating_sub(self.ready),
            waiting_bytes: self.bytes.saturating_sub(self.ready_bytes),
        }
    }

    /// Whether this is more than the limits allow; what is not ready has a quarter.
    fn is_over(&self, load: &Load) -> bool {
        let (count, bytes) = (self.limits.count, self.limits.bytes);
        load.count > count
            || load.bytes > bytes
            || load.waiting > count.div_ceil(4)
            || load.waiting_bytes > bytes.div_ceil(4)
    }

    fn full(&self) -> PoolError {
        PoolError::Full { count: self.len(), bytes: self.bytes }
    }
}

/// The least one leaves first.
fn candidate(slot: &Slot, is_ready: bool) -> Reverse<Candidate> {
    let entry: &Arc<Entry> = &slot.entry;
    Reverse((rank(entry, is_ready), entry.hash, entry.sender, entry.nonce))
}
