//! Say which cryptographic schemes members may use, and let referenda change that.
//!
//! Rules: `specs/crypto-registry.md`. What a scheme computes is in `althing-crypto`; here is only
//! whether it may be used, and for what.
//!
//! # State
//!
//! | item        | key    | value              | written by                        |
//! |-------------|--------|--------------------|-----------------------------------|
//! | [`SCHEMES`] | scheme | [`SchemeRecord`]   | genesis, every call, [`on_initialize`] |
//! | [`IDS`]     | -      | all scheme ids     | genesis, `propose`, `add_module`  |
//! | [`FROZEN`]  | -      | frozen scheme ids  | `freeze`, `activate`, `retire`, [`report_broken`], [`on_initialize`] |
//! | [`EPOCH`]   | -      | changes so far     | every change of a record          |
//! | [`HISTORY`] | scheme, epoch | [`Step`]    | every change of a record; never removed |
//! | [`MODULES`] | hash   | code               | `add_module`; never removed       |
//! | [`RETIRING`], [`CENSUSES`] | -, scheme | ids, [`Census`] | `retire`, `activate`, `call_off_retirement`, [`on_initialize`], [`census_advance`], [`census_conclude`] |
//! | [`LIMITS`]  | -      | [`Limits`]         | genesis                           |
//!
//! # Invariants
//!
//! - CR-I1: at least two active signature schemes of two families, after genesis and every call. Those
//!   that are broken are among them: a proof marks a scheme that the chain cannot spare, and leaves it
//!   active. No call makes fewer whole ones of what is needed.
//! - CR-I2: a retired scheme stays retired.
//! - CR-I3: a record holds a [`Freeze`] if and only if its state is frozen, and [`FROZEN`] lists it.
//!   The freeze of a broken scheme has no end, and no other has none; a broken scheme is neither on
//!   trial nor deprecated.
//! - CR-I4: [`IDS`] lists every record once; the facts of a native scheme are those of the program.
//! - CR-I5: the emergency track can only freeze; a freeze ends by itself unless the scheme is broken.
//! - CR-I6: [`MODULES`] holds the code of every module that a record names, under its hash, for ever;
//!   the id of such a scheme is at least [`MODULE_ID_MIN`]. No two records share a name.
//! - CR-I7: [`RETIRING`] lists the schemes that have a [`Census`]; they are deprecated or frozen.
//! - CR-I8: the last [`Step`] of a scheme's history says the state of its record.
//!
//! [`check`] verifies all but CR-I2 and CR-I5 over the whole state. Those two are tests.
//!
//! # Parallelism
//!
//! Transactions only read records, so they never conflict here. Records change in the serial
//! phases of a block alone: all transactions of a block see the registry of its parent. Compiled
//! modules are kept for the whole process by `althing-crypto`; no verdict depends on that.
//!
//! # Failure
//!
//! A use that a state forbids is [`Invalid::SchemeState`](althing_frame::Invalid::SchemeState); a
//! change that the rules forbid is an [`Error`] and changes nothing. A machine that cannot run a
//! module of the chain stops: it has no verdict to give.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod broken;
mod call;
mod census;
mod concern;
mod diversity;
mod error;
mod event;
mod genesis;
mod history;
mod invariants;
mod kem_permission;
mod modules;
mod permission;
mod record;
mod rows;
mod transitions;

#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, scale_info::meta_type};

pub use broken::{counts_about_cryptography, report_broken};
pub use call::Call;
pub use census::{Census, Weights, census_advance, census_conclude, census_due};
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use history::{Step, history, state_at};
pub use invariants::{Flaw, check};
pub use kem_permission::{KemRefusal, KemUse, may_kem};
pub use modules::{
    GATE_WEIGHT_MAX, MODULE_FUEL_MAX, MODULE_ID_MIN, MODULE_SCHEMES_MAX, MODULE_VERIFY_WEIGHT_MAX,
    code_for, voted_in, voted_in_access,
};
pub use permission::{Use, limits, may, may_access, usable};
pub use record::{
    Freeze, Limits, NAME_BYTES_MAX, NEVER, SchemeKind, SchemeName, SchemeRecord, SchemeState,
    Verifier,
};
pub use rows::{
    CENSUSES, CODE_BYTES_MAX, Code, EPOCH, FROZEN, HISTORY, IDS, LIMITS, MODULES, RETIRING,
    SCHEMES, SCHEMES_MAX, SchemeIds,
};
pub use transitions::on_initialize;

/// The pallet's name in metadata, and the prefix of its rows.
pub const NAME: &str = "CryptoRegistry";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 5;

/// What metadata says of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: rows::entries(),
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: Vec::new(),
        docs: "Which cryptographic schemes may be used, and for what.",
    }
}
