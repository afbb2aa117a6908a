//! The tree as its users see it: a value that is cheap to copy.

use althing_primitives::Hash256;
use althing_primitives::state_proof::{ProofEnd, StateProof, turns_right};

use super::node::Link;
use super::update::{PathChange, ordered, update};

/// Batches below this run on one worker: about 100 us of work, far more than handing over costs.
const GRAIN: usize = 128;

/// A commitment to a set of rows. Copies share their nodes, so copying is O(1).
#[derive(Clone, Default)]
pub struct Tree {
    root: Link,
}

impl core::fmt::Debug for Tree {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Tree").field("root", &self.root()).finish()
    }
}

impl Tree {
    /// The tree without rows.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The hash that commits to all rows.
    pub fn root(&self) -> Hash256 {
        self.root.hash()
    }

    /// The tree after these changes. They may come in any order; of several changes to one path
    /// the last counts.
    pub fn update(&self, changes: &[PathChange]) -> Self {
        self.update_in_grains(changes, GRAIN)
    }

    /// The same with another size below which work is not split.
    pub(super) fn update_in_grains(&self, changes: &[PathChange], grain: usize) -> Self {
        Self { root: update(&self.root, 0, &ordered(changes), grain) }
    }

    /// Whether both trees are one and the same in memory.
    #[cfg(test)]
    pub(super) fn shares_root_with(&self, other: &Self) -> bool {
        self.root.is_same(&other.root)
    }

    /// Prove that the row of this path is in the tree with its value, or that it is not (T8).
    pub fn prove(&self, path: &Hash256) -> StateProof {
        let mut siblings = Vec::new();
        let mut node = &self.root;
        let mut depth = 0_u16;
        let end = loop {
            match node {
                Link::Empty => break ProofEnd::Empty,
                Link::Leaf(leaf) if leaf.path == *path => break ProofEnd::Row,
                Link::Leaf(leaf) => {
                    break ProofEnd::OtherRow { path: leaf.path, value_hash: leaf.value_hash };
                }
                Link::Inner(inner) => {
                    let right = turns_right(path, depth);
                    let (next, sibling) = if right {
                        (&inner.right, &inner.left)
                    } else {
                        (&inner.left, &inner.right)
                    };
                    siblings.push(sibling.hash());
                    node = next;
                    depth = depth.saturating_add(1);
                }
            }
        };
        StateProof::new(siblings, end)
            .expect("an inner node holds two different paths, so at most 256 are on one path")
    }
}
