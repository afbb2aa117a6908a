//! Hash the inner nodes of many subtrees together, level by level, so that all lanes are busy.
//!
//! A [`Batch`] is told the shape of the subtrees first and hashes afterwards. Whoever asked for a
//! hash holds its place, a [`Spot`], and reads it when the batch has run.

use althing_primitives::Hash256;
use althing_primitives::state_proof::{EMPTY_HASH, LANES, inner_hashes, node_input};

use super::page::{Row, Shape};

/// Hashes known and to come.
pub(super) struct Batch {
    hashes: Vec<Hash256>,
    /// Nodes to hash by their height above what is known: each needs only hashes of lower ones.
    levels: Vec<Vec<Job>>,
}

/// Where the hash of a subtree will stand.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    at: usize,
    height: usize,
    pub(super) shape: Shape,
}

struct Job {
    left: usize,
    right: usize,
    out: usize,
}

impl Spot {
    /// Of a subtree without rows.
    pub(super) const EMPTY: Self = Self { at: 0, height: 0, shape: Shape::Empty };
}

impl Batch {
    pub(super) fn new() -> Self {
        Self { hashes: vec![EMPTY_HASH], levels: Vec::new() }
    }

    /// Forget all spots, keep the memory.
    pub(super) fn clear(&mut self) {
        self.hashes.truncate(1);
        self.levels.iter_mut().for_each(Vec::clear);
    }

    /// A subtree whose hash is known.
    pub(super) fn known(&mut self, hash: &Hash256, shape: Shape) -> Spot {
        if shape == Shape::Empty {
            return Spot::EMPTY;
        }
        let at = self.hashes.len();
        self.hashes.push(*hash);
        Spot { at, height: 0, shape }
    }

    /// The subtree of both sides. A single row needs no inner node above it (T6).
    fn join(&mut self, left: Spot, right: Spot) -> Spot {
        match (left.shape, right.shape) {
            (Shape::Empty, Shape::Empty | Shape::One) => return right,
            (Shape::One, Shape::Empty) => return left,
            (Shape::Empty | Shape::One | Shape::Many, _) => {}
        }
        let level = left.height.max(right.height);
        let height = level.saturating_add(1);
        if self.levels.len() < height {
            self.levels.resize_with(height, Vec::new);
        }
        let out = self.hashes.len();
        self.hashes.push(EMPTY_HASH);
        if let Some(jobs) = self.levels.get_mut(level) {
            jobs.push(Job { left: left.at, right: right.at, out });
        }
        Spot { at: out, height, shape: Shape::Many }
    }

    /// The subtree of these rows, which agree on the first `depth` bits and are in order.
    pub(super) fn rows(&mut self, rows: &[Row], depth: u16) -> Spot {
        match rows {
            [] => Spot::EMPTY,
            [row] => self.known(&row.hash, Shape::One),
            _ => {
                let middle = rows.partition_point(|row| !row.turns_right(depth));
                let (left, right) = rows.split_at(middle);
                let below = depth.saturating_add(1);
                let (left, right) = (self.rows(left, below), self.rows(right, below));
                self.join(left, right)
            }
        }
    }

    /// The subtree over these, side by side: all of a page or a half of it, a quarter, one.
    pub(super) fn page(&mut self, children: &[Spot]) -> Spot {
        match children {
            [] => Spot::EMPTY,
            [child] => *child,
            _ => {
                let (left, right) = children.split_at(children.len() / 2);
                let (left, right) = (self.page(left), self.page(right));
                self.join(left, right)
            }
        }
    }

    /// Hash all that was asked for.
    pub(super) fn run(&mut self) {
        let mut inputs = Vec::with_capacity(LANES);
        for jobs in self.levels.iter().flat_map(|level| level.chunks(LANES)) {
            inputs.clear();
            inputs.extend(jobs.iter().filter_map(|job| {
                Some(node_input(self.hashes.get(job.left)?, self.hashes.get(job.right)?))
            }));
            for (job, hash) in jobs.iter().zip(inner_hashes(&inputs)) {
                if let Some(out) = self.hashes.get_mut(job.out) {
                    *out = hash;
                }
            }
        }
    }

    /// The hash at a spot, once the batch has run.
    pub(super) fn hash(&self, spot: Spot) -> Hash256 {
        self.hashes.get(spot.at).copied().unwrap_or(EMPTY_HASH)
    }
}
