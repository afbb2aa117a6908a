//! Keep the calls that referenda decide on: their bytes, under their hash.
//!
//! Rules: `specs/preimage.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`PREIMAGES`] | hash | the bytes | `note`, `unnote` |
//! | [`STATUS`] | hash | [`Status`]: length, who paid for it | `note`, `unnote` |
//! | [`PINS`] | hash | how many rely on the bytes | [`pin`], [`unpin`], and the same of several |
//!
//! # Invariants
//!
//! - PR-I1: bytes are kept under their BLAKE2b-256, so what a hash stands for cannot change.
//! - PR-I2: [`PREIMAGES`] and [`STATUS`] have the same keys, and the length is that of the bytes.
//! - PR-I3: what is pinned is kept.
//!
//! [`check`] verifies all three over the whole state. That each pin has somebody who relies on it is
//! for those to check who pin: they count with [`need`].
//!
//! # Parallelism
//!
//! Notes of different bytes by different members touch no common row. Two notes of the same bytes
//! do, and the first in the block wins.
//!
//! # Failure
//!
//! A proposal whose bytes are missing, or have another length than it says, is refused before
//! anyone can vote on it. An unpin without a pin is a bug and stops the block.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod check;
mod deposit;
mod error;
mod event;
mod pins;
mod proposal;
mod rows;
mod store;
#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use call::Call;
pub use check::{Needed, check, need};
pub use deposit::{DEPOSIT_BASE, DEPOSIT_PER_BYTE, deposit_for};
pub use error::Error;
pub use event::Event;
pub use pins::{
    RELIED_MAX, Relied, ensure_noted_with, ensure_noted_with_access, pin, pin_access, pin_with,
    pins, relied, unpin, unpin_access, unpin_with,
};
pub use proposal::{INLINE_BYTES_MAX, Proposal};
pub use rows::{BYTES_MAX, Bytes, Deposit, PINS, PREIMAGES, STATUS, Status};
pub use store::{ensure_noted, ensure_noted_access, fetch, fetch_access, noted};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Preimage";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 6;

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            PREIMAGES.entry_optional("The bytes of calls, by their BLAKE2b-256."),
            STATUS.entry_optional("Length of the bytes, and who paid the deposit for them."),
            PINS.entry("How many referenda and tasks rely on the bytes."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("MaxBytes", &BYTES_MAX, "The longest preimage, in bytes."),
            constant("MaxInlineBytes", &INLINE_BYTES_MAX, "The longest inline call, in bytes."),
            constant("DepositBase", &DEPOSIT_BASE, "The part of the deposit without the size."),
            constant("MaxRelied", &RELIED_MAX, "How many preimages a call may rely on."),
            constant("DepositPerByte", &DEPOSIT_PER_BYTE, "What each byte adds to the deposit."),
        ],
        docs: "The calls that referenda decide on, under their hash.",
    }
}
