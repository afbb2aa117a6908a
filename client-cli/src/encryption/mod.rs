//! Keys that others seal to, who can be sealed to, and opening what was sealed.
//!
//! Rules: `specs/encryption.md` and `specs/wallet.md` (W21 to W26).
//!
//! # Invariants
//!
//! - EW1: an encryption key's secret reaches the disk only under the account's password, in a file
//!   beside the account's own, `encryption/<name>.json`. Key files stay as they were.
//! - EW2: keys that were replaced stay in the file: what was sealed to them still opens.
//! - EW3: recipients' keys come from the chain, never from a file or a name alone.
//!
//! # Failure
//!
//! The keystore's errors for files; `SEA` codes for the rest.

mod error;
mod file;
mod holder;
mod key;
mod recipients;

pub use file::{EncryptionEntry, EncryptionFile, EncryptionStore, FORMAT};
pub use holder::Holder;
pub use key::{DEFAULT_KEM, EncryptionKey, kem_named};
pub use recipients::{Recipients, council, members};
