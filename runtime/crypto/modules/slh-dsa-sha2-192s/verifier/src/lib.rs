//! SLH-DSA-SHA2-192s (FIPS 205): the pure form with an empty context, as scheme 4 of the chain has
//! it.

#![no_std]

use slh_dsa::{Sha2_192s, Signature, VerifyingKey};

const MESSAGE_MAX: usize = 64 * 1024;

althing_guest::verifier!(48, 16224, MESSAGE_MAX, check);

fn check(public: &[u8; 48], message: &[u8], signature: &[u8; 16224]) -> bool {
    let Ok(public) = VerifyingKey::<Sha2_192s>::try_from(public.as_slice()) else { return false };
    let Ok(signature) = Signature::<Sha2_192s>::try_from(signature.as_slice()) else {
        return false;
    };
    public.try_verify_with_context(message, &[], &signature).is_ok()
}
