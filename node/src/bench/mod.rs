//! Measure this node on this machine: `althing-node bench`.
//!
//! # What it owns
//!
//! - [`workload`], [`draft`]: what happens in a block, by name, size and seed alone.
//! - [`stage`], [`members`], [`filler`]: a chain on which that can happen, and signed transactions.
//! - [`case`], [`durable`], [`run`]: the block in three modes, compared and timed.
//! - [`figures`], [`text`], [`report`], [`plot`]: what is printed, kept and drawn.
//! - [`state`], [`rpc`], [`latency`], [`verify`], [`crypto`]: measurements that are not about a block.
//!
//! # Invariants
//!
//! - M1: the serial baseline is measured in the same run, by turns with the others.
//! - M2: every block that is timed must be, hash for hash, the one that was expected.
//! - M3: nothing is timed that a node would not do, and nothing it would do is left out in silence:
//!   what is assumed or lifted is said beside the figures.
//!
//! # Parallelism
//!
//! Serial and one-worker blocks run in a pool of one thread, so that phases which are parallel by
//! themselves (signatures, roots) use one core too. Pools outlive all samples.
//!
//! # Failure
//!
//! [`BenchError`]. A block that differs between modes ends the measurement: the program is wrong.

pub(crate) mod case;
pub(crate) mod crypto;
mod draft;
mod durable;
mod error;
pub(crate) mod figures;
mod filler;
pub(crate) mod latency;
mod machine;
mod measure;
mod members;
mod module;
pub(crate) mod plot;
mod process;
mod progress;
mod random;
pub(crate) mod report;
mod roomy;
pub(crate) mod rpc;
mod run;
mod scratch;
mod socket;
mod stage;
pub(crate) mod state;
pub(crate) mod suite;
mod svg;
pub(crate) mod text;
mod touch;
pub(crate) mod verify;
mod workload;

pub(crate) use draft::Twist;
pub(crate) use error::BenchError;
pub(crate) use members::{Witness, scheme_named};
pub(crate) use roomy::Limits;
pub(crate) use touch::ROWS_MAX;
pub(crate) use workload::Workload;
