//! The modules in `modules/artifacts`: what they are, and that they do what they should.
//!
//! `BLESS=1` writes vectors and manifests anew. `ALTHING_MODULES` names a folder with modules that
//! another compiler built from the same source; their bytes are not compared then.

use std::path::PathBuf;

use althing_crypto::{
    Module, ModuleFacts, Secret, Vectors, gate,
    module::{Outcome, Shape, SignerModule},
};
use althing_primitives::blake2_256;
use serde_json::{Value, json};

use crate::examples::{EXAMPLES, Example};

/// The largest fuel cap that a registry takes.
const REGISTRY_FUEL_MAX: u64 = 50_000_000;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("modules/artifacts")
}

#[expect(clippy::disallowed_methods, reason = "tests may be told where to look")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn wasm(name: &str) -> Vec<u8> {
    let built = variable("ALTHING_MODULES");
    let built =
        built.map(|folder| PathBuf::from(folder).join(format!("{}.wasm", name.replace('-', "_"))));
    std::fs::read(built.unwrap_or_else(|| folder().join(format!("{name}.wasm")))).unwrap()
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    format!("0x{}", const_hex::encode(blake2_256(bytes).0))
}

fn manifest(example: &Example) -> Value {
    serde_json::from_slice(&file(&format!("{}.json", example.name))).unwrap()
}

pub(crate) fn facts(example: &Example) -> ModuleFacts {
    let (public, signature) = example.sizes;
    let fuel_max = manifest(example)["fuel_max"].as_u64().unwrap();
    ModuleFacts { public, signature, fuel_max }
}

fn shipped_vectors(example: &Example) -> Vectors {
    Vectors::decode(&file(&format!("{}.vectors", example.name))).unwrap()
}

/// What the manifest must say. The fuel cap is twice what any vector takes, in steps of 100,000, or
/// what a registry takes at most (CR14).
fn expected(example: &Example) -> Value {
    let part = |name: String, bytes: Vec<u8>| json!({ "file": name, "bytes": bytes.len(), "blake2b_256": hex(&bytes) });
    let (public, signature) = example.sizes;
    let name = example.name;
    let code = file(&format!("{name}-verifier.wasm"));
    let facts = ModuleFacts { public, signature, fuel_max: 100_000_000 };
    let report = gate(&Module::compile(&code, facts).unwrap(), &shipped_vectors(example)).unwrap();
    json!({
        "name": name,
        "family": example.family,
        "public": public,
        "signature": signature,
        "fuel_max": (report.fuel_max * 2).next_multiple_of(100_000).min(REGISTRY_FUEL_MAX),
        "verifier": part(format!("{name}-verifier.wasm"), code),
        "signer": part(format!("{name}-signer.wasm"), file(&format!("{name}-signer.wasm"))),
        "vectors": part(format!("{name}.vectors"), file(&format!("{name}.vectors"))),
    })
}

#[test]
fn artifacts_vectors_are_what_two_implementations_agree_on() {
    for example in &EXAMPLES {
        let made = example.vectors().encode();
        let name = format!("{}.vectors", example.name);
        if variable("BLESS").is_some() {
            std::fs::write(folder().join(&name), &made).unwrap();
        }
        assert!(file(&name) == made, "{name}: BLESS=1 writes it anew");
    }
}

#[test]
fn artifacts_are_listed_with_their_hashes() {
    let listing = String::from_utf8(file("BLAKE2B")).unwrap();
    for line in listing.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        assert_eq!(format!("0x{hash}"), hex(&file(name)), "{name}");
    }
    assert_eq!(listing.lines().count(), 2 * EXAMPLES.len());
    for example in &EXAMPLES {
        let name = format!("{}.json", example.name);
        let expected = expected(example);
        if variable("BLESS").is_some() {
            let text = serde_json::to_string_pretty(&expected).unwrap() + "\n";
            std::fs::write(folder().join(&name), text).unwrap();
        }
        assert_eq!(manifest(example), expected, "{name}: BLESS=1 writes it anew");
    }
}

#[test]
fn artifacts_hold_no_trace_of_the_machine_that_built_them() {
    for example in &EXAMPLES {
        for half in ["verifier", "signer"] {
            let code = wasm(&format!("{}-{half}", example.name));
            let text = String::from_utf8_lossy(&code);
            for trace in ["/home", "/root", "/usr", "/tmp", ".cargo", "index.crates"] {
                assert!(!text.contains(trace), "{} {half}: {trace}", example.name);
            }
        }
    }
}

#[test]
fn artifacts_pass_the_static_rules_and_their_gate() {
    for example in &EXAMPLES {
        let code = wasm(&format!("{}-verifier", example.name));
        let shape: Shape = Module::examine(&code).unwrap();
        assert!(shape.exports.contains(&"verify".to_owned()));
        let verifier = Module::compile(&code, facts(example)).unwrap();
        let vectors = shipped_vectors(example);
        let report = gate(&verifier, &vectors).unwrap();
        assert_eq!(u64::from(report.positive + report.negative + report.flipped), vectors.runs());
        assert!(report.fuel_max * 3 / 2 <= facts(example).fuel_max, "{report:?}");
    }
}

#[test]
fn artifacts_sign_what_the_native_code_signs() {
    for example in &EXAMPLES {
        let signer = SignerModule::compile(&wasm(&format!("{}-signer", example.name))).unwrap();
        let sizes = signer.sizes();
        assert_eq!((sizes.public, sizes.signature), example.sizes);
        let seed = example.seed_of(3);
        let randomness = vec![9; example.randomness()];
        let keys = signer.generate(&seed).unwrap();
        let (public, secret) = (example.generate)(&seed);
        assert!(keys.public == public && keys.secret.expose() == secret, "{}", example.name);
        let signature = signer.sign(&keys.secret, b"aye", &randomness).unwrap();
        assert!(signature == (example.sign)(&secret, b"aye", &randomness), "{}", example.name);
        let verifier = wasm(&format!("{}-verifier", example.name));
        let verifier = Module::compile(&verifier, facts(example)).unwrap();
        let verdict = verifier.run(&public, b"aye", &signature).verdict;
        assert_eq!(verdict, Outcome::Valid, "{}", example.name);
        let again = signer.sign(&Secret::new(secret), b"aye", &randomness).unwrap();
        assert!(again == signature);
    }
}
