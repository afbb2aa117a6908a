//! Prove what the tree holds at a path (T8).

use althing_primitives::state_proof::{EMPTY_HASH, ProofEnd, StateProof, inner_hash, turns_right};
use althing_primitives::{Hash256, blake3_256};

use super::page::{Link, Node, Row, Shape};

/// A node of the specified binary tree, as pages and buckets hold it.
#[derive(Clone, Copy)]
enum View<'t> {
    /// One subtree of a page, or two or four or all of them.
    Links(&'t [Link]),
    Rows(&'t [Row]),
}

/// The proof for a path in the tree under `root`.
pub(super) fn prove(root: &Link, path: &Hash256) -> StateProof {
    let mut siblings = Vec::new();
    let mut view = View::Links(core::slice::from_ref(root)).opened();
    let mut depth = 0_u16;
    let end = loop {
        match view {
            View::Rows([]) => break ProofEnd::Empty,
            View::Rows([row]) if row.content.path == *path => break ProofEnd::Row,
            View::Rows([row]) => {
                let value_hash = blake3_256(&row.content.value);
                break ProofEnd::OtherRow { path: row.content.path, value_hash };
            }
            View::Rows(_) | View::Links(_) => {
                let (left, right) = view.sides(depth);
                let is_right = turns_right(path, depth);
                let (next, sibling) = if is_right { (right, left) } else { (left, right) };
                depth = depth.saturating_add(1);
                siblings.push(sibling.hash(depth));
                view = next.opened();
            }
        }
    };
    StateProof::new(siblings, end)
        .expect("an inner node holds two different paths, so at most 256 are on one path")
}

impl View<'_> {
    /// The same node, as its rows if it has at most one of them or is a bucket.
    fn opened(self) -> Self {
        let Self::Links(links) = self else { return self };
        let mut occupied = links.iter().filter(|link| link.shape() != Shape::Empty);
        match (occupied.next(), occupied.next()) {
            (None, _) => Self::Rows(&[]),
            (Some(link), None) if links.len() == 1 || link.shape() == Shape::One => {
                match &link.node {
                    Node::Empty => Self::Rows(&[]),
                    Node::Bucket(rows) => Self::Rows(rows),
                    Node::Page(page) => Self::Links(&page.children),
                }
            }
            (Some(_), _) => self,
        }
    }

    /// Both sides of an inner node at `depth`.
    fn sides(self, depth: u16) -> (Self, Self) {
        match self {
            Self::Links(links) => {
                let (left, right) = links.split_at(links.len() / 2);
                (Self::Links(left), Self::Links(right))
            }
            Self::Rows(rows) => {
                let middle = rows.partition_point(|row| !row.turns_right(depth));
                let (left, right) = rows.split_at(middle);
                (Self::Rows(left), Self::Rows(right))
            }
        }
    }

    /// The hash of the node at `depth` (T3 to T6). No deeper than one page or bucket.
    fn hash(self, depth: u16) -> Hash256 {
        let opened = match self {
            Self::Links([link]) => return link.hash,
            // Opening shows whether there is a single row.
            Self::Links(_) => self.opened(),
            Self::Rows(_) => self,
        };
        match opened {
            Self::Rows([]) => EMPTY_HASH,
            Self::Rows([row]) => row.hash,
            Self::Rows(_) | Self::Links(_) => {
                let (left, right) = opened.sides(depth);
                let below = depth.saturating_add(1);
                inner_hash(&left.hash(below), &right.hash(below))
            }
        }
    }
}
