//! ML-DSA-87 (FIPS 204): keys from seeds, and signatures. The secret is the seed, as for schemes 2
//! and 3 of the chain; the form is pure, the context empty.

#![no_std]

use ml_dsa::{B32, Keypair as _, MlDsa87, SigningKey};

const MESSAGE_MAX: usize = 64 * 1024;

althing_guest::signer!([32, 2592, 32, 4627, 32], MESSAGE_MAX, generate_key, sign_message);

fn generate_key(seed: &[u8; 32], public: &mut [u8; 2592], secret: &mut [u8; 32]) -> bool {
    let key = SigningKey::<MlDsa87>::from_seed(&B32::from(*seed));
    public.copy_from_slice(&key.verifying_key().encode());
    secret.copy_from_slice(seed);
    true
}

fn sign_message(
    secret: &[u8; 32],
    message: &[u8],
    randomness: &[u8; 32],
    signature: &mut [u8; 4627],
) -> bool {
    let key = SigningKey::<MlDsa87>::from_seed(&B32::from(*secret));
    // FIPS 204, algorithm 2 with an empty context: a zero, the length of the context, the message.
    let signed = key.expanded_key().sign_internal(&[&[0, 0], message], &B32::from(*randomness));
    signature.copy_from_slice(&signed.encode());
    true
}
