//! Give a pallet its vocabulary: rows, access sets, calls, origins, events, errors, hooks and
//! metadata.
//!
//! A reader of a pallet should see the rules, not the plumbing; this crate is the plumbing. The
//! guide for authors is `specs/writing-a-pallet.md`.
//!
//! # What it owns
//!
//! - [`Value`], [`Map`], [`DoubleMap`], [`Sum`], [`SumMap`], [`BoundedSum`]: typed rows under the storage keys
//!   that Substrate clients compute.
//! - [`Access`]: which rows a call reads, writes and adds to, known before it runs.
//! - [`Tx`]: the effects of one transaction, in layers that are kept or dropped whole.
//! - [`Call`], [`Runtime`]: what the executor needs of a call and of the composed chain.
//! - [`DispatchError`], [`Invalid`], [`pallet_errors!`]: refusals with public codes and values.
//! - [`PalletMetadata`], [`ChainMetadata`]: metadata 14, 15 and 16 from the declarations that
//!   pallets run on.
//!
//! # Invariants
//!
//! - F1: a [`Tx`] with an access set touches no row outside it; an attempt is
//!   [`Fault::AccessViolation`], on every node alike.
//! - F2: a dropped layer leaves no trace: no row, no sum, no event.
//! - F3: additions to sums commute: lanes are added modulo 2^128.
//! - F4: a sum whose lanes are all zero has no row.
//!
//! # Parallelism
//!
//! None of its own. A row is read, added to, taken from within bounds ([`BoundedSum`]) or written
//! ([`Mode`]). Two calls conflict if their access sets name one row in two modes, or both write it,
//! or both take from it and it is not certain to cover both; the executor relies on nothing else.
//!
//! # Failure
//!
//! A refusal is a value that carries its numbers. A row that does not decode is a [`Fault`] that
//! stops the block: it means that the program is wrong, not the user.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod access;
mod block;
mod call;
mod concern;
mod error;
mod event;
mod invalid;
mod items;
mod lanes;
mod memory;
mod metadata;
mod origin;
mod rows;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
mod voice;

pub use access::{Access, Declared, Escrow, Mode};
pub use block::BlockEnv;
pub use call::{
    Admission, Authority, BeforeError, Call, CallClass, Runtime, WitnessCheck, WitnessKey,
};
pub use concern::Concern;
pub use error::{ACCESS_VIOLATION, DispatchError, ModuleError, PalletError, Refusal};
pub use event::{Event, EventRecord, EventRecordType, Events, Phase, PhaseEvents};
pub use invalid::{INVALID_CUSTOM_SCHEME, Invalid};
pub use items::{BoundedSum, DoubleMap, Map, Sum, SumMap, Value};
pub use lanes::{LaneError, LaneSum, Lanes};
pub use memory::MemoryRows;
pub use metadata::{
    ApiMethod, ApiParameter, AssociatedType, ChainMetadata, Constant, ExtensionMetadata,
    ExtrinsicMetadata, METADATA_VERSIONS, OuterEnums, PalletMetadata, RuntimeApi, StorageEntry,
    UncheckedExtrinsic, constant,
};
pub use origin::{Origin, Track};
pub use rows::{Fault, IterRows, RowKey, RowValue, Rows};
pub use tx::{Change, Effects, RowChange, Tx};
pub use voice::Voice;

pub use scale_info;
