//! Schemes 2 and 3, ML-DSA-44 and ML-DSA-65 (FIPS 204), by RustCrypto's `ml-dsa`.
//!
//! Pure Rust without processor-specific code paths. The pure form with an empty context; the
//! pre-hash form would be a second valid encoding of one intent and is not accepted.

use core::marker::PhantomData;

use althing_primitives::{Family, SchemeId};
use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsaParams, Signature, VerifyingKey};

use super::MICROSECOND;
use crate::scheme::{Scheme, Sizes};

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
}

impl Set for MlDsa44 {
    const ID: SchemeId = SchemeId::ML_DSA_44;
    const NAME: &'static str = "ml-dsa-44";
    const BYTES: (usize, usize) = (1312, 2420);
    // Measured 131 us; a quarter more for slower machines.
    const WEIGHT: u64 = 165 * MICROSECOND;
}

impl Set for MlDsa65 {
    const ID: SchemeId = SchemeId::ML_DSA_65;
    const NAME: &'static str = "ml-dsa-65";
    const BYTES: (usize, usize) = (1952, 3309);
    // Measured 193 us; a quarter more for slower machines.
    const WEIGHT: u64 = 245 * MICROSECOND;
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

    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Ok(public) = EncodedVerifyingKey::<P>::try_from(public) else { return false };
        // Decoding the signature is cheap and refuses bad hints and norms; the key is expanded
        // only after it.
        let Ok(signature) = Signature::<P>::try_from(signature) else { return false };
        VerifyingKey::<P>::decode(&public).verify_with_context(message, &[], &signature)
    }

    fn verify_weight(&self) -> u64 {
        P::WEIGHT
    }
}
