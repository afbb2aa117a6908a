//! The key file: one account, its keys, and their secrets under a password.
//!
//! The header is readable without the password, so accounts can be listed. Each secret is bound to
//! the header that identifies it (format, name, account, scheme, public key, origin): a file whose
//! header was exchanged does not open. Only a key's `status` is unbound, since rotation changes it
//! without touching the secret.

use althing_crypto::{KeyHandle, SchemeId, Secret, signing::SigningScheme};
use althing_primitives::{AccountId, from_ss58, to_ss58};
use parity_scale_codec::Encode;
use serde::{Deserialize, Serialize};

use super::{
    Hardness, KeyName, KeystoreError, Password, SealedSecret,
    text::{Hex, HexArray},
};
use crate::{
    key::{Key, KeyError, Material, scheme_named},
    modules::{self, ModuleNote},
    time,
};

/// Format of a key file. Anything else is refused, both versions named.
pub const FORMAT: &str = "althing-key/1";
/// Prefix of addresses in key files; account ids do not depend on it.
pub const ADDRESS_PREFIX: u16 = 42;
const KEYS_MAX: usize = 64;

/// What a key is to its account.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Signs for the account.
    Current,
    /// Made for a rotation that the chain has not confirmed.
    Next,
    /// Replaced by a rotation.
    Retired,
}

impl Status {
    /// The word in files and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Next => "next",
            Self::Retired => "retired",
        }
    }
}

/// One key of an account.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEntry {
    /// What the key is to the account.
    pub status: Status,
    /// Name of the scheme.
    pub scheme: String,
    /// Short name of the public key.
    pub handle: HexArray<32>,
    /// The public key.
    pub public_key: Hex,
    /// Where the key stands in the derivation from words; absent when no words restore it.
    pub path: Option<String>,
    /// When the entry was written, RFC 3339 UTC.
    pub created: String,
    /// Which learned scheme the key is of; absent for the program's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<ModuleNote>,
    secret: SealedSecret,
}

/// An account of the wallet.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFile {
    format: String,
    name: String,
    account_id: HexArray<32>,
    address: String,
    created: String,
    keys: Vec<KeyEntry>,
}

impl AccountFile {
    /// A file for `account` without keys yet.
    pub fn new(name: &KeyName, account: AccountId) -> Self {
        Self {
            format: FORMAT.to_owned(),
            name: name.to_string(),
            account_id: HexArray(account.0),
            address: to_ss58(&account, ADDRESS_PREFIX),
            created: time::now(),
            keys: Vec::new(),
        }
    }

    /// Name of the account, which is that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account, which stays the same whatever keys it has.
    pub fn account(&self) -> AccountId {
        AccountId(self.account_id.0)
    }

    /// The account as text.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// When the file was first written, RFC 3339 UTC.
    pub fn created(&self) -> &str {
        &self.created
    }

    /// All keys, oldest first.
    pub fn keys(&self) -> &[KeyEntry] {
        &self.keys
    }

    /// The key that signs for the account.
    pub fn current(&self) -> Result<&KeyEntry, KeystoreError> {
        self.keys
            .iter()
            .find(|entry| entry.status == Status::Current)
            .ok_or_else(|| KeystoreError::NoCurrentKey { name: self.name.clone() })
    }

    /// Add `key` under `password`.
    pub fn add(
        &mut self,
        key: &Key,
        status: Status,
        password: &Password,
        hardness: Hardness,
    ) -> Result<(), KeystoreError> {
        let public_key = Hex(key.public().to_vec());
        let created = time::now();
        let identity = Identity {
            scheme: key.scheme().name(),
            public_key: &public_key.0,
            path: key.path(),
            created: &created,
            module: modules::note_of(key.scheme()),
        };
        let material = key.material();
        let secret = SealedSecret::seal(
            material.kind,
            material.secret.expose(),
            &self.bound(&identity),
            password,
            hardness,
        )?;
        self.keys.push(KeyEntry {
            module: modules::note_of(key.scheme()),
            status,
            scheme: key.scheme().name().to_owned(),
            handle: HexArray(key.handle().0.0),
            path: key.path().map(str::to_owned),
            public_key,
            created,
            secret,
        });
        self.check()
    }

    /// Make the key with this handle the current one; the one before it is retired.
    pub fn promote(&mut self, handle: KeyHandle) -> Result<(), KeystoreError> {
        let wanted = |entry: &KeyEntry| entry.handle.0 == handle.0.0;
        if !self.keys.iter().any(wanted) {
            return Err(KeystoreError::NoCurrentKey { name: self.name.clone() });
        }
        for entry in &mut self.keys {
            if wanted(entry) {
                entry.status = Status::Current;
            } else if entry.status == Status::Current {
                entry.status = Status::Retired;
            }
        }
        Ok(())
    }

    /// Unlock `entry`. The secret must make the public key that the header names.
    pub fn open(&self, entry: &KeyEntry, password: &Password) -> Result<Key, KeystoreError> {
        let identity = Identity {
            scheme: &entry.scheme,
            public_key: &entry.public_key.0,
            path: entry.path.as_deref(),
            created: &entry.created,
            module: entry.module,
        };
        let mut secret = entry.secret.open(&self.bound(&identity), password, &self.name)?;
        let material =
            Material { kind: entry.secret.kind, secret: Secret::new(std::mem::take(&mut *secret)) };
        let key = Key::from_material(entry.key_scheme()?, material)?;
        if key.public() != entry.public_key.0 || key.handle().0.0 != entry.handle.0 {
            return Err(KeystoreError::Altered { name: self.name.clone() });
        }
        Ok(key)
    }

    /// Every field must follow from the others where it can.
    pub(super) fn check(&self) -> Result<(), KeystoreError> {
        let wrong = |field| KeystoreError::Contradiction { name: self.name.clone(), field };
        KeyName::new(&self.name).map_err(|_| wrong("name"))?;
        let named = from_ss58(&self.address).map(|(account, _)| account);
        if named != Ok(self.account()) {
            return Err(wrong("address"));
        }
        let current = self.keys.iter().filter(|entry| entry.status == Status::Current).count();
        if self.keys.is_empty() || self.keys.len() > KEYS_MAX || current > 1 {
            return Err(wrong("keys"));
        }
        for entry in &self.keys {
            let scheme = entry.scheme_id()?;
            if KeyHandle::of(scheme, &entry.public_key.0).0.0 != entry.handle.0 {
                return Err(wrong("handle"));
            }
        }
        Ok(())
    }

    /// The bytes that a secret is bound to.
    fn bound(&self, key: &Identity<'_>) -> Vec<u8> {
        let account = (FORMAT, &self.name, self.account_id.0, &self.address, &self.created);
        let mut bound = (account, key.scheme, key.public_key, key.path, key.created).encode();
        // Keys of the program's own schemes are bound as they always were.
        if let Some(note) = key.module {
            (note.scheme_id, note.signer.0).encode_to(&mut bound);
        }
        bound
    }
}

struct Identity<'a> {
    scheme: &'a str,
    public_key: &'a [u8],
    path: Option<&'a str>,
    created: &'a str,
    module: Option<ModuleNote>,
}

impl KeyEntry {
    /// The scheme, ready to sign: the very modules the key was made with.
    pub fn key_scheme(&self) -> Result<&'static dyn SigningScheme, KeyError> {
        match self.module {
            Some(note) => Ok(modules::noted(note)?),
            None => scheme_named(&self.scheme),
        }
    }

    /// The scheme's number, which is known even where its modules are not.
    pub fn scheme_id(&self) -> Result<SchemeId, KeyError> {
        match self.module {
            Some(note) => Ok(SchemeId(note.scheme_id)),
            None => scheme_named(&self.scheme).map(|scheme| scheme.id()),
        }
    }
}
