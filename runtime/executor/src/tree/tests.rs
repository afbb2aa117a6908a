//! What the tree promises, checked against the specification written out in the simplest way.

use std::collections::{BTreeMap, BTreeSet};

use althing_primitives::state_proof::{
    EMPTY_HASH, ProofEnd, StateProof, inner_hash, leaf_hash, path_of, turns_right,
};
use althing_primitives::{Hash256, blake3_256};
use parity_scale_codec::Encode;
use proptest::collection::vec;
use proptest::prelude::*;

use super::update::Grains;
use super::{Effect, PathChange, Tree};

/// The tree does not look at keys.
type Change = PathChange<()>;

type Rows = BTreeMap<Hash256, Vec<u8>>;

/// Groups of single changes, each a job of its own.
const FINEST: Grains = Grains { group: 1, job: 1 };

/// Everything in one group.
const COARSEST: Grains = Grains { group: usize::MAX, job: usize::MAX };

fn set(path: Hash256, value: &[u8]) -> Change {
    PathChange { path, key: (), value: Some(value.into()) }
}

fn delete(path: Hash256) -> Change {
    PathChange { path, key: (), value: None }
}

impl Tree {
    fn after(&self, changes: &[Change]) -> Self {
        self.update(changes).0
    }

    fn in_grains(&self, changes: &[Change], grains: Grains) -> Self {
        self.update_in_grains(changes, grains).0
    }
}

fn tree_of(changes: &[Change]) -> Tree {
    Tree::default().after(changes)
}

/// The root of these rows by rules T3 to T6 and nothing else.
fn specified_root(rows: &[(Hash256, Hash256)], depth: u16) -> Hash256 {
    match rows {
        [] => EMPTY_HASH,
        [(path, value_hash)] => leaf_hash(path, value_hash),
        _ => {
            let (right, left): (Vec<_>, Vec<_>) =
                rows.iter().partition(|(path, _)| turns_right(path, depth));
            let below = depth.checked_add(1).unwrap();
            inner_hash(&specified_root(&left, below), &specified_root(&right, below))
        }
    }
}

fn root_of(rows: &Rows) -> Hash256 {
    let rows: Vec<_> = rows.iter().map(|(path, value)| (*path, blake3_256(value))).collect();
    specified_root(&rows, 0)
}

fn rows_after(changes: &[Change]) -> Rows {
    let mut rows = Rows::new();
    for change in changes {
        match &change.value {
            Some(value) => rows.insert(change.path, value.to_vec()),
            None => rows.remove(&change.path),
        };
    }
    rows
}

/// A value that fits into its row, or one that does not.
fn value(number: u8) -> Vec<u8> {
    vec![number; if number.is_multiple_of(2) { 3 } else { 200 }]
}

/// Paths that often agree in all but their first or last bits, so that deep trees are common.
fn any_path() -> impl Strategy<Value = Hash256> {
    let few_bits = prop::sample::select(vec![0_u8, 1, 2, 3, 0x40, 0x80, 0xc0, 0xff]);
    (few_bits.clone(), few_bits, prop::bool::weighted(0.2), any::<u8>()).prop_map(
        |(first, last, middle_is_set, noise)| {
            let mut path = Hash256([0; 32]);
            path.0[0] = first;
            path.0[15] = if middle_is_set { noise } else { 0 };
            path.0[31] = last;
            path
        },
    )
}

fn any_change(path: impl Strategy<Value = Hash256>) -> impl Strategy<Value = Change> {
    let value = prop::option::weighted(0.65, (1_u8..5).prop_map(value));
    (path, value).prop_map(|(path, value)| match value {
        Some(value) => set(path, &value),
        None => delete(path),
    })
}

/// A history with replacements and deletions.
fn any_history() -> impl Strategy<Value = Vec<Change>> {
    vec(any_change(any_path()), 0..200)
}

/// Rows at random paths, as in a real chain.
fn any_rows() -> impl Strategy<Value = Vec<Change>> {
    let path = any::<[u8; 32]>().prop_map(Hash256);
    vec((path, 0_u8..5).prop_map(|(path, number)| set(path, &value(number))), 0..400)
}

/// A history over few random paths, so that pages come and go.
fn any_random_history() -> impl Strategy<Value = Vec<Change>> {
    vec(any_change((0_u16..150).prop_map(|n| path_of(&n.to_le_bytes()))), 0..400)
}

fn as_inserts(rows: &Rows) -> Vec<Change> {
    rows.iter().map(|(path, value)| set(*path, value)).collect()
}

/// Every proof that differs from this one in one bit of its encoding and still decodes.
fn with_one_bit_changed(proof: &StateProof) -> impl Iterator<Item = StateProof> {
    let bytes = proof.encode();
    let bits = (0..bytes.len()).flat_map(|byte| (0..8).map(move |bit| (byte, 1_u8 << bit)));
    bits.filter_map(move |(byte, mask)| {
        let mut changed = bytes.clone();
        changed[byte] ^= mask;
        StateProof::from_bytes(&changed).ok()
    })
}

proptest! {
    #[test]
    fn the_root_is_the_specified_one_after_any_history(history in any_history()) {
        prop_assert_eq!(tree_of(&history).root(), root_of(&rows_after(&history)));
    }

    #[test]
    fn the_root_of_random_rows_is_the_specified_one(rows in any_rows()) {
        prop_assert_eq!(tree_of(&rows).root(), root_of(&rows_after(&rows)));
    }

    #[test]
    fn every_root_of_a_random_history_is_the_specified_one(
        history in any_random_history(),
        step in 10_usize..200,
    ) {
        let mut tree = Tree::default();
        let mut so_far = Vec::new();
        for block in history.chunks(step) {
            tree = tree.after(block);
            so_far.extend_from_slice(block);
            prop_assert_eq!(tree.root(), root_of(&rows_after(&so_far)));
        }
    }

    #[test]
    fn rows_are_found_with_their_values(history in any_history(), random in any_random_history()) {
        let history = [history, random].concat();
        let (tree, rows) = (tree_of(&history), rows_after(&history));
        for change in &history {
            let held = rows.get(&change.path).map(Vec::as_slice);
            prop_assert_eq!(tree.find(&change.path).map(AsRef::as_ref), held);
        }
    }

    #[test]
    fn effects_tell_which_rows_came_and_went(
        before in any_random_history(),
        block in any_random_history(),
    ) {
        let rows = rows_after(&before);
        let (_, entries) = tree_of(&before).update(block.as_slice());
        let after = rows_after(&[before, block.clone()].concat());
        prop_assert!(entries.is_sorted_by_key(|entry| block[entry.at()].path));
        let paths: BTreeSet<_> = block.iter().map(|one| one.path).collect();
        prop_assert_eq!(entries.len(), paths.len());
        for entry in entries {
            let path = &block[entry.at()].path;
            let expected = match (rows.contains_key(path), after.contains_key(path)) {
                (false, true) => Effect::Inserted,
                (true, false) => Effect::Deleted,
                (false, false) | (true, true) => Effect::None,
            };
            prop_assert_eq!(entry.effect, expected);
        }
    }

    #[test]
    fn a_batch_equals_its_changes_one_by_one(history in any_history(), cut in 0_usize..200) {
        let at_once = tree_of(&history);
        let (first, second) = history.split_at(cut.min(history.len()));
        let in_two = tree_of(first).after(second);
        let one_by_one = history.iter().fold(Tree::default(), |tree, change| {
            tree.after(core::slice::from_ref(change))
        });
        prop_assert_eq!(at_once.root(), in_two.root());
        prop_assert_eq!(at_once.root(), one_by_one.root());
    }

    #[test]
    fn the_order_of_insertion_is_invisible(
        rows in any_rows().prop_flat_map(|rows| {
            let unique = as_inserts(&rows_after(&rows));
            (Just(unique.clone()), Just(unique).prop_shuffle())
        }),
    ) {
        let one_by_one = |rows: &[Change]| {
            let insert = |tree: Tree, row| tree.after(core::slice::from_ref(row));
            rows.iter().fold(Tree::default(), insert).root()
        };
        prop_assert_eq!(one_by_one(&rows.0), one_by_one(&rows.1));
    }

    #[test]
    fn deleting_what_was_added_returns_to_the_earlier_root(
        before in any_history(),
        added in any_history(),
    ) {
        let tree = tree_of(&before);
        let rows = rows_after(&before);
        let back: Vec<_> = added
            .iter()
            .map(|one| rows.get(&one.path).map_or(delete(one.path), |value| set(one.path, value)))
            .collect();
        let there = tree.after(&added);
        prop_assert_eq!(there.after(&back).root(), tree.root());
        let all_gone = deletion_of_all(&before, &added);
        prop_assert_eq!(there.after(&all_gone).root(), EMPTY_HASH);
    }

    #[test]
    fn splitting_work_is_invisible(
        before in any_random_history(),
        after in any_rows(),
        last in any_history(),
    ) {
        let blocks = [&before, &after, &last];
        let apply = |grains| {
            blocks.iter().fold(Tree::default(), |tree, block| tree.in_grains(block, grains))
        };
        let coarse = apply(COARSEST);
        for grains in [FINEST, Grains { group: 7, job: 20 }] {
            let fine = apply(grains);
            prop_assert_eq!(fine.root(), coarse.root());
            for change in blocks.into_iter().flatten() {
                prop_assert_eq!(fine.prove(&change.path), coarse.prove(&change.path));
            }
        }
    }

    #[test]
    fn an_update_leaves_the_tree_before_it_alone(before in any_history(), after in any_history()) {
        let tree = tree_of(&before);
        let root = tree.root();
        let _next = tree.after(&after);
        prop_assert_eq!(tree.root(), root);
        prop_assert_eq!(root, root_of(&rows_after(&before)));
        let rows = rows_after(&before);
        for change in &after {
            let held = rows.get(&change.path).map(Vec::as_slice);
            prop_assert_eq!(tree.find(&change.path).map(AsRef::as_ref), held);
        }
    }

    #[test]
    fn every_path_has_a_proof_of_what_it_holds(
        history in prop_oneof![any_history(), any_random_history()],
        asked in any_path(),
    ) {
        let tree = tree_of(&history);
        let rows = rows_after(&history);
        let hashes = [1, 2, 9].map(|number| blake3_256(&value(number)));
        for path in history.iter().map(|change| &change.path).chain([&asked]) {
            let proof = StateProof::from_bytes(&tree.prove(path).encode()).unwrap();
            let held = rows.get(path).map(|value| blake3_256(value));
            prop_assert_eq!(proof.verify_hashed(&tree.root(), path, held.as_ref()), Ok(()));
            for wrong in hashes.iter().map(Some).chain([None]) {
                let verdict = proof.verify_hashed(&tree.root(), path, wrong);
                prop_assert_eq!(verdict.is_ok(), wrong == held.as_ref());
            }
        }
    }

    #[test]
    fn a_proof_speaks_of_no_other_root(history in any_history(), change in any_history()) {
        let tree = tree_of(&history);
        let other = tree.after(&change);
        let rows = rows_after(&history);
        prop_assume!(other.root() != tree.root());
        for path in change.iter().map(|change| &change.path) {
            let held = rows.get(path).map(|value| blake3_256(value));
            let proof = tree.prove(path);
            prop_assert!(proof.verify_hashed(&other.root(), path, held.as_ref()).is_err());
        }
    }

    #[test]
    fn hostile_bytes_give_an_error_or_a_proof_of_these_bytes(bytes in vec(any::<u8>(), 0..600)) {
        if let Ok(proof) = StateProof::from_bytes(&bytes) {
            prop_assert_eq!(proof.encode(), bytes);
            let _verdict = proof.verify(&EMPTY_HASH, b"key", None);
        }
    }
}

/// Deletions of every row that the two histories left behind.
fn deletion_of_all(before: &[Change], added: &[Change]) -> Vec<Change> {
    let rows = rows_after(&[before, added].concat());
    rows.keys().map(|path| delete(*path)).collect()
}

#[test]
fn a_change_of_any_bit_of_a_proof_makes_it_fail() {
    let inserts: Vec<_> = (0_u8..40).map(|n| set(path_of(&[n]), &value(n))).collect();
    let tree = tree_of(&inserts);
    let root = tree.root();
    for number in 0_u8..80 {
        let path = path_of(&[number]);
        let held = (number < 40).then(|| blake3_256(&value(number)));
        let proof = tree.prove(&path);
        assert_eq!(proof.verify_hashed(&root, &path, held.as_ref()), Ok(()));
        for changed in with_one_bit_changed(&proof) {
            assert!(changed.verify_hashed(&root, &path, held.as_ref()).is_err(), "{changed:?}");
            let forged = blake3_256(b"forged");
            assert!(changed.verify_hashed(&root, &path, Some(&forged)).is_err());
        }
    }
}

#[test]
fn paths_that_differ_in_their_last_bit_give_the_longest_proof() {
    let even = Hash256([0; 32]);
    let mut odd = even;
    odd.0[31] = 1;
    let single = tree_of(&[set(even, &value(1))]);
    let tree = single.after(&[set(odd, &value(2))]);
    let proof = tree.prove(&odd);
    assert_eq!(proof.siblings().len(), 256);
    let held = blake3_256(&value(2));
    assert_eq!(proof.verify_hashed(&tree.root(), &odd, Some(&held)), Ok(()));
    assert_eq!(tree.after(&[delete(odd)]).root(), single.root());
}

#[test]
fn rows_that_differ_in_their_last_bits_make_the_deepest_pages() {
    let path = |number: u8| {
        let mut path = Hash256([0xa5; 32]);
        path.0[31] = number;
        path
    };
    let inserts: Vec<_> = (0..=255).map(|number| set(path(number), &value(number))).collect();
    let rows = rows_after(&inserts);
    for grains in [FINEST, COARSEST, Grains::of(256)] {
        let tree = Tree::default().in_grains(&inserts, grains);
        assert_eq!(tree.root(), root_of(&rows));
        for number in 0..=255 {
            let held = value(number);
            assert_eq!(tree.find(&path(number)).map(AsRef::as_ref), Some(held.as_slice()));
            let proof = tree.prove(&path(number));
            let verdict =
                proof.verify_hashed(&tree.root(), &path(number), Some(&blake3_256(&held)));
            assert_eq!(verdict, Ok(()));
        }
        let deletions: Vec<_> = (1..=255).map(|number| delete(path(number))).collect();
        let single = tree.in_grains(&deletions, grains);
        assert_eq!(single.root(), leaf_hash(&path(0), &blake3_256(&value(0))));
    }
}

#[test]
fn both_kinds_of_absence_are_proved() {
    let rows = [(Hash256([0x00; 32]), value(1)), (Hash256([0x20; 32]), value(2))];
    let tree = tree_of(&rows.clone().map(|(path, value)| set(path, &value)));
    let beside_an_inner_node = Hash256([0x80; 32]);
    let beside_a_leaf = Hash256([0x01; 32]);
    assert_eq!(tree.prove(&beside_an_inner_node).end(), &ProofEnd::Empty);
    let other = ProofEnd::OtherRow { path: rows[0].0, value_hash: blake3_256(&rows[0].1) };
    assert_eq!(tree.prove(&beside_a_leaf).end(), &other);
    for path in [beside_an_inner_node, beside_a_leaf] {
        assert_eq!(tree.prove(&path).verify_hashed(&tree.root(), &path, None), Ok(()));
    }
}

#[test]
fn of_several_changes_to_a_path_the_last_counts() {
    let path = Hash256([7; 32]);
    let tree = tree_of(&[
        set(path, &value(1)),
        set(Hash256([3; 32]), &value(1)),
        delete(path),
        set(path, &value(2)),
        delete(Hash256([3; 32])),
    ]);
    assert_eq!(tree.root(), leaf_hash(&path, &blake3_256(&value(2))));
}

#[test]
fn changes_that_change_nothing_keep_every_node() {
    let rows: Vec<_> = (0_u8..200).map(|n| set(path_of(&[n]), &value(n))).collect();
    let tree = tree_of(&rows);
    let mut same = rows.clone();
    same.push(delete(path_of(b"absent")));
    assert!(tree.after(&same).shares_root_with(&tree));
    assert!(!tree.after(&[set(path_of(&[1]), &value(2))]).shares_root_with(&tree));
}

#[test]
fn the_root_is_the_same_in_pools_of_any_size() {
    let paths: Vec<_> = (0_u32..20_000).map(|n| path_of(&n.to_le_bytes())).collect();
    let inserts: Vec<_> = paths.iter().map(|path| set(*path, &value(3))).collect();
    let block: Vec<_> = paths
        .iter()
        .step_by(2)
        .enumerate()
        .map(|(at, path)| if at % 3 == 0 { delete(*path) } else { set(*path, &value(4)) })
        .collect();
    let root_in_pool_of = |workers| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
        pool.install(|| tree_of(&inserts).after(&block).root())
    };
    let roots = [1, 2, 3, 8].map(root_in_pool_of);
    assert_eq!(roots, [root_of(&rows_after(&[inserts, block].concat())); 4]);
}
