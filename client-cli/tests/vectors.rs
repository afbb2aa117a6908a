//! What is frozen: derivation, dev members and the key file, pinned in `specs/vectors/wallet.json`.
//!
//! `BLESS=1` rewrites the derived part of the file; that needs a line in the changelog, since it
//! means that old backups no longer restore their keys.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::{fs, path::PathBuf};

use althing::{
    derive::Words,
    key::{Key, scheme_named},
    keystore::{AccountFile, KeyName, Keystore, Password},
    reserve::ReserveRoot,
};
use althing_crypto::signing::DEV_MEMBERS;
use serde_json::{Value, json};
use zeroize::Zeroizing;

const PASSWORD: &str = "correct horse battery staple";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors/wallet.json")
}

fn vectors() -> Value {
    serde_json::from_slice(&fs::read(path()).unwrap()).unwrap()
}

fn derivations() -> Vec<Value> {
    let mut cases = Vec::new();
    for entropy in [[0; 32], core::array::from_fn(|index| u8::try_from(index).unwrap())] {
        let words = Words::from_entropy(&entropy).unwrap();
        for scheme in ["ml-dsa-44", "ml-dsa-65", "slh-dsa-sha2-128s"] {
            for index in [0, 1] {
                let key = Key::from_words(scheme_named(scheme).unwrap(), &words, index).unwrap();
                cases.push(json!({
                    "words": words.iter().collect::<Vec<_>>().join(" "),
                    "scheme": scheme,
                    "index": index,
                    "path": key.path(),
                    "seed": const_hex::encode_prefixed(key.material().secret.expose()),
                    "handle": key.handle().0.to_string(),
                    "account_id": const_hex::encode_prefixed(key.account().0),
                    "address": key.account().to_string(),
                }));
            }
        }
    }
    cases
}

fn reserves() -> Vec<Value> {
    let mut cases = Vec::new();
    for entropy in [[0; 32], core::array::from_fn(|index| u8::try_from(index).unwrap())] {
        let words = Words::from_entropy(&entropy).unwrap();
        let root = ReserveRoot::from_words(&words).unwrap();
        for index in [0, 1] {
            let reserve = root.reserve(index).unwrap();
            cases.push(json!({
                "words": words.iter().collect::<Vec<_>>().join(" "),
                "root": const_hex::encode_prefixed(words.reserve_root().unwrap().expose()),
                "index": index,
                "path": reserve.key.path(),
                "seed": const_hex::encode_prefixed(reserve.key.material().secret.expose()),
                "salt": const_hex::encode_prefixed(reserve.salt),
                "public": const_hex::encode_prefixed(reserve.key.public()),
                "commitment": reserve.commitment().to_string(),
            }));
        }
    }
    cases
}

fn dev_members() -> Vec<Value> {
    let member = |member: &althing_crypto::signing::DevMember| {
        let key = Key::of_dev_member(member).unwrap();
        json!({
            "name": member.name,
            "scheme": key.scheme().name(),
            "handle": key.handle().0.to_string(),
            "address": key.account().to_string(),
        })
    };
    DEV_MEMBERS.iter().map(member).collect()
}

fn password() -> Password {
    Password::new(Zeroizing::new(PASSWORD.to_owned())).unwrap()
}

#[test]
fn derivation_and_dev_members_are_those_that_were_frozen() {
    if std::env::var_os("BLESS").is_some() {
        // The key file stays what an earlier version wrote.
        let written = vectors()["key_file"]["file"].clone();
        let text = serde_json::to_string_pretty(&json!({
            "derivation": derivations(),
            "reserve": reserves(),
            "dev_members": dev_members(),
            "key_file": { "password": PASSWORD, "file": written },
        }));
        fs::write(path(), text.unwrap() + "\n").unwrap();
    }
    assert_eq!(vectors()["derivation"], Value::Array(derivations()));
    assert_eq!(vectors()["reserve"], Value::Array(reserves()));
    assert_eq!(vectors()["dev_members"], Value::Array(dev_members()));
}

#[test]
fn a_key_file_written_earlier_still_opens() {
    let vectors = vectors();
    let home = tempfile::tempdir().unwrap();
    let written: AccountFile = serde_json::from_value(vectors["key_file"]["file"].clone()).unwrap();
    let keystore = Keystore::at(home.path());
    keystore.create(&written).unwrap();
    let file = keystore.load(&KeyName::new("pinned").unwrap()).unwrap();
    let key = file.open(file.current().unwrap(), &password()).unwrap();
    assert_eq!(vectors["derivation"][0]["handle"], key.handle().0.to_string());
}
