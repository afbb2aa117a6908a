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
//! | [`IDS`]     | -      | all scheme ids     | genesis, `propose`                |
//! | [`FROZEN`]  | -      | frozen scheme ids  | `freeze`, `activate`, `retire`, [`on_initialize`] |
//! | [`EPOCH`]   | -      | changes so far     | every call, [`on_initialize`]     |
//! | [`LIMITS`]  | -      | [`Limits`]         | genesis                           |
//!
//! # Invariants
//!
//! - CR-I1: at least two active signature schemes of two families, after genesis and every call.
//! - CR-I2: a retired scheme stays retired.
//! - CR-I3: a record holds a [`Freeze`] if and only if its state is frozen, and [`FROZEN`] lists it.
//! - CR-I4: [`IDS`] lists every record once, and every record's facts are those of the program.
//! - CR-I5: the emergency track can only freeze; a freeze ends by itself.
//!
//! [`check`] verifies CR-I1, CR-I3 and CR-I4 over the whole state. CR-I2 and CR-I5 are tests.
//!
//! # Parallelism
//!
//! Transactions only read records, so they never conflict here. Records change in the serial
//! phases of a block alone: all transactions of a block see the registry of its parent.
//!
//! # Failure
//!
//! A use that a state forbids is [`Invalid::SchemeState`](althing_frame::Invalid::SchemeState); a
//! change that the rules forbid is an [`Error`] and changes nothing.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod concern;
mod error;
mod event;
mod genesis;
mod invariants;
mod kem_permission;
mod permission;
mod record;
mod rows;
mod transitions;

#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, scale_info::meta_type};

pub use call::Call;
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use invariants::{Flaw, check};
pub use kem_permission::{KemRefusal, KemUse, may_kem};
pub use permission::{Use, limits, may, may_access};
pub use record::{
    Freeze, Limits, NAME_BYTES_MAX, SchemeKind, SchemeName, SchemeRecord, SchemeState, Verifier,
};
pub use rows::{EPOCH, FROZEN, IDS, LIMITS, SCHEMES, SCHEMES_MAX, SchemeIds};
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
