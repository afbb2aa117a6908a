//! All our backends and independent implementations give the same keys, signatures and verdicts:
//! `ml-dsa` and `aws-lc-rs` against `fips204`, `slh-dsa` against `fips205`.

mod common;

use althing_crypto::{SchemeId, signing::signing_scheme};
use common::{SIGNED, Signed, agreed};
use fips204::traits::{KeyGen as _, SerDes as _, Signer as _, Verifier as _};
use fips205::traits::{KeyGen as _, SerDes as _, Signer as _, Verifier as _};
use proptest::prelude::*;

/// The verdict of the independent implementation; bytes of another length are invalid.
fn oracle(signed: &Signed) -> bool {
    macro_rules! verdict {
        ($set:path) => {{
            use $set as set;
            let (Ok(public), Ok(signature)) =
                (signed.public.as_slice().try_into(), signed.signature.as_slice().try_into())
            else {
                return false;
            };
            set::PublicKey::try_from_bytes(public)
                .is_ok_and(|public| public.verify(&signed.message, &signature, &[]))
        }};
    }
    match signed.scheme {
        SchemeId::ML_DSA_44 => verdict!(fips204::ml_dsa_44),
        SchemeId::ML_DSA_65 => verdict!(fips204::ml_dsa_65),
        SchemeId::SLH_DSA_128S => verdict!(fips205::slh_dsa_sha2_128s),
        other => panic!("scheme {other} has no independent implementation"),
    }
}

fn ours(signed: &Signed) -> bool {
    agreed(&signed.check())
}

fn signed(id: SchemeId) -> Signed {
    SIGNED.iter().find(|signed| signed.scheme == id).expect("every scheme is there").clone()
}

#[test]
fn ml_dsa_keys_and_signatures_equal_the_independent_ones() {
    macro_rules! equal {
        ($set:path, $id:expr) => {{
            use $set as set;
            for seed in [[0; 32], [0x2a; 32], [0xff; 32]] {
                let scheme = signing_scheme($id).unwrap();
                let pair = scheme.generate_from_seed(&seed).unwrap();
                let (public, secret) = set::KG::keygen_from_seed(&seed);
                assert!(pair.public == public.into_bytes());
                let made = scheme.sign(&pair.secret, b"aye").unwrap();
                let theirs = secret.try_sign_with_seed(&[0; 32], b"aye", &[]).unwrap();
                assert!(made == theirs);
            }
        }};
    }
    equal!(fips204::ml_dsa_44, SchemeId::ML_DSA_44);
    equal!(fips204::ml_dsa_65, SchemeId::ML_DSA_65);
}

#[test]
fn slh_dsa_keys_and_signatures_equal_the_independent_ones() {
    let seed: Vec<u8> = (0..48).collect();
    let scheme = signing_scheme(SchemeId::SLH_DSA_128S).unwrap();
    let pair = scheme.generate_from_seed(&seed).unwrap();
    let part = |at: usize| -> [u8; 16] { seed[at..at + 16].try_into().unwrap() };
    let (public, secret) =
        fips205::slh_dsa_sha2_128s::KG::keygen_from_seed(&part(0), &part(16), &part(32));
    assert_eq!(pair.public, public.into_bytes());
    let made = scheme.sign(&pair.secret, b"aye").unwrap();
    let theirs = secret.try_sign(b"aye", &[], false).unwrap();
    assert!(made == theirs);
}

#[test]
fn both_accept_what_ours_signed() {
    for id in [SchemeId::ML_DSA_44, SchemeId::ML_DSA_65, SchemeId::SLH_DSA_128S] {
        let signed = signed(id);
        assert!(ours(&signed) && oracle(&signed), "scheme {id}");
    }
}

/// The hint section at the end of an ML-DSA signature: `omega` positions, then `k` ends.
fn hint_bytes(id: SchemeId) -> usize {
    if id == SchemeId::ML_DSA_44 { 80 + 4 } else { 55 + 6 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    /// The decoder's hint rules are where implementations have disagreed before.
    #[test]
    fn ml_dsa_verdicts_agree_on_spoilt_hints(
        id in prop_oneof![Just(SchemeId::ML_DSA_44), Just(SchemeId::ML_DSA_65)],
        from_end in 1..84_usize, value in any::<u8>(), swap in any::<bool>(),
    ) {
        let mut signed = signed(id);
        let len = signed.signature.len();
        let at = len - from_end.min(hint_bytes(id));
        if swap && at + 1 < len {
            signed.signature.swap(at, at + 1);
        } else {
            signed.signature[at] = value;
        }
        prop_assert_eq!(ours(&signed), oracle(&signed));
    }

    /// Extreme values of the response vector test the norm bound.
    #[test]
    fn ml_dsa_verdicts_agree_on_spoilt_bytes(
        id in prop_oneof![Just(SchemeId::ML_DSA_44), Just(SchemeId::ML_DSA_65)],
        at in any::<prop::sample::Index>(), value in prop_oneof![Just(0), Just(0xff), any::<u8>()],
        run in 1..6_usize, in_public in any::<bool>(),
    ) {
        let mut signed = signed(id);
        let bytes = if in_public { &mut signed.public } else { &mut signed.signature };
        let start = at.index(bytes.len());
        let end = (start + run).min(bytes.len());
        bytes[start..end].fill(value);
        prop_assert_eq!(ours(&signed), oracle(&signed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn slh_dsa_verdicts_agree_on_spoilt_bytes(at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut signed = signed(SchemeId::SLH_DSA_128S);
        let at = at.index(signed.signature.len());
        signed.signature[at] = value;
        prop_assert_eq!(ours(&signed), oracle(&signed));
    }
}
