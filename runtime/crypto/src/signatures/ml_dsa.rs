//! Schemes 2 and 3, ML-DSA-44 and ML-DSA-65 (FIPS 204), by RustCrypto's `ml-dsa`.
//!
//! Pure Rust without processor-specific code paths; the fast backend is `aws_lc.rs`. The pure form
//! with an empty context; the pre-hash form would be a second valid encoding of one intent and is
//! not accepted.

use core::marker::PhantomData;
use std::sync::Arc;

use althing_primitives::{Family, SchemeId};
use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsaParams, Signature, VerifyingKey};

use super::MICROSECOND;
#[cfg(feature = "fast")]
use super::aws_lc;
use crate::{
    backend::{Backend, PreparedKey},
    scheme::{Scheme, Sizes},
};

/// What distinguishes one parameter set from another.
pub(crate) trait Set: MlDsaParams + Send + Sync + 'static {
    /// Scheme id.
    const ID: SchemeId;
    /// Scheme name.
    const NAME: &'static str;
    /// Public key and signature bytes.
    const BYTES: (usize, usize);
    /// Picoseconds of one verification.
    const WEIGHT: u64;
    /// Memory that the matrix and the key's vector take when they are expanded: 4-byte
    /// coefficients.
    const EXPANDED: usize;
    /// The faster code.
    #[cfg(feature = "fast")]
    const FAST: &'static dyn Backend;
}

impl Set for MlDsa44 {
    const ID: SchemeId = SchemeId::ML_DSA_44;
    const NAME: &'static str = "ml-dsa-44";
    const BYTES: (usize, usize) = (1312, 2420);
    // Measured 131 us; a quarter more for slower machines.
    const WEIGHT: u64 = 165 * MICROSECOND;
    const EXPANDED: usize = (4 * 4 + 2 * 4) * 1024;
    #[cfg(feature = "fast")]
    const FAST: &'static dyn Backend = &aws_lc::ML_DSA_44;
}

impl Set for MlDsa65 {
    const ID: SchemeId = SchemeId::ML_DSA_65;
    const NAME: &'static str = "ml-dsa-65";
    const BYTES: (usize, usize) = (1952, 3309);
    // Measured 193 us; a quarter more for slower machines.
    const WEIGHT: u64 = 245 * MICROSECOND;
    const EXPANDED: usize = (6 * 5 + 2 * 6) * 1024;
    #[cfg(feature = "fast")]
    const FAST: &'static dyn Backend = &aws_lc::ML_DSA_65;
}

/// ML-DSA with parameter set `P`.
pub(crate) struct MlDsa<P>(PhantomData<fn() -> P>);

impl<P> MlDsa<P> {
    /// The only value.
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<P: Set> Scheme for MlDsa<P> {
    fn id(&self) -> SchemeId {
        P::ID
    }

    fn name(&self) -> &'static str {
        P::NAME
    }

    fn family(&self) -> Family {
        Family::Lattice
    }

    fn sizes(&self) -> Sizes {
        let (public, signature) = P::BYTES;
        // The seed is the secret: FIPS 204 allows it, and the expanded form has several encodings.
        Sizes { public, signature, secret: 32, seed: Some(32) }
    }

    fn canonical(&self) -> &dyn Backend {
        self
    }

    #[cfg(feature = "fast")]
    fn fast(&self) -> Option<&dyn Backend> {
        Some(P::FAST)
    }

    fn verify_weight(&self) -> u64 {
        P::WEIGHT
    }
}

impl<P: Set> Backend for MlDsa<P> {
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Ok(public) = EncodedVerifyingKey::<P>::try_from(public) else { return false };
        // Decoding the signature is cheap and refuses bad hints and norms; the key is expanded
        // only after it.
        let Ok(signature) = Signature::<P>::try_from(signature) else { return false };
        VerifyingKey::<P>::decode(&public).verify_with_context(message, &[], &signature)
    }

    fn prepares(&self) -> bool {
        true
    }

    fn prepare(&self, public: &[u8]) -> Option<Arc<dyn PreparedKey>> {
        let public = EncodedVerifyingKey::<P>::try_from(public).ok()?;
        Some(Arc::new(Expanded(VerifyingKey::<P>::decode(&public))))
    }
}

/// A public key with its matrix.
struct Expanded<P: Set>(VerifyingKey<P>);

impl<P: Set> PreparedKey for Expanded<P> {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::<P>::try_from(signature) else { return false };
        self.0.verify_with_context(message, &[], &signature)
    }

    fn bytes(&self) -> usize {
        P::EXPANDED.saturating_add(size_of::<Self>())
    }
}
