//! Key encapsulation: one public key for each seed, one secret for each ciphertext, and the same
//! public keys refused, whoever is asked.

use althing_crypto::{
    SchemeId, kem,
    signing::{OsEntropy, random_kem},
};
use proptest::prelude::*;

use crate::verdicts::{kem_keys, opened, sealed};

const CIPHERTEXT: usize = 1088;

#[test]
fn all_derive_seal_and_open_alike() {
    for byte in [0, 1, 0x2a, 0xff] {
        let keys = kem_keys(&[byte; 64]);
        for coins in [[0; 32], [0xff; 32], [byte ^ 0x33; 32]] {
            let (ciphertext, shared) = sealed(&keys.public, &coins).unwrap();
            assert_eq!(opened(&keys, &ciphertext), Some(shared));
        }
    }
}

/// The compressed vector and the compressed polynomial: 3 * 320 and 128 bytes.
#[test]
fn a_spoilt_region_opens_to_another_secret_the_same_for_all() {
    let keys = kem_keys(&[9; 64]);
    let (ciphertext, shared) = sealed(&keys.public, &[4; 32]).unwrap();
    for region in [0..320, 320..640, 640..960, 960..CIPHERTEXT] {
        for at in [region.start, region.start + 77, region.end - 1] {
            let mut spoilt = ciphertext.clone();
            spoilt[at] ^= 1 << (at % 8);
            let other = opened(&keys, &spoilt).unwrap();
            assert_ne!(other, shared);
        }
    }
    for fill in [0, 0xff] {
        assert_ne!(opened(&keys, &[fill; CIPHERTEXT]).unwrap(), shared);
    }
}

#[test]
fn other_lengths_are_refused_by_all() {
    let keys = kem_keys(&[9; 64]);
    let (ciphertext, _) = sealed(&keys.public, &[4; 32]).unwrap();
    let longer = |bytes: &[u8]| [bytes, &[0]].concat();
    for bytes in [&ciphertext[1..], &ciphertext[..CIPHERTEXT - 1], &longer(&ciphertext), &[]] {
        assert_eq!(opened(&keys, bytes), None);
    }
    let public = &keys.public;
    for bytes in [&public[1..], &public[..public.len() - 1], &longer(public), &[]] {
        assert_eq!(sealed(bytes, &[4; 32]), None);
    }
}

/// FIPS 203, 7.2: a coefficient of the public key at or above the modulus is refused; one below it
/// is not, whatever it is.
#[test]
fn a_public_key_out_of_range_is_refused_by_all() {
    let keys = kem_keys(&[9; 64]);
    for coefficient in [0, 1, 255, 767] {
        for (value, valid) in [(0_u16, true), (3_328, true), (3_329, false), (4_095, false)] {
            let mut public = keys.public.clone();
            // Two coefficients of twelve bits in three bytes.
            let at = coefficient / 2 * 3;
            let pair = u32::from_le_bytes([public[at], public[at + 1], public[at + 2], 0]);
            let pair = if coefficient % 2 == 0 {
                (pair & 0xff_f000) | u32::from(value)
            } else {
                (pair & 0x00_0fff) | u32::from(value) << 12
            };
            public[at..at + 3].copy_from_slice(&pair.to_le_bytes()[..3]);
            assert_eq!(sealed(&public, &[4; 32]).is_some(), valid, "{coefficient} {value}");
        }
    }
}

/// The name of KEM 32 says round 3, which would share nothing with ML-KEM. The code behind it is
/// the later draft revision (C9); if an update of the backend changes that, this test says so.
#[test]
fn what_kem_32_and_33_seal_opens_the_same_for_all() {
    let kyber = random_kem(SchemeId::KYBER_768_R3).unwrap();
    let keys = kem_keys(&[0x17; 64]);
    for _ in 0..8 {
        let made = kyber.encapsulate(&keys.public, &mut OsEntropy).unwrap();
        assert_eq!(opened(&keys, &made.ciphertext).unwrap(), made.shared.expose());
    }
    let ml_kem = kem(SchemeId::ML_KEM_768).unwrap();
    let pair = kyber.generate(&mut OsEntropy).unwrap();
    let made = ml_kem.encapsulate_from_coins(&pair.public, &[6; 32]).unwrap();
    let shared = kyber.decapsulate(&pair.secret, &made.ciphertext).unwrap();
    assert_eq!(shared.expose(), made.shared.expose());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn all_agree_on_spoilt_ciphertexts_and_public_keys(
        seed in any::<[u8; 32]>(), coins in any::<[u8; 32]>(),
        at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..9),
    ) {
        let keys = kem_keys(&[seed, coins].concat().try_into().unwrap());
        let (ciphertext, shared) = sealed(&keys.public, &coins).unwrap();
        let mut spoilt = ciphertext.clone();
        let start = at.index(spoilt.len() - bytes.len());
        spoilt[start..start + bytes.len()].copy_from_slice(&bytes);
        let found = opened(&keys, &spoilt).unwrap();
        prop_assert_eq!(found == shared, spoilt == ciphertext);

        let mut public = keys.public.clone();
        let start = at.index(public.len() - bytes.len());
        public[start..start + bytes.len()].copy_from_slice(&bytes);
        sealed(&public, &coins);
    }

    #[test]
    fn all_agree_on_garbage(ciphertext in prop::collection::vec(any::<u8>(), CIPHERTEXT)) {
        opened(&kem_keys(&[9; 64]), &ciphertext).unwrap();
    }
}
