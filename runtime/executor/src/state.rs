//! A state of the chain: all rows at one height, and the tree that commits to them.
//!
//! A [`State`] never changes; a block makes the next one out of it. Both share what the block did
//! not touch, so a reader may keep any height for as long as it likes without holding anyone up.
//! Dropping the last one of its kind frees the nodes that only it had, about 0.3 us for each row
//! that later blocks changed: a chain lets go of old heights outside of its import path.
//!
//! # Invariants
//!
//! - `root` is the root of exactly the rows that `get` and `range` show.
//! - Rows are listed in ascending order of their keys, compared as bytes.
//!
//! # Paths
//!
//! Rows are held in the tree itself, by the BLAKE3 hash of their keys. Whoever looks a row up and
//! changes it later hashes the key once: [`State::find`] and [`State::apply_hashed`] take paths.

mod keys;

use althing_frame::{RowKey, RowValue};
use althing_primitives::Hash256;
use althing_primitives::state_proof::{StateProof, path_of};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::tree::{Changes, Effect, Entry, NewValue, PathChange, Tree};
use keys::{KeyChange, Keys};

/// Keys one worker hashes at least, so that small blocks are not spread thin.
const HASH_GRAIN: usize = 256;

/// All rows at one height. Copying is O(1).
#[derive(Clone, Default)]
pub struct State {
    keys: Keys,
    tree: Tree,
}

impl core::fmt::Debug for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("State").field("root", &self.root()).field("rows", &self.len()).finish()
    }
}

impl State {
    /// The state without rows.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The state of these rows. Of several rows with one key the last counts.
    ///
    /// Fastest if the keys ascend. Who has kept the paths saves hashing the keys with
    /// [`State::apply_hashed`] on the empty state.
    pub fn from_rows<K, V>(rows: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<[u8]> + Sync,
        V: AsRef<[u8]> + Sync,
    {
        let changes: Vec<_> = rows.into_iter().map(|(key, value)| (key, Some(value))).collect();
        Self::empty().apply(&changes)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.keys.count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash that commits to all rows.
    pub fn root(&self) -> Hash256 {
        self.tree.root()
    }

    /// The value of a row.
    pub fn get(&self, key: &[u8]) -> Option<&RowValue> {
        self.find(&path_of(key))
    }

    /// The value of the row whose key has this path.
    pub fn find(&self, path: &Hash256) -> Option<&RowValue> {
        self.tree.find(path)
    }

    /// The first `limit` keys that begin with `prefix` and come after `start_after`, in ascending
    /// order.
    pub fn keys<'a>(
        &'a self,
        prefix: &'a [u8],
        start_after: Option<&'a [u8]>,
        limit: usize,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let first = start_after.map_or(prefix, |after| after.max(prefix));
        self.keys
            .from(first)
            .skip_while(move |key| Some(*key) == start_after)
            .take_while(move |key| key.starts_with(prefix))
            .take(limit)
    }

    /// The rows of the same keys. Finding each value costs more than listing its key does.
    pub fn range<'a>(
        &'a self,
        prefix: &'a [u8],
        start_after: Option<&'a [u8]>,
        limit: usize,
    ) -> impl Iterator<Item = (&'a [u8], &'a RowValue)> + use<'a> {
        let row = |key| (key, self.get(key).expect("every key that is listed has a row"));
        self.keys(prefix, start_after, limit).map(row)
    }

    /// The state after these changes; `None` deletes a row. Of several changes to one key the last
    /// counts. Runs on all workers of the caller's pool, fastest if the keys ascend.
    pub fn apply<K, V>(&self, changes: &[(K, Option<V>)]) -> Self
    where
        K: AsRef<[u8]> + Sync,
        V: AsRef<[u8]> + Sync,
    {
        let path = |(key, _): &(K, Option<V>)| path_of(key.as_ref());
        let paths = changes.par_iter().with_min_len(HASH_GRAIN).map(path).collect();
        let list = Plain { paths, changes, new_value: bytes_of::<V> };
        self.updated(&list, |at| changes.get(at).map(|(key, _)| key.as_ref()))
    }

    /// The same for changes whose paths are known.
    ///
    /// On the empty state this builds a state out of rows and paths that were stored: in parallel,
    /// bottom up, without hashing a key.
    pub fn apply_hashed<K: AsRef<[u8]> + Sync>(&self, changes: &[PathChange<K>]) -> Self {
        self.updated(changes, |at| changes.get(at).map(|change| change.key.as_ref()))
    }

    /// The same for a block's changes, whose paths are kept beside them.
    pub(crate) fn apply_at(
        &self,
        paths: Vec<Hash256>,
        changes: &[(RowKey, Option<RowValue>)],
    ) -> Self {
        let list = Plain { paths, changes, new_value: row_of };
        self.updated(&list, |at| changes.get(at).map(|(key, _)| key.as_ref()))
    }

    fn updated<'a, C: Changes + ?Sized>(
        &self,
        changes: &C,
        key: impl Fn(usize) -> Option<&'a [u8]>,
    ) -> Self {
        let (tree, entries) = self.tree.update(changes);
        let mut moved: Vec<_> =
            entries.into_iter().filter(|entry| entry.effect != Effect::None).collect();
        // The order of the caller, who has the keys in ascending order as a rule.
        moved.sort_unstable_by_key(Entry::at);
        let key_change = |entry: &Entry| {
            let is_new = entry.effect == Effect::Inserted;
            key(entry.at()).map(|key| KeyChange { key, is_new })
        };
        let key_changes: Vec<KeyChange<'_>> = moved.iter().filter_map(key_change).collect();
        let keys =
            if key_changes.is_empty() { self.keys.clone() } else { self.keys.update(key_changes) };
        Self { keys, tree }
    }

    /// Prove what the state holds under this key, be it a value or nothing.
    pub fn prove(&self, key: &[u8]) -> StateProof {
        self.tree.prove(&path_of(key))
    }
}

fn bytes_of<V: AsRef<[u8]>>(value: &V) -> NewValue<'_> {
    NewValue::Bytes(value.as_ref())
}

fn row_of(value: &RowValue) -> NewValue<'_> {
    NewValue::Row(value)
}

/// Changes with their paths beside them.
struct Plain<'a, K, V> {
    paths: Vec<Hash256>,
    changes: &'a [(K, Option<V>)],
    new_value: fn(&V) -> NewValue<'_>,
}

impl<K: Sync, V: Sync> Changes for Plain<'_, K, V> {
    fn count(&self) -> usize {
        self.changes.len()
    }

    fn change(&self, at: usize) -> Option<(&Hash256, Option<NewValue<'_>>)> {
        let (_, value) = self.changes.get(at)?;
        Some((self.paths.get(at)?, value.as_ref().map(self.new_value)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    use super::*;

    type Change = (Vec<u8>, Option<Vec<u8>>);

    fn hashed(changes: &[Change]) -> Vec<PathChange<&[u8]>> {
        let hashed = |(key, value): &'_ Change| (path_of(key), value.clone().map(RowValue::from));
        changes
            .iter()
            .map(|change| (hashed(change), change.0.as_slice()))
            .map(|((path, value), key)| PathChange { path, key, value })
            .collect()
    }

    /// Short keys over two letters, so that many are prefixes of one another.
    fn any_key() -> impl Strategy<Value = Vec<u8>> {
        vec(prop::sample::select(vec![0_u8, 255]), 0..6)
    }

    fn any_changes() -> impl Strategy<Value = Vec<Change>> {
        let value = prop::option::weighted(0.7, vec(any::<u8>(), 0..3));
        vec((any_key(), value), 0..60)
    }

    fn rows_after(changes: &[Change]) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut rows = BTreeMap::new();
        for (key, value) in changes.iter().cloned() {
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
        }
        rows
    }

    fn read(state: &State, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Vec<Vec<u8>> {
        state.range(prefix, after, limit).map(|(key, _)| key.to_vec()).collect()
    }

    proptest! {
        #[test]
        fn a_state_holds_what_an_ordered_map_would(changes in any_changes(), asked in any_key()) {
            let state = State::empty().apply(&changes);
            let rows = rows_after(&changes);
            prop_assert_eq!(state.len(), rows.len());
            prop_assert_eq!(state.is_empty(), rows.is_empty());
            let found = state.get(&asked);
            prop_assert_eq!(found.map(AsRef::as_ref), rows.get(&asked).map(Vec::as_slice));
            prop_assert_eq!(found, state.find(&path_of(&asked)));
            prop_assert_eq!(state.root(), State::from_rows(rows).root());
        }

        #[test]
        fn ranges_are_ascending_and_complete(
            changes in any_changes(),
            prefix in any_key(),
            after in prop::option::of(any_key()),
            limit in 0_usize..8,
        ) {
            let state = State::empty().apply(&changes);
            let expected: Vec<_> = rows_after(&changes)
                .into_keys()
                .filter(|key| key.starts_with(&prefix))
                .filter(|key| after.as_ref().is_none_or(|after| key > after))
                .take(limit)
                .collect();
            prop_assert_eq!(read(&state, &prefix, after.as_deref(), limit), expected);
        }

        #[test]
        fn changes_by_path_are_changes_by_key(first in any_changes(), second in any_changes()) {
            let by_key = State::empty().apply(&first).apply(&second);
            let by_path =
                State::empty().apply_hashed(&hashed(&first)).apply_hashed(&hashed(&second));
            prop_assert_eq!(by_path.root(), by_key.root());
            prop_assert_eq!(by_path.len(), by_key.len());
            let rows = |state: &State| -> Vec<(Vec<u8>, RowValue)> {
                state.range(&[], None, 100).map(|(key, row)| (key.to_vec(), row.clone())).collect()
            };
            prop_assert_eq!(rows(&by_path), rows(&by_key));
        }

        #[test]
        fn a_state_of_known_paths_is_the_state_of_the_rows(changes in any_changes()) {
            let rows: Vec<_> = rows_after(&changes).into_iter().collect();
            let as_changes: Vec<Change> =
                rows.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
            let built = State::empty().apply_hashed(&hashed(&as_changes));
            prop_assert_eq!(built.root(), State::from_rows(rows).root());
            prop_assert_eq!(built.root(), State::empty().apply(&changes).root());
        }

        #[test]
        fn every_key_has_a_proof_of_what_it_holds(changes in any_changes(), asked in any_key()) {
            let state = State::empty().apply(&changes);
            for key in changes.iter().map(|(key, _)| key).chain([&asked]) {
                let value = state.get(key).map(AsRef::as_ref);
                let proof = state.prove(key);
                prop_assert_eq!(proof.verify(&state.root(), key, value), Ok(()));
                prop_assert!(proof.verify(&state.root(), key, Some(b"forged")).is_err());
            }
        }

        #[test]
        fn a_state_outlives_the_ones_made_from_it(first in any_changes(), second in any_changes()) {
            let before = State::empty().apply(&first);
            let (root, copy) = (before.root(), before.clone());
            let after = before.apply(&second);
            prop_assert_eq!(before.root(), root);
            prop_assert_eq!(read(&before, &[], None, 100), read(&copy, &[], None, 100));
            prop_assert_eq!(after.root(), State::from_rows(rows_after(&[first, second].concat())).root());
        }
    }

    #[test]
    fn pages_follow_one_another_without_gap_or_overlap() {
        let keys: Vec<_> = (0_u16..500).map(|number| number.to_be_bytes().to_vec()).collect();
        let state = State::from_rows(keys.iter().map(|key| (key, b"value")));
        let mut seen = Vec::<Vec<u8>>::new();
        loop {
            let page = read(&state, &[], seen.last().map(Vec::as_slice), 77);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
        }
        assert_eq!(seen, keys);
    }
}
