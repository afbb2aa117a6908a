//! Compose the chain: which pallets there are, in which order they act, and what clients are told
//! of it.
//!
//! # What it owns
//!
//! - [`AlthingRuntime`]: the [`Runtime`](althing_frame::Runtime) that the executor drives.
//! - [`RuntimeCall`], [`RuntimeEvent`], [`RuntimeError`]: the enums over all pallets.
//! - Admission: everything about a transaction but its signature, cheap checks first
//!   ([`AlthingRuntime::check_for_pool`]), and the dry run ([`AlthingRuntime::dry_run`]).
//! - Metadata and the runtime APIs that clients call ([`AlthingRuntime::call_api`]).
//! - [`ChainSpec`]: the rows and the header of block 0.
//! - [`check_invariants`]: A4, A5 and what pallets promise of their rows, over a whole state.
//!
//! # Order in a block
//!
//! Initialize: system, crypto-registry, treasury. Each extrinsic: nonce, key, fee; the call; fee
//! event and outcome. Finalize: timestamp, treasury's payouts and deposits of the block, canary
//! (schemes that fell), the count of accounts that leave a scheme, referenda, scheduler, changes of
//! policies that waited, treasury's waiting spends, fees.
//!
//! # Invariants
//!
//! - R1: what may enter a block depends on its bytes, the parent's rows and the block alone.
//! - R2: a transaction's last event is its outcome; the event before it is its fee.
//! - R3: no path verifies a classical signature or lets one pass.
//! - R4: nothing here reads a clock, a file, the environment or a random source (A1).
//!
//! # Parallelism
//!
//! None of its own: it declares the rows of nonce, key and fee beside those of the call. Two
//! transactions of one sender conflict through its account row; fees of different senders add to
//! one sum and do not.
//!
//! # Failure
//!
//! Refusals are values with their numbers. A row that does not decode stops the block.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod admission;
mod api_types;
mod apis;
mod dry_run;
mod extensions;
mod genesis;
mod invariants;
mod lifecycle;
mod metadata;
mod outer;
mod pool;
mod price;
mod runtime;
mod turn;
mod version;

pub use apis::ApiError;
pub use dry_run::DryRun;
pub use genesis::{
    CHAIN_TYPE_ENGINE, ChainSpec, ChainType, Genesis, GenesisError, GovernancePreset, Member,
    MemberKey, ReducedCanary, SchemePreset, Token, genesis_chain_type, genesis_header,
};
pub use invariants::{InvariantError, check_invariants};
pub use outer::{RuntimeCall, RuntimeError, RuntimeEvent, pallet_name};
pub use pool::{Checked, PRIORITY_PER_DOUBLING, priority};
pub use runtime::AlthingRuntime;
pub use version::{SPEC_VERSION, SS58_PREFIX, TRANSACTION_VERSION, version};
