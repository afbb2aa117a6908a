//! Keys and signatures equal those of independent implementations byte for byte: `ml-dsa` against
//! `fips204`, `slh-dsa` against `fips205`.

use althing_crypto::{SchemeId, signing::signing_scheme};
use fips204::traits::{KeyGen as _, SerDes as _, Signer as _};
use fips205::traits::{KeyGen as _, SerDes as _, Signer as _};

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
