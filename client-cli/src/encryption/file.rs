//! The file of an account's encryption keys, beside its key file (W21).

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use althing_crypto::{KeyHandle, Secret};
use althing_primitives::AccountId;
use parity_scale_codec::Encode as _;
use serde::{Deserialize, Serialize};

use super::{EncryptionKey, kem_named};
use crate::{
    keystore::{
        Hardness, Hex, HexArray, KeyName, KeystoreError, Password, SealedSecret, read_private,
        replace_private,
    },
    output::CliError,
    time,
};

/// Format of the file. Anything else is refused, both versions named.
pub const FORMAT: &str = "althing-encryption-key/1";
const KEYS_MAX: usize = 64;

/// One encryption key of an account.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptionEntry {
    /// Name of the KEM.
    pub kem: String,
    /// Short name of the public key.
    pub handle: HexArray<32>,
    /// The public key.
    pub public_key: Hex,
    /// Where the key stands in the derivation from words; absent when no words restore it.
    pub path: Option<String>,
    /// When the entry was written, RFC 3339 UTC.
    pub created: String,
    secret: SealedSecret,
}

/// The encryption keys of an account, oldest first: the last one is published, the others open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptionFile {
    format: String,
    name: String,
    account_id: HexArray<32>,
    keys: Vec<EncryptionEntry>,
}

impl EncryptionFile {
    /// A file for `account` without keys yet.
    pub fn new(name: &KeyName, account: AccountId) -> Self {
        let (format, name) = (FORMAT.to_owned(), name.to_string());
        Self { format, name, account_id: HexArray(account.0), keys: Vec::new() }
    }

    /// Read the text of the file at `path`, which must be that of the account `name`.
    pub fn parse(text: &[u8], path: &Path, name: &KeyName) -> Result<Self, CliError> {
        let file = parse(text, path)?;
        file.check(name)?;
        Ok(file)
    }

    /// Name of the account.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        AccountId(self.account_id.0)
    }

    /// All keys, oldest first.
    pub fn keys(&self) -> &[EncryptionEntry] {
        &self.keys
    }

    /// The key with this handle.
    pub fn key(&self, handle: &KeyHandle) -> Option<&EncryptionEntry> {
        self.keys.iter().find(|entry| entry.handle.0 == handle.0.0)
    }

    /// Add `key` under `password`. A key that is there already is not added twice: it becomes the
    /// last one.
    pub fn add(
        &mut self,
        key: &EncryptionKey,
        password: &Password,
        hardness: Hardness,
    ) -> Result<(), CliError> {
        let (kem, public, created) = (key.kem_name(), &*key.public, time::now());
        let handle = key.handle()?;
        if let Some(at) = self.keys.iter().position(|entry| entry.handle.0 == handle.0.0) {
            let known = self.keys.remove(at);
            self.keys.push(known);
            return Ok(());
        }
        let header = self.bound((kem, public, key.path.as_deref(), &created));
        let secret =
            SealedSecret::seal(key.kind, key.secret.expose(), &header, password, hardness)?;
        self.keys.push(EncryptionEntry {
            kem: kem.to_owned(),
            handle: HexArray(handle.0.0),
            public_key: Hex(public.to_vec()),
            path: key.path.clone(),
            created,
            secret,
        });
        Ok(())
    }

    /// Unlock `entry`. A seed must make the public key that the header names.
    pub fn open(
        &self,
        entry: &EncryptionEntry,
        password: &Password,
    ) -> Result<EncryptionKey, CliError> {
        let public = &*entry.public_key.0;
        let header = self.bound((&entry.kem, public, entry.path.as_deref(), &entry.created));
        let mut secret = entry.secret.open(&header, password, &self.name)?;
        let secret = Secret::new(std::mem::take(&mut *secret));
        let kem = kem_named(&entry.kem)?;
        let key = EncryptionKey::from_kept(kem, entry.secret.kind, public, secret);
        key.ok_or_else(|| KeystoreError::Altered { name: self.name.clone() }.into())
    }

    /// Every field must follow from the others where it can.
    fn check(&self, name: &KeyName) -> Result<(), CliError> {
        let wrong = |field| KeystoreError::Contradiction { name: name.to_string(), field };
        if self.name != name.as_str() {
            return Err(wrong("name").into());
        }
        if self.keys.is_empty() || self.keys.len() > KEYS_MAX {
            return Err(wrong("keys").into());
        }
        for entry in &self.keys {
            let kem = kem_named(&entry.kem)?;
            if KeyHandle::of(kem.id(), &entry.public_key.0).0.0 != entry.handle.0 {
                return Err(wrong("handle").into());
            }
        }
        Ok(())
    }

    /// The bytes that a secret is bound to.
    fn bound(&self, key: (&str, &[u8], Option<&str>, &str)) -> Vec<u8> {
        (FORMAT, &self.name, self.account_id.0, key).encode()
    }
}

/// `<home>/encryption`, one file per account.
#[derive(Clone, Debug)]
pub struct EncryptionStore {
    folder: PathBuf,
}

impl EncryptionStore {
    /// The store below `home`. Nothing is created before something is written.
    pub fn at(home: &Path) -> Self {
        Self { folder: home.join("encryption") }
    }

    /// The file of an account, if it has one. No password is needed.
    pub fn load(&self, name: &KeyName) -> Result<Option<EncryptionFile>, CliError> {
        let path = self.folder.join(format!("{name}.json"));
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(KeystoreError::Io { action: "open", path, source }.into()),
        };
        EncryptionFile::parse(&read_private(file, &path)?, &path, name).map(Some)
    }

    /// Write the file of an account as a whole.
    pub fn save(&self, file: &EncryptionFile) -> Result<PathBuf, CliError> {
        let name = KeyName::new(file.name())?;
        file.check(&name)?;
        Ok(replace_private(&self.folder, &name, file)?)
    }
}

fn parse(text: &[u8], path: &Path) -> Result<EncryptionFile, KeystoreError> {
    #[derive(Deserialize)]
    struct Versioned {
        format: String,
    }

    let not_json = |source| KeystoreError::NotJson { path: path.to_owned(), source };
    let found = serde_json::from_slice::<Versioned>(text).map_err(not_json)?.format;
    if found != FORMAT {
        return Err(KeystoreError::Format { path: path.to_owned(), found });
    }
    serde_json::from_slice(text).map_err(not_json)
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn password(text: &str) -> Password {
        Password::new(Zeroizing::new(text.to_owned())).unwrap()
    }

    fn name() -> KeyName {
        KeyName::new("zoe").unwrap()
    }

    fn file_with(kems: &[&str]) -> EncryptionFile {
        let mut file = EncryptionFile::new(&name(), AccountId([7; 32]));
        for kem in kems {
            let key = EncryptionKey::random(kem_named(kem).unwrap()).unwrap();
            file.add(&key, &password("secret"), Hardness::Light).unwrap();
        }
        file
    }

    #[test]
    fn keys_of_every_kem_open_with_their_password_and_no_other() {
        let home = tempfile::tempdir().unwrap();
        let store = EncryptionStore::at(home.path());
        assert!(store.load(&name()).unwrap().is_none());
        let file = file_with(&["kyber-768-r3", "ml-kem-768"]);
        store.save(&file).unwrap();
        let read = store.load(&name()).unwrap().unwrap();
        assert_eq!(read, file);
        for entry in read.keys() {
            let key = read.open(entry, &password("secret")).unwrap();
            assert_eq!(key.public, entry.public_key.0);
            assert_eq!(read.open(entry, &password("Secret")).unwrap_err().code, "KEY-304");
        }
    }

    #[test]
    fn a_changed_header_does_not_open_the_secret() {
        let file = file_with(&["ml-kem-768"]);
        let mut text = serde_json::to_value(&file).unwrap();
        text["account_id"] = format!("0x{}", "08".repeat(32)).into();
        let changed: EncryptionFile = serde_json::from_value(text).unwrap();
        let refusal = changed.open(&changed.keys()[0], &password("secret")).unwrap_err();
        assert_eq!(refusal.code, "KEY-305");
    }

    #[test]
    fn a_file_that_contradicts_itself_or_has_another_format_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let store = EncryptionStore::at(home.path());
        let path = store.save(&file_with(&["ml-kem-768"])).unwrap();
        let good = std::fs::read_to_string(&path).unwrap();
        let cases = [
            ("\"zoe\"", "\"eve\"", "KEY-305"),
            ("ml-kem-768", "kyber-768-r3", "KEY-305"),
            ("althing-encryption-key/1", "althing-encryption-key/2", "KEY-307"),
            ("{", "", "KEY-306"),
        ];
        for (from, to, code) in cases {
            std::fs::write(&path, good.replacen(from, to, 1)).unwrap();
            assert_eq!(store.load(&name()).unwrap_err().code, code, "{from}");
        }
    }

    #[test]
    fn a_key_that_is_there_already_becomes_the_last_one() {
        let mut file = file_with(&["ml-kem-768", "kyber-768-r3"]);
        let first = file.keys()[0].clone();
        let key = file.open(&first, &password("secret")).unwrap();
        file.add(&key, &password("secret"), Hardness::Light).unwrap();
        assert_eq!((file.keys().len(), &file.keys()[1]), (2, &first));
    }
}
