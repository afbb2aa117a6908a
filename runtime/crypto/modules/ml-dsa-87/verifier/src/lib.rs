//! ML-DSA-87 (FIPS 204): the pure form with an empty context, as schemes 2 and 3 of the chain have
//! it.

#![no_std]

use ml_dsa::{EncodedVerifyingKey, MlDsa87, Signature, VerifyingKey};

/// A message that was too long for the chain to sign as it is comes as its hash; 64 KiB is what a
/// test vector may have.
const MESSAGE_MAX: usize = 64 * 1024;

althing_guest::verifier!(2592, 4627, MESSAGE_MAX, check);

fn check(public: &[u8; 2592], message: &[u8], signature: &[u8; 4627]) -> bool {
    let public = EncodedVerifyingKey::<MlDsa87>::from(*public);
    // Decoding the signature is cheap and refuses bad hints and norms; the key is expanded after.
    let Ok(signature) = Signature::<MlDsa87>::try_from(signature.as_slice()) else { return false };
    VerifyingKey::<MlDsa87>::decode(&public).verify_with_context(message, &[], &signature)
}
