//! What the tree is made of: shared, immutable nodes, hashed once when they are made.
//!
//! A [`Page`] holds three binary levels of the specified tree: eight subtrees, one for each value
//! of the next three bits of a path. A subtree of at most [`BUCKET_ROWS_MAX`] rows is a bucket,
//! rows in ascending order of their paths, and has no pages below it. So a row is found in about
//! `log8(rows)` steps, and a changed row copies a few hundred bytes.
//!
//! The hashes of subtrees are kept beside the links to them. Inner nodes inside of a page or bucket
//! are hashed anew when needed: 16 of them cost about as much as two, and would be 32 bytes each.

use std::sync::Arc;

use althing_frame::RowValue;
use althing_primitives::Hash256;
use althing_primitives::state_proof::{EMPTY_HASH, turns_right};

/// Binary levels in one page.
pub(super) const PAGE_BITS: u16 = 3;

/// Subtrees of one page.
pub(super) const FAN: usize = 1 << PAGE_BITS;

/// Rows in a subtree that needs no page. Twice a page's subtrees, so that a page that was just made
/// has about two rows in each.
pub(super) const BUCKET_ROWS_MAX: usize = 16;

/// How many leading bits of a path a [`Prefix`] holds.
pub(super) const PREFIX_BITS: u16 = 64;

/// The first bits of a path, in the order of paths.
pub(super) type Prefix = u64;

/// The first bits of a path.
pub(super) fn prefix_of(path: &Hash256) -> Prefix {
    path.0.first_chunk().map_or(0, |bytes| Prefix::from_be_bytes(*bytes))
}

/// Which subtree of a page at `depth` a path leads to. Bits behind the last are zeros.
pub(super) fn digit(path: &Hash256, depth: u16) -> usize {
    let at = usize::from(depth / 8);
    let byte = |at: usize| path.0.get(at).map_or(0, |byte| u16::from(*byte));
    let bits = byte(at) << 8 | byte(at.saturating_add(1));
    usize::from(bits.wrapping_shl(u32::from(depth % 8)) >> (16 - PAGE_BITS))
}

/// The same for a depth at which all bits are within the prefix.
pub(super) fn digit_of_prefix(prefix: Prefix, depth: u16) -> usize {
    (prefix.wrapping_shl(u32::from(depth)) >> (PREFIX_BITS - PAGE_BITS)) as usize
}

/// Whether [`digit_of_prefix`] may be asked.
pub(super) fn is_within_prefix(depth: u16) -> bool {
    depth <= PREFIX_BITS - PAGE_BITS
}

/// A subtree and its hash.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) hash: Hash256,
    pub(super) node: Node,
}

impl Default for Link {
    fn default() -> Self {
        Self { hash: EMPTY_HASH, node: Node::Empty }
    }
}

/// A subtree. Pages hold more than [`BUCKET_ROWS_MAX`] rows, buckets at most that and at least one.
#[derive(Clone)]
pub(super) enum Node {
    Empty,
    Bucket(Arc<[Row]>),
    Page(Arc<Page>),
}

/// Eight subtrees.
pub(super) struct Page {
    pub(super) children: [Link; FAN],
}

/// A row in a bucket: enough to find and to hash it without following the link to its content.
#[derive(Clone)]
pub(super) struct Row {
    prefix: Prefix,
    /// Of the leaf (T3).
    pub(super) hash: Hash256,
    pub(super) content: Arc<Content>,
}

/// What a row is. Not in the bucket, so that a change of its neighbour need not copy it.
pub(super) struct Content {
    pub(super) path: Hash256,
    pub(super) value: RowValue,
}

/// How many rows are below a node, as far as hashing needs to know (T6).
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Shape {
    Empty,
    /// The hash is that of the leaf, at whatever depth.
    One,
    Many,
}

impl Shape {
    pub(super) fn of_rows(count: usize) -> Self {
        match count {
            0 => Self::Empty,
            1 => Self::One,
            _ => Self::Many,
        }
    }
}

impl Link {
    pub(super) fn shape(&self) -> Shape {
        match &self.node {
            Node::Empty => Shape::Empty,
            Node::Bucket(rows) => Shape::of_rows(rows.len()),
            Node::Page(_) => Shape::Many,
        }
    }

    /// The value of the row at this path. `self` is the root.
    pub(super) fn find(&self, path: &Hash256) -> Option<&RowValue> {
        let prefix = prefix_of(path);
        let mut link = self;
        let mut depth = 0_u16;
        loop {
            match &link.node {
                Node::Empty => return None,
                Node::Bucket(rows) => {
                    let mut alike = rows.iter().filter(|row| row.prefix == prefix);
                    let row = alike.find(|row| row.content.path == *path)?;
                    return Some(&row.content.value);
                }
                Node::Page(page) => {
                    let digit = if is_within_prefix(depth) {
                        digit_of_prefix(prefix, depth)
                    } else {
                        digit(path, depth)
                    };
                    link = page.children.get(digit)?;
                    depth = depth.saturating_add(PAGE_BITS);
                }
            }
        }
    }
}

impl Row {
    pub(super) fn new(path: Hash256, hash: Hash256, value: RowValue) -> Self {
        Self { prefix: prefix_of(&path), hash, content: Arc::new(Content { path, value }) }
    }

    /// Whether the path goes right at `depth` (T2).
    pub(super) fn turns_right(&self, depth: u16) -> bool {
        if depth < PREFIX_BITS {
            self.prefix.wrapping_shl(u32::from(depth)) >> (PREFIX_BITS - 1) == 1
        } else {
            turns_right(&self.content.path, depth)
        }
    }

    /// Which subtree of a page at `depth` the row is in.
    pub(super) fn digit(&self, depth: u16) -> usize {
        if is_within_prefix(depth) {
            digit_of_prefix(self.prefix, depth)
        } else {
            digit(&self.content.path, depth)
        }
    }

    /// Where the row stands against a path.
    pub(super) fn order(&self, prefix: Prefix, path: &Hash256) -> core::cmp::Ordering {
        self.prefix.cmp(&prefix).then_with(|| self.content.path.cmp(path))
    }
}

/// The rows of each subtree of a page at `depth`, given rows in ascending order.
pub(super) fn split_rows(mut rows: &[Row], depth: u16) -> [&[Row]; FAN] {
    core::array::from_fn(|digit| {
        let count = rows.partition_point(|row| row.digit(depth) <= digit);
        let (these, rest) = rows.split_at(count);
        rows = rest;
        these
    })
}
