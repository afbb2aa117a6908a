//! Transactions on their way into a block.
//!
//! # What it owns
//!
//! [`Pool`]: what was accepted and is in no block yet, by sender and nonce, within [`Limits`].
//!
//! # The way in
//!
//! Cheap refusals come first, so that nobody can make the node work for free: size and envelope,
//! hashes refused or known before, call, key, nonce, fee, room in the pool; then the signature, in
//! batches on all workers; then the queue. What was refused for its signature is remembered for a
//! while, what was proven until its era ends.
//!
//! # Invariants
//!
//! - P1: the pool never exceeds its limits.
//! - P2: a transaction in the pool has a signature that verifies.
//! - P3: of two transactions with one sender and nonce one is here; the other has to offer a tip
//!   10 % higher to replace it.
//! - P4: a sender's transactions leave in the order of their nonces, without gaps.
//! - P5: the statuses of a transaction come in an order that makes sense, and the last ends the
//!   stream.
//!
//! # Parallelism
//!
//! Signatures are checked on rayon, a batch at a time; what arrives meanwhile is the next batch.
//! After a block all transactions are checked again on rayon, without holding the pool's lock.
//!
//! # Failure
//!
//! [`PoolError`] says which rule refused the transaction, with a public code.

mod core;
mod error;
mod limits;
mod maintain;
mod queue;
mod rules;
#[cfg(test)]
mod tests;
mod verifier;
mod watch;

pub use core::{Pool, PoolStatus};
pub use error::PoolError;
pub use limits::Limits;
pub use maintain::PoolDriver;
pub use watch::{StatusStream, TxStatus};
