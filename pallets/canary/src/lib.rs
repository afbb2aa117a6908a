//! Keep, for every signature scheme, keys under which nobody can sign unless the scheme is broken, and
//! act at once on a signature that somebody made all the same.
//!
//! Rules: `specs/canary.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item        | key            | value                                | written by                  |
//! |-------------|----------------|--------------------------------------|-----------------------------|
//! | [`REDUCED`] | scheme         | [`Reduced`]: a key of less strength  | [`Genesis`], `plant`        |
//! | [`REPORTS`] |                | breaks reported in this block        | `report`, [`on_finalize`]   |
//! | [`FALLEN`]  | scheme, canary | [`Fallen`]: who broke it, and when   | [`on_finalize`]             |
//! | [`REWARD`]  |                | what a finder is paid                | [`Genesis`]                 |
//!
//! The derived canary of a scheme is in no row: everybody computes it from genesis
//! ([`derived_key`]).
//!
//! # Invariants
//!
//! - CA-I1: a canary falls once, and only by a signature under its key that names the finder; so one
//!   canary pays one reward, to whoever signed.
//! - CA-I2: between blocks [`REPORTS`] is empty.
//! - CA-I3: rewards move funds of the treasury and make none.
//! - CA-I4: a report can only take power from a scheme, never add any (A9).
//!
//! [`check`] verifies CA-I2 over the whole state. The others are tests.
//!
//! # Parallelism
//!
//! A report verifies its signature in the parallel phase and notes the finding; schemes are frozen
//! and rewards paid in the lifecycle phase, so that all transactions of a block see one registry.
//! Reports conflict with reports alone.
//!
//! # Failure
//!
//! A report whose signature does not verify is refused and costs its fee, which pays for the
//! verification. A treasury that cannot pay the reward pays what it can; the freeze does not
//! depend on it.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod canary;
mod check;
mod error;
mod event;
mod genesis;
mod plant;
mod report;
mod rows;
#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant, scale_info::meta_type};

pub use call::Call;
pub use canary::{Canary, derived_key, report_message};
pub use check::check;
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use report::on_finalize;
pub use rows::{FALLEN, Fallen, REDUCED, REPORTS, REPORTS_MAX, REWARD, Reduced, Report};

/// The pallet's name in metadata, and the prefix of its rows.
pub const NAME: &str = "Canary";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 12;

/// What metadata says of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            REDUCED.entry_optional("Keys of reduced strength, by scheme."),
            REPORTS.entry("Within a block, the breaks reported so far; none after it."),
            FALLEN.entry_optional("The canaries that fell, by scheme and canary."),
            REWARD.entry("What the treasury pays for a break, in the smallest unit."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![constant(
            "MaxReports",
            &REPORTS_MAX,
            "How many breaks may be reported in one block.",
        )],
        docs: "Keys that nobody can use unless their scheme is broken.",
    }
}
