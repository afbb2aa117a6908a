//! What the tree promises, checked against the specification written out in the simplest way.

use std::collections::BTreeMap;

use althing_primitives::Hash256;
use althing_primitives::state_proof::{
    EMPTY_HASH, ProofEnd, StateProof, inner_hash, leaf_hash, path_of, turns_right,
};
use parity_scale_codec::Encode;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{PathChange, Tree};

type Rows = BTreeMap<Hash256, Hash256>;

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
    let rows: Vec<_> = rows.iter().map(|(path, value)| (*path, *value)).collect();
    specified_root(&rows, 0)
}

fn rows_after(changes: &[PathChange]) -> Rows {
    let mut rows = Rows::new();
    for (path, value_hash) in changes {
        match value_hash {
            Some(value_hash) => rows.insert(*path, *value_hash),
            None => rows.remove(path),
        };
    }
    rows
}

fn value(number: u8) -> Hash256 {
    Hash256([number; 32])
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

/// A history with replacements and deletions.
fn any_history() -> impl Strategy<Value = Vec<PathChange>> {
    let value_hash = prop::option::weighted(0.65, (1_u8..5).prop_map(value));
    vec((any_path(), value_hash), 0..120)
}

/// Rows at random paths, as in a real chain.
fn any_rows() -> impl Strategy<Value = Vec<PathChange>> {
    let path = any::<[u8; 32]>().prop_map(Hash256);
    vec((path, (0_u8..5).prop_map(|number| Some(value(number)))), 0..300)
}

fn as_inserts(rows: &Rows) -> Vec<PathChange> {
    rows.iter().map(|(path, value_hash)| (*path, Some(*value_hash))).collect()
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
        let tree = Tree::empty().update(&history);
        prop_assert_eq!(tree.root(), root_of(&rows_after(&history)));
    }

    #[test]
    fn the_root_of_random_rows_is_the_specified_one(rows in any_rows()) {
        let tree = Tree::empty().update(&rows);
        prop_assert_eq!(tree.root(), root_of(&rows_after(&rows)));
    }

    #[test]
    fn a_batch_equals_its_changes_one_by_one(history in any_history(), cut in 0_usize..120) {
        let at_once = Tree::empty().update(&history);
        let (first, second) = history.split_at(cut.min(history.len()));
        let in_two = Tree::empty().update(first).update(second);
        let one_by_one =
            history.iter().fold(Tree::empty(), |tree, change| tree.update(&[*change]));
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
        let one_by_one = |rows: &[PathChange]| {
            rows.iter().fold(Tree::empty(), |tree, row| tree.update(&[*row])).root()
        };
        prop_assert_eq!(one_by_one(&rows.0), one_by_one(&rows.1));
    }

    #[test]
    fn deleting_what_was_added_returns_to_the_earlier_root(
        before in any_history(),
        added in any_history(),
    ) {
        let tree = Tree::empty().update(&before);
        let rows = rows_after(&before);
        let back: Vec<_> =
            added.iter().map(|(path, _)| (*path, rows.get(path).copied())).collect();
        let there = tree.update(&added);
        prop_assert_eq!(there.update(&back).root(), tree.root());
        let all_gone = deletion_of_all(&before, &added);
        prop_assert_eq!(there.update(&all_gone).root(), EMPTY_HASH);
    }

    #[test]
    fn splitting_work_is_invisible(before in any_history(), after in any_rows()) {
        let parallel = Tree::empty().update_in_grains(&before, 1).update_in_grains(&after, 1);
        let serial = Tree::empty()
            .update_in_grains(&before, usize::MAX)
            .update_in_grains(&after, usize::MAX);
        prop_assert_eq!(parallel.root(), serial.root());
        for (path, _) in before.iter().chain(&after) {
            prop_assert_eq!(parallel.prove(path), serial.prove(path));
        }
    }

    #[test]
    fn an_update_leaves_the_tree_before_it_alone(before in any_history(), after in any_history()) {
        let tree = Tree::empty().update(&before);
        let root = tree.root();
        let _next = tree.update(&after);
        prop_assert_eq!(tree.root(), root);
        prop_assert_eq!(root, root_of(&rows_after(&before)));
    }

    #[test]
    fn every_path_has_a_proof_of_what_it_holds(history in any_history(), asked in any_path()) {
        let tree = Tree::empty().update(&history);
        let rows = rows_after(&history);
        for path in history.iter().map(|(path, _)| path).chain([&asked]) {
            let proof = StateProof::from_bytes(&tree.prove(path).encode()).unwrap();
            let held = rows.get(path);
            prop_assert_eq!(proof.verify_hashed(&tree.root(), path, held), Ok(()));
            for wrong in [None, Some(&value(9)), Some(&value(1)), Some(&value(2))] {
                let verdict = proof.verify_hashed(&tree.root(), path, wrong);
                prop_assert_eq!(verdict.is_ok(), wrong == held);
            }
        }
    }

    #[test]
    fn a_proof_speaks_of_no_other_root(history in any_history(), change in any_history()) {
        let tree = Tree::empty().update(&history);
        let other = tree.update(&change);
        let rows = rows_after(&history);
        prop_assume!(other.root() != tree.root());
        for (path, _) in &change {
            let verdict = tree.prove(path).verify_hashed(&other.root(), path, rows.get(path));
            prop_assert!(verdict.is_err());
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
fn deletion_of_all(before: &[PathChange], added: &[PathChange]) -> Vec<PathChange> {
    let rows = rows_after(&[before, added].concat());
    rows.keys().map(|path| (*path, None)).collect()
}

#[test]
fn a_change_of_any_bit_of_a_proof_makes_it_fail() {
    let keys: Vec<_> = (0_u8..40).map(|number| [number]).collect();
    let inserts: Vec<_> = keys.iter().map(|key| (path_of(key), Some(value(key[0])))).collect();
    let tree = Tree::empty().update(&inserts);
    let root = tree.root();
    for number in 0_u8..80 {
        let path = path_of(&[number]);
        let held = (number < 40).then(|| value(number));
        let proof = tree.prove(&path);
        assert_eq!(proof.verify_hashed(&root, &path, held.as_ref()), Ok(()));
        for changed in with_one_bit_changed(&proof) {
            assert!(changed.verify_hashed(&root, &path, held.as_ref()).is_err(), "{changed:?}");
            assert!(changed.verify_hashed(&root, &path, Some(&value(0xee))).is_err());
        }
    }
}

#[test]
fn paths_that_differ_in_their_last_bit_give_the_longest_proof() {
    let (even, odd) = (Hash256([0; 32]), {
        let mut path = Hash256([0; 32]);
        path.0[31] = 1;
        path
    });
    let single = Tree::empty().update(&[(even, Some(value(1)))]);
    let tree = single.update(&[(odd, Some(value(2)))]);
    let proof = tree.prove(&odd);
    assert_eq!(proof.siblings().len(), 256);
    assert_eq!(proof.verify_hashed(&tree.root(), &odd, Some(&value(2))), Ok(()));
    assert_eq!(tree.update(&[(odd, None)]).root(), single.root());
}

#[test]
fn both_kinds_of_absence_are_proved() {
    let tree = Tree::empty()
        .update(&[(Hash256([0x00; 32]), Some(value(1))), (Hash256([0x20; 32]), Some(value(2)))]);
    let beside_an_inner_node = Hash256([0x80; 32]);
    let beside_a_leaf = Hash256([0x01; 32]);
    assert_eq!(tree.prove(&beside_an_inner_node).end(), &ProofEnd::Empty);
    let other = ProofEnd::OtherRow { path: Hash256([0; 32]), value_hash: value(1) };
    assert_eq!(tree.prove(&beside_a_leaf).end(), &other);
    for path in [beside_an_inner_node, beside_a_leaf] {
        assert_eq!(tree.prove(&path).verify_hashed(&tree.root(), &path, None), Ok(()));
    }
}

#[test]
fn of_several_changes_to_a_path_the_last_counts() {
    let path = Hash256([7; 32]);
    let tree = Tree::empty().update(&[
        (path, Some(value(1))),
        (Hash256([3; 32]), Some(value(1))),
        (path, None),
        (path, Some(value(2))),
        (Hash256([3; 32]), None),
    ]);
    assert_eq!(tree.root(), leaf_hash(&path, &value(2)));
}

#[test]
fn changes_that_change_nothing_keep_every_node() {
    let rows: Vec<_> = (0_u8..200).map(|n| (path_of(&[n]), Some(value(n)))).collect();
    let tree = Tree::empty().update(&rows);
    let mut same = rows.clone();
    same.push((path_of(b"absent"), None));
    assert!(tree.update(&same).shares_root_with(&tree));
    assert!(!tree.update(&[(path_of(&[1]), Some(value(2)))]).shares_root_with(&tree));
}

#[test]
fn the_root_is_the_same_in_pools_of_one_and_of_four_workers() {
    let changes: Vec<_> =
        (0_u32..5_000).map(|n| (path_of(&n.to_le_bytes()), Some(value(3)))).collect();
    let root_in_pool_of = |workers| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
        pool.install(|| Tree::empty().update(&changes).root())
    };
    assert_eq!(root_in_pool_of(1), root_in_pool_of(4));
}
