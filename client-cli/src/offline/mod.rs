//! Sign on a machine without a network: facts go there in a file, transactions come back in one.
//!
//! Rules: `specs/wallet.md`, W50 to W57, where both forms are written down.
//!
//! # What it owns
//!
//! - [`FactsFile`]: what a node answered, for a machine that can ask none.
//! - [`TransactionFile`]: a call with everything that is signed around it, and the signatures made
//!   so far.
//!
//! # Invariants
//!
//! - F1: no secret is ever in either file.
//! - F2: everything that is shown before a signature is computed from the bytes that are signed.
//! - F3: a file that was altered, or that says one thing twice in two ways, is refused.
//! - F4: a transaction file is sent to the chain, under the rules and within the blocks it was made
//!   for, or not at all.
//!
//! # Failure
//!
//! [`OfflineError`].

mod error;
mod facts;
#[cfg(test)]
mod tests;
mod text;
mod transaction;

pub use error::OfflineError;
pub use facts::{Answer, FACTS_FORMAT, FactsFile, LIFETIME_DEFAULT, LIFETIME_MAX};
pub use text::{read_file, write_new, write_over};
pub use transaction::{
    Birth, FileSigner, TRANSACTION_BYTES_MAX, TRANSACTION_FORMAT, TransactionFile,
};
