//! Commit to a set of rows with one hash, and prove single rows against it.
//!
//! A binary Merkle tree over the hashed row keys (`specs/state-tree.md`). The shape follows from
//! the set of rows alone: a subtree of one row is its leaf, so inserting a row and deleting it
//! again leads back to the same root.
//!
//! # Invariants
//!
//! - The root depends on the rows, never on the history or on the number of workers.
//! - A [`Tree`] never changes. An update shares every untouched subtree with the tree before it,
//!   so keeping one tree per recent block costs what the blocks changed.
//! - No recursion is deeper than the 256 bits of a path.
//!
//! # Parallelism
//!
//! An update splits its sorted changes by the next bit of their paths; the two halves touch
//! different subtrees and run as two rayon jobs while they are large. Nothing is locked.
//!
//! # Failure
//!
//! None: every sequence of changes is valid, and deleting an absent row changes nothing.

mod node;
mod persistent;
#[cfg(test)]
mod tests;
mod update;

pub use persistent::Tree;
pub use update::PathChange;
