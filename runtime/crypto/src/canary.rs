//! Public keys that nobody holds the secret of, because they are the output of a hash, and what is
//! signed by whoever can sign under them all the same.

use althing_primitives::{AccountId, Hash256, SchemeId, blake2_256};
use parity_scale_codec::Encode;

use crate::{Purpose, domain};

/// The 14-bit numbers of an encoded public key of scheme 5, and the first one that is none.
const FN_DSA_COEFFICIENTS: usize = 512;
const FN_DSA_Q: u16 = 12_289;
const FN_DSA_HEADER: u8 = 0x09;

/// The public key of `public_bytes` that follows for `scheme` from `genesis` (CAN2): the stream
/// BLAKE2b-256 of `althing:canary:v1`, genesis, scheme and a counter from 0 (`u32`), cut to length.
///
/// For the schemes of lattices and hashes any bytes are a key, and whoever finds a signature under
/// this one has broken the scheme: the stream leaves no room to hide a secret in. A public key of
/// scheme 5 is numbers below 12289, so there the stream gives them, two bytes for each, and those
/// that are too large are passed over.
#[must_use]
pub fn canary_key(genesis: &Hash256, scheme: SchemeId, public_bytes: usize) -> Vec<u8> {
    let stream = (0_u32..).flat_map(|counter| {
        blake2_256(&(b"althing:canary:v1", genesis, scheme, counter).encode()).0
    });
    if scheme == SchemeId::FN_DSA_512 {
        return fn_dsa_key(stream);
    }
    stream.take(public_bytes).collect()
}

/// What a finder signs under a canary's key (CAN4): the domain tag, then in SCALE the genesis hash,
/// the scheme, the canary (0 derived, 1 reduced) and the finder's account, so that nobody else can
/// hand it in.
#[must_use]
pub fn canary_message(
    genesis: &Hash256,
    scheme: SchemeId,
    canary: u8,
    finder: &AccountId,
) -> Vec<u8> {
    let mut bytes = domain(Purpose::Canary).to_vec();
    (genesis, scheme, canary, finder).encode_to(&mut bytes);
    bytes
}

/// The header, then numbers of 14 bits, the lowest bit first.
fn fn_dsa_key(mut stream: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut number = || loop {
        let (low, high) = (stream.next().unwrap_or(0), stream.next().unwrap_or(0));
        let number = u16::from_le_bytes([low, high]) >> 2;
        if number < FN_DSA_Q {
            return number;
        }
    };
    let mut bytes = vec![FN_DSA_HEADER];
    let (mut held, mut bits) = (0_u32, 0_u32);
    for _ in 0..FN_DSA_COEFFICIENTS {
        // Fewer than 8 bits are held, so 14 more fit.
        held |= u32::from(number()).wrapping_shl(bits);
        bits = bits.saturating_add(14);
        while bits >= 8 {
            bytes.push(held.to_le_bytes()[0]);
            held >>= 8;
            bits = bits.saturating_sub(8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schemes;

    const GENESIS: Hash256 = Hash256([7; 32]);

    #[test]
    fn every_canary_is_a_key_of_its_scheme_and_of_its_chain() {
        for scheme in schemes() {
            let public = canary_key(&GENESIS, scheme.id(), scheme.sizes().public);
            assert_eq!(public.len(), scheme.sizes().public, "{}", scheme.name());
            if scheme.canonical().prepares() {
                assert!(scheme.canonical().prepare(&public).is_some(), "{}", scheme.name());
            }
            let elsewhere = canary_key(&Hash256([8; 32]), scheme.id(), scheme.sizes().public);
            assert_ne!(public, elsewhere);
            let signature = vec![0; scheme.sizes().signature];
            assert!(!scheme.verify(&public, b"", &signature));
        }
    }

    #[test]
    fn a_canary_is_the_specified_stream() {
        let first = blake2_256(&(b"althing:canary:v1", GENESIS, 4_u16, 0_u32).encode());
        assert_eq!(canary_key(&GENESIS, SchemeId::SLH_DSA_128S, 32), first.0);
    }
}
