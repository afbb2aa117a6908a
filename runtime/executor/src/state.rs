//! A state of the chain: all rows at one height, and the tree that commits to them.
//!
//! A [`State`] never changes; a block makes the next one out of it. Both share what the block did
//! not touch, so a reader may keep any height for as long as it likes without holding anyone up.
//!
//! # Invariants
//!
//! - `root` is the root of exactly the rows that `get` and `range` show.
//! - Rows are in ascending order of their keys, compared as bytes.

use std::ops::Bound;
use std::sync::Arc;

use althing_primitives::state_proof::{StateProof, path_of};
use althing_primitives::{Hash256, blake3_256};
use imbl::OrdMap;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::tree::{PathChange, Tree};

/// Rows one worker hashes at least, so that small blocks are not spread thin.
const HASH_GRAIN: usize = 64;

/// All rows at one height. Copying is O(1).
#[derive(Clone, Default)]
pub struct State {
    rows: OrdMap<Arc<[u8]>, Arc<[u8]>>,
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
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The hash that commits to all rows.
    pub fn root(&self) -> Hash256 {
        self.tree.root()
    }

    /// The value of a row.
    pub fn get(&self, key: &[u8]) -> Option<&Arc<[u8]>> {
        self.rows.get(key)
    }

    /// The first `limit` rows whose keys begin with `prefix` and come after `start_after`, in
    /// ascending order of keys.
    pub fn range<'a>(
        &'a self,
        prefix: &'a [u8],
        start_after: Option<&'a [u8]>,
        limit: usize,
    ) -> impl Iterator<Item = (&'a [u8], &'a Arc<[u8]>)> + use<'a> {
        let start = match start_after {
            Some(key) if key >= prefix => Bound::Excluded(key),
            Some(_) | None => Bound::Included(prefix),
        };
        self.rows
            .range::<_, [u8]>((start, Bound::Unbounded))
            .map(|(key, value)| (key.as_ref(), value))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .take(limit)
    }

    /// The state after these changes; `None` deletes a row. Of several changes to one key the last
    /// counts.
    ///
    /// Hashing runs on all workers, then the tree and the rows are brought up to date side by side.
    pub fn apply<K, V>(&self, changes: &[(K, Option<V>)]) -> Self
    where
        K: AsRef<[u8]> + Sync,
        V: AsRef<[u8]> + Sync,
    {
        let update_tree = || self.tree.update(&hashed(changes));
        let update_rows = || {
            let mut rows = self.rows.clone();
            for (key, value) in changes {
                match value {
                    Some(value) => rows.insert(key.as_ref().into(), value.as_ref().into()),
                    None => rows.remove(key.as_ref()),
                };
            }
            rows
        };
        let (tree, rows) = rayon::join(update_tree, update_rows);
        Self { rows, tree }
    }

    /// Prove what the state holds under this key, be it a value or nothing.
    pub fn prove(&self, key: &[u8]) -> StateProof {
        self.tree.prove(&path_of(key))
    }
}

fn hashed<K, V>(changes: &[(K, Option<V>)]) -> Vec<PathChange>
where
    K: AsRef<[u8]> + Sync,
    V: AsRef<[u8]> + Sync,
{
    let hash = |(key, value): &(K, Option<V>)| {
        let value_hash = value.as_ref().map(|value| blake3_256(value.as_ref()));
        (path_of(key.as_ref()), value_hash)
    };
    changes.par_iter().with_min_len(HASH_GRAIN).map(hash).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    use super::*;

    type Change = (Vec<u8>, Option<Vec<u8>>);

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
            prop_assert_eq!(state.get(&asked).map(AsRef::as_ref), rows.get(&asked).map(Vec::as_slice));
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
