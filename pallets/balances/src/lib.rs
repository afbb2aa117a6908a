//! Keep what members own: free and reserved funds, locks on them, and their sum.
//!
//! Rules: `specs/balances.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | `data` of `System.Account` | account | [`AccountData`] | every function here |
//! | [`TOTAL_ISSUANCE`] | | sum | [`mint`], [`burn`], [`slash_reserved`], dust |
//! | [`LOCKS`] | account | up to [`LOCKS_MAX`] [`Lock`]s | [`set_lock`], [`remove_lock`] |
//!
//! # Invariants
//!
//! - A4: the issuance is the sum of free and reserved funds of all accounts and of the pots that
//!   other pallets keep as sums.
//! - B-I1: an account has no funds, or at least [`EXISTENTIAL_DEPOSIT`] of free funds.
//! - B-I2: `frozen` is the largest of the account's locks, and an account without funds has none.
//!
//! [`check`] verifies all three over the whole state.
//!
//! # Parallelism
//!
//! Transfers conflict only if they share an account. The issuance is a sum to which dust only
//! adds, so it never orders two transfers; minting reads it and does.
//!
//! # Failure
//!
//! A refusal names the amounts. An amount that overflows contradicts A4 and stops the block.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod check;
mod error;
mod event;
mod funds;
mod genesis;
mod issuance;
mod locks;
mod reserves;
mod rows;
#[cfg(test)]
mod tests;
mod transfer;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use call::Call;
pub use check::{Broken, check, check_issuance};
pub use error::Error;
pub use event::Event;
pub use funds::{
    Existence, deposit, deposit_access, free, reserved, spendable, spendable_with_locked, total,
    withdraw, withdraw_access, withdraw_with_locked,
};
pub use genesis::Genesis;
pub use issuance::{burn, burn_access, issuance, mint, mint_access};
pub use locks::{lock_access, lock_of, remove_lock, set_lock};
pub use pallet_system::AccountData;
pub use reserves::{
    repatriate_reserved, repatriate_reserved_access, reserve, reserve_access, slash_reserved,
    slash_reserved_access, unreserve,
};
pub use rows::{EXISTENTIAL_DEPOSIT, LOCKS, LOCKS_MAX, Lock, LockId, TOTAL_ISSUANCE};
pub use transfer::{transfer, transfer_access, transfer_all};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Balances";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 2;

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            TOTAL_ISSUANCE.entry("All funds there are, in the smallest unit."),
            LOCKS.entry("What keeps funds in an account, and how much of them."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant(
                "ExistentialDeposit",
                &EXISTENTIAL_DEPOSIT,
                "The least free funds of an account, in the smallest unit.",
            ),
            constant("MaxLocks", &LOCKS_MAX, "How many locks an account may have."),
        ],
        docs: "Free and reserved funds, locks on them, and their sum.",
    }
}
