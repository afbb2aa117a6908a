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
    assert!(matches!(library.code(&facts), Err(ModulesError::Hash { .. })));
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
