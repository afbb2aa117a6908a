//! Transactions on their way into a block.
//!
//! # What it owns
//!
//! [`Pool`]: what was accepted and is in no block yet, by sender and nonce, within [`Limits`].
//!
//! # The way in
//!
//! Cheap refusals come first, so that nobody can make the node work for free: what the source has
//! spent, size and envelope, hashes refused or known before, call, key, nonce, fee, room in the
//! pool; then a turn among all sources, the signature, in batches on all workers, and the queue.
//! What was refused for its signature is remembered for a while, what was proven until its era
//! ends.
//!
//! # The way out
//!
//! The author takes what fits, in the order of [`standing`]: by the price offered for the place and
//! by time waited. [`choose`] keeps every limit of a block.
//!
//! # Invariants (`specs/pool.md` has the rules)
//!
//! - P1: the pool never exceeds its limits.
//! - P2: a transaction in the pool has a signature that verifies.
//! - P3: of two transactions with one sender and nonce one is here; the other has to offer a tip
//!   10 % higher to replace it, and takes over its age.
//! - P4: a sender's transactions leave in the order of their nonces, without gaps.
//! - P5: the statuses of a transaction come in an order that makes sense, and the last ends the
//!   stream.
//! - P6: a signature that fails is held against the source that brought it, never against the
//!   account it names.
//!
//! # Parallelism
//!
//! Signatures are checked on rayon, a batch at a time; what arrives meanwhile is the next batch.
//! After a block the transactions whose rows it changed are checked again on rayon, without holding
//! the pool's lock.
//!
//! # Failure
//!
//! [`PoolError`] says which rule refused the transaction, with a public code.

mod bucket;
mod choose;
mod core;
mod entry;
mod error;
mod gate;
mod limits;
mod lines;
mod maintain;
mod queue;
mod rules;
mod source;
mod standing;
#[cfg(test)]
pub(crate) mod tests;
mod touches;
mod upkeep;
mod verifier;
mod watch;

pub(crate) use core::Offer;
pub use core::{Pool, PoolStatus};
pub(crate) use entry::Entry;
pub use error::PoolError;
pub use limits::Limits;
pub use maintain::PoolDriver;
pub use source::Source;
pub(crate) use touches::{RowMap, Touch};
pub use watch::{StatusStream, TxStatus};
