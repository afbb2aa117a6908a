//! Scheme 5, FN-DSA-512 as Thomas Pornin's `fn-dsa` 0.4 has it, before FIPS 206 exists.
//!
//! Provisional: when the standard appears it may encode keys, signatures or messages differently,
//! and it then gets an id of its own. So the version of the crates is pinned, and the scheme
//! begins on trial. The raw message with an empty context; the pre-hash forms are invalid.
//!
//! Verification is arithmetic modulo 12289 on whole numbers, no floating point. The canonical
//! backend puts the crate's portable functions together; the fast one is the crate's own
//! verifier, which uses AVX2 where the processor has it.

use std::sync::Arc;

use althing_primitives::{Family, SchemeId};
use fn_dsa_comm::{
    DOMAIN_NONE, FN_DSA_LOGN_512 as LOGN, HASH_ID_RAW, codec, compute_mu, hash_to_point,
    hashed_vrfykey_from_vrfykey, mq,
};

use super::MICROSECOND;
use crate::{
    backend::{Backend, PreparedKey},
    scheme::{Scheme, Sizes},
};

/// Coefficients of a polynomial.
const N: usize = 512;
/// The first byte of a public key, and of a signature.
const PUBLIC_HEADER: u8 = 0x09;
const SIGNATURE_HEADER: u8 = 0x39;
/// Random bytes that are hashed with the message; they follow the header of a signature.
const NONCE: usize = 40;

/// FN-DSA with degree 512.
pub(crate) struct FnDsa512;

impl FnDsa512 {
    /// Public key bytes.
    pub(crate) const PUBLIC: usize = 897;
    /// Signature bytes.
    pub(crate) const SIGNATURE: usize = 666;
}

impl Scheme for FnDsa512 {
    fn id(&self) -> SchemeId {
        SchemeId::FN_DSA_512
    }

    fn name(&self) -> &'static str {
        "fn-dsa-512"
    }

    fn family(&self) -> Family {
        Family::Lattice
    }

    fn sizes(&self) -> Sizes {
        let (public, signature) = (Self::PUBLIC, Self::SIGNATURE);
        // The seed is the secret: the expanded form belongs to this version of the crate.
        Sizes { public, signature, secret: 32, seed: Some(32) }
    }

    fn canonical(&self) -> &dyn Backend {
        self
    }

    #[cfg(feature = "fast")]
    fn fast(&self) -> Option<&dyn Backend> {
        Some(&fast::Vectors)
    }

    fn verify_weight(&self) -> u64 {
        // Measured 21 us; a quarter more for slower machines.
        27 * MICROSECOND
    }
}

impl Backend for FnDsa512 {
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        Key::decode(public).is_some_and(|key| key.verify(message, signature))
    }

    fn prepares(&self) -> bool {
        true
    }

    fn prepare(&self, public: &[u8]) -> Option<Arc<dyn PreparedKey>> {
        Some(Arc::new(Key::decode(public)?))
    }
}

/// A decoded public key.
struct Key {
    /// The polynomial, transformed and in the form in which products are taken.
    polynomial: [u16; N],
    /// What is hashed into every message.
    hash: [u8; 64],
}

impl Key {
    fn decode(public: &[u8]) -> Option<Self> {
        let public: &[u8; FnDsa512::PUBLIC] = public.try_into().ok()?;
        let (header, coefficients) = public.split_first()?;
        if *header != PUBLIC_HEADER {
            return None;
        }
        let mut polynomial = [0; N];
        codec::modq_decode(coefficients, &mut polynomial)?;
        mq::mqpoly_ext_to_int(LOGN, &mut polynomial);
        Some(Self { polynomial, hash: hashed_vrfykey_from_vrfykey(public) })
    }
}

impl PreparedKey for Key {
    /// With `(s1, s2)` the short vector that the signature stands for: `s1 = c - s2 * h`, where
    /// `c` is the hashed message, `h` the key and `s2` in the signature. It must be short.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = <&[u8; FnDsa512::SIGNATURE]>::try_from(signature) else { return false };
        let Some((header, rest)) = signature.split_first() else { return false };
        let (nonce, packed) = rest.split_at(NONCE);
        let mut short = [0; N];
        if *header != SIGNATURE_HEADER || !codec::comp_decode(packed, &mut short) {
            return false;
        }
        let length2 = mq::signed_poly_sqnorm(LOGN, &short);

        let mu = compute_mu(&self.hash, &DOMAIN_NONE, &HASH_ID_RAW, message);
        let mut point = [0; N];
        hash_to_point(nonce, &mu, &mut point);
        mq::mqpoly_ext_to_int(LOGN, &mut point);

        let mut product = [0; N];
        mq::mqpoly_signed_to_ext(LOGN, &short, &mut product);
        mq::mqpoly_ext_to_int(LOGN, &mut product);
        mq::mqpoly_int_to_NTT(LOGN, &mut product);
        mq::mqpoly_mul_ntt(LOGN, &mut product, &self.polynomial);
        mq::mqpoly_NTT_to_int(LOGN, &mut product);

        mq::mqpoly_sub_int(LOGN, &mut point, &product);
        mq::mqpoly_int_to_ext(LOGN, &mut point);
        let length1 = mq::mqpoly_sqnorm_binf(LOGN, &point);
        let Some(bound) = mq::SQBETA.get(LOGN as usize) else { return false };
        // An `s2` of nothing but zeros is refused, as the crate's own verifier does it.
        length2 != 0 && length1.checked_add(length2).is_some_and(|length| length <= *bound)
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

#[cfg(feature = "fast")]
mod fast {
    use std::sync::Arc;

    use fn_dsa_vrfy::{DOMAIN_NONE, HASH_ID_RAW, VerifyingKey as _, VerifyingKey512};

    use crate::backend::{Backend, PreparedKey};

    /// The crate's own verifier, with vector instructions where the processor has them.
    pub(super) struct Vectors;

    impl Backend for Vectors {
        fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
            VerifyingKey512::decode(public)
                .is_some_and(|key| key.verify(signature, &DOMAIN_NONE, &HASH_ID_RAW, message))
        }

        fn prepares(&self) -> bool {
            true
        }

        fn prepare(&self, public: &[u8]) -> Option<Arc<dyn PreparedKey>> {
            Some(Arc::new(Decoded(VerifyingKey512::decode(public)?)))
        }
    }

    struct Decoded(VerifyingKey512);

    impl PreparedKey for Decoded {
        fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
            self.0.verify(signature, &DOMAIN_NONE, &HASH_ID_RAW, message)
        }

        fn bytes(&self) -> usize {
            size_of::<Self>()
        }
    }
}
