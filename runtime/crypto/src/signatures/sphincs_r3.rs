//! Scheme 1, SPHINCS+ round 3.1 SHA2-128s simple, by `pqcrypto-sphincsplus`.
//!
//! Not SLH-DSA: keys and signatures have the same sizes, but the two read the FORS indices in
//! opposite bit order, so that neither accepts the other's signatures. Upstream is unmaintained
//! (RUSTSEC-2026-0160), which is what the life cycle of schemes is for. Only its portable C code
//! is built; the AVX2 variant is switched off.

use althing_primitives::{Family, SchemeId};
use pqcrypto_sphincsplus::sphincssha2128ssimple as backend;
use pqcrypto_traits::sign::{DetachedSignature as _, PublicKey as _};

use super::MICROSECOND;
use crate::{
    backend::Backend,
    scheme::{Scheme, Sizes},
};

/// SPHINCS+ round 3.1 with the parameter set SHA2-128s simple.
pub(crate) struct SphincsR3;

impl SphincsR3 {
    /// Public key bytes.
    pub(crate) const PUBLIC: usize = 32;
    /// Secret key bytes: secret seed, secret PRF key, then the public key.
    pub(crate) const SECRET: usize = 64;
    /// Signature bytes.
    const SIGNATURE: usize = 7856;
}

impl Scheme for SphincsR3 {
    fn id(&self) -> SchemeId {
        SchemeId::SPHINCS_R3
    }

    fn name(&self) -> &'static str {
        "sphincs+-sha2-128s-r3"
    }

    fn family(&self) -> Family {
        Family::Hash
    }

    fn sizes(&self) -> Sizes {
        Sizes { public: Self::PUBLIC, signature: Self::SIGNATURE, secret: Self::SECRET, seed: None }
    }

    fn canonical(&self) -> &dyn Backend {
        self
    }

    fn verify_weight(&self) -> u64 {
        // Measured 270 us on a quiet machine, 450 to 690 us on a loaded one.
        700 * MICROSECOND
    }
}

impl Backend for SphincsR3 {
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        // The backend takes shorter signatures and would read the rest as zeros.
        if signature.len() != Self::SIGNATURE {
            return false;
        }
        let Ok(public) = backend::PublicKey::from_bytes(public) else { return false };
        let Ok(signature) = backend::DetachedSignature::from_bytes(signature) else {
            return false;
        };
        backend::verify_detached_signature(&signature, message, &public).is_ok()
    }
}
