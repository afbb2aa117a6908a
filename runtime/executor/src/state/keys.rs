//! The keys of all rows in ascending order, for those who list them.
//!
//! Rows are found by the hashes of their keys; only a listing needs the order. So keys are here
//! alone, packed into blocks of some dozens that are copied as a whole. Changes of values do not
//! come here at all.
//!
//! # Invariants
//!
//! - Blocks are not empty, a block is filed under its first key, and all its keys are below those
//!   of the next block.
//! - Like the rest of a state, the index never changes; the next one shares its blocks.

use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdMap;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

/// Keys in a block at most. A new key copies half of that on average: two to three kilobytes.
const BLOCK_KEYS_MAX: usize = 64;

/// A block below this size joins the one before it if both fit into one.
const BLOCK_KEYS_MIN: usize = BLOCK_KEYS_MAX / 4;

/// Keys that came, and keys that went.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct KeyChange<'a> {
    pub(super) key: &'a [u8],
    pub(super) is_new: bool,
}

/// The keys of a state. Copying is O(1).
#[derive(Clone, Default)]
pub(super) struct Keys {
    blocks: OrdMap<Arc<[u8]>, Arc<Block>>,
    count: usize,
}

/// Some keys, one after the other.
struct Block {
    bytes: Box<[u8]>,
    /// Where each key ends.
    ends: Box<[u32]>,
}

impl Block {
    fn of(keys: &[&[u8]]) -> Self {
        let mut end = 0_usize;
        let ends = keys.iter().map(|key| {
            end = end.saturating_add(key.len());
            u32::try_from(end).expect("64 keys of rows are far below 4 GiB")
        });
        Self { ends: ends.collect(), bytes: keys.concat().into() }
    }

    fn count(&self) -> usize {
        self.ends.len()
    }

    fn key(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)? as usize;
        let before = at.checked_sub(1).and_then(|at| self.ends.get(at));
        self.bytes.get(before.map_or(0, |end| *end as usize)..end)
    }

    fn keys(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count()).filter_map(|at| self.key(at))
    }
}

/// A block and the changes that fall into it.
struct Task<'t, 'a> {
    old: Option<(&'t Arc<[u8]>, &'t Block)>,
    changes: &'a [KeyChange<'a>],
}

impl Keys {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// All keys from `first` on, in ascending order.
    pub(super) fn from<'a>(&'a self, first: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let block = self.blocks.get_prev(first).map_or(first, |(start, _)| start);
        let blocks = self.blocks.range::<_, [u8]>((Bound::Included(block), Bound::Unbounded));
        blocks.flat_map(|(_, block)| block.keys()).skip_while(move |key| *key < first)
    }

    /// The keys after these changes, of which each key has one. Keys that go are here, keys that
    /// come are not.
    pub(super) fn update(&self, mut changes: Vec<KeyChange<'_>>) -> Self {
        if !changes.is_sorted() {
            changes.par_sort_unstable();
        }
        let tasks = self.tasks(&changes);
        let made: Vec<Vec<Block>> = tasks.par_iter().with_min_len(8).map(Task::run).collect();
        let mut next = self.clone();
        for (task, blocks) in tasks.iter().zip(made) {
            if let Some((start, old)) = task.old {
                next.count = next.count.saturating_sub(old.count());
                next.blocks.remove(start);
            }
            for block in blocks {
                next.add(block);
            }
        }
        next
    }

    /// The changes by the blocks they fall into.
    fn tasks<'t, 'a>(&'t self, changes: &'a [KeyChange<'a>]) -> Vec<Task<'t, 'a>> {
        let mut tasks = Vec::new();
        let mut rest = changes;
        while let Some(first) = rest.first() {
            // What is below the first block belongs to it too.
            let old = self.blocks.get_prev(first.key).or_else(|| self.blocks.iter().next());
            let next = old.and_then(|(start, _)| {
                let behind = (Bound::Excluded(start.as_ref()), Bound::Unbounded);
                self.blocks.range::<_, [u8]>(behind).next()
            });
            let count =
                next.map_or(rest.len(), |(end, _)| rest.partition_point(|one| *one.key < **end));
            let (changes, behind) = rest.split_at(count);
            tasks.push(Task { old: old.map(|(start, block)| (start, block.as_ref())), changes });
            rest = behind;
        }
        tasks
    }

    /// File a block, together with the one before it if they are small.
    fn add(&mut self, block: Block) {
        self.count = self.count.saturating_add(block.count());
        let Some(start) = block.key(0).map(Arc::<[u8]>::from) else { return };
        if block.count() < BLOCK_KEYS_MIN
            && let Some((before, old)) = self.blocks.get_prev(start.as_ref())
            && old.count().saturating_add(block.count()) <= BLOCK_KEYS_MAX
        {
            let both: Vec<&[u8]> = old.keys().chain(block.keys()).collect();
            let (before, both) = (before.clone(), Block::of(&both));
            self.blocks.insert(before, Arc::new(both));
            return;
        }
        self.blocks.insert(start, Arc::new(block));
    }
}

impl Task<'_, '_> {
    /// The blocks that take the place of the old one.
    fn run(&self) -> Vec<Block> {
        let keys = self.merged();
        let blocks = keys.len().div_ceil(BLOCK_KEYS_MAX).max(1);
        let size = keys.len().div_ceil(blocks).max(1);
        keys.par_chunks(size).with_min_len(16).map(Block::of).collect()
    }

    fn merged(&self) -> Vec<&[u8]> {
        let old_count = self.old.map_or(0, |(_, block)| block.count());
        let mut keys = Vec::with_capacity(old_count.saturating_add(self.changes.len()));
        let mut old = self.old.iter().flat_map(|(_, block)| block.keys()).peekable();
        for change in self.changes {
            while let Some(key) = old.next_if(|key| *key < change.key) {
                keys.push(key);
            }
            let _same = old.next_if_eq(&change.key);
            if change.is_new {
                keys.push(change.key);
            }
        }
        keys.extend(old);
        keys
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn updated(keys: &Keys, set: &mut BTreeSet<Vec<u8>>, toggled: &BTreeSet<Vec<u8>>) -> Keys {
        let is_new = |key: &Vec<u8>| !set.contains(key);
        let changes =
            toggled.iter().map(|key| KeyChange { key, is_new: is_new(key) }).collect::<Vec<_>>();
        let next = keys.update(changes);
        for key in toggled {
            if !set.remove(key) {
                set.insert(key.clone());
            }
        }
        next
    }

    fn check(keys: &Keys, set: &BTreeSet<Vec<u8>>) {
        assert_eq!(keys.count(), set.len());
        assert!(keys.from(&[]).eq(set.iter().map(Vec::as_slice)));
        for (start, block) in &keys.blocks {
            assert_eq!(block.key(0), Some(start.as_ref()));
            assert!((1..=BLOCK_KEYS_MAX).contains(&block.count()));
        }
    }

    proptest! {
        #[test]
        fn the_index_holds_what_an_ordered_set_would(
            history in vec(vec(vec(0_u8..4, 0..6), 0..400), 1..6),
            from in vec(0_u8..4, 0..6),
        ) {
            let (mut keys, mut set) = (Keys::default(), BTreeSet::new());
            for toggled in history {
                let before: Vec<Vec<u8>> = keys.from(&[]).map(<[u8]>::to_vec).collect();
                let next = updated(&keys, &mut set, &toggled.into_iter().collect());
                prop_assert!(keys.from(&[]).eq(before.iter().map(Vec::as_slice)));
                keys = next;
                check(&keys, &set);
                prop_assert!(keys.from(&from).eq(set.range(from.clone()..).map(Vec::as_slice)));
            }
        }
    }

    #[test]
    fn blocks_that_lose_most_keys_join_their_neighbours() {
        let all: BTreeSet<Vec<u8>> =
            (0_u32..10_000).map(|number| number.to_be_bytes().to_vec()).collect();
        let mut set = BTreeSet::new();
        let full = updated(&Keys::default(), &mut set, &all);
        check(&full, &set);
        let most = all.iter().enumerate().filter(|(at, _)| at % 50 > 0);
        let few = updated(&full, &mut set, &most.map(|(_, key)| key.clone()).collect());
        check(&few, &set);
        assert_eq!(few.count(), 200);
        assert!(few.blocks.len() < 20, "{} blocks", few.blocks.len());
        let none = updated(&few, &mut set.clone(), &set);
        assert_eq!((none.count(), none.blocks.len()), (0, 0));
    }
}
