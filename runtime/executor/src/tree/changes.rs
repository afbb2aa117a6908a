//! Changes of rows as the tree takes them: by path, in order, each path once.

use althing_frame::RowValue;
use althing_primitives::Hash256;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::page::{Prefix, digit_of_prefix, prefix_of};

/// A change of a row whose path is known already, which saves hashing its key.
#[derive(Clone, Debug)]
pub struct PathChange<K> {
    /// `path_of(key)`. With any other path the row is found under that path and not under its key.
    pub path: Hash256,
    /// The row's key.
    pub key: K,
    /// Its new value; `None` deletes the row.
    pub value: Option<RowValue>,
}

/// A list of changes, of which the last counts if several have one path.
pub(crate) trait Changes: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Path and new value of one of them.
    fn change(&self, at: usize) -> Option<(&Hash256, Option<NewValue<'_>>)>;
}

/// The bytes of a new value, where the caller has them.
#[derive(Clone, Copy)]
pub(crate) enum NewValue<'a> {
    Bytes(&'a [u8]),
    Row(&'a RowValue),
}

impl NewValue<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Row(value) => value,
        }
    }

    pub(super) fn to_row(self) -> RowValue {
        match self {
            Self::Bytes(bytes) => bytes.into(),
            Self::Row(value) => value.clone(),
        }
    }
}

impl<K: Sync> Changes for [PathChange<K>] {
    fn count(&self) -> usize {
        self.len()
    }

    fn change(&self, at: usize) -> Option<(&Hash256, Option<NewValue<'_>>)> {
        let change = self.get(at)?;
        Some((&change.path, change.value.as_ref().map(NewValue::Row)))
    }
}

/// One change in the order of paths, and what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    prefix: Prefix,
    /// Place in the list of changes.
    at: u32,
    pub(crate) effect: Effect,
}

/// What a change did to the set of rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// The row is, or is not, there as before.
    None,
    Inserted,
    Deleted,
}

impl Entry {
    /// Place in the list of changes.
    pub(crate) fn at(&self) -> usize {
        self.at as usize
    }

    pub(super) fn prefix(&self) -> Prefix {
        self.prefix
    }
}

/// The changes in ascending order of their paths, the last one of each path (T7).
pub(super) fn ordered<C: Changes + ?Sized>(changes: &C) -> Vec<Entry> {
    let count =
        u32::try_from(changes.count()).expect("2^32 changes need more memory than there is");
    let path = |at: u32| changes.change(at as usize).map(|(path, _)| path);
    let entry = |at| Entry { prefix: path(at).map_or(0, prefix_of), at, effect: Effect::None };
    let mut entries: Vec<Entry> =
        (0..count).into_par_iter().with_min_len(1_024).map(entry).collect();
    entries.par_sort_unstable_by(|one, other| {
        let prefixes = one.prefix.cmp(&other.prefix);
        prefixes.then_with(|| path(one.at).cmp(&path(other.at))).then(one.at.cmp(&other.at))
    });
    entries.dedup_by(|later, earlier| {
        let same = later.prefix == earlier.prefix && path(later.at) == path(earlier.at);
        if same {
            *earlier = *later;
        }
        same
    });
    entries
}

/// The entries of each subtree of a page at `depth`, which [`super::page::is_within_prefix`].
pub(super) fn split_entries<const N: usize>(
    mut entries: &mut [Entry],
    depth: u16,
) -> [&mut [Entry]; N] {
    core::array::from_fn(|digit| {
        let is_up_to = |entry: &Entry| digit_of_prefix(entry.prefix, depth) <= digit;
        let count = entries.partition_point(is_up_to);
        let (these, rest) = core::mem::take(&mut entries).split_at_mut(count);
        entries = rest;
        these
    })
}
