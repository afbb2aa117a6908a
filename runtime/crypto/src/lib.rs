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
//! - [`Check`], [`Verifier`]: many signatures at once, on the current rayon pool, by the canonical
//!   or by the fast [`Backend`]s; [`KeyCache`] for those who sign often.
//! - [`seal`]: envelopes for members who have a key of a KEM; making them is `signing`.
//! - [`about`]: what a scheme is, in a few words that do not flatter it.
//! - [`domain`]: the tag every signed byte string begins with.
//! - [`module`](mod@module) (cargo feature `modules`): verifiers that are Wasm modules, for schemes voted in.
//! - `signing` (cargo feature): everything that needs a secret or randomness.
//! - `fast` (cargo feature): assembly and vector code beside the canonical backends. Nodes turn it
//!   on; wallets, and whoever has only a Rust compiler for a processor, do without.
//!
//! # Invariants
//!
//! - K1: a verdict depends on scheme, key, message and signature only: same bytes, same verdict,
//!   on every machine. Fast backends select code by processor; that they decide like the canonical
//!   ones is tested on every input the tests have (C7) and sampled in production.
//! - K2: hostile input of any length gives a verdict or an error, never a panic, and never
//!   allocates more than the scheme's fixed sizes.
//! - K3: a key or signature of any other than the exact size is refused before the backend runs.
//! - K4: [`Verifier::verify_all`] gives the verdicts of one-by-one verification, in input order,
//!   whatever the backends, the keys it keeps and the number of workers.
//! - K5: without the feature `signing` nothing in this crate asks for randomness.
//!
//! # Parallelism
//!
//! Verification is pure, so a batch scales with the workers of the pool that the caller is running
//! on. Workers share kept keys only, and pass by what another one has in hand: nobody waits.
//! Which backends decide is a value that the caller holds. The one global is the memory of compiled
//! modules, which no verdict depends on (M5).
//!
//! # Failure
//!
//! [`VerifyError`] names the rule that was broken. A wrong signature is `Invalid`; there is no
//! other reason to be had from the backends, on purpose. A [`Disagreement`] between two backends is
//! no verdict: whoever meets one must not go on.
//!
//! # Example
//!
//! ```
//! use althing_crypto::{Backends, Check, SchemeId, Verifier, VerifyError, scheme};
//!
//! let ml_dsa = scheme(SchemeId::ML_DSA_44).ok_or("built in")?;
//! let public = vec![0; ml_dsa.sizes().public];
//! let signature = vec![0; ml_dsa.sizes().signature];
//! let check =
//!     Check { scheme: ml_dsa.id(), public: &public, message: b"aye", signature: &signature };
//! let verifier = Verifier::new(Backends::Fast);
//! assert_eq!(verifier.verify_all(&[check])?, [Err(VerifyError::Invalid)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod about;
mod backend;
mod batch;
mod canary;
mod domain;
mod kem;
mod kems;
mod keys;
#[cfg(feature = "modules")]
pub mod module;
mod scheme;
pub mod seal;
mod secret;
mod signatures;
#[cfg(feature = "signing")]
pub mod signing;
mod verifier;

pub use about::about;
pub use althing_primitives::{Family, KeyHandle, SchemeId};
pub use backend::{Backend, PreparedKey};
pub use batch::{Check, Verdict, VerifyError};
pub use canary::{canary_key, canary_message};
pub use domain::{Purpose, domain};
pub use kem::{Encapsulation, Kem, KemError, KemKeyPair, KemSizes, kem, kem_by_name, kems};
pub use keys::KeyCache;
#[cfg(feature = "modules")]
pub use module::{
    GateError, GateReport, Module, ModuleError, ModuleFacts, Vectors, VectorsError, gate, module,
};
pub use scheme::{Scheme, Sizes, scheme, scheme_by_name, schemes};
pub use secret::Secret;
pub use verifier::{Backends, Disagreement, Verifier};
