//! SLH-DSA-SHA2-192s (FIPS 205): keys from seeds, and signatures. The seed is secret seed, secret
//! PRF key and public seed of 24 bytes each, the secret the 96 bytes of the standard.

#![no_std]

use slh_dsa::{Sha2_192s, SigningKey};

const MESSAGE_MAX: usize = 64 * 1024;

althing_guest::signer!([72, 48, 96, 16224, 24], MESSAGE_MAX, generate_key, sign_message);

fn generate_key(seed: &[u8; 72], public: &mut [u8; 48], secret: &mut [u8; 96]) -> bool {
    let (secret_seed, rest) = seed.split_at(24);
    let (secret_prf, public_seed) = rest.split_at(24);
    let key = SigningKey::<Sha2_192s>::slh_keygen_internal(secret_seed, secret_prf, public_seed);
    public.copy_from_slice(&key.as_ref().to_bytes());
    secret.copy_from_slice(&key.to_bytes());
    true
}

fn sign_message(
    secret: &[u8; 96],
    message: &[u8],
    randomness: &[u8; 24],
    signature: &mut [u8; 16224],
) -> bool {
    let Ok(key) = SigningKey::<Sha2_192s>::try_from(secret.as_slice()) else { return false };
    let Ok(signed) = key.try_sign_with_context(message, &[], Some(randomness)) else {
        return false;
    };
    signature.copy_from_slice(&signed.to_bytes());
    true
}
