//! Nodes of the tree: shared, immutable, hashed once when they are made.

use std::sync::Arc;

use althing_primitives::Hash256;
use althing_primitives::state_proof::{EMPTY_HASH, inner_hash, leaf_hash, turns_right};

/// A subtree. Leaves and inner nodes are separate allocations, because a leaf is larger.
#[derive(Clone, Default)]
pub(super) enum Link {
    /// No row.
    #[default]
    Empty,
    /// One row, at whatever depth it became alone (T6).
    Leaf(Arc<Leaf>),
    /// Two rows or more.
    Inner(Arc<Inner>),
}

/// A row: where it sits and what it holds.
pub(super) struct Leaf {
    hash: Hash256,
    pub(super) path: Hash256,
    pub(super) value_hash: Hash256,
}

/// The rows of two subtrees, at least one of which is an inner node or both of which are leaves.
pub(super) struct Inner {
    hash: Hash256,
    pub(super) left: Link,
    pub(super) right: Link,
}

/// What the side of a leaf without rows refers to.
static EMPTY: Link = Link::Empty;

impl Link {
    /// A subtree of one row.
    pub(super) fn leaf(path: Hash256, value_hash: Hash256) -> Self {
        let hash = leaf_hash(&path, &value_hash);
        Self::Leaf(Arc::new(Leaf { hash, path, value_hash }))
    }

    /// The subtree of the rows of both sides. A single row needs no inner node above it (T6).
    pub(super) fn join(left: Self, right: Self) -> Self {
        match (&left, &right) {
            (Self::Empty, Self::Empty | Self::Leaf(_)) => right,
            (Self::Leaf(_), Self::Empty) => left,
            (Self::Leaf(_), Self::Leaf(_))
            | (Self::Inner(_), Self::Empty | Self::Leaf(_) | Self::Inner(_))
            | (Self::Empty | Self::Leaf(_), Self::Inner(_)) => {
                let hash = inner_hash(&left.hash(), &right.hash());
                Self::Inner(Arc::new(Inner { hash, left, right }))
            }
        }
    }

    /// The subtree's hash (T3 to T5).
    pub(super) fn hash(&self) -> Hash256 {
        match self {
            Self::Empty => EMPTY_HASH,
            Self::Leaf(leaf) => leaf.hash,
            Self::Inner(inner) => inner.hash,
        }
    }

    /// Both sides of this subtree at `depth`. A leaf counts as sitting on the side of its path.
    pub(super) fn sides(&self, depth: u16) -> (&Self, &Self) {
        match self {
            Self::Empty => (&EMPTY, &EMPTY),
            Self::Leaf(leaf) if turns_right(&leaf.path, depth) => (&EMPTY, self),
            Self::Leaf(_) => (self, &EMPTY),
            Self::Inner(inner) => (&inner.left, &inner.right),
        }
    }

    /// Whether both are the same allocation, and so certainly the same rows.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) => true,
            (Self::Leaf(one), Self::Leaf(two)) => Arc::ptr_eq(one, two),
            (Self::Inner(one), Self::Inner(two)) => Arc::ptr_eq(one, two),
            (Self::Empty | Self::Leaf(_) | Self::Inner(_), _) => false,
        }
    }
}
