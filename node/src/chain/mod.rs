//! The chain as this node has it: blocks on disk, recent states in memory, one executor.
//!
//! # What it owns
//!
//! - [`Chain`]: the head, the states of the last [`RECENT`] heights, and everything on disk.
//! - [`BlockExecutor`]: build, verify, commit. Whoever makes blocks (a development chain's clock,
//!   a consensus engine, a file of blocks) drives these three and nothing else.
//! - [`Chain::import_all`]: many blocks, in a pipeline.
//! - [`Head`] and [`BlockNotice`]: what others are told of a block.
//!
//! # Invariants
//!
//! - C1: nobody hears of a block before it is durable.
//! - C2: the head only ever moves to a child of the head; a block once committed is final.
//! - C3: a block that is refused changes nothing.
//! - C4: a block without votes ([`Justification::Dev`]) is never committed on a chain whose genesis
//!   is not marked as development.
//! - C5: after a bug or a corrupt record no further block is built, verified or committed.
//!
//! # Parallelism
//!
//! Building and verifying run beside each other on snapshots of the head; commits take turns.
//! Readers take a lock only to copy a pointer. Old changes are folded, and old signatures thrown
//! away, on a thread of their own. Of many blocks one is decoded and its signatures checked while
//! the one before runs and those before that become durable.
//! All of this blocks: call it from blocking threads.
//!
//! # Failure
//!
//! [`ChainError::Halted`] ends the node. Everything else is about one block or one question.

mod core;
mod error;
mod executed;
mod folder;
mod genesis;
mod head;
mod history;
mod import;
mod justification;
mod load;
mod pruned;
mod receipt;
mod recent;
mod record;
#[cfg(test)]
mod tests;

pub use core::{BlockExecutor, Chain, ChainConfig};
pub use error::ChainError;
pub use head::{BlockNotice, Head};
pub use history::{At, CommittedBlock};
pub use justification::Justification;
pub use load::state_of;
pub use pruned::{PrunedBody, PrunedExtrinsic};
pub use receipt::{Failure, StoredReceipt};
pub use recent::RECENT;
pub use record::block_record;
