//! Keep accounts and their keys in files, secrets under a password.
//!
//! Rules: `specs/wallet.md`.
//!
//! # Invariants
//!
//! - W1: a secret reaches the disk only under a password, in a file only its owner may read.
//! - W2: a file is complete or absent; an existing account is never overwritten by a new one.
//! - W3: everything but the secret can be read without the password.
//! - W4: a header does not open another header's secret.
//!
//! # Failure
//!
//! [`KeystoreError`] has one variant per reason. Wrong password, altered file, unreadable file and
//! a file open to others are told apart.

mod error;
mod file;
mod name;
mod seal;
mod store;
mod text;

pub use error::KeystoreError;
pub use file::{ADDRESS_PREFIX, AccountFile, FORMAT, FORMATS, KeyEntry, ReserveNote, Status};
pub use name::KeyName;
pub use seal::{CipherName, Hardness, Kdf, KdfName, Password, SealedSecret};
pub(crate) use store::replace_private;
pub use store::{Keystore, Listed, create_private, create_private_folder, read_private};
pub use text::{Hex, HexArray};

#[cfg(test)]
mod tests;
