//! Keep for every account the keys that control it, and let members change them.
//!
//! Rules: `specs/accounts.md`. An account's id is fixed for ever; its policy, the list of keys
//! that may sign for it, is what this pallet keeps. Keys and signatures are to be seen here,
//! and beside this pallet in `crypto-registry` (known answers of modules) and `canary` (proofs of
//! breaks) alone; all others see an account and an origin.
//!
//! # State
//!
//! | item           | key              | value          | written by                                  |
//! |----------------|------------------|----------------|---------------------------------------------|
//! | [`POLICIES`]   | account          | [`Policy`]     | genesis, [`authorise`], changes, [`on_finalize`] |
//! | [`KEYS`]       | account, handle  | [`StoredKey`]  | the same                                    |
//! | [`PENDING`]    | account          | [`Pending`]    | changes, recoveries, [`on_finalize`]        |
//! | [`CHANGES`]    | account, author  | [`Change`]     | the same                                    |
//! | [`RECOVERIES`] | account          | [`Recoveries`] | recoveries, [`on_finalize`]                 |
//! | [`AGENDA`]     | block            | [`Agenda`]     | changes, recoveries, [`on_finalize`]        |
//! | [`DELAY`]      | -                | blocks         | genesis                                     |
//!
//! # Invariants
//!
//! - AC-I1: [`KEYS`] holds a key for each entry of the account's policy, and no other; its handle is
//!   the hash of its scheme and bytes.
//! - AC-I2: the owner keys of every policy that never expire reach its threshold in one transaction.
//! - AC-I3: a key that has left a policy signs nothing more, from the next transaction on.
//! - AC-I4: a change of a policy changes neither the account's id nor its nonce, and its funds by
//!   the deposits alone; a recovery besides by what the friend who proposed it lends for those.
//! - AC-I5: a proof of possession serves one key or draft, account, rotation nonce and chain.
//! - AC-I6: a change that waits is kept, follows the present policy, stands once on the agenda, and
//!   somebody may object to it.
//! - AC-I7: a recovery that is proposed is that of a friend, and kept against a deposit.
//!
//! [`check`] verifies AC-I1, AC-I2, AC-I6 and AC-I7 over the whole state. The others are tests.
//!
//! # Parallelism
//!
//! Every row but those of the agenda belongs to one account, and one key may serve two accounts
//! without their sharing a row. Transactions of different members do not conflict, unless both
//! announce a change, or stop one. A transaction of a member whose policy exists only reads it,
//! unless the call changes it.
//!
//! # Failure
//!
//! A transaction whose keys may not sign is an [`Invalid`](althing_frame::Invalid) and costs
//! nothing; a change of a policy that the rules forbid is an [`Error`] and costs its fee. A change
//! that the rules forbid when its turn comes is dropped with an event.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod admission;
mod agenda;
mod apply;
mod call;
pub mod census;
mod changes;
mod declare;
mod deposit;
mod draft;
mod error;
mod escape;
mod event;
mod genesis;
mod invariants;
mod pending;
mod policy;
mod possession;
mod recovery;
mod rescue;
mod rows;
mod weight;
mod word;

#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant, scale_info::meta_type};

pub use admission::{
    Resolved, authorise, authorise_access, circumstances, resolve, voice_of, witness_keys,
};
pub use agenda::{DELAY_FAST, DELAY_MAIN, SEARCH_BLOCKS};
pub use apply::{CHANGE_DEPOSIT, on_finalize};
pub use call::Call;
pub use deposit::{KEY_DEPOSIT_BASE, KEY_DEPOSIT_PER_BYTE, key_deposit};
pub use draft::{KeyDraft, PolicyDraft, Proofs};
pub use error::Error;
pub use event::Event;
pub use genesis::{EnrolledKey, Genesis};
pub use invariants::{Flaw, check};
pub use pending::{
    AGENDA_MAX, Agenda, Approval, Change, Families, Pending, Recoveries, RecoveryProposal,
};
pub use policy::{Demand, FRIENDS_MAX, KEYS_MAX, KeyEntry, Policy, Recovery, Scopes, StoredKey};
pub use possession::{draft_payload, next_commitment, possession_payload};
pub use recovery::{FAMILIES_MIN, RECOVERY_DEPOSIT};
pub use rows::{AGENDA, CHANGES, DELAY, KEYS, PENDING, POLICIES, RECOVERIES};
pub use word::Word;

/// The pallet's name in metadata, and the prefix of its rows.
pub const NAME: &str = "Accounts";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 4;

/// What metadata says of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: rows::entries(),
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
            constant("FriendsMax", &FRIENDS_MAX, "The most friends who may recover an account."),
            constant(
                "ChangeDeposit",
                &CHANGE_DEPOSIT,
                "Deposit for a change that waits, smallest units.",
            ),
            constant(
                "RecoveryDeposit",
                &RECOVERY_DEPOSIT,
                "Deposit of a friend for a recovery, smallest units.",
            ),
            constant("AgendaMax", &AGENDA_MAX, "How many changes take effect in one block."),
        ],
        docs: "The keys that control accounts.",
    }
}
