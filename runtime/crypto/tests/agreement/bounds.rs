//! Lengths, messages around the blocks of hashes, encodings at their bounds, keys made to deceive a
//! parser.

use althing_crypto::{Check, SchemeId, signing::signing_scheme};
use fips204::{
    ml_dsa_65,
    traits::{SerDes as _, Signer as _},
};

use crate::{
    samples::{Counting, SIGNED, signed},
    verdicts::agreed,
};

#[test]
fn all_accept_what_was_signed_and_nothing_of_another_length() {
    for signed in SIGNED.iter() {
        assert!(agreed(&signed.check()), "scheme {}", signed.scheme);
        for cut in [0, 1, 22, signed.public.len() - 1] {
            assert!(!agreed(&Check { public: &signed.public[..cut], ..signed.check() }));
        }
        for cut in [0, 1, 32, signed.signature.len() - 1] {
            assert!(!agreed(&Check { signature: &signed.signature[..cut], ..signed.check() }));
        }
        for more in [1, 22, 1000] {
            let longer = [signed.public.as_slice(), &vec![0; more]].concat();
            assert!(!agreed(&Check { public: &longer, ..signed.check() }));
            let longer = [signed.signature.as_slice(), &vec![0; more]].concat();
            assert!(!agreed(&Check { signature: &longer, ..signed.check() }));
        }
    }
}

#[test]
fn all_accept_messages_of_every_length_around_the_blocks_of_the_hashes() {
    for id in [SchemeId::ML_DSA_44, SchemeId::ML_DSA_65, SchemeId::FN_DSA_512] {
        let scheme = signing_scheme(id).unwrap();
        let pair = scheme.generate(&mut Counting(40)).unwrap();
        let signer = scheme.signer(&pair.secret).unwrap();
        for length in (0..10).chain(60..75).chain(125..145).chain([500, 5_000]) {
            let message = vec![7; length];
            let signature = signer.sign(&message).unwrap();
            let check = Check {
                scheme: id,
                public: &pair.public,
                message: &message,
                signature: &signature,
            };
            assert!(agreed(&check), "scheme {id}, {length} bytes");
        }
    }
}

/// The X.509 form of an ML-DSA-44 key is 22 bytes of header and the key. `aws-lc-rs` looks for it
/// in front of every key it is given and does not mind bytes behind it.
const X509_ML_DSA_44: [u8; 22] =
    *b"\x30\x82\x05\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x03\x82\x05\x21\x00";

/// An ML-DSA-65 key whose public seed begins with `start`. Its secret vectors are zero, which
/// saves this test the arithmetic; anybody can make one with secrets.
fn key_that_begins_with(start: &[u8]) -> (Vec<u8>, ml_dsa_65::PrivateKey) {
    let mut public = vec![0; 1952];
    public[..start.len()].copy_from_slice(start);
    // rho, K, and the hash of the public key; then s1 and s2 at 4 bits and t0 at 13 bits for each
    // coefficient, where the encoding of zero is eta and 2^12.
    let mut secret = public[..32].to_vec();
    secret.extend([9; 32]);
    secret.extend(shake256_64(&public));
    secret.extend([0x44; (5 + 6) * 128]);
    let zero_t0: [u8; 13] = {
        let bits = (0..8).fold(0_u128, |bits, at| bits | 1 << (13 * at + 12));
        bits.to_le_bytes()[..13].try_into().expect("13 of 16 bytes")
    };
    secret.extend(zero_t0.repeat(6 * 256 / 8));
    let secret: [u8; 4032] = secret.try_into().expect("the parts add up");
    let secret = ml_dsa_65::PrivateKey::try_from_bytes(secret).expect("within its ranges");
    (public, secret)
}

fn shake256_64(bytes: &[u8]) -> [u8; 64] {
    fn_dsa_comm::hashed_vrfykey_from_vrfykey(bytes)
}

/// A key that can be read in two ways was once refused by the fast backend and accepted by the
/// canonical one: whoever made it could have split the chain.
#[test]
fn a_key_that_begins_like_a_key_of_another_form_is_a_key_like_any_other() {
    let ml_dsa_65 =
        b"\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00";
    for start in [&X509_ML_DSA_44[..], &ml_dsa_65[..], &[0x30, 0x82], &[]] {
        let (public, secret) = key_that_begins_with(start);
        let signature = secret.try_sign_with_seed(&[3; 32], b"aye", &[]).unwrap();
        let scheme = SchemeId::ML_DSA_65;
        let check = Check { scheme, public: &public, message: b"aye", signature: &signature };
        assert!(agreed(&check), "{start:x?}");
        assert!(!agreed(&Check { message: b"nay", ..check }));
    }
}

#[test]
fn all_agree_on_every_bound_of_an_fn_dsa_signature() {
    let signed = signed(SchemeId::FN_DSA_512);
    for header in 0..=u8::MAX {
        let mut spoilt = signed.clone();
        spoilt.signature[0] = header;
        assert_eq!(agreed(&spoilt.check()), header == 0x39);
        let mut spoilt = signed.clone();
        spoilt.public[0] = header;
        assert_eq!(agreed(&spoilt.check()), header == 0x09);
    }
    // Nothing but zeros, the largest low bits, negative zeros, long runs, padding that is not zero.
    for fill in [0x00, 0x80, 0x01, 0xff, 0x7f, 0xfe] {
        for from in [41, 300, 600, 665] {
            let mut spoilt = signed.clone();
            spoilt.signature[from..].fill(fill);
            agreed(&spoilt.check());
        }
    }
    // Coefficients at and beyond the modulus.
    for at in 1..8 {
        for fill in [0x00, 0x30, 0xc0, 0xff] {
            let mut spoilt = signed.clone();
            spoilt.public[at..at + 2].fill(fill);
            agreed(&spoilt.check());
        }
    }
}
