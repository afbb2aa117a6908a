//! Wycheproof: ML-DSA-44 and ML-DSA-65 verdicts, ML-DSA-65 signatures, ML-KEM-768 in three files.
//!
//! Our interface has no context, so tests that have one go to `ml-dsa` and `fips204` directly.

use althing_crypto::{Check, SchemeId, Secret, kem, signing::signing_scheme};
use fips204::traits::{KeyGen as _, SerDes as _, Signer as _};
use ml_dsa::{MlDsa44, MlDsa65, MlDsaParams};
use serde_json::Value;

use crate::{
    public_vectors::{assert_ran, groups, hex, tests},
    verdicts::{agreed, independent, kem_keys, opened, sealed},
};

fn is_valid(test: &Value) -> bool {
    test["result"] == "valid"
}

fn canonical<P: MlDsaParams>(check: &Check<'_>, context: &[u8]) -> bool {
    let Ok(public) = check.public.try_into() else { return false };
    let Ok(signature) = ml_dsa::Signature::<P>::try_from(check.signature) else { return false };
    let key = ml_dsa::VerifyingKey::<P>::decode(public);
    key.verify_with_context(check.message, context, &signature)
}

fn ml_dsa_verdicts<P: MlDsaParams>(file: &str, scheme: SchemeId, least: usize) {
    let mut ran = 0;
    for group in groups(file) {
        let public = &hex(&group["publicKey"]);
        for test in tests(&group) {
            let (message, signature) = (&hex(&test["msg"]), &hex(&test["sig"]));
            let (context, valid, id) = (hex(&test["ctx"]), is_valid(test), &test["tcId"]);
            let check = Check { scheme, public, message, signature };
            assert_eq!(canonical::<P>(&check, &context), valid, "{file} {id}");
            assert_eq!(independent(&check, &context), Some(valid), "{file} {id}");
            if context.is_empty() {
                assert_eq!(agreed(&check), valid, "{file} {id}");
            } else {
                assert!(!agreed(&check), "{file} {id}: the context is not ours");
            }
            ran += 1;
        }
    }
    assert_ran(ran, least);
}

#[test]
fn ml_dsa_44_verdicts_hold() {
    ml_dsa_verdicts::<MlDsa44>("wycheproof/mldsa_44_verify_test.json", SchemeId::ML_DSA_44, 180);
}

#[test]
fn ml_dsa_65_verdicts_hold() {
    ml_dsa_verdicts::<MlDsa65>("wycheproof/mldsa_65_verify_test.json", SchemeId::ML_DSA_65, 210);
}

#[test]
fn ml_dsa_65_signatures_hold() {
    let (mut theirs, mut ours) = (0, 0);
    for group in groups("wycheproof/mldsa_65_sign_seed_test.json") {
        let seed = hex(&group["privateSeed"]);
        for test in tests(&group) {
            let flag = |name: &str| test["flags"].as_array().unwrap().iter().any(|f| f == name);
            // The internal interface and hedged signatures are not ours.
            if !flag("Internal") && !flag("Randomized") {
                let asked = ml_dsa_65_signature(&seed, &hex(&group["publicKey"]), test);
                theirs += usize::from(asked[0]);
                ours += usize::from(asked[1]);
            }
        }
    }
    assert_ran(theirs, 84);
    assert_ran(ours, 83);
}

/// Whether the independent implementation and ours could be asked.
fn ml_dsa_65_signature(seed: &[u8], public: &[u8], test: &Value) -> [bool; 2] {
    use fips204::ml_dsa_65 as fips;
    let (message, context, made) = (hex(&test["msg"]), hex(&test["ctx"]), hex(&test["sig"]));
    let id = &test["tcId"];
    let ours = context.is_empty() && (is_valid(test) || seed.len() != 32);
    let theirs = seed.try_into();
    if let Ok(seed) = theirs {
        let (key, secret) = fips::KG::keygen_from_seed(seed);
        match secret.try_sign_with_seed(&[0; 32], &message, &context) {
            Ok(signature) => {
                assert!(is_valid(test) && key.into_bytes()[..] == *public, "tcId {id}");
                assert!(signature[..] == made, "tcId {id}");
            }
            Err(_) => assert!(!is_valid(test), "tcId {id}"),
        }
    }
    if ours {
        let scheme = signing_scheme(SchemeId::ML_DSA_65).unwrap();
        match scheme.signer(&Secret::new(seed.to_vec())) {
            Ok(signer) => {
                assert!(is_valid(test) && signer.public() == public, "tcId {id}");
                assert!(signer.sign(&message).unwrap() == made, "tcId {id}");
            }
            Err(_) => assert!(!is_valid(test), "tcId {id}"),
        }
    }
    [theirs.is_ok(), ours]
}

#[test]
fn ml_kem_768_keys_hold() {
    let mut ran = 0;
    for group in groups("wycheproof/mlkem_768_keygen_seed_test.json") {
        for test in tests(&group) {
            let keys = kem_keys(&hex(&test["seed"]).try_into().unwrap());
            assert!(keys.public == hex(&test["ek"]), "tcId {}", test["tcId"]);
            assert!(keys.expanded.expose() == hex(&test["dk"]), "tcId {}", test["tcId"]);
            ran += 1;
        }
    }
    assert_ran(ran, 100);
}

#[test]
fn ml_kem_768_encapsulations_hold() {
    let mut ran = 0;
    for group in groups("wycheproof/mlkem_768_encaps_test.json") {
        for test in tests(&group) {
            let made = sealed(&hex(&test["ek"]), &hex(&test["m"]).try_into().unwrap());
            let known = is_valid(test).then(|| (hex(&test["c"]), hex(&test["K"])));
            assert!(made == known, "tcId {}", test["tcId"]);
            ran += 1;
        }
    }
    assert_ran(ran, 265);
}

#[test]
fn ml_kem_768_decapsulations_hold() {
    let ml_kem = kem(SchemeId::ML_KEM_768).unwrap();
    let mut ran = 0;
    for group in groups("wycheproof/mlkem_768_test.json") {
        for test in tests(&group) {
            let (seed, ciphertext) = (hex(&test["seed"]), hex(&test["c"]));
            let known = is_valid(test).then(|| hex(&test["K"]));
            let found = match <[u8; 64]>::try_from(seed.as_slice()) {
                Ok(seed) => opened(&kem_keys(&seed), &ciphertext),
                Err(_) => ml_kem
                    .decapsulate(&Secret::new(seed), &ciphertext)
                    .ok()
                    .map(|shared| shared.expose().to_vec()),
            };
            assert_eq!(found, known, "tcId {}", test["tcId"]);
            ran += 1;
        }
    }
    assert_ran(ran, 193);
}
