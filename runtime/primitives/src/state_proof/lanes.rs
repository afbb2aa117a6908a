//! Hashes of many nodes at once.
//!
//! A node of the tree is one BLAKE3 compression, and a processor computes 4 to 16 of them side by
//! side in the time of about two. The function for it is a hidden, unstable part of the `blake3`
//! crate, hence the exact version in the workspace, this one place, and the test that compares
//! each result with the documented function.

use blake3::IncrementCounter;
use blake3::platform::Platform;

use super::{INNER_KEY, LEAF_KEY};
use crate::Hash256;

/// Nodes hashed side by side at most. Batches of this many waste nothing on any processor.
pub const LANES: usize = 16;

/// What the hash of a node is taken of: 32 bytes and 32 bytes.
pub type NodeInput = [u8; 64];

/// Flags of a message that is one block under a key: the mode, then what begins and what ends in it
/// (BLAKE3 specification, section 2.2).
const KEYED_HASH: u8 = 1 << 4;
const CHUNK_START: u8 = 1;
const CHUNK_END_AND_ROOT: u8 = 1 << 1 | 1 << 3;

type Words = [u32; 8];

/// The two halves of a node as one input.
pub fn node_input(first: &Hash256, second: &Hash256) -> NodeInput {
    let mut input = [0; 64];
    let (head, tail) = input.split_at_mut(32);
    head.copy_from_slice(&first.0);
    tail.copy_from_slice(&second.0);
    input
}

/// The hashes of leaves (T3), given path and value hash of each, in their order.
pub fn leaf_hashes(leaves: &[NodeInput]) -> impl Iterator<Item = Hash256> {
    many(&LEAF_KEY, leaves)
}

/// The hashes of inner nodes (T5), given left and right of each, in their order.
pub fn inner_hashes(nodes: &[NodeInput]) -> impl Iterator<Item = Hash256> {
    many(&INNER_KEY, nodes)
}

fn many(key: &[u8; 32], inputs: &[NodeInput]) -> impl Iterator<Item = Hash256> {
    let (quads, _) = key.as_chunks::<4>();
    let word = |at| quads.get(at).map_or(0, |quad| u32::from_le_bytes(*quad));
    let key: Words = core::array::from_fn(word);
    inputs
        .chunks(LANES)
        .flat_map(move |chunk| side_by_side(&key, chunk).into_iter().take(chunk.len()))
}

/// The hashes of the first [`LANES`] inputs, then zeros.
fn side_by_side(key: &Words, inputs: &[NodeInput]) -> [Hash256; LANES] {
    static NOTHING: NodeInput = [0; 64];
    let mut lanes = [&NOTHING; LANES];
    let count = inputs.len().min(LANES);
    for (lane, input) in lanes.iter_mut().zip(inputs) {
        *lane = input;
    }
    let mut bytes = [0; 32 * LANES];
    Platform::detect().hash_many(
        lanes.get(..count).unwrap_or(&lanes),
        key,
        0,
        IncrementCounter::No,
        KEYED_HASH,
        CHUNK_START,
        CHUNK_END_AND_ROOT,
        &mut bytes,
    );
    let mut hashes = [Hash256([0; 32]); LANES];
    for (hash, bytes) in hashes.iter_mut().zip(bytes.chunks_exact(32)) {
        hash.0.copy_from_slice(bytes);
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::super::{inner_hash, leaf_hash};
    use super::*;
    use crate::blake3_256;

    #[test]
    fn batches_of_any_size_hash_as_single_nodes_do() {
        let hash = |n: u16| blake3_256(&n.to_le_bytes());
        for count in (0_u16..40).chain([1_000]) {
            let pairs: Vec<_> = (0..count).map(|n| (hash(n), hash(n + 1_000))).collect();
            let inputs: Vec<_> = pairs.iter().map(|(one, two)| node_input(one, two)).collect();
            let leaves = pairs.iter().map(|(path, value)| leaf_hash(path, value));
            assert!(leaf_hashes(&inputs).eq(leaves), "{count} leaves");
            let nodes = pairs.iter().map(|(left, right)| inner_hash(left, right));
            assert!(inner_hashes(&inputs).eq(nodes), "{count} inner nodes");
        }
    }
}
