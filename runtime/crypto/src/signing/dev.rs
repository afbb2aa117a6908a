//! The published key pair of the development member on scheme 1 (C11).

use super::KeyPair;
use crate::secret::Secret;

/// Secret seed and secret PRF key, readable on purpose: nobody can take this for a secret.
const SECRET_SEEDS: &[u8; 32] = b"ALTHING DEV MEMBER: NOT A SECRET";
/// Public seed, readable too.
const PUBLIC_SEED: &[u8; 16] = b"public knowledge";
/// The root of the hypertree that the three seeds determine. SLH-DSA derives keys in the same way
/// as round 3.1 did, so its seeded generation computed this; a test repeats it.
const ROOT: [u8; 16] = [
    0xac, 0x9e, 0x2e, 0xcb, 0xc6, 0xdf, 0x67, 0xcd, 0xfa, 0x3a, 0x52, 0xa5, 0xfe, 0xf5, 0x78, 0x75,
];

/// The key pair of the development member on scheme 1 (`sphincs+-sha2-128s-r3`), whose backend
/// cannot derive keys from seeds.
///
/// The secret is printed in this file: whoever holds value under it gives it away. Development
/// chains only; no other chain may have it in its genesis.
#[must_use]
pub fn dev_sphincs_r3() -> KeyPair {
    let public = [PUBLIC_SEED.as_slice(), ROOT.as_slice()].concat();
    let secret = [SECRET_SEEDS.as_slice(), public.as_slice()].concat();
    KeyPair { public, secret: Secret::new(secret) }
}

#[cfg(test)]
mod tests {
    use althing_primitives::SchemeId;

    use super::{PUBLIC_SEED, SECRET_SEEDS, dev_sphincs_r3};
    use crate::signing::signing_scheme;

    #[test]
    fn the_dev_key_is_the_one_its_seeds_determine() {
        let seed = [SECRET_SEEDS.as_slice(), PUBLIC_SEED.as_slice()].concat();
        let slh_dsa = signing_scheme(SchemeId::SLH_DSA_128S).unwrap();
        let derived = slh_dsa.generate_from_seed(&seed).unwrap();
        let dev = dev_sphincs_r3();
        assert_eq!(dev.public, derived.public);
        assert_eq!(dev.secret.expose(), derived.secret.expose());
    }

    #[test]
    fn the_dev_key_signs_under_scheme_1() {
        let dev = dev_sphincs_r3();
        let scheme = signing_scheme(SchemeId::SPHINCS_R3).unwrap();
        assert_eq!(scheme.public_of(&dev.secret).unwrap(), dev.public);
        let signature = scheme.sign(&dev.secret, b"aye").unwrap();
        assert!(scheme.verify(&dev.public, b"aye", &signature));
    }
}
