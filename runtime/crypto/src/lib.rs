//! Verify signatures and open key encapsulations under every scheme the chain knows, and name the
//! schemes so that a vote can replace them.
//!
//! # What it owns
//!
//! The table of built-in schemes: their ids, names, families, exact sizes, cost and code. Which of
//! them may be used, and when, is the registry pallet's business. Rules: `specs/cryptography.md`.
//!
//! - [`Scheme`], [`scheme`], [`scheme_by_name`], [`schemes`]: signatures, verification only.
//! - [`Kem`], [`kem`], [`kem_by_name`], [`kems`]: key encapsulation, the deterministic half.
//! - [`Check`], [`verify_all`]: many signatures at once, on the current rayon pool.
//! - [`domain`]: the tag every signed byte string begins with.
//! - `signing` (cargo feature): everything that needs a secret or randomness.
//!
//! # Invariants
//!
//! - K1: a verdict depends on scheme, key, message and signature only: same bytes, same verdict,
//!   on every machine. No backend here selects code that could decide differently by processor.
//! - K2: hostile input of any length gives a verdict or an error, never a panic, and never
//!   allocates more than the scheme's fixed sizes.
//! - K3: a key or signature of any other than the exact size is refused before the backend runs.
//! - K4: [`verify_all`] gives the verdicts of one-by-one verification, in input order.
//! - K5: without the feature `signing` nothing in this crate asks for randomness.
//!
//! # Parallelism
//!
//! Verification is pure and shares nothing, so a batch scales with the workers of the pool that
//! the caller is running on. There are no locks and no global state.
//!
//! # Failure
//!
//! [`VerifyError`] names the rule that was broken. A wrong signature is `Invalid`; there is no
//! other reason to be had from the backends, on purpose.
//!
//! # Example
//!
//! ```
//! use althing_crypto::{Check, SchemeId, VerifyError, scheme, verify_all};
//!
//! let ml_dsa = scheme(SchemeId::ML_DSA_44).ok_or("built in")?;
//! let public = vec![0; ml_dsa.sizes().public];
//! let signature = vec![0; ml_dsa.sizes().signature];
//! let check =
//!     Check { scheme: ml_dsa.id(), public: &public, message: b"aye", signature: &signature };
//! assert_eq!(verify_all(&[check]), [Err(VerifyError::Invalid)]);
//! # Ok::<(), &str>(())
//! ```

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod batch;
mod domain;
mod kem;
mod kems;
mod scheme;
mod secret;
mod signatures;
#[cfg(feature = "signing")]
pub mod signing;

pub use althing_primitives::{Family, KeyHandle, SchemeId};
pub use batch::{Check, VerifyError, verify_all};
pub use domain::{Purpose, domain};
pub use kem::{Encapsulation, Kem, KemError, KemKeyPair, KemSizes, kem, kem_by_name, kems};
pub use scheme::{Scheme, Sizes, scheme, scheme_by_name, schemes};
pub use secret::Secret;
