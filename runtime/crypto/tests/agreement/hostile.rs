//! Spoilt signatures are refused, hostile bytes never panic, batches equal single checks.

use std::{num::NonZeroU32, sync::Arc};

use althing_crypto::{
    Backends, Check, KemError, KeyCache, SchemeId, Secret, Verifier, VerifyError, kem, kems,
    scheme, schemes,
    signing::{OsEntropy, SigningError, random_kem, signing_scheme},
};
use proptest::prelude::*;

use crate::{
    samples::{Counting, SIGNED, Signed, signed},
    verdicts::agreed,
};

/// Every byte of a short field, about six hundred of a long one, and always both ends.
fn positions(len: usize) -> impl Iterator<Item = usize> {
    let step = len.div_ceil(600);
    (0..len).step_by(step).chain(len.checked_sub(1))
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1 << (at % 8);
    bytes
}

#[test]
fn a_fresh_signature_is_valid() {
    for signed in SIGNED.iter() {
        assert_eq!(signed.check().verify(), Ok(()), "scheme {}", signed.scheme);
    }
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    for signed in SIGNED.iter() {
        let mut spoilt: Vec<Signed> = Vec::new();
        for at in positions(signed.public.len()) {
            spoilt.push(Signed { public: flipped(&signed.public, at), ..signed.clone() });
        }
        for at in positions(signed.message.len()) {
            spoilt.push(Signed { message: flipped(&signed.message, at), ..signed.clone() });
        }
        for at in positions(signed.signature.len()) {
            spoilt.push(Signed { signature: flipped(&signed.signature, at), ..signed.clone() });
        }
        let checks: Vec<_> = spoilt.iter().map(Signed::check).collect();
        let all = [
            Verifier::new(Backends::Canonical),
            Verifier::new(Backends::Fast),
            Verifier::new(Backends::Fast).with_keys(Arc::new(KeyCache::new(1 << 20))),
        ];
        for verifier in all {
            for (verdict, check) in verifier.verify_all(&checks).unwrap().iter().zip(&checks) {
                assert_eq!(*verdict, Err(VerifyError::Invalid), "scheme {}", check.scheme);
            }
        }
    }
}

#[test]
fn other_lengths_are_refused_by_name_and_by_the_scheme_itself() {
    for signed in SIGNED.iter() {
        let backend = scheme(signed.scheme).unwrap();
        let (public, message, signature) = (&signed.public, &signed.message, &signed.signature);
        for cut in [0, 1, signature.len() - 1] {
            assert!(!backend.verify(public, message, &signature[..cut]));
        }
        for cut in [0, 1, public.len() - 1] {
            assert!(!backend.verify(&public[..cut], message, signature));
        }
        let longer = [signature.as_slice(), &[0]].concat();
        assert!(!backend.verify(public, message, &longer));
        let expected =
            VerifyError::SignatureSize { expected: signature.len(), found: signature.len() + 1 };
        assert_eq!(Check { signature: &longer, ..signed.check() }.verify(), Err(expected));
        let longer = [public.as_slice(), &[0]].concat();
        assert!(!backend.verify(&longer, message, signature));
        let expected =
            VerifyError::PublicKeySize { expected: public.len(), found: public.len() + 1 };
        assert_eq!(Check { public: &longer, ..signed.check() }.verify(), Err(expected));
        assert!(!backend.verify(&[], &[], &[]));
    }
}

#[test]
fn a_longer_or_shorter_message_is_refused() {
    for signed in SIGNED.iter() {
        let longer = [signed.message.as_slice(), &[0]].concat();
        for message in [longer.as_slice(), &signed.message[1..], &[]] {
            let check = Check { message, ..signed.check() };
            assert_eq!(check.verify(), Err(VerifyError::Invalid));
        }
    }
}

#[test]
fn a_batch_gives_the_verdicts_of_single_checks_in_order() {
    let mut owned: Vec<Signed> = Vec::new();
    for round in 0..4 {
        for signed in SIGNED.iter() {
            owned.push(signed.clone());
            let spoilt = flipped(&signed.signature, 17 + round);
            owned.push(Signed { signature: spoilt, ..signed.clone() });
            owned.push(Signed { scheme: SchemeId(900), ..signed.clone() });
            owned.push(Signed { signature: Vec::new(), ..signed.clone() });
        }
    }
    let checks: Vec<_> = owned.iter().map(Signed::check).collect();
    let keys = Arc::new(KeyCache::new(1 << 22));
    for len in [0, 1, 2, 3, checks.len()] {
        let single: Vec<_> = checks[..len].iter().map(Check::verify).collect();
        for verifier in [
            Verifier::default(),
            Verifier::new(Backends::Fast),
            Verifier::new(Backends::Fast).with_keys(Arc::clone(&keys)),
        ] {
            assert_eq!(verifier.verify_all(&checks[..len]), Ok(single.clone()), "{verifier:?}");
        }
    }
    let valid = checks.iter().filter(|check| check.verify().is_ok()).count();
    assert_eq!(valid, 4 * SIGNED.len());
}

/// Backends that check several signatures together get them from all over the batch.
#[test]
fn verdicts_come_in_order_from_batches_of_every_size() {
    let slh_dsa = signed(SchemeId::SLH_DSA_128S);
    let owned: Vec<Signed> = (0..70)
        .map(|number| match number % 5 {
            0 => Signed { signature: flipped(&slh_dsa.signature, number), ..slh_dsa.clone() },
            1 => Signed { signature: Vec::new(), ..slh_dsa.clone() },
            2 => SIGNED[1].clone(),
            _ => slh_dsa.clone(),
        })
        .collect();
    let checks: Vec<_> = owned.iter().map(Signed::check).collect();
    let single: Vec<_> = checks.iter().map(Check::verify).collect();
    let verifier = Verifier::new(Backends::Fast).cross_checking(NonZeroU32::MIN);
    for len in [3, 4, 16, 17, 33, 70] {
        assert_eq!(verifier.verify_all(&checks[..len]), Ok(single[..len].to_vec()));
    }
}

/// Whether these are enough is for whoever measures (C10).
#[test]
fn weights_are_those_of_the_specification() {
    let us = schemes().iter().map(|scheme| (scheme.verify_weight() / 1_000_000).to_string());
    let us: Vec<_> = us.collect();
    let (last, first) = us.split_last().unwrap();
    let said =
        format!("{} and {last} microseconds for schemes 1 to {}", first.join(", "), us.len());
    let spec = include_str!("../../../../specs/cryptography.md");
    let spec: Vec<_> = spec.split_whitespace().collect();
    assert!(spec.join(" ").contains(&said), "{said}");
}

#[test]
fn seeds_and_secrets_of_other_lengths_are_refused() {
    for scheme in schemes() {
        let signing = signing_scheme(scheme.id()).unwrap();
        let sizes = signing.sizes();
        for found in [0, sizes.secret - 1, sizes.secret + 1] {
            let error = signing.sign(&Secret::new(vec![0; found]), b"").unwrap_err();
            assert_eq!(error, SigningError::SecretSize { expected: sizes.secret, found });
        }
        let Some(expected) = sizes.seed else { continue };
        for found in [0, expected - 1, expected + 1] {
            let error = signing.generate_from_seed(&vec![0; found]).unwrap_err();
            assert_eq!(error, SigningError::SeedSize { expected, found });
        }
    }
}

#[test]
fn the_same_entropy_gives_the_same_keys_where_a_scheme_has_seeds() {
    for scheme in schemes() {
        let signing = signing_scheme(scheme.id()).unwrap();
        let one = signing.generate(&mut Counting(9)).unwrap();
        let other = signing.generate(&mut Counting(9)).unwrap();
        assert_eq!(one.public == other.public, signing.sizes().seed.is_some());
    }
}

#[test]
fn both_ends_of_an_encapsulation_share_the_secret() {
    for kem in kems() {
        let random = random_kem(kem.id()).unwrap();
        let pair = random.generate(&mut OsEntropy).unwrap();
        let made = random.encapsulate(&pair.public, &mut OsEntropy).unwrap();
        let sizes = kem.sizes();
        assert_eq!(
            (pair.public.len(), pair.secret.expose().len(), made.ciphertext.len()),
            (sizes.public, sizes.secret, sizes.ciphertext),
        );
        assert_eq!(made.shared.expose().len(), sizes.shared);
        let shared = kem.decapsulate(&pair.secret, &made.ciphertext).unwrap();
        assert_eq!(shared.expose(), made.shared.expose());

        let spoilt = flipped(&made.ciphertext, 500);
        let other = kem.decapsulate(&pair.secret, &spoilt).unwrap();
        assert_ne!(other.expose(), made.shared.expose());
        assert!(kem.decapsulate(&pair.secret, &spoilt[1..]).is_err());
        assert!(kem.decapsulate(&Secret::new(Vec::new()), &spoilt).is_err());
        assert!(random.encapsulate(&pair.public[1..], &mut OsEntropy).is_err());
    }
}

#[test]
fn only_ml_kem_refuses_a_public_key_out_of_range() {
    let public = [0xff; 1184];
    let refused = kem(SchemeId::ML_KEM_768).unwrap().encapsulate_from_coins(&public, &[6; 32]);
    assert_eq!(refused.unwrap_err(), KemError::PublicKey);
    let kyber = random_kem(SchemeId::KYBER_768_R3).unwrap();
    assert!(kyber.encapsulate(&public, &mut OsEntropy).is_ok());
}

/// Bytes of exactly the right length or of any other.
fn bytes(exact: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), exact),
        1 => prop::collection::vec(any::<u8>(), 0..exact + 9),
        1 => any::<u8>().prop_map(move |byte| vec![byte; exact]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn garbage_is_refused_without_a_panic(
        (scheme, public, signature) in (0..schemes().len()).prop_flat_map(|index| {
            let scheme = schemes()[index];
            let sizes = scheme.sizes();
            (Just(scheme.id()), bytes(sizes.public), bytes(sizes.signature))
        }),
        message in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let check = Check { scheme, public: &public, message: &message, signature: &signature };
        prop_assert!(!agreed(&check));
    }

    #[test]
    fn garbage_to_a_kem_never_panics(
        public in bytes(1184), secret in bytes(2400), seed in bytes(64), ciphertext in bytes(1088),
    ) {
        for kem in kems() {
            let _ = kem.encapsulate_from_coins(&public, &[7; 32]);
            let _ = random_kem(kem.id()).unwrap().encapsulate(&public, &mut Counting(1));
            let _ = kem.decapsulate(&Secret::new(secret.clone()), &ciphertext);
            let _ = kem.decapsulate(&Secret::new(seed.clone()), &ciphertext);
        }
    }
}
