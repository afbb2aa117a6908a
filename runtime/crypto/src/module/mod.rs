//! Verifiers that the chain takes up as Wasm modules, and the engine that runs them.
//!
//! A referendum can add a signature scheme that this program was not compiled with: its verifier
//! is a WebAssembly module that the state holds by hash. Rules: `specs/verifier-modules.md`.
//!
//! - [`Module::examine`]: the static rules, cheap and before any compiler.
//! - [`Module::compile`], [`module()`]: code to run, kept once per process.
//! - [`Module::run`], and [`Backend`](crate::Backend) for it: one verification in a sandbox.
//! - [`Vectors`], [`gate`]: known answers, and whether a module gives them.
//! - [`weight`], [`weight_at_most`], [`Module::weight`], [`compile_weight`]: what it costs.
//! - [`SignerModule`] (cargo feature `signing`): the other half, for wallets.
//!
//! # Invariants
//!
//! - M1: a verdict is a function of code, facts, key, message and signature. Each verification has
//!   an instance of its own: one that lived on could remember earlier inputs, and its verdict
//!   would depend on what a node happened to verify before. So nothing is pooled.
//! - M2: nothing a module does reaches further than its own memory: it imports nothing.
//! - M3: a module ends within its fuel cap, at the same instruction on every machine. What could
//!   end it elsewhere is refused beforehand: more memory that a machine may not have, a stack
//!   whose depth differs between processors, floats.
//! - M4: whether a module is refused depends on its bytes alone, and is known after work linear in
//!   its length. Only then a compiler sees it, and the bounds keep what that takes.
//! - M5: keeping a compiled module changes how long a verdict takes, never the verdict.
//! - M6: a machine that has no memory for an instance gives no verdict: the process ends.
//!
//! # Parallelism
//!
//! Runs share compiled code and nothing else. The cache is the only lock; nobody compiles under it,
//! and who waits for a module waits for one thread that waits for nobody (`cache.rs`).
//!
//! # Failure
//!
//! [`ModuleError`] and [`GateError`] name the rule. Of a run, everything but the answer 1 is
//! *invalid*; [`Outcome`] says what it was, for those who write modules.

mod body;
mod cache;
mod calls;
mod engine;
mod error;
mod examine;
mod gate;
mod interface;
pub mod limits;
mod price;
mod shape;
#[cfg(feature = "signing")]
mod signer;
mod vectors;
mod verifier;

#[cfg(feature = "signing")]
pub use self::signer::{SignerError, SignerModule, SignerSizes};
pub use self::{
    cache::module,
    error::ModuleError,
    gate::{GateError, GateReport, Part, gate},
    price::{compile_weight, weight, weight_at_most},
    shape::{Kind, Shape},
    vectors::{Vector, Vectors, VectorsError},
    verifier::{Module, ModuleFacts, Outcome, Run},
};
