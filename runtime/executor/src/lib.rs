//! Run a block: check witnesses, order calls by the rows they declare, execute them in parallel,
//! commit, and prove the result.
//!
//! # What it owns
//!
//! - [`Executor`]: builds a block from transactions or verifies a foreign one, by the same steps.
//! - [`State`], all rows at one height, and the tree that commits to them
//!   (`specs/state-tree.md`). A value that never changes; what a block did not touch is shared.
//!
//! # A block, step by step
//!
//! 1. *Prepare*, all workers: decode, admit against the parent state, declare access. Nothing here
//!    depends on other transactions. Only if nothing that must be in the block was refused are
//!    signatures verified that this node has not verified before.
//! 2. *Initialize*, serial.
//! 3. *Execute*: transactions in segments. Declared rows get numbers and cells, a graph over them
//!    says who waits for whom, and it runs on rayon if that can be faster. An exclusive transaction
//!    is a segment of its own.
//! 4. *Finalize*, serial: referenda advance, the scheduler enacts, fees settle, events are recorded.
//! 5. *Commit*: changed rows into the next [`State`], whose root goes into the header, beside the
//!    roots over the body.
//!
//! # Invariants
//!
//! - X1: header, receipts, events and rows are the same for every kind and number of workers (A2).
//! - X2: a failed call leaves fee, nonce and its outcome event, nothing else (A3).
//! - X3: a transaction that may not be in the block leaves nothing at all.
//! - X4: the root depends on the rows alone: not on history or order of changes.
//! - X5: no two transactions that conflict are ever in flight together, and each runs once; shown
//!   for drawn interleavings by a virtual scheduler that drives the same steps as threads do.
//!
//! # Parallelism
//!
//! rayon, and no worker ever waits: a task that finishes counts down its successors, runs one that
//! became ready and hands on the others. Cells of rows are behind locks that the graph keeps free
//! of contention; rows that very many transactions read or add to have copies or partial sums.
//! Numbers are given in block order, whatever a hash says.
//!
//! # Failure
//!
//! A refused transaction is a value. [`BlockError::Bug`] means that the program is wrong; the node
//! must stop rather than go on with it.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod block;
mod budget;
mod clock;
mod executor;
mod explanation;
mod graph;
mod ledger;
mod log;
mod memo;
mod numbering;
mod overlay;
mod parallel;
mod places;
mod prepare;
mod roots;
mod schedule;
mod segments;
#[cfg(any(test, feature = "testing"))]
mod simulation;
mod slots;
mod state;
mod transact;
mod tree;
mod turbulence;
mod witness;

pub use block::{BlockError, Executed, Parent, Proof, Receipt, Transaction};
pub use clock::Clock;
pub use executor::{Executor, Workers};
pub use explanation::{Explanation, HOTTEST_ROWS_MAX, HotRow, Phases, RowUse, WorkerShare};
pub use roots::{body_root, extrinsics_root, witness_root};
pub use state::State;
pub use tree::PathChange;
pub use witness::{invalid_witness, witness_checks};
