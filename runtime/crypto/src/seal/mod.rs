//! Seal bytes to members: one envelope, up to 32 recipients, each with a key of a KEM.
//!
//! # What it owns
//!
//! - [`Envelope`]: the format, strictly bounded, with one encoding for each value (E10, E11).
//! - The key schedule: what turns shared secrets and a content key into the keys of the cipher
//!   (E13, E14), and [`Envelope::is_content_key`], which anyone can check.
//! - [`Opener`], [`Envelope::open`]: opening, which is pure.
//! - `Sealing` (cargo feature `signing`): making, which draws keys.
//!
//! Rules: `specs/encryption.md`; known answers: `specs/vectors/crypto/seal.json`.
//!
//! # Invariants
//!
//! - SE1: what an opener gets is what the sealer put in, or an error. Every byte of an envelope is
//!   bound to every other one, for each recipient alike.
//! - SE2: an envelope has one content. The commitment is compared before the body is opened, so no
//!   envelope shows two recipients two texts.
//! - SE3: an envelope opens for its chain, sender, purpose, account and key, and for no other.
//! - SE4: all cryptographic failures are one error. ML-KEM answers a foreign ciphertext with
//!   unrelated bytes; that, a wrong tag and a wrong commitment cannot be told apart by the caller.
//! - SE5: a content key seals one body, so that its nonce may be derived.
//!
//! # Not promised
//!
//! The length of the content, the sender and the recipients can be read by everyone. Whoever gets
//! a recipient's secret later can read what was sealed before: there is no forward secrecy.
//!
//! # Failure
//!
//! [`EnvelopeError`] for bytes that are no envelope; `SealError` and [`OpenError`] for the rest.

mod envelope;
mod opening;
mod schedule;
#[cfg(feature = "signing")]
mod sealing;
#[cfg(test)]
mod tests;

pub use envelope::{
    ANNEX_BYTES_MAX, Author, CIPHERTEXT_BYTES_MAX, ENVELOPE_BYTES_MAX, Envelope, EnvelopeError,
    FILE_BYTES_MAX, RECIPIENTS_MAX, Recipient, SealHeader, SealPurpose,
};
pub use opening::{OpenError, Opener, Schemes};
pub use schedule::CONTENT_KEY_BYTES;
#[cfg(feature = "signing")]
pub use sealing::{SealError, SealRecipient, Sealing};
