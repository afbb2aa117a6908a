//! Hold the chain's rows, commit to them with one root, and prove single rows against it.
//!
//! # What it owns
//!
//! [`State`], all rows at one height, and [`Tree`], the commitment to them (`specs/state-tree.md`).
//! Both are values that never change; what a block did not touch is shared.
//!
//! # Invariants
//!
//! - The root depends on the rows alone: not on history, order of changes or number of workers.
//!
//! # Parallelism
//!
//! Hashing and tree updates use all workers of the calling rayon pool. Nothing is locked.
//!
//! # Failure
//!
//! Updates and proofs cannot fail. Checking a proof is `althing_primitives::StateProof`.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod state;
mod tree;

pub use state::State;
pub use tree::{PathChange, Tree};
