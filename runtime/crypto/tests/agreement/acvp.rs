//! NIST ACVP: keys of ML-DSA and SLH-DSA, verdicts of both, ML-KEM-768.
//!
//! Its verdicts are of the internal interface of the standards, and those of SLH-DSA are of other
//! parameter sets: they go to the libraries directly. Expanded keys of ML-KEM, which our interface
//! does not take, go to all libraries that do.

use althing_crypto::{Check, SchemeId, Secret, kem, scheme_by_name, signing::signing_scheme};
use fips204::traits::SerDes as _;
use fips205::traits::SerDes as _;
use ml_dsa::{MlDsa44, MlDsa65, MlDsaParams};
use ml_kem::{MlKem768, kem::Decapsulate as _};
use serde_json::Value;
use slh_dsa::{ParameterSet, VerifyingKeyLen};

use crate::{
    public_vectors::{assert_ran, groups, hex, tests},
    verdicts::{agreed, aws_lc_opened, fips_opened, sealed},
};

#[test]
fn keys_hold() {
    let mut ran = 0;
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
                ran += 1;
            }
        }
    }
    assert_ran(ran, 60);
}

/// The verdict of an independent implementation through its hook for these vectors.
macro_rules! internal {
    ($set:path, $public:expr, $message:expr, $signature:expr) => {{
        use $set as set;
        #[expect(deprecated, reason = "the hook for these vectors, deprecated for all other use")]
        let verdict = match ($public.try_into(), $signature.try_into()) {
            (Ok(public), Ok(signature)) => set::PublicKey::try_from_bytes(public)
                .is_ok_and(|public| public.verify_internal($message, &signature)),
            _ => false,
        };
        verdict
    }};
}

/// How many tests of `group` hold.
fn ml_dsa<P: MlDsaParams>(group: &Value, scheme: SchemeId) -> usize {
    let public = &hex(&group["pk"])[..];
    let key = ml_dsa::VerifyingKey::<P>::decode(public.try_into().unwrap());
    for test in tests(group) {
        let (message, signature) = (&hex(&test["message"])[..], &hex(&test["signature"])[..]);
        let verdict = ml_dsa::Signature::<P>::try_from(signature)
            .is_ok_and(|signature| key.verify_internal(message, &signature));
        assert_eq!(verdict, test["testPassed"] == true, "tcId {}", test["tcId"]);
        let theirs = if scheme == SchemeId::ML_DSA_44 {
            internal!(fips204::ml_dsa_44, public, message, signature)
        } else {
            internal!(fips204::ml_dsa_65, public, message, signature)
        };
        assert_eq!(verdict, theirs, "tcId {}", test["tcId"]);
        // None is valid for our interface, but all must agree on it.
        assert!(!agreed(&Check { scheme, public, message, signature }));
    }
    tests(group).len()
}

#[test]
fn ml_dsa_verdicts_hold() {
    let mut ran = 0;
    for group in groups("acvp/ml-dsa-sigver-fips204.json") {
        ran += match group["parameterSet"].as_str().unwrap() {
            "ML-DSA-44" => ml_dsa::<MlDsa44>(&group, SchemeId::ML_DSA_44),
            "ML-DSA-65" => ml_dsa::<MlDsa65>(&group, SchemeId::ML_DSA_65),
            _ => 0,
        };
    }
    assert_ran(ran, 30);
}

/// How many tests of `group` hold.
fn slh_dsa<P: ParameterSet + VerifyingKeyLen>(group: &Value) -> usize {
    for test in tests(group) {
        let (public, message) = (&hex(&test["pk"])[..], &hex(&test["message"])[..]);
        let signature = &hex(&test["signature"])[..];
        let key = slh_dsa::VerifyingKey::<P>::try_from(public).unwrap();
        let verdict = slh_dsa::Signature::<P>::try_from(signature)
            .is_ok_and(|signature| key.slh_verify_internal(&[message], &signature).is_ok());
        assert_eq!(verdict, test["testPassed"] == true, "tcId {}", test["tcId"]);
        let theirs = match group["parameterSet"].as_str().unwrap() {
            "SLH-DSA-SHA2-192s" => {
                internal!(fips205::slh_dsa_sha2_192s, public, message, signature)
            }
            "SLH-DSA-SHA2-256f" => {
                internal!(fips205::slh_dsa_sha2_256f, public, message, signature)
            }
            "SLH-DSA-SHAKE-128f" => {
                internal!(fips205::slh_dsa_shake_128f, public, message, signature)
            }
            "SLH-DSA-SHAKE-192s" => {
                internal!(fips205::slh_dsa_shake_192s, public, message, signature)
            }
            _ => internal!(fips205::slh_dsa_shake_256f, public, message, signature),
        };
        assert_eq!(verdict, theirs, "tcId {}", test["tcId"]);
    }
    tests(group).len()
}

/// The file has nothing for SHA2-128s, which [`crate::slh_dsa`] makes up for; the other sets run
/// the same code of the backend.
#[test]
fn slh_dsa_verdicts_hold() {
    let mut ran = 0;
    for group in groups("acvp/slh-dsa-sigver-fips205.json") {
        ran += match group["parameterSet"].as_str().unwrap() {
            "SLH-DSA-SHA2-192s" => slh_dsa::<slh_dsa::Sha2_192s>(&group),
            "SLH-DSA-SHA2-256f" => slh_dsa::<slh_dsa::Sha2_256f>(&group),
            "SLH-DSA-SHAKE-128f" => slh_dsa::<slh_dsa::Shake128f>(&group),
            "SLH-DSA-SHAKE-192s" => slh_dsa::<slh_dsa::Shake192s>(&group),
            "SLH-DSA-SHAKE-256f" => slh_dsa::<slh_dsa::Shake256f>(&group),
            other => panic!("unknown parameter set {other}"),
        };
    }
    assert_ran(ran, 45);
}

#[test]
fn ml_kem_768_holds() {
    let mut ran = 0;
    for group in groups("acvp/ml-kem-encap-decap-fips203.json") {
        if group["parameterSet"] != "ML-KEM-768" {
            continue;
        }
        for test in tests(&group) {
            if group["function"] == "encapsulation" {
                let made = sealed(&hex(&test["ek"]), &hex(&test["m"]).try_into().unwrap());
                assert!(made == Some((hex(&test["c"]), hex(&test["k"]))), "{}", test["tcId"]);
            } else {
                opens(&hex(&group["dk"]), &hex(&test["c"]), &hex(&test["k"]));
            }
            ran += 1;
        }
    }
    assert_ran(ran, 35);
}

/// Everybody who takes an expanded key finds the same secret with it.
#[expect(deprecated, reason = "the vectors have no seeds")]
fn opens(expanded: &[u8], ciphertext: &[u8], shared: &[u8]) {
    let key = expanded.try_into().unwrap();
    let key = ml_kem::DecapsulationKey::<MlKem768>::from_expanded(key).unwrap();
    assert_eq!(key.decapsulate(ciphertext.try_into().unwrap()).as_slice(), shared);
    assert_eq!(fips_opened(expanded, ciphertext).unwrap(), shared);
    assert_eq!(aws_lc_opened(expanded, ciphertext).unwrap(), shared);
    let kyber = kem(SchemeId::KYBER_768_R3).unwrap();
    let found = kyber.decapsulate(&Secret::new(expanded.to_vec()), ciphertext).unwrap();
    assert_eq!(found.expose(), shared);
}
