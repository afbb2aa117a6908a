//! Keep for every account the keys that control it, and let members change them.
//!
//! Rules: `specs/accounts.md`. An account's id is fixed for ever; its policy, the list of keys
//! that may sign for it, is what this pallet keeps. Here alone among the pallets are keys and
//! signatures to be seen; all others see an account and an origin.
//!
//! # State
//!
//! | item         | key              | value         | written by                        |
//! |--------------|------------------|---------------|-----------------------------------|
//! | [`POLICIES`] | account          | [`Policy`]    | genesis, [`authorise`], all calls |
//! | [`KEYS`]     | account, handle  | [`StoredKey`] | genesis, [`authorise`], all calls |
//!
//! # Invariants
//!
//! - AC-I1: [`KEYS`] holds a key for each entry of the account's policy, and no other; its handle is
//!   the hash of its scheme and bytes.
//! - AC-I2: every policy has an owner key that never expires and satisfies the threshold alone.
//! - AC-I3: a key that has left a policy signs nothing more, from the next transaction on.
//! - AC-I4: a change of a policy changes neither the account's id nor its nonce, and its funds by
//!   the deposits alone.
//! - AC-I5: a proof of possession serves one key, account, rotation nonce and chain.
//!
//! [`check`] verifies AC-I1 and AC-I2 over the whole state. The others are tests.
//!
//! # Parallelism
//!
//! Every row belongs to one account, and one key may serve two accounts without their sharing a
//! row. Transactions of different members do not conflict. A transaction of a member whose policy
//! exists only reads it, unless the call changes it.
//!
//! # Failure
//!
//! A transaction whose key may not sign is an [`Invalid`](althing_frame::Invalid) and costs
//! nothing; a change of a policy that the rules forbid is an [`Error`] and costs its fee.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod admission;
mod call;
pub mod census;
mod changes;
mod deposit;
mod error;
mod event;
mod genesis;
mod invariants;
mod policy;
mod possession;
mod rows;

#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant, scale_info::meta_type};

pub use admission::{Resolved, authorise, authorise_access, circumstances, resolve, witness_keys};
pub use call::Call;
pub use deposit::{KEY_DEPOSIT_BASE, KEY_DEPOSIT_PER_BYTE, key_deposit};
pub use error::Error;
pub use event::Event;
pub use genesis::{EnrolledKey, Genesis};
pub use invariants::{Flaw, check};
pub use policy::{KEYS_MAX, KeyEntry, Policy, Scopes, StoredKey};
pub use possession::possession_payload;
pub use rows::{KEYS, POLICIES};

/// The pallet's name in metadata, and the prefix of its rows.
pub const NAME: &str = "Accounts";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 4;

/// What metadata says of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            POLICIES.entry_optional("The keys that control an account."),
            KEYS.entry_optional("The public keys of an account, by handle."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("KeyDepositBase", &KEY_DEPOSIT_BASE, "Deposit for any key, smallest units."),
            constant(
                "KeyDepositPerByte",
                &KEY_DEPOSIT_PER_BYTE,
                "Deposit for each byte of a public key, smallest units.",
            ),
            constant("KeysMax", &KEYS_MAX, "The most keys one account may have."),
        ],
        docs: "The keys that control accounts.",
    }
}
