//! Scheme 4, SLH-DSA-SHA2-128s (FIPS 205), by RustCrypto's `slh-dsa`.
//!
//! The pure form with an empty context. SHA-256 uses the processor's SHA instructions where it
//! has them; that changes the time, never the digest. The fast backend is `althing-crypto-lanes`,
//! where the processor has AVX-512.

use althing_primitives::{Family, SchemeId};
use slh_dsa::{Sha2_128s, Signature, VerifyingKey};

use super::MICROSECOND;
use crate::{
    backend::Backend,
    scheme::{Scheme, Sizes},
};

/// SLH-DSA with the parameter set SHA2-128s.
pub(crate) struct SlhDsa128s;

impl Scheme for SlhDsa128s {
    fn id(&self) -> SchemeId {
        SchemeId::SLH_DSA_128S
    }

    fn name(&self) -> &'static str {
        "slh-dsa-sha2-128s"
    }

    fn family(&self) -> Family {
        Family::Hash
    }

    fn sizes(&self) -> Sizes {
        Sizes { public: 32, signature: 7856, secret: 64, seed: Some(48) }
    }

    fn canonical(&self) -> &dyn Backend {
        self
    }

    #[cfg(feature = "fast")]
    fn fast(&self) -> Option<&dyn Backend> {
        althing_crypto_lanes::Lanes::detect().map(|_| &fast::SideBySide as &dyn Backend)
    }

    fn verify_weight(&self) -> u64 {
        // Measured 195 us; a quarter more for slower machines.
        245 * MICROSECOND
    }
}

impl Backend for SlhDsa128s {
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Ok(public) = VerifyingKey::<Sha2_128s>::try_from(public) else { return false };
        let Ok(signature) = Signature::<Sha2_128s>::try_from(signature) else { return false };
        public.try_verify_with_context(message, &[], &signature).is_ok()
    }
}

#[cfg(feature = "fast")]
mod fast {
    use althing_crypto_lanes::{Lanes, Signed};

    use super::SlhDsa128s;
    use crate::{backend::Backend, batch::Check};

    /// Sixteen signatures at a time with AVX-512. One alone still takes half the time, for many of
    /// its hashes do not wait for each other.
    pub(super) struct SideBySide;

    impl SideBySide {
        fn decide(checks: &[Check<'_>]) -> Option<Vec<bool>> {
            let lanes = Lanes::detect()?;
            let signed: Option<Vec<_>> = checks.iter().map(signed).collect();
            Some(lanes.verify_slh_dsa_sha2_128s(&signed?))
        }
    }

    fn signed<'a>(check: &Check<'a>) -> Option<Signed<'a>> {
        let public = check.public.try_into().ok()?;
        Some(Signed { public, message: check.message, signature: check.signature.try_into().ok()? })
    }

    impl Backend for SideBySide {
        fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
            let scheme = althing_primitives::SchemeId::SLH_DSA_128S;
            let check = Check { scheme, public, message, signature };
            self.verify_batch(&[check]) == [true]
        }

        fn lanes(&self) -> usize {
            16
        }

        fn verify_batch(&self, checks: &[Check<'_>]) -> Vec<bool> {
            // Another size among them, or no lanes: one by one, by the code that always can.
            let alone = |check: &Check<'_>| {
                Backend::verify(&SlhDsa128s, check.public, check.message, check.signature)
            };
            Self::decide(checks).unwrap_or_else(|| checks.iter().map(alone).collect())
        }
    }
}
