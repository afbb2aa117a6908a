//! Hold rows by the hashes of their keys, commit to them with one hash, and prove single rows.
//!
//! A binary Merkle tree over the hashed row keys (`specs/state-tree.md`), kept as pages of three
//! binary levels over buckets of a few rows. The specified shape follows from the set of rows
//! alone: a subtree of one row is its leaf, so inserting a row and deleting it again leads back to
//! the same root.
//!
//! # Invariants
//!
//! - The root depends on the rows, never on the history or on the number of workers.
//! - A [`Tree`] never changes. An update shares every untouched subtree with the tree before it,
//!   so keeping one tree per recent block costs what the blocks changed.
//! - A subtree is a page if and only if it holds more rows than a bucket may. Paths are 256 bits,
//!   so no recursion, dropping a tree included, is deeper than 86 pages and one bucket.
//!
//! # An update
//!
//! The changes are sorted by path and split along the pages down to groups of a few hundred, which
//! touch different subtrees. A group fetches the nodes that it will meet, hashes its leaves, plans
//! the new nodes, hashes them level by level in all lanes of the processor, and makes them.
//!
//! # Parallelism
//!
//! Large subtrees are rayon jobs, in whatever pool the caller runs. Nothing is locked. What bounds
//! the speed is memory, not hashing: hence the wide pages, and the passes that only read.
//!
//! # Failure
//!
//! None: every sequence of changes is valid, and deleting an absent row changes nothing.

mod batch;
mod changes;
mod group;
mod page;
mod persistent;
mod proof;
#[cfg(test)]
mod tests;
mod update;

pub use changes::PathChange;
pub(crate) use changes::{Changes, Effect, Entry, NewValue};
pub(crate) use persistent::Tree;
