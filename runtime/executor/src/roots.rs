//! The two roots over a block's body (`specs/formats.md`, F8).

use althing_primitives::{Extrinsic, Hash256, blake3_pair};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

/// Leaves under one subtree that one worker hashes: a power of two, so that the subtrees of a long
/// list are subtrees of the whole.
const SUBTREE: usize = 256;

/// Root over the extrinsics without their signatures.
pub fn extrinsics_root(extrinsics: &[Extrinsic]) -> Hash256 {
    merkle_root(extrinsics, Extrinsic::body_hash)
}

/// Root over the signatures alone.
pub fn witness_root(extrinsics: &[Extrinsic]) -> Hash256 {
    merkle_root(extrinsics, Extrinsic::witness_hash)
}

/// The root over hashes of extrinsics or signatures that are no longer there themselves.
pub fn body_root(leaves: &[Hash256]) -> Hash256 {
    merkle_root(leaves, |leaf| *leaf)
}

const LEAF_KEY: [u8; 32] = *b"althing:body-root:v1:leaf       ";
const PAIR_KEY: [u8; 32] = *b"althing:body-root:v1:pair       ";

/// Leaves and pairs are hashed with BLAKE3 under different keys, so that a pair cannot be shown as
/// a leaf; a node without a partner moves up as it is; no leaves give zeros. Subtrees are hashed on
/// all workers.
fn merkle_root<T: Sync>(items: &[T], leaf: impl Fn(&T) -> Hash256 + Sync) -> Hash256 {
    let zero = Hash256::default();
    let hash = |item| blake3_pair(&LEAF_KEY, &leaf(item), &zero);
    if items.len() <= SUBTREE {
        return fold(items.iter().map(hash).collect());
    }
    fold(items.par_chunks(SUBTREE).map(|chunk| fold(chunk.iter().map(hash).collect())).collect())
}

/// Pair up the nodes of a level until one is left.
fn fold(mut level: Vec<Hash256>) -> Hash256 {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => blake3_pair(&PAIR_KEY, left, right),
                [single] => *single,
                _ => Hash256::default(),
            })
            .collect();
    }
    level.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_depends_on_every_leaf_and_on_their_order() {
        let root = |leaves: &[u8]| merkle_root(leaves, |n| Hash256([*n; 32]));
        assert_eq!(root(&[]), Hash256::default());
        assert_ne!(root(&[1, 2, 3]), root(&[1, 3, 2]));
        assert_ne!(root(&[1, 2, 3]), root(&[1, 2]));
        assert_ne!(root(&[1, 2, 3]), root(&[1, 2, 3, 3]));
    }

    #[test]
    fn subtrees_of_several_workers_make_the_tree_of_one() {
        for count in [255, 256, 257, 511, 512, 513, 769, 1_000, 1_025_u32] {
            let items: Vec<u32> = (0..count).collect();
            let leaf = |n: &u32| althing_primitives::blake3_256(&n.to_le_bytes());
            let zero = Hash256::default();
            let level = items.iter().map(|n| blake3_pair(&LEAF_KEY, &leaf(n), &zero)).collect();
            assert_eq!(merkle_root(&items, leaf), fold(level), "{count} leaves");
        }
    }
}
