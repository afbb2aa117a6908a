//! Keep the chain on disk: blocks as received, the rows they changed, and nothing half-written.
//!
//! Rules: `specs/store.md`, S1 to S31. Bytes come in and bytes go out; what they mean is not known here.
//!
//! # What it owns
//!
//! - [`Store`]: what the rest of the node may ask for.
//! - [`Ledger`]: the one implementation of it, over any [`Engine`] with atomic durable batches.
//! - [`SledStore`] on disk and [`MemoryStore`] for a dev chain without a base path.
//!
//! # Invariants
//!
//! - T1: a block is written in one batch, so head, body, changed rows and tip never part. What is
//!   large lies in a log and is synced before the batch that refers to it.
//! - T2: what was acknowledged is read back byte for byte, or the read is an error.
//! - T3: rows as of the folded base plus the changes since give the state of every later height.
//! - T4: after a failed write nothing more is written until the store is opened again, so a block
//!   that is not durable is never acknowledged by a retry.
//!
//! # Shape
//!
//! Engines of this kind are slow with many small values and with much data, and fast with few
//! values of some kilobytes. So a block leaves a few records: small ones in the database, large ones
//! in *logs* beside it, and the current rows live in *pages*: ranges of the hash of a row's key,
//! which split when they grow. A background thread folds the changes of old blocks into pages; only
//! touched pages are rewritten.
//!
//! # Parallelism
//!
//! Blocks are handed in and written by a thread of the store, all that wait with one sync. Folding
//! takes turns with itself, and so does pruning; both run beside commits: they touch pages, old
//! changes and old bodies, commits touch none of these. Pages are read by several threads. Readers
//! wait for no one but the engine.
//!
//! # Failure
//!
//! [`StoreError`] says what went wrong and whether trying again can help. Nothing panics.

mod contract;
mod disk;
mod engine;
mod error;
mod fold;
mod ledger;
mod memory;
mod pages;
mod queue;
mod record;
mod rows;
mod segments;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod tests;

pub use contract::{
    BlockRecord, Body, Genesis, LoadedState, Meta, Page, Store, StoredBlock, StoredHead, Ticket,
    Written,
};
pub use disk::{Options, SledEngine, SledStore};
pub use engine::{Batch, Engine, Log, Position};
pub use error::StoreError;
pub use ledger::{FORMAT, Ledger};
pub use memory::{MemoryEngine, MemoryStore};
pub use record::Record;
pub use rows::{Change, Changes, Flat, Form, Optional, Row, Rows, Whole};
