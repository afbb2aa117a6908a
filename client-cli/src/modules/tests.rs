//! The library: what is kept, and what is refused when it is read back.

use std::fs;

use althing_primitives::blake2_256;

use super::{Library, Manifest, ModulesError, RECORD_FORMAT, SchemeFacts};
use crate::keystore::HexArray;

fn facts(id: u16, signer: &[u8], verifier: &[u8]) -> SchemeFacts {
    SchemeFacts {
        format: RECORD_FORMAT.to_owned(),
        id,
        name: "toy".to_owned(),
        family: "hash".to_owned(),
        public_bytes: 32,
        signature_bytes: 64,
        fuel_max: 1000,
        verifier: HexArray(blake2_256(verifier).0),
        signer: HexArray(blake2_256(signer).0),
        genesis: None,
    }
}

#[test]
fn what_is_kept_is_read_back_and_keeping_it_again_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let library = Library::at(home.path());
    assert_eq!(library.list().unwrap(), []);
    let facts = facts(256, b"signer", b"verifier");
    for _ in 0..2 {
        library.keep(&facts, b"signer", b"verifier").unwrap();
    }
    assert_eq!(library.list().unwrap(), std::slice::from_ref(&facts));
    let (signer, verifier) = library.code(&facts).unwrap();
    assert_eq!((&signer[..], &verifier[..]), (&b"signer"[..], &b"verifier"[..]));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    Library::at(home.path()).keep(&facts(256, b"s", b"v"), b"s", b"v").unwrap();
    for entry in fs::read_dir(home.path().join("modules")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn bytes_that_are_not_those_recorded_are_never_kept_nor_used() {
    let home = tempfile::tempdir().unwrap();
    let library = Library::at(home.path());
    let facts = facts(256, b"signer", b"verifier");
    let refused = library.keep(&facts, b"other", b"verifier").unwrap_err();
    assert!(matches!(refused, ModulesError::Hash { .. }));
    assert_eq!(library.list().unwrap(), []);

    library.keep(&facts, b"signer", b"verifier").unwrap();
    let name = format!("{}.wasm", const_hex::encode(facts.signer.0));
    fs::write(home.path().join("modules").join(name), b"altered").unwrap();
    assert!(matches!(library.code(&facts), Err(ModulesError::Altered { what: "signer", .. })));
}

#[test]
fn modules_that_are_gone_or_altered_are_put_back_and_good_ones_stay() {
    let home = tempfile::tempdir().unwrap();
    let library = Library::at(home.path());
    let facts = facts(256, b"signer", b"verifier");
    library.keep(&facts, b"signer", b"verifier").unwrap();
    assert_eq!(library.repair(&facts, b"signer", b"verifier"), Ok(false));
    let place = |hash: HexArray<32>| {
        home.path().join("modules").join(format!("{}.wasm", const_hex::encode(hash.0)))
    };
    fs::write(place(facts.signer), b"altered").unwrap();
    fs::remove_file(place(facts.verifier)).unwrap();
    // Bytes that were not recorded repair nothing.
    assert!(matches!(
        library.repair(&facts, b"other", b"verifier"),
        Err(ModulesError::Hash { .. })
    ));
    assert_eq!(library.repair(&facts, b"signer", b"verifier"), Ok(true));
    assert!(library.code(&facts).is_ok());
}

#[test]
fn a_name_that_no_registry_takes_is_refused_before_anything_is_spent() {
    let long = "a".repeat(65);
    for name in ["", "Bad Name!", "ML-DSA", "-a", ".a", "a_b", "a\u{e9}", &long] {
        assert!(!super::candidate::is_name(name), "{name}");
    }
    for name in ["a", "1", "ml-dsa-87", "sphincs+-sha2.x", &long[1..]] {
        assert!(super::candidate::is_name(name), "{name}");
    }
}

#[test]
fn a_record_of_another_form_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let library = Library::at(home.path());
    for spoil in [
        |facts: &mut SchemeFacts| facts.format = "althing-module/9".to_owned(),
        |facts: &mut SchemeFacts| facts.family = "curve".to_owned(),
    ] {
        let mut facts = facts(256, b"s", b"v");
        spoil(&mut facts);
        library.keep(&facts, b"s", b"v").unwrap();
        assert!(matches!(library.list(), Err(ModulesError::Record { .. })));
        fs::remove_dir_all(home.path().join("modules")).unwrap();
    }
}

#[test]
fn a_fact_that_is_missing_or_wrong_is_named() {
    let full = Manifest {
        name: Some("toy".to_owned()),
        family: Some("Hash".to_owned()),
        public: Some(32),
        signature: Some(64),
        fuel_max: Some(1000),
        ..Manifest::default()
    };
    assert_eq!(full.facts(300).unwrap().family, "hash");
    let named = |manifest: Manifest| match manifest.facts(300) {
        Err(ModulesError::Fact { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(named(Manifest { name: None, ..full.clone() }), "name");
    assert_eq!(named(Manifest { name: Some(String::new()), ..full.clone() }), "name");
    assert_eq!(named(Manifest { family: Some("curve".to_owned()), ..full.clone() }), "family");
    assert_eq!(named(Manifest { public: None, ..full.clone() }), "public");
    assert_eq!(named(Manifest { signature: None, ..full.clone() }), "signature");
    assert_eq!(named(Manifest { fuel_max: Some(0), ..full }), "fuel-max");
}

const VERIFIER: &str = r#"(module (memory (export "memory") 1)
    (func (export "althing_abi") (result i32) (i32.const 1))
    (func (export "buffer") (param i32) (result i32) (i32.const 1024))
    (func (export "verify") (param i32 i32 i32) (result i32) (i32.const ANSWER)))"#;
const SIGNER: &str = r#"(module (memory (export "memory") 1)
    (func (export "althing_signer_abi") (result i32) (i32.const 1))
    (func (export "seed_len") (result i32) (i32.const 32))
    (func (export "public_len") (result i32) (i32.const 32))
    (func (export "secret_len") (result i32) (i32.const 32))
    (func (export "signature_len") (result i32) (i32.const 64))
    (func (export "randomness_len") (result i32) (i32.const 0))
    (func (export "buffer") (param i32) (result i32) (i32.const 1024))
    (func (export "generate") (param i32) (result i32) (i32.const 1))
    (func (export "sign") (param i32 i32 i32) (result i32) (i32.const ANSWER)))"#;

/// A module whose last function gives this answer.
fn answering(text: &str, answer: u8) -> Vec<u8> {
    wat::parse_str(text.replace("ANSWER", &answer.to_string())).unwrap()
}

/// What learning these two from files comes to, and that a refusal leaves nothing behind.
fn learned(facts: SchemeFacts, signer: &[u8], verifier: &[u8]) -> Option<ModulesError> {
    let home = tempfile::tempdir().unwrap();
    let library = Library::at(home.path());
    let paths = ["signer.wasm", "verifier.wasm"].map(|name| home.path().join(name));
    fs::write(&paths[0], signer).unwrap();
    fs::write(&paths[1], verifier).unwrap();
    let refused = super::from_files(Some(&library), facts, &paths[0], &paths[1]).err();
    assert_eq!(library.list().unwrap().is_empty(), refused.is_some());
    refused
}

#[test]
fn a_pair_of_modules_that_fits_is_learned_and_each_misfit_has_its_refusal() {
    let (signer, verifier) = (answering(SIGNER, 1), answering(VERIFIER, 1));
    let facts = |id| facts(id, b"", b"");
    assert_eq!(learned(facts(40_001), &signer, &verifier), None);

    let refused = learned(facts(40_002), b"no module", &verifier);
    assert!(matches!(refused, Some(ModulesError::Refused { what: "signer", .. })), "{refused:?}");
    let refused = learned(facts(40_002), &signer, &signer);
    assert!(matches!(refused, Some(ModulesError::Refused { what: "verifier", .. })), "{refused:?}");
    let other = SchemeFacts { signature_bytes: 65, ..facts(40_002) };
    let refused = learned(other, &signer, &verifier);
    let size =
        ModulesError::Size { name: "toy".to_owned(), what: "signature", expected: 65, found: 64 };
    assert_eq!(refused, Some(size));
    let refused = learned(facts(40_002), &answering(SIGNER, 0), &verifier);
    assert!(matches!(refused, Some(ModulesError::Signer { .. })), "{refused:?}");
    let refused = learned(facts(40_002), &signer, &answering(VERIFIER, 0));
    assert_eq!(refused, Some(ModulesError::Misfit { name: "toy".to_owned() }));
    let other = SchemeFacts { family: "curve".to_owned(), ..facts(40_002) };
    let row = ModulesError::Row { name: "toy".to_owned(), field: "family" };
    assert_eq!(learned(other, &signer, &verifier), Some(row));
    let nowhere = std::path::Path::new("/nowhere/at/all.wasm");
    let refused = super::from_files(None, facts(40_002), nowhere, nowhere).err();
    assert!(matches!(refused, Some(ModulesError::Io { action: "read", .. })), "{refused:?}");
}
