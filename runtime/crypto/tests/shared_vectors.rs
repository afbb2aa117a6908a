//! Whole public vector files, when the environment variable `ALTHING_VECTORS` names their folder
//! (`wycheproof/` from C2SP/wycheproof, `acvp/` from usnistgov/ACVP-Server). Without it these
//! tests have nothing to do; the extract in `specs/vectors/crypto` is always checked.
//!
//! What our interface cannot express (a context, FIPS 204's internal interface, expanded keys,
//! SLH-DSA parameter sets we do not use) goes to the backend crates directly.

#![expect(clippy::unwrap_used, reason = "a vector file of another shape fails the test")]

mod common;

use std::{fs, path::PathBuf};

use althing_crypto::{Check, SchemeId, Secret, kem, scheme_by_name, signing::signing_scheme};
use common::agreed;
use ml_dsa::{MlDsa44, MlDsa65, MlDsaParams};
use ml_kem::{MlKem768, kem::Decapsulate as _};
use serde_json::Value;
use slh_dsa::{ParameterSet, VerifyingKeyLen};

#[expect(clippy::disallowed_methods, reason = "a test may be told where large files are")]
fn groups(file: &str) -> Vec<Value> {
    let Ok(folder) = std::env::var("ALTHING_VECTORS") else { return Vec::new() };
    let path = PathBuf::from(folder).join(file);
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("ALTHING_VECTORS is set but {}: {error}", path.display()));
    let mut file: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(file["testGroups"].take()).unwrap()
}

fn tests(group: &Value) -> &[Value] {
    group["tests"].as_array().unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    const_hex::decode(value.as_str().unwrap_or_default()).unwrap()
}

fn is_valid(test: &Value) -> bool {
    test["result"] == "valid"
}

fn backend_verdict<P: MlDsaParams>(public: &[u8], test: &Value) -> bool {
    let Ok(public) = public.try_into() else { return false };
    let signature = hex(&test["sig"]);
    let Ok(signature) = ml_dsa::Signature::<P>::try_from(signature.as_slice()) else {
        return false;
    };
    let key = ml_dsa::VerifyingKey::<P>::decode(public);
    key.verify_with_context(&hex(&test["msg"]), &hex(&test["ctx"]), &signature)
}

fn wycheproof_verify<P: MlDsaParams>(file: &str, scheme: SchemeId) {
    for group in groups(file) {
        let public = hex(&group["publicKey"]);
        for test in tests(&group) {
            let verdict = backend_verdict::<P>(&public, test);
            assert_eq!(verdict, is_valid(test), "{file} tcId {}", test["tcId"]);
            if hex(&test["ctx"]).is_empty() {
                let (message, signature) = (&hex(&test["msg"]), &hex(&test["sig"]));
                let check = Check { scheme, public: &public, message, signature };
                assert_eq!(agreed(&check), is_valid(test), "{file} {}", test["tcId"]);
            }
        }
    }
}

#[test]
fn wycheproof_ml_dsa_verdicts_hold() {
    wycheproof_verify::<MlDsa44>("wycheproof/mldsa_44_verify_test.json", SchemeId::ML_DSA_44);
    wycheproof_verify::<MlDsa65>("wycheproof/mldsa_65_verify_test.json", SchemeId::ML_DSA_65);
}

#[test]
fn wycheproof_ml_dsa_65_signatures_hold() {
    let scheme = signing_scheme(SchemeId::ML_DSA_65).unwrap();
    for group in groups("wycheproof/mldsa_65_sign_seed_test.json") {
        let seed = Secret::new(hex(&group["privateSeed"]));
        for test in tests(&group) {
            let flag = |name: &str| test["flags"].as_array().unwrap().iter().any(|f| f == name);
            if test.get("ctx").is_some() || flag("Internal") || flag("Randomized") {
                continue;
            }
            match scheme.signer(&seed) {
                Ok(signer) => {
                    assert!(is_valid(test));
                    assert_eq!(signer.public(), hex(&group["publicKey"]));
                    let made = signer.sign(&hex(&test["msg"])).unwrap();
                    assert!(made == hex(&test["sig"]), "tcId {}", test["tcId"]);
                }
                Err(_) => assert!(!is_valid(test), "tcId {}", test["tcId"]),
            }
        }
    }
}

#[test]
fn acvp_keys_hold() {
    for file in ["acvp/ml-dsa-keygen-fips204.json", "acvp/slh-dsa-keygen-fips205.json"] {
        for group in groups(file) {
            let name = group["parameterSet"].as_str().unwrap().to_lowercase();
            let Some(scheme) = scheme_by_name(&name) else { continue };
            let scheme = signing_scheme(scheme.id()).unwrap();
            for test in tests(&group) {
                let parts = ["seed", "skSeed", "skPrf", "pkSeed"];
                let seed = parts.map(|part| hex(&test[part])).concat();
                let pair = scheme.generate_from_seed(&seed).unwrap();
                assert!(pair.public == hex(&test["pk"]), "{name} tcId {}", test["tcId"]);
            }
        }
    }
}

fn acvp_ml_dsa<P: MlDsaParams>(group: &Value, scheme: SchemeId) {
    let bytes = hex(&group["pk"]);
    let public = bytes.as_slice().try_into().unwrap();
    let key = ml_dsa::VerifyingKey::<P>::decode(public);
    for test in tests(group) {
        let signature = hex(&test["signature"]);
        let verdict = ml_dsa::Signature::<P>::try_from(signature.as_slice())
            .is_ok_and(|signature| key.verify_internal(&hex(&test["message"]), &signature));
        assert_eq!(verdict, test["testPassed"] == true, "tcId {}", test["tcId"]);
        // Made for the internal interface, so none is valid for ours, but all must agree on it.
        let check = Check {
            scheme,
            public: &bytes,
            message: &hex(&test["message"]),
            signature: &signature,
        };
        assert!(!agreed(&check));
    }
}

#[test]
fn acvp_ml_dsa_verdicts_hold() {
    for group in groups("acvp/ml-dsa-sigver-fips204.json") {
        match group["parameterSet"].as_str().unwrap() {
            "ML-DSA-44" => acvp_ml_dsa::<MlDsa44>(&group, SchemeId::ML_DSA_44),
            "ML-DSA-65" => acvp_ml_dsa::<MlDsa65>(&group, SchemeId::ML_DSA_65),
            _ => {}
        }
    }
}

fn acvp_slh_dsa<P: ParameterSet + VerifyingKeyLen>(group: &Value) {
    for test in tests(group) {
        let key = slh_dsa::VerifyingKey::<P>::try_from(hex(&test["pk"]).as_slice()).unwrap();
        let message = hex(&test["message"]);
        let verdict = slh_dsa::Signature::<P>::try_from(hex(&test["signature"]).as_slice())
            .is_ok_and(|signature| key.slh_verify_internal(&[&message], &signature).is_ok());
        assert_eq!(verdict, test["testPassed"] == true, "tcId {}", test["tcId"]);
    }
}

/// The file has nothing for SHA2-128s; the other sets run the same code of the backend.
#[test]
fn acvp_slh_dsa_verdicts_hold() {
    for group in groups("acvp/slh-dsa-sigver-fips205.json") {
        match group["parameterSet"].as_str().unwrap() {
            "SLH-DSA-SHA2-128s" => acvp_slh_dsa::<slh_dsa::Sha2_128s>(&group),
            "SLH-DSA-SHA2-192s" => acvp_slh_dsa::<slh_dsa::Sha2_192s>(&group),
            "SLH-DSA-SHA2-256f" => acvp_slh_dsa::<slh_dsa::Sha2_256f>(&group),
            "SLH-DSA-SHAKE-128f" => acvp_slh_dsa::<slh_dsa::Shake128f>(&group),
            "SLH-DSA-SHAKE-192s" => acvp_slh_dsa::<slh_dsa::Shake192s>(&group),
            "SLH-DSA-SHAKE-256f" => acvp_slh_dsa::<slh_dsa::Shake256f>(&group),
            other => panic!("unknown parameter set {other}"),
        }
    }
}

#[test]
fn wycheproof_ml_kem_768_holds() {
    let kem = kem(SchemeId::ML_KEM_768).unwrap();
    for group in groups("wycheproof/mlkem_768_keygen_seed_test.json") {
        for test in tests(&group) {
            let pair = kem.generate_from_seed(&hex(&test["seed"])).unwrap();
            assert!(pair.public == hex(&test["ek"]), "keygen tcId {}", test["tcId"]);
        }
    }
    for group in groups("wycheproof/mlkem_768_encaps_test.json") {
        for test in tests(&group) {
            match kem.encapsulate_from_coins(&hex(&test["ek"]), &hex(&test["m"])) {
                Ok(made) => {
                    assert!(is_valid(test), "encaps tcId {}", test["tcId"]);
                    assert!(made.ciphertext == hex(&test["c"]), "encaps tcId {}", test["tcId"]);
                    assert_eq!(made.shared.expose(), hex(&test["K"]));
                }
                Err(_) => assert!(!is_valid(test), "encaps tcId {}", test["tcId"]),
            }
        }
    }
    for group in groups("wycheproof/mlkem_768_test.json") {
        for test in tests(&group) {
            match kem.decapsulate(&Secret::new(hex(&test["seed"])), &hex(&test["c"])) {
                Ok(shared) => {
                    assert!(is_valid(test), "tcId {}", test["tcId"]);
                    assert_eq!(shared.expose(), hex(&test["K"]), "tcId {}", test["tcId"]);
                }
                Err(_) => assert!(!is_valid(test), "tcId {}", test["tcId"]),
            }
        }
    }
}

#[test]
fn acvp_ml_kem_768_holds() {
    let kem = kem(SchemeId::ML_KEM_768).unwrap();
    for group in groups("acvp/ml-kem-encap-decap-fips203.json") {
        if group["parameterSet"] != "ML-KEM-768" {
            continue;
        }
        for test in tests(&group) {
            if group["function"] == "encapsulation" {
                let made = kem.encapsulate_from_coins(&hex(&test["ek"]), &hex(&test["m"])).unwrap();
                assert!(made.ciphertext == hex(&test["c"]), "tcId {}", test["tcId"]);
                assert_eq!(made.shared.expose(), hex(&test["k"]));
            } else {
                assert_eq!(expanded(&hex(&group["dk"]), &hex(&test["c"])), hex(&test["k"]));
            }
        }
    }
}

/// Decapsulation under an expanded key, which only these vectors have.
#[expect(deprecated, reason = "the vectors have no seeds")]
fn expanded(key: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    let key = key.try_into().unwrap();
    let key = ml_kem::DecapsulationKey::<MlKem768>::from_expanded(key).unwrap();
    key.decapsulate(ciphertext.try_into().unwrap()).to_vec()
}
