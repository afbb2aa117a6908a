//! The keystore's promises, on a real folder.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
};

use serde_json::Value;
use zeroize::Zeroizing;

use super::*;
use crate::{
    derive::Words,
    key::{Key, scheme_named},
    reserve::ReserveRoot,
};

struct Fixture {
    home: tempfile::TempDir,
    keystore: Keystore,
}

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned())).unwrap()
}

fn key(scheme: &str, byte: u8) -> Key {
    let words = Words::from_entropy(&[byte; 32]).unwrap();
    Key::from_words(scheme_named(scheme).unwrap(), &words, 0).unwrap()
}

fn account(name: &str, key: &Key) -> AccountFile {
    let mut file = AccountFile::new(&KeyName::new(name).unwrap(), key.account());
    file.add(key, Status::Current, &password("secret"), Hardness::Light).unwrap();
    file
}

impl Fixture {
    fn with(names: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let keystore = Keystore::at(home.path());
        for (byte, name) in (1..).zip(names) {
            keystore.create(&account(name, &key("ml-dsa-44", byte))).unwrap();
        }
        Self { home, keystore }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(format!("keys/{name}.json"))
    }

    fn load(&self, name: &str) -> Result<AccountFile, KeystoreError> {
        self.keystore.load(&KeyName::new(name).unwrap())
    }

    fn edit(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.path(name);
        let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut value);
        fs::write(&path, value.to_string()).unwrap();
    }

    fn open(&self, name: &str, text: &str) -> Result<Key, KeystoreError> {
        let file = self.load(name)?;
        file.open(file.current()?, &password(text))
    }
}

#[test]
fn a_written_account_opens_with_its_password_and_no_other() {
    let fixture = Fixture::with(&["alice"]);
    assert_eq!(fixture.open("alice", "secret").unwrap().handle(), key("ml-dsa-44", 1).handle());
    let refusal = fixture.open("alice", "Secret").unwrap_err();
    assert!(matches!(refusal, KeystoreError::WrongPassword { .. }), "{refusal}");
}

#[test]
fn files_and_folder_belong_to_their_owner_alone() {
    let fixture = Fixture::with(&["alice"]);
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(fixture.path("alice")), 0o600);
    assert_eq!(mode(fixture.home.path().join("keys")), 0o700);
    assert_eq!(fs::read_dir(fixture.home.path().join("keys")).unwrap().count(), 1);
}

#[test]
fn a_file_others_may_read_is_refused() {
    let fixture = Fixture::with(&["alice"]);
    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(fixture.path("alice"), Permissions::from_mode(mode)).unwrap();
        let refusal = fixture.load("alice").unwrap_err();
        assert!(matches!(refusal, KeystoreError::TooOpen { mode: m, .. } if m == mode));
    }
}

#[test]
fn an_existing_account_is_never_overwritten() {
    let fixture = Fixture::with(&["alice"]);
    let before = fs::read(fixture.path("alice")).unwrap();
    let refusal = fixture.keystore.create(&account("alice", &key("ml-dsa-44", 9))).unwrap_err();
    assert!(matches!(refusal, KeystoreError::Exists { .. }));
    assert_eq!(fs::read(fixture.path("alice")).unwrap(), before);
    assert_eq!(fs::read_dir(fixture.home.path().join("keys")).unwrap().count(), 1);
}

#[test]
fn a_header_does_not_open_another_headers_secret() {
    let fixture = Fixture::with(&["alice", "bob"]);
    let bob: Value = serde_json::from_slice(&fs::read(fixture.path("bob")).unwrap()).unwrap();
    fixture.edit("alice", |alice| alice["keys"][0]["secret"] = bob["keys"][0]["secret"].clone());
    let refusal = fixture.open("alice", "secret").unwrap_err();
    assert!(matches!(refusal, KeystoreError::Altered { .. }), "{refusal}");
}

#[test]
fn every_bound_field_is_protected() {
    for field in ["path", "created"] {
        let fixture = Fixture::with(&["alice"]);
        fixture.edit("alice", |alice| alice["keys"][0][field] = "other".into());
        let refusal = fixture.open("alice", "secret").unwrap_err();
        assert!(matches!(refusal, KeystoreError::Altered { .. }), "{field}: {refusal}");
    }
    let fixture = Fixture::with(&["alice", "bob"]);
    let bob = fixture.load("bob").unwrap();
    fixture.edit("alice", |alice| {
        alice["account_id"] = const_hex::encode_prefixed(bob.account().0).into();
        alice["address"] = bob.address().into();
    });
    assert!(matches!(fixture.open("alice", "secret"), Err(KeystoreError::Altered { .. })));
}

#[test]
fn a_file_that_contradicts_itself_is_refused_without_a_password() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 5] = [
        ("address", |file| file["account_id"] = const_hex::encode_prefixed([0; 32]).into()),
        ("handle", |file| {
            file["keys"][0]["handle"] = const_hex::encode_prefixed([0; 32]).into();
        }),
        ("keys", |file| file["keys"] = Value::Array(Vec::new())),
        ("name", |file| file["name"] = "bob".into()),
        ("name", |file| file["name"] = "../bob".into()),
    ];
    for (wanted, change) in cases {
        let fixture = Fixture::with(&["alice"]);
        fixture.edit("alice", change);
        let refusal = fixture.load("alice").unwrap_err();
        assert!(
            matches!(refusal, KeystoreError::Contradiction { field, .. } if field == wanted),
            "{refusal}"
        );
    }
}

#[test]
fn unreadable_and_foreign_files_are_told_apart() {
    let fixture = Fixture::with(&["alice"]);
    fixture.edit("alice", |file| file["format"] = "althing-key/9".into());
    assert!(matches!(fixture.load("alice"), Err(KeystoreError::Format { found, .. })
        if found == "althing-key/9"));
    for text in ["", "{}", "[1]", "{\"format\":\"althing-key/1\"}", "\u{0}"] {
        fs::write(fixture.path("alice"), text).unwrap();
        assert!(matches!(fixture.load("alice"), Err(KeystoreError::NotJson { .. })), "{text}");
    }
    fs::write(fixture.path("alice"), vec![b' '; (1 << 20) + 1]).unwrap();
    assert!(matches!(fixture.load("alice"), Err(KeystoreError::TooLarge { .. })));
    assert!(matches!(fixture.load("carol"), Err(KeystoreError::Unknown { .. })));
}

#[test]
fn a_hostile_file_cannot_ask_for_endless_derivation() {
    for (field, value) in [("m_kib", u32::MAX), ("t", 17), ("p", 9), ("m_kib", 0), ("t", 0)] {
        let fixture = Fixture::with(&["alice"]);
        fixture.edit("alice", |file| file["keys"][0]["secret"]["kdf"][field] = value.into());
        assert!(matches!(fixture.open("alice", "secret"), Err(KeystoreError::Kdf { .. })));
    }
}

#[test]
fn a_broken_file_does_not_hide_the_others() {
    let fixture = Fixture::with(&["alice", "bob"]);
    fs::write(fixture.path("alice"), "broken").unwrap();
    fs::write(fixture.home.path().join("keys/notes.txt"), "mine").unwrap();
    let listed = fixture.keystore.list().unwrap();
    let shown: Vec<_> = listed.iter().map(|(name, file)| (name.as_str(), file.is_ok())).collect();
    assert_eq!(shown, [("alice", false), ("bob", true)]);
}

#[test]
fn rotation_adds_a_key_and_keeps_the_account() {
    let fixture = Fixture::with(&["alice"]);
    let mut file = fixture.load("alice").unwrap();
    let (account, old) = (file.account(), key("ml-dsa-44", 1));
    let new = key("ml-dsa-65", 1);
    file.add(&new, Status::Next, &password("secret"), Hardness::Light).unwrap();
    fixture.keystore.replace(&file).unwrap();
    assert_eq!(fixture.open("alice", "secret").unwrap().handle(), old.handle());

    file.promote(new.handle()).unwrap();
    fixture.keystore.replace(&file).unwrap();
    let file = fixture.load("alice").unwrap();
    assert_eq!(file.account(), account);
    assert_eq!(fixture.open("alice", "secret").unwrap().handle(), new.handle());
    let statuses: Vec<_> = file.keys().iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Status::Retired, Status::Current]);
}

#[test]
fn a_file_of_the_first_format_opens_and_takes_a_reserve() {
    let fixture = Fixture::with(&["alice"]);
    fixture.edit("alice", |file| file["format"] = "althing-key/1".into());
    assert_eq!(fixture.open("alice", "secret").unwrap().handle(), key("ml-dsa-44", 1).handle());
    let mut file = fixture.load("alice").unwrap();
    let reserve = ReserveRoot::random().unwrap().reserve(0).unwrap();
    file.add_reserve(&reserve, &password("secret"), Hardness::Light).unwrap();
    fixture.keystore.replace(&file).unwrap();
    let text = fs::read_to_string(fixture.path("alice")).unwrap();
    assert!(text.contains("\"althing-key/2\""), "{text}");
    assert_eq!(fixture.open("alice", "secret").unwrap().handle(), key("ml-dsa-44", 1).handle());
}

#[test]
fn a_reserve_opens_and_so_do_those_that_follow() {
    let fixture = Fixture::with(&["alice"]);
    let mut file = fixture.load("alice").unwrap();
    let words = Words::from_entropy(&[1; 32]).unwrap();
    let made = ReserveRoot::from_words(&words).unwrap().reserve(0).unwrap();
    file.add_reserve(&made, &password("secret"), Hardness::Light).unwrap();
    fixture.keystore.replace(&file).unwrap();
    let file = fixture.load("alice").unwrap();
    let entry = file.reserve().unwrap();
    assert_eq!(entry.commitment(), Some(made.commitment()));
    let opened = file.open_reserve(entry, &password("secret")).unwrap();
    assert_eq!(opened.key.handle(), made.key.handle());
    assert_eq!(opened.following().unwrap().commitment(), made.following().unwrap().commitment());
    assert_eq!(file.current().unwrap().key_handle(), key("ml-dsa-44", 1).handle());
}

#[test]
fn the_place_and_the_salt_of_a_reserve_are_protected() {
    for (field, value) in [("index", Value::from(1)), ("salt", format!("0x{:064x}", 7).into())] {
        let fixture = Fixture::with(&["alice"]);
        let mut file = fixture.load("alice").unwrap();
        let reserve = ReserveRoot::random().unwrap().reserve(0).unwrap();
        file.add_reserve(&reserve, &password("secret"), Hardness::Light).unwrap();
        fixture.keystore.replace(&file).unwrap();
        fixture.edit("alice", |file| file["keys"][1]["reserve"][field] = value);
        let file = fixture.load("alice").unwrap();
        let refusal = file.open(file.reserve().unwrap(), &password("secret")).unwrap_err();
        assert!(matches!(refusal, KeystoreError::Altered { .. }), "{field}: {refusal}");
    }
}

#[test]
fn notes_follow_the_chain_and_never_forget_a_key() {
    let (old, new, ballots) = (key("ml-dsa-44", 1), key("ml-dsa-65", 2), key("ml-dsa-44", 3));
    let mut file = account("alice", &old);
    file.add(&new, Status::Next, &password("secret"), Hardness::Light).unwrap();
    file.add(&ballots, Status::Next, &password("secret"), Hardness::Light).unwrap();
    let before = file.clone();
    assert!(!file.agree(&[key("ml-dsa-44", 9).handle()], &[]), "no key of this file");
    assert_eq!(file, before);
    assert!(file.agree(&[old.handle(), new.handle()], &[ballots.handle()]));
    let statuses = |file: &AccountFile| file.keys().iter().map(|e| e.status).collect::<Vec<_>>();
    assert_eq!(statuses(&file), [Status::Current, Status::Current, Status::Limited]);
    assert!(file.agree(&[new.handle()], &[]));
    assert_eq!(statuses(&file), [Status::Retired, Status::Current, Status::Retired]);
    assert!(!file.agree(&[new.handle()], &[]), "nothing left to change");
}

#[test]
fn the_file_holds_no_secret_in_the_clear() {
    let fixture = Fixture::with(&["alice"]);
    let text = fs::read_to_string(fixture.path("alice")).unwrap();
    let seed = const_hex::encode(key("ml-dsa-44", 1).material().secret.expose());
    assert!(!text.contains(&seed[..16]));
}

/// A secret sealed by Argon2id of `argon2-cffi` and XChaCha20-Poly1305 of libsodium, so that no later
/// version of our libraries can mean something else by the same numbers.
#[test]
fn the_standard_hardness_is_argon2id_with_64_mib_three_passes_and_one_lane() {
    assert_eq!(Hardness::default(), Hardness::Standard);
    let password = password("correct horse battery staple");
    let sealed: SealedSecret = serde_json::from_value(serde_json::json!({
        "kind": "seed",
        "kdf": {
            "name": "argon2id",
            "m_kib": 65_536,
            "t": 3,
            "p": 1,
            "salt": "0x000102030405060708090a0b0c0d0e0f",
            "check": "0x64d17a2cb81a6b61662d51aed1b938c4",
        },
        "cipher": "xchacha20-poly1305",
        "nonce": "0x000102030405060708090a0b0c0d0e0f1011121314151617",
        "ciphertext": "0x2036b33fef4ba032bec11cf58dfd65480e32c7c19341c995",
    }))
    .unwrap();
    assert_eq!(sealed.open(b"a header", &password, "x").unwrap().as_slice(), b"a secret");

    let kind = crate::key::SecretKind::Seed;
    let ours = SealedSecret::seal(kind, b"a secret", b"a header", &password, Hardness::Standard);
    let ours = serde_json::to_value(ours.unwrap()).unwrap();
    let known = serde_json::to_value(&sealed).unwrap();
    for field in ["name", "m_kib", "t", "p"] {
        assert_eq!(ours["kdf"][field], known["kdf"][field], "{field}");
    }
    assert_eq!(ours["cipher"], known["cipher"]);
}
