//! Run a block: check witnesses, order calls by the rows they declare, execute them in parallel,
//! commit, and prove the result.
//!
//! # What it owns
//!
//! - [`Executor`]: builds a block from transactions or verifies a foreign one, by the same steps.
//! - [`State`], all rows at one height, and [`Tree`], the commitment to them
//!   (`specs/state-tree.md`). Both are values that never change; what a block did not touch is
//!   shared.
//!
//! # A block, step by step
//!
//! 1. *Prepare*, all workers: decode, admit against the parent state, verify signatures this node
//!    has not verified before, declare access. Nothing here depends on other transactions.
//! 2. *Initialize*, serial.
//! 3. *Execute*: transactions in segments; a segment is a dependency graph over declared rows and
//!    runs on rayon. An exclusive transaction is a segment of its own.
//! 4. *Finalize*, serial: referenda advance, the scheduler enacts, fees settle.
//! 5. *Commit*: changed rows into the next [`State`], whose root goes into the header.
//!
//! # Invariants
//!
//! - X1: header, receipts, events and rows are the same for every kind and number of workers (A2).
//! - X2: a failed call leaves fee, nonce and its outcome event, nothing else (A3).
//! - X3: a transaction that may not be in the block leaves nothing at all.
//! - X4: the root depends on the rows alone: not on history or order of changes.
//!
//! # Parallelism
//!
//! rayon, and no worker ever waits: a task that finishes counts down its successors and runs or
//! spawns those that became ready. Slots of rows are behind locks that the graph keeps free of
//! contention.
//!
//! # Failure
//!
//! A refused transaction is a value. [`BlockError::Bug`] means that the program is wrong; the node
//! must stop rather than go on with it.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod block;
mod clock;
mod executor;
mod explanation;
mod graph;
mod overlay;
mod parallel;
mod prepare;
mod roots;
mod slots;
mod state;
mod transact;
mod tree;

pub use block::{BlockError, Executed, Parent, Receipt, Transaction};
pub use clock::Clock;
pub use executor::{Executor, Workers};
pub use explanation::{Explanation, HOTTEST_ROWS_MAX, HotRow, Phases, RowUse, WorkerShare};
pub use prepare::invalid_witness;
pub use roots::{extrinsics_root, witness_root};
pub use state::State;
pub use tree::{PathChange, Tree};
