//! Known answers of every scheme and KEM: `specs/vectors/crypto`.

use althing_crypto::{
    Check, KeyHandle, SchemeId, Secret, VerifyError, kem_by_name, scheme_by_name,
    signing::{SigningError, signing_scheme},
};
use serde::Deserialize;

use crate::{
    samples::hex,
    verdicts::{agreed, kem_keys, opened, sealed},
};

const SCHEMES: [&str; 5] = [
    include_str!("../../../../specs/vectors/crypto/sphincs+-sha2-128s-r3.json"),
    include_str!("../../../../specs/vectors/crypto/ml-dsa-44.json"),
    include_str!("../../../../specs/vectors/crypto/ml-dsa-65.json"),
    include_str!("../../../../specs/vectors/crypto/slh-dsa-sha2-128s.json"),
    include_str!("../../../../specs/vectors/crypto/fn-dsa-512.json"),
];
const KEMS: [&str; 2] = [
    include_str!("../../../../specs/vectors/crypto/kyber-768-r3.json"),
    include_str!("../../../../specs/vectors/crypto/ml-kem-768.json"),
];

#[derive(Deserialize)]
struct SchemeFile {
    scheme: String,
    id: u16,
    keys: Vec<Key>,
    signatures: Vec<Known>,
    verify: Vec<Group>,
}

#[derive(Deserialize)]
struct Key {
    source: String,
    seed: Option<String>,
    secret: String,
    public: String,
    handle: String,
}

#[derive(Deserialize)]
struct Known {
    source: String,
    secret: String,
    public: String,
    message: String,
    signature: String,
}

#[derive(Deserialize)]
struct Group {
    public: String,
    tests: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    source: String,
    message: String,
    signature: String,
    valid: bool,
}

#[derive(Deserialize)]
struct KemFile {
    kem: String,
    id: u16,
    keys: Vec<Key>,
    encapsulate: Vec<Encapsulate>,
    decapsulate: Vec<Decapsulate>,
}

#[derive(Deserialize)]
struct Encapsulate {
    source: String,
    public: String,
    coins: String,
    ciphertext: Option<String>,
    shared: Option<String>,
}

#[derive(Deserialize)]
struct Decapsulate {
    source: String,
    secret: String,
    ciphertext: String,
    shared: Option<String>,
}

fn scheme_files() -> Vec<SchemeFile> {
    SCHEMES.iter().map(|text| serde_json::from_str(text).expect("a file of this shape")).collect()
}

fn kem_files() -> Vec<KemFile> {
    KEMS.iter().map(|text| serde_json::from_str(text).expect("a file of this shape")).collect()
}

#[test]
fn ids_and_names_are_the_specified_ones() {
    for file in scheme_files() {
        let scheme = scheme_by_name(&file.scheme).unwrap();
        assert_eq!(scheme.id(), SchemeId(file.id));
        assert!(althing_crypto::scheme(scheme.id()).is_some());
    }
    for file in kem_files() {
        let kem = kem_by_name(&file.kem).unwrap();
        assert_eq!(kem.id(), SchemeId(file.id));
        assert!(althing_crypto::kem(kem.id()).is_some());
        assert!(althing_crypto::scheme(kem.id()).is_none(), "a KEM is no signature scheme");
    }
    assert!(scheme_by_name("ML-DSA-44").is_none(), "names are exact");
}

#[test]
fn keys_and_handles_are_the_known_ones() {
    for file in scheme_files() {
        let id = SchemeId(file.id);
        let scheme = signing_scheme(id).unwrap();
        for key in &file.keys {
            let (secret, public) = (hex(&key.secret), hex(&key.public));
            assert_eq!(KeyHandle::of(id, &public).0.as_ref(), hex(&key.handle), "{}", key.source);
            assert_eq!(scheme.sizes().public, public.len());
            assert_eq!(scheme.sizes().secret, secret.len());
            assert_eq!(scheme.public_of(&Secret::new(secret.clone())).unwrap(), public);
            match &key.seed {
                Some(seed) => {
                    let pair = scheme.generate_from_seed(&hex(seed)).unwrap();
                    assert_eq!(pair.public, public, "{}", key.source);
                    assert_eq!(pair.secret.expose(), secret, "{}", key.source);
                }
                None => assert_eq!(
                    scheme.generate_from_seed(&[0; 48]).unwrap_err(),
                    SigningError::NoSeed { scheme: id },
                ),
            }
        }
    }
}

#[test]
fn deterministic_signatures_are_the_known_ones() {
    for file in scheme_files() {
        let scheme = signing_scheme(SchemeId(file.id)).unwrap();
        for known in &file.signatures {
            let signer = scheme.signer(&Secret::new(hex(&known.secret))).unwrap();
            assert_eq!(signer.scheme(), scheme.id());
            assert_eq!(signer.public(), hex(&known.public), "{}", known.source);
            let made = signer.sign(&hex(&known.message)).unwrap();
            assert!(made == hex(&known.signature), "{}", known.source);
        }
    }
}

#[test]
fn verdicts_are_the_known_ones() {
    for file in scheme_files() {
        for group in &file.verify {
            let public = hex(&group.public);
            for test in &group.tests {
                let check = Check {
                    scheme: SchemeId(file.id),
                    public: &public,
                    message: &hex(&test.message),
                    signature: &hex(&test.signature),
                };
                assert_eq!(agreed(&check), test.valid, "{}", test.source);
            }
        }
    }
}

#[test]
fn kem_keys_are_the_known_ones() {
    for file in kem_files() {
        let kem = kem_by_name(&file.kem).unwrap();
        for key in &file.keys {
            let public = hex(&key.public);
            assert_eq!(kem.sizes().public, public.len());
            assert_eq!(KeyHandle::of(kem.id(), &public).0.as_ref(), hex(&key.handle));
            if let Some(seed) = &key.seed {
                let pair = kem.generate_from_seed(&hex(seed)).unwrap();
                assert!(pair.public == public, "{}", key.source);
                assert_eq!(pair.secret.expose(), hex(&key.secret), "{}", key.source);
            } else {
                assert!(kem.sizes().seed.is_none() && kem.generate_from_seed(&[0; 64]).is_err());
            }
        }
    }
}

#[test]
fn encapsulations_are_the_known_ones() {
    for file in kem_files() {
        let kem = kem_by_name(&file.kem).unwrap();
        for known in &file.encapsulate {
            let (public, coins) = (hex(&known.public), hex(&known.coins));
            let made = kem.encapsulate_from_coins(&public, &coins).ok();
            if let (SchemeId::ML_KEM_768, Ok(coins)) = (kem.id(), coins.try_into()) {
                let all = sealed(&public, &coins);
                assert!(all.map(|all| all.0) == made.as_ref().map(|one| one.ciphertext.clone()));
            }
            let ciphertext = made.as_ref().map(|made| const_hex::encode(&made.ciphertext));
            let shared = made.as_ref().map(|made| const_hex::encode(made.shared.expose()));
            assert_eq!(ciphertext, known.ciphertext, "{}", known.source);
            assert_eq!(shared, known.shared, "{}", known.source);
            // What cannot be encapsulated to is told before anyone tries.
            let (is_key, taken) = (kem.check_public(&hex(&known.public)).is_ok(), shared.is_some());
            let takes_coins = hex(&known.coins).len() == 32;
            assert!(is_key == taken || !takes_coins, "{}", known.source);
        }
    }
}

#[test]
fn decapsulations_are_the_known_ones() {
    for file in kem_files() {
        let kem = kem_by_name(&file.kem).unwrap();
        for known in &file.decapsulate {
            let secret = Secret::new(hex(&known.secret));
            let ciphertext = hex(&known.ciphertext);
            let shared = kem.decapsulate(&secret, &ciphertext).ok();
            if let (SchemeId::ML_KEM_768, Ok(seed)) = (kem.id(), secret.expose().try_into()) {
                let all = opened(&kem_keys(seed), &ciphertext);
                assert!(all == shared.as_ref().map(|shared| shared.expose().to_vec()));
            }
            let shared = shared.map(|shared| const_hex::encode(shared.expose()));
            assert_eq!(shared, known.shared, "{}", known.source);
        }
    }
}

#[test]
fn every_refusal_names_its_rule() {
    let sized = |scheme, public: usize, signature: usize| {
        let (public, signature) = (vec![0; public], vec![0; signature]);
        Check { scheme, public: &public, message: b"", signature: &signature }.verify()
    };
    let id = SchemeId::ML_DSA_44;
    let unknown = SchemeId(7);
    assert_eq!(sized(unknown, 0, 0), Err(VerifyError::UnknownScheme { scheme: unknown }));
    let expected = Err(VerifyError::PublicKeySize { expected: 1312, found: 1311 });
    assert_eq!(sized(id, 1311, 2420), expected);
    let expected = Err(VerifyError::SignatureSize { expected: 2420, found: 2421 });
    assert_eq!(sized(id, 1312, 2421), expected);
    assert_eq!(sized(id, 1312, 2420), Err(VerifyError::Invalid));
}
