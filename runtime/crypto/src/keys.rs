//! Decoded public keys of those who sign often.
//!
//! Decoding a key is a quarter of an FN-DSA verification and half of a canonical ML-DSA one. Keys
//! are kept under scheme and all their bytes, in shards that are chosen by a hash of both.
//!
//! # Invariants
//!
//! - KC1: what is kept never exceeds the capacity: an entry enters its shard only if it fits in
//!   the shard's part of it.
//! - KC2: a key is found only by the scheme and the exact bytes it was kept under, whatever the
//!   hash says.
//! - KC3: nobody waits: a shard that is in use is passed by, and its key decoded again.
//!
//! # Replacement
//!
//! A clock hand per shard: a look-up marks an entry, the hand clears marks and takes the first
//! entry without one. It looks at few entries at a time, so that many keys which sign once push
//! out few of those that sign often, and an insertion costs little.

use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use althing_primitives::SchemeId;
use xxhash_rust::xxh64::xxh64;

use crate::backend::PreparedKey;

/// What a shard may hold. Some eighty FN-DSA keys, or seven expanded keys of ML-DSA-65.
const SHARD_BYTES: usize = 256 * 1024;
/// How many entries the hand looks at for one that enters.
const LOOKS: usize = 8;
/// Look-ups beyond this many do not protect an entry further.
const MARKS_MAX: u8 = 3;
/// What an entry takes besides the key and its decoded form: itself, its tag, and two counters.
const OVERHEAD: usize = 96;

/// Decoded public keys, bounded in bytes.
pub struct KeyCache {
    shards: Box<[Mutex<Shard>]>,
}

#[derive(Default)]
struct Shard {
    /// Hashes of the entries, apart from them so that a search reads little.
    tags: Vec<u64>,
    entries: Vec<Entry>,
    bytes: usize,
    hand: usize,
}

struct Entry {
    scheme: SchemeId,
    public: Box<[u8]>,
    key: Arc<dyn PreparedKey>,
    marks: u8,
}

impl KeyCache {
    /// A cache of at most `bytes`, and of one shard (256 KiB) at least.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let shards = bytes.checked_div(SHARD_BYTES).unwrap_or(0).max(1);
        Self { shards: (0..shards).map(|_| Mutex::default()).collect() }
    }

    /// How many bytes are kept now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shards.iter().filter_map(open).fold(0, |sum, shard| sum.saturating_add(shard.bytes))
    }

    /// How many bytes are kept at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shards.len().saturating_mul(SHARD_BYTES)
    }

    /// How many keys are kept now.
    #[must_use]
    pub fn keys(&self) -> usize {
        let keys = self.shards.iter().filter_map(open).map(|shard| shard.entries.len());
        keys.fold(0, usize::saturating_add)
    }

    /// The decoded form of `public`, if it is kept and its shard is free.
    pub(crate) fn get(&self, scheme: SchemeId, public: &[u8]) -> Option<Arc<dyn PreparedKey>> {
        let tag = tag(scheme, public);
        let mut shard = self.shard(tag)?;
        let at = shard.find(tag, scheme, public)?;
        let entry = shard.entries.get_mut(at)?;
        entry.marks = entry.marks.saturating_add(1).min(MARKS_MAX);
        Some(Arc::clone(&entry.key))
    }

    /// Keep `key`, if there is room for it or those it would push out were not used lately.
    pub(crate) fn insert(&self, scheme: SchemeId, public: &[u8], key: Arc<dyn PreparedKey>) {
        let tag = tag(scheme, public);
        let Some(mut shard) = self.shard(tag) else { return };
        // Another worker may have met the same key at the same time.
        if shard.find(tag, scheme, public).is_some() {
            return;
        }
        let entry = Entry { scheme, public: public.into(), key, marks: 0 };
        if shard.make_room(entry.bytes()) {
            shard.bytes = shard.bytes.saturating_add(entry.bytes());
            shard.tags.push(tag);
            shard.entries.push(entry);
        }
    }

    fn shard(&self, tag: u64) -> Option<MutexGuard<'_, Shard>> {
        // The upper half chooses the shard; within a shard the whole tag differs.
        let shards = u64::try_from(self.shards.len()).ok()?;
        let at = (tag >> 32).checked_rem(shards)?;
        open(self.shards.get(usize::try_from(at).ok()?)?)
    }
}

impl core::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("KeyCache").field("capacity", &self.capacity()).finish_non_exhaustive()
    }
}

impl Shard {
    fn find(&self, tag: u64, scheme: SchemeId, public: &[u8]) -> Option<usize> {
        let same = |entry: &Entry| entry.scheme == scheme && *entry.public == *public;
        let candidates = self.tags.iter().enumerate().filter(|(_, other)| **other == tag);
        candidates.map(|(at, _)| at).find(|at| self.entries.get(*at).is_some_and(same))
    }

    /// Let the hand pass over a few entries until `bytes` more fit.
    fn make_room(&mut self, bytes: usize) -> bool {
        for _ in 0..LOOKS {
            if self.bytes.saturating_add(bytes) <= SHARD_BYTES {
                return true;
            }
            if self.hand >= self.entries.len() {
                self.hand = 0;
            }
            match self.entries.get_mut(self.hand) {
                Some(entry) if entry.marks > 0 => {
                    entry.marks = entry.marks.saturating_sub(1);
                    self.hand = self.hand.saturating_add(1);
                }
                // The last entry takes its place; the hand looks at that one next.
                Some(_) => self.remove(self.hand),
                None => return false,
            }
        }
        self.bytes.saturating_add(bytes) <= SHARD_BYTES
    }

    fn remove(&mut self, at: usize) {
        self.tags.swap_remove(at);
        let entry = self.entries.swap_remove(at);
        self.bytes = self.bytes.saturating_sub(entry.bytes());
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        self.public.len().saturating_add(self.key.bytes()).saturating_add(OVERHEAD)
    }
}

fn tag(scheme: SchemeId, public: &[u8]) -> u64 {
    xxh64(public, u64::from(scheme.0))
}

/// The shard, unless somebody is using it. A panic cannot have left it half changed: nothing
/// between two of its fields panics.
fn open(shard: &Mutex<Shard>) -> Option<MutexGuard<'_, Shard>> {
    match shard.try_lock() {
        Ok(shard) => Some(shard),
        Err(TryLockError::Poisoned(shard)) => Some(shard.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests;
