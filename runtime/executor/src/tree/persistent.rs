//! The tree as its users see it: a value that is cheap to copy.

use althing_frame::RowValue;
use althing_primitives::Hash256;
use althing_primitives::state_proof::StateProof;

use super::changes::{Changes, Entry, ordered};
use super::group::{Source, Workspace};
use super::page::Link;
use super::proof::prove;
use super::update::{Grains, update};

/// Rows by their paths, and a commitment to them. Copies share their nodes, so copying is O(1).
#[derive(Clone, Default)]
pub(crate) struct Tree {
    root: Link,
}

impl core::fmt::Debug for Tree {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Tree").field("root", &self.root()).finish()
    }
}

impl Tree {
    /// The hash that commits to all rows.
    pub(crate) fn root(&self) -> Hash256 {
        self.root.hash
    }

    /// The value of the row at this path.
    pub(crate) fn find(&self, path: &Hash256) -> Option<&RowValue> {
        self.root.find(path)
    }

    /// The tree after these changes, and what each of them did, in the order of paths. The changes
    /// may come in any order; of several changes to one path the last counts.
    pub(crate) fn update<C: Changes + ?Sized>(&self, changes: &C) -> (Self, Vec<Entry>) {
        self.update_in_grains(changes, Grains::of(changes.count()))
    }

    /// The same with work cut in other pieces.
    pub(super) fn update_in_grains<C: Changes + ?Sized>(
        &self,
        changes: &C,
        grains: Grains,
    ) -> (Self, Vec<Entry>) {
        let mut entries = ordered(changes);
        let batch = (changes, entries.as_mut_slice());
        let root = update(Source::Link(&self.root), 0, batch, grains, &mut Workspace::new());
        (Self { root }, entries)
    }

    /// Whether both trees are one and the same in memory.
    #[cfg(test)]
    pub(super) fn shares_root_with(&self, other: &Self) -> bool {
        use std::sync::Arc;

        use super::page::Node;

        match (&self.root.node, &other.root.node) {
            (Node::Empty, Node::Empty) => true,
            (Node::Bucket(one), Node::Bucket(two)) => Arc::ptr_eq(one, two),
            (Node::Page(one), Node::Page(two)) => Arc::ptr_eq(one, two),
            (Node::Empty | Node::Bucket(_) | Node::Page(_), _) => false,
        }
    }

    /// Prove that the row of this path is in the tree with its value, or that it is not (T8).
    pub(crate) fn prove(&self, path: &Hash256) -> StateProof {
        prove(&self.root, path)
    }
}
