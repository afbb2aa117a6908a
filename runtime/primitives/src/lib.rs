//! Define the data every other crate speaks about: ids, amounts, headers, extrinsics, and their
//! SCALE forms.
//!
//! # What it owns
//!
//! Shapes and encodings only: no rules, no state, no I/O. The formats are those that Substrate
//! clients already read (`specs/formats.md`), so that a block made here decodes in their tools.
//!
//! # Invariants
//!
//! - P1: decoding never allocates more than the bound in the type; longer input is an error.
//! - P2: decode then encode gives the bytes that were read, or decoding fails.
//! - P3: an account id depends on neither the SS58 prefix nor the order of schemes.
//!
//! # Failure
//!
//! Hostile bytes give an error, never a panic.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod account;
mod bounded;
mod era;
mod extrinsic;
mod hashing;
mod header;
mod scheme;
mod signature;
mod ss58;
pub mod state_proof;
mod statement;
mod version;
mod weight;

pub use account::{AccountId, MultiAddress};
pub use bounded::{BoundedBytes, BoundedVec};
pub use era::Era;
pub use extrinsic::{
    EXTRINSIC_BYTES_MAX, Extra, Extrinsic, ExtrinsicError, Implicit, SignedPart, signing_payload,
};
pub use hashing::{
    Blake2_128Concat, Hash256, Identity, KeyHasher, Twox64Concat, blake2_64, blake2_128,
    blake2_256, blake3_256, blake3_pair, row_prefix, twox_64, twox_128,
};
pub use header::{Block, Digest, DigestItem, Header, TREE_ENGINE, WITNESS_ENGINE};
pub use scheme::{Family, KeyHandle, SchemeId};
pub use signature::{
    JointPart, PUBLIC_KEY_BYTES_MAX, Part, SIGNATURE_BYTES_MAX, SIGNERS_MAX, Signature, SignerKey,
};
pub use ss58::{Ss58Error, from_ss58, to_ss58};
pub use state_proof::{ProofEnd, ProofError, StateProof};
pub use statement::{Circumstances, TX_DOMAIN, statement};
pub use version::RuntimeVersion;
pub use weight::Weight;

/// An amount of the chain's token in its smallest unit; 10^12 of them are one token.
pub type Balance = u128;
/// Height of a block; genesis is 0.
pub type BlockNumber = u32;
/// How many extrinsics an account has sent.
pub type Nonce = u32;
/// Milliseconds since the Unix epoch, as written in a block.
pub type Moment = u64;

/// Smallest units in one token.
pub const TOKEN: Balance = 1_000_000_000_000;
