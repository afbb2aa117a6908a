//! The two roots over a block's body (`specs/formats.md`, F8).

use althing_primitives::{Extrinsic, Hash256, blake3_256};

/// Root over the extrinsics without their signatures.
pub fn extrinsics_root(extrinsics: &[Extrinsic]) -> Hash256 {
    merkle_root(extrinsics.iter().map(Extrinsic::body_hash))
}

/// Root over the signatures alone.
pub fn witness_root(extrinsics: &[Extrinsic]) -> Hash256 {
    merkle_root(extrinsics.iter().map(Extrinsic::witness_hash))
}

/// Pairs are hashed as `BLAKE3(0x01 ++ left ++ right)`; a node without a partner moves up as it
/// is; no leaves give zeros. The first level is `BLAKE3(0x00 ++ leaf)`, so that a pair cannot be
/// shown as a leaf.
fn merkle_root(leaves: impl Iterator<Item = Hash256>) -> Hash256 {
    let mut level: Vec<Hash256> = leaves.map(|leaf| tagged(0, &[&leaf])).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => tagged(1, &[left, right]),
                [single] => *single,
                _ => Hash256::default(),
            })
            .collect();
    }
    level.pop().unwrap_or_default()
}

fn tagged(tag: u8, parts: &[&Hash256]) -> Hash256 {
    let mut bytes = vec![tag];
    for part in parts {
        bytes.extend_from_slice(&part.0);
    }
    blake3_256(&bytes)
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
