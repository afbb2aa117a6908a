//! Publish members' encryption keys, and keep what only the council may read yet.
//!
//! Rules: `specs/encryption.md`. How bytes are sealed and opened is in `althing-crypto`; the chain
//! never holds a secret and never opens anything.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`KEYS`] | account | [`EncryptionKey`] | `publish`, `withdraw` |
//! | [`COUNCIL`] | - | accounts | genesis, `set_council` |
//! | [`ANNEXES`] | referendum | [`Annex`] | `attach`, `detach` |
//! | [`REVEALED`] | referendum | content key | `reveal`, `detach` |
//!
//! There is no council pallet yet: the list says for whom annexes are sealed, nothing else, and its
//! members have no power from it.
//!
//! # Invariants
//!
//! - EN-I1: a published key has its KEM's exact size and is an encoding that the KEM accepts.
//! - EN-I2: an annex is an envelope of this chain, by the proposer of its referendum, for it.
//! - EN-I3: a revealed key is the one that its annex commits to.
//! - EN-I4: every deposit is reserved with its account.
//! - EN-I5: the council lists nobody twice.
//!
//! [`check`] verifies all of them over the whole state but the genesis in EN-I2, which is a test.
//!
//! # Parallelism
//!
//! A key's row belongs to one account, an annex's to one referendum: calls of different members do
//! not conflict. Registry and council change in the serial phases of a block alone.
//!
//! # Failure
//!
//! A call that the rules forbid is an [`Error`] and changes nothing. Bytes that are no envelope, and
//! keys of any length, are refused before a row is touched.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod annexes;
mod call;
mod check;
mod council;
mod deposit;
mod error;
mod event;
mod kems;
mod keys;
mod rows;
#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use call::Call;
pub use check::check;
pub use council::Genesis;
pub use deposit::{
    ANNEX_DEPOSIT_BASE, ANNEX_DEPOSIT_PER_BYTE, KEY_DEPOSIT_BASE, KEY_DEPOSIT_PER_BYTE,
    annex_deposit, key_deposit,
};
pub use error::Error;
pub use event::Event;
pub use rows::{
    ANNEX_BYTES_MAX, ANNEXES, Annex, AnnexBytes, COUNCIL, COUNCIL_MAX, ContentKey, Council,
    EncryptionKey, KEYS, Kems, REVEALED,
};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Encryption";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 11;

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            KEYS.entry_optional("The encryption keys that members have published."),
            COUNCIL.entry("Who reads sealed annexes before the public does."),
            ANNEXES.entry_optional("The sealed annexes of referenda."),
            REVEALED.entry_optional("The content keys of annexes that everyone may read."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("CouncilMax", &COUNCIL_MAX, "The most members of the council."),
            constant("KeyDepositBase", &KEY_DEPOSIT_BASE, "Deposit for any key, smallest units."),
            constant(
                "KeyDepositPerByte",
                &KEY_DEPOSIT_PER_BYTE,
                "Deposit for each byte of a key, smallest units.",
            ),
            constant("AnnexBytesMax", &ANNEX_BYTES_MAX, "The longest annex, in bytes."),
            constant(
                "AnnexDepositBase",
                &ANNEX_DEPOSIT_BASE,
                "Deposit for any annex, smallest units.",
            ),
            constant(
                "AnnexDepositPerByte",
                &ANNEX_DEPOSIT_PER_BYTE,
                "Deposit for each byte of an annex, smallest units.",
            ),
        ],
        docs: "Encryption keys of members, and what is sealed to the council.",
    }
}
