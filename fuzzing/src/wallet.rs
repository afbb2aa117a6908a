//! Files that a wallet takes from strangers, or finds on its disk: what is read says the same when
//! it is written again, and what is made of it ends.
//!
//! Some name the hash of their content. It finds accidents, and whoever alters a file can compute
//! it, so the targets put it right: else spoilt bytes would never come behind it.

use std::{io::Write as _, path::Path};

use althing::{
    chain::Terms,
    commands::{key::secret_file::SecretFile, recovery::request::Request},
    derive::Words,
    encryption::{EncryptionFile, FORMAT},
    key::{Key, scheme_named},
    keystore::KeyName,
    modules::{Manifest, RECORD_FORMAT, SchemeFacts},
    offline::{FACTS_FORMAT, FactsFile, FileSigner, OfflineError, TransactionFile},
};
use althing_crypto::{KeyHandle, SchemeId, Vectors, module::Vector, scheme_by_name};
use althing_primitives::{AccountId, Circumstances, Era, Extra, Hash256, Implicit, to_ss58};
use serde_json::{Value, json};

use crate::{inputs, modules, texts::WALLET};

const NAME: &str = "file.json";
/// A remark.
const CALL: [u8; 4] = [0, 0, 4, 0x61];

fn place() -> &'static Path {
    Path::new(NAME)
}

fn hex(bytes: &[u8]) -> String {
    const_hex::encode_prefixed(bytes)
}

fn address() -> String {
    to_ss58(&AccountId([5; 32]), 42)
}

/// What these bytes say once the hash in them is that of their content.
fn mended<T>(
    bytes: &[u8],
    parse: impl Fn(&str, &str) -> Result<T, OfflineError>,
) -> Result<T, OfflineError> {
    let text = String::from_utf8_lossy(bytes);
    let refusal = match parse(NAME, &text) {
        Err(OfflineError::Altered { found, .. }) => found,
        other => return other,
    };
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["hash"] = refusal.into();
    parse(NAME, &document.to_string())
}

/// Facts for a machine without a network.
pub fn facts_file(bytes: &[u8]) {
    let Ok(read) = mended(bytes, FactsFile::parse) else { return };
    assert_eq!(FactsFile::parse(NAME, &read.text().unwrap()).unwrap(), read);
    let _ = read.recorded(place());
}

/// Two answers.
#[must_use]
pub fn facts_files() -> Vec<Vec<u8>> {
    let file = json!({
        "format": FACTS_FORMAT,
        "taken": "2026-11-22T12:35:05Z",
        "lifetime": 64,
        "answers": [
            { "method": "chain_getHeader", "params": [], "answer": { "number": "0x7" } },
            { "method": "state_getStorage", "params": [hex(b"row"), null], "answer": hex(b"value") },
        ],
        "hash": "",
    });
    let read = mended(file.to_string().as_bytes(), FactsFile::parse).unwrap();
    vec![read.text().unwrap().into_bytes()]
}

/// A transaction on its way between machines. Signed by all, it makes one that carries the call.
pub fn transaction_file(bytes: &[u8]) {
    let Ok(read) = mended(bytes, TransactionFile::parse) else { return };
    assert_eq!(TransactionFile::parse(NAME, &read.text().unwrap()).unwrap(), read);
    assert_eq!(read.keys().len(), read.signers.len());
    match read.extrinsic(NAME) {
        Ok(extrinsic) => assert_eq!(extrinsic.call(), &read.call.0[..]),
        Err(OfflineError::Incomplete { missing, .. }) => assert_eq!(missing, read.missing()),
        // A key or signature of a scheme that this program does not know may be too long.
        Err(_) => assert!(read.missing().is_empty()),
    }
}

fn transaction(keys: &[&Key], kept: bool) -> TransactionFile {
    let terms = Terms {
        account: AccountId([5; 32]),
        extra: Extra { era: Era::mortal(2048, 1000), nonce: 4, tip: 0, metadata_hash_mode: 0 },
        implicit: Implicit {
            spec_version: 1,
            transaction_version: 1,
            genesis: Hash256([1; 32]),
            birth: Hash256([2; 32]),
            metadata_hash: None,
        },
        circumstances: Circumstances { epoch: 3, policy: 2 },
        birth: 1000,
        valid_until: 3047,
    };
    let signers = keys.iter().map(|key| FileSigner::new(key.signer(), kept)).collect();
    TransactionFile::new(("test", true, 42), &terms, &CALL, signers, b"meta".to_vec())
}

/// One that nobody signed, one signed by a new key, and one that waits for the second of two.
#[must_use]
pub fn transaction_files() -> Vec<Vec<u8>> {
    let key = |byte| {
        let words = Words::from_entropy(&[byte; 32]).unwrap();
        Key::from_words(scheme_named("ml-dsa-44").unwrap(), &words, 0).unwrap()
    };
    let (one, other) = (key(1), key(2));
    let empty = transaction(&[&one], true);
    let mut signed = transaction(&[&one], false);
    assert!(signed.sign(NAME, &one).unwrap());
    assert!(signed.extrinsic(NAME).is_ok());
    let mut joint = transaction(&[&one, &other], true);
    assert!(joint.sign(NAME, &other).unwrap());
    let texts = [empty, signed, joint].map(|file| file.text().unwrap());
    texts
        .map(|text| {
            TransactionFile::parse(NAME, &text).unwrap();
            text.into_bytes()
        })
        .to_vec()
}

/// A request for new keys.
pub fn recovery_file(bytes: &[u8]) {
    let Ok(read) = Request::parse(place(), bytes) else { return };
    let text = serde_json::to_string(&read).unwrap();
    let again = Request::parse(place(), text.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
    assert_eq!(again.hash(), read.hash());
    let _ = read.account();
}

/// One with a draft and a proof.
#[must_use]
pub fn recovery_files() -> Vec<Vec<u8>> {
    let file = json!({
        "format": "althing-recovery/1",
        "genesis": hex(&[7; 32]),
        "account": address(),
        "rotation_nonce": 2,
        "draft": hex(b"draft"),
        "proofs": [hex(b"proof")],
    });
    let text = file.to_string().into_bytes();
    assert!(Request::parse(place(), &text).unwrap().account().is_ok());
    vec![text]
}

fn zoe() -> KeyName {
    KeyName::new("zoe").unwrap()
}

/// A file of encryption keys, as far as it is read without its password.
pub fn encryption_file(bytes: &[u8]) {
    let Ok(read) = EncryptionFile::parse(bytes, place(), &zoe()) else { return };
    let text = serde_json::to_vec(&read).unwrap();
    assert_eq!(EncryptionFile::parse(&text, place(), &zoe()).unwrap(), read);
    for key in read.keys() {
        assert!(read.key(&KeyHandle(Hash256(key.handle.0))).is_some());
    }
}

/// One key, whose secret is another one's: nobody opens it here.
#[must_use]
pub fn encryption_files() -> Vec<Vec<u8>> {
    let vectors: Value = serde_json::from_str(WALLET).unwrap();
    let public = [9; 1184];
    let file = json!({
        "format": FORMAT,
        "name": "zoe",
        "account_id": hex(&[5; 32]),
        "keys": [{
            "kem": "ml-kem-768",
            "handle": hex(&KeyHandle::of(SchemeId::ML_KEM_768, &public).0.0),
            "public_key": hex(&public),
            "path": null,
            "created": "2026-11-22T12:35:05Z",
            "secret": vectors["key_file"]["file"]["keys"][0]["secret"],
        }],
    });
    let text = file.to_string().into_bytes();
    EncryptionFile::parse(&text, place(), &zoe()).unwrap();
    vec![text]
}

/// A secret in the clear, and the key that it makes under a scheme of the program's own: what else
/// the wallet of this machine has learned is left alone (F3).
pub fn secret_file(bytes: &[u8]) {
    let Ok(read) = SecretFile::parse(bytes, place()) else { return };
    let text = read.text().unwrap();
    let again = SecretFile::parse(text.as_bytes(), place()).unwrap();
    assert_eq!(again.text().unwrap(), text);
    let written: Value = serde_json::from_str(&text).unwrap();
    let name = written["scheme"].as_str().unwrap().to_ascii_lowercase();
    if scheme_by_name(&name).is_none() {
        return;
    }
    if let Ok(key) = read.key() {
        let exported = SecretFile::of("me", &address(), &key);
        let again = exported.key().unwrap();
        assert_eq!((again.public(), again.path()), (key.public(), key.path()));
    }
}

/// A seed.
#[must_use]
pub fn secret_files() -> Vec<Vec<u8>> {
    let file = json!({
        "format": "althing-secret/1",
        "name": "me",
        "address": address(),
        "scheme": "ml-dsa-44",
        "kind": "seed",
        "path": "althing:derive:v1/ml-dsa-44/0",
        "secret": hex(&[3; 32]),
    });
    let text = file.to_string().into_bytes();
    assert!(SecretFile::parse(&text, place()).unwrap().key().is_ok());
    vec![text]
}

/// What a wallet keeps of a scheme it learned.
pub fn module_record(bytes: &[u8]) {
    let Ok(read) = SchemeFacts::parse(place(), bytes) else { return };
    let text = serde_json::to_vec(&read).unwrap();
    assert_eq!(SchemeFacts::parse(place(), &text).unwrap(), read);
}

/// One learned from a chain and one from files.
#[must_use]
pub fn module_records() -> Vec<Vec<u8>> {
    let record = |genesis: Option<String>| {
        let file = json!({
            "format": RECORD_FORMAT,
            "id": 300,
            "name": "ml-dsa-87",
            "family": "lattice",
            "public_bytes": 2592,
            "signature_bytes": 4627,
            "fuel_max": 50_000_000,
            "verifier": hex(&[1; 32]),
            "signer": hex(&[2; 32]),
            "genesis": genesis,
        });
        let text = file.to_string().into_bytes();
        SchemeFacts::parse(place(), &text).unwrap();
        text
    };
    vec![record(Some(hex(&[7; 32]))), record(None)]
}

/// What authors say of their module: the record that a wallet makes of it can be read.
pub fn module_manifest(bytes: &[u8]) {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else { return };
    if let Ok(facts) = manifest.facts(300) {
        module_record(&serde_json::to_vec(&facts).unwrap());
        assert!(facts.family().is_some());
    }
}

/// That of a shipped module.
#[must_use]
pub fn module_manifests() -> Vec<Vec<u8>> {
    let shipped = include_bytes!("../../runtime/crypto/modules/artifacts/ml-dsa-87.json");
    serde_json::from_slice::<Manifest>(shipped).unwrap().facts(300).unwrap();
    vec![shipped.to_vec()]
}

/// Known answers as authors write them, or encoded: both ways of writing say the same.
pub fn vectors_file(bytes: &[u8]) {
    let Ok(read) = read_vectors(bytes) else { return };
    assert_eq!(read_vectors(&written(&read)).unwrap(), read);
    assert_eq!(read_vectors(&read.encode()).unwrap(), read);
}

/// The wallet reads them from a path, so they need one.
fn read_vectors(bytes: &[u8]) -> Result<Vectors, althing::output::CliError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    inputs::vectors(file.path())
}

fn written(vectors: &Vectors) -> Vec<u8> {
    let list = vectors.all().iter().map(|Vector { public, message, signature, valid }| {
        json!({
            "public": hex(public), "message": hex(message), "signature": hex(signature),
            "valid": valid, "comment": "any",
        })
    });
    list.collect::<Value>().to_string().into_bytes()
}

/// As few as may be.
#[must_use]
pub fn vectors_files() -> Vec<Vec<u8>> {
    let read = |bytes: &Vec<u8>| written(&read_vectors(bytes).unwrap());
    modules::vectors_of_schemes().iter().map(read).collect()
}
