//! The two roots over a block's body (`specs/formats.md`, F8).

use althing_primitives::{Extrinsic, Hash256, blake3_pair};

/// Root over the extrinsics without their signatures.
pub fn extrinsics_root(extrinsics: &[Extrinsic]) -> Hash256 {
    merkle_root(extrinsics.iter().map(Extrinsic::body_hash))
}

/// Root over the signatures alone.
pub fn witness_root(extrinsics: &[Extrinsic]) -> Hash256 {
    merkle_root(extrinsics.iter().map(Extrinsic::witness_hash))
}

const LEAF_KEY: [u8; 32] = *b"althing:body-root:v1:leaf       ";
const PAIR_KEY: [u8; 32] = *b"althing:body-root:v1:pair       ";

/// Leaves and pairs are hashed with BLAKE3 under different keys, so that a pair cannot be shown as
/// a leaf; a node without a partner moves up as it is; no leaves give zeros.
fn merkle_root(leaves: impl Iterator<Item = Hash256>) -> Hash256 {
    let zero = Hash256::default();
    let mut level: Vec<Hash256> = leaves.map(|leaf| blake3_pair(&LEAF_KEY, &leaf, &zero)).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => blake3_pair(&PAIR_KEY, left, right),
                [single] => *single,
                _ => zero,
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
        let leaf = |n| Hash256([n; 32]);
        let root = |leaves: &[u8]| merkle_root(leaves.iter().map(|n| leaf(*n)));
        assert_eq!(root(&[]), Hash256::default());
        assert_ne!(root(&[1, 2, 3]), root(&[1, 3, 2]));
        assert_ne!(root(&[1, 2, 3]), root(&[1, 2]));
        assert_ne!(root(&[1, 2, 3]), root(&[1, 2, 3, 3]));
    }
}
