//! The key file: one account, its keys, and their secrets under a password.
//!
//! The header is readable without the password, so accounts can be listed. Each secret is bound to
//! the header that identifies it (format, name, account, scheme, public key, origin): a file whose
//! header was exchanged does not open. Only a key's `status` is unbound, since rotation changes it
//! without touching the secret.
//!
//! Format 2 adds reserve keys and several keys that sign together. Files of format 1 stay readable
//! and become format 2 when a key is added; what binds their secrets is the same in both.

use std::path::Path;

use althing_crypto::{KeyHandle, SchemeId, Secret, signing::SigningScheme};
use althing_primitives::{AccountId, Hash256, from_ss58, to_ss58};
use parity_scale_codec::Encode;
use serde::{Deserialize, Serialize};

use super::{
    Hardness, KeyName, KeystoreError, Password, SealedSecret,
    text::{Hex, HexArray},
};
use crate::{
    key::{Key, KeyError, Material, SecretKind, scheme_named},
    modules::{self, ModuleNote},
    reserve::{self, Reserve, ReserveRoot},
    time,
};

/// Format of a key file as it is written.
pub const FORMAT: &str = "althing-key/2";
/// Formats that are read. Anything else is refused, both versions named.
pub const FORMATS: [&str; 2] = ["althing-key/1", FORMAT];
/// What binds a secret to its header begins with this, in every format since the first.
const BOUND_AS: &str = "althing-key/1";
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
    /// Signs for the account, but not everything: ballots, small transfers or for a time.
    Limited,
    /// Takes over when the scheme of the current key falls.
    Reserve,
}

impl Status {
    /// The word in files and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Next => "next",
            Self::Retired => "retired",
            Self::Limited => "limited",
            Self::Reserve => "reserve",
        }
    }
}

/// Which reserve a key is or was. Its secret is the root of all reserves.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveNote {
    /// How many escapes come before it.
    pub index: u32,
    /// What is hashed with the key for the chain.
    pub salt: HexArray<32>,
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
    /// Set if the key was made as a reserve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<ReserveNote>,
    /// Which learned scheme the key is of; absent for the program's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<ModuleNote>,
    secret: SealedSecret,
}

impl KeyEntry {
    /// Short name of the key.
    pub const fn key_handle(&self) -> KeyHandle {
        KeyHandle(Hash256(self.handle.0))
    }

    /// What the chain is told of the key beforehand, if it is a reserve.
    pub fn commitment(&self) -> Option<Hash256> {
        let note = self.reserve?;
        let scheme = self.scheme_id().ok()?;
        Some(reserve::commitment(scheme, &self.public_key.0, &note.salt.0))
    }
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

    /// Read the text of the file at `path`: every field follows from the others where it can.
    pub fn parse(text: &[u8], path: &Path) -> Result<Self, KeystoreError> {
        #[derive(Deserialize)]
        struct Versioned {
            format: String,
        }

        let not_json = |source| KeystoreError::NotJson { path: path.to_owned(), source };
        let found = serde_json::from_slice::<Versioned>(text).map_err(not_json)?.format;
        if !FORMATS.contains(&found.as_str()) {
            return Err(KeystoreError::Format { path: path.to_owned(), found });
        }
        let account: Self = serde_json::from_slice(text).map_err(not_json)?;
        account.check()?;
        Ok(account)
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

    /// The key that signs for the account: the first one of several that sign together, or one that
    /// may sign some things if there is no other.
    pub fn current(&self) -> Result<&KeyEntry, KeystoreError> {
        let of = |status| self.keys.iter().find(move |entry| entry.status == status);
        of(Status::Current)
            .or_else(|| of(Status::Limited))
            .ok_or_else(|| KeystoreError::NoCurrentKey { name: self.name.clone() })
    }

    /// The key with this handle.
    pub fn entry(&self, handle: KeyHandle) -> Option<&KeyEntry> {
        self.keys.iter().find(|entry| entry.handle.0 == handle.0.0)
    }

    /// The key that takes over next when a scheme falls: the latest one.
    pub fn reserve(&self) -> Option<&KeyEntry> {
        self.keys.iter().rev().find(|entry| entry.status == Status::Reserve)
    }

    /// Add `key` under `password`.
    pub fn add(
        &mut self,
        key: &Key,
        status: Status,
        password: &Password,
        hardness: Hardness,
    ) -> Result<(), KeystoreError> {
        let Material { kind, secret } = key.material();
        self.add_sealed((key, None), status, (*kind, secret.expose()), (password, hardness))
    }

    /// Add the key that takes over next. What is kept is the root of all reserves, so that the one
    /// after it can be made without words.
    pub fn add_reserve(
        &mut self,
        reserve: &Reserve,
        password: &Password,
        hardness: Hardness,
    ) -> Result<(), KeystoreError> {
        let note = ReserveNote { index: reserve.index, salt: HexArray(reserve.salt) };
        let secret = (SecretKind::Seed, reserve.root().expose());
        let named = (&reserve.key, Some(note));
        self.add_sealed(named, Status::Reserve, secret, (password, hardness))
    }

    fn add_sealed(
        &mut self,
        (key, reserve): (&Key, Option<ReserveNote>),
        status: Status,
        (kind, secret): (SecretKind, &[u8]),
        (password, hardness): (&Password, Hardness),
    ) -> Result<(), KeystoreError> {
        let public_key = Hex(key.public().to_vec());
        let created = time::now();
        let identity = Identity {
            scheme: key.scheme().name(),
            public_key: &public_key.0,
            path: key.path(),
            created: &created,
            reserve,
            module: modules::note_of(key.scheme()),
        };
        let secret = SealedSecret::seal(kind, secret, &self.bound(&identity), password, hardness)?;
        self.keys.push(KeyEntry {
            module: modules::note_of(key.scheme()),
            status,
            scheme: key.scheme().name().to_owned(),
            handle: HexArray(key.handle().0.0),
            path: key.path().map(str::to_owned),
            public_key,
            created,
            reserve,
            secret,
        });
        FORMAT.clone_into(&mut self.format);
        self.check()
    }

    /// Forget a key that never got onto the chain.
    pub fn forget(&mut self, handle: KeyHandle) {
        self.keys.retain(|entry| entry.handle.0 != handle.0.0);
    }

    /// Give a key another status.
    pub fn mark(&mut self, handle: KeyHandle, status: Status) -> Result<(), KeystoreError> {
        let found = self.keys.iter_mut().find(|entry| entry.handle.0 == handle.0.0);
        let entry = found.ok_or_else(|| KeystoreError::NoCurrentKey { name: self.name.clone() })?;
        entry.status = status;
        FORMAT.clone_into(&mut self.format);
        Ok(())
    }

    /// Let the notes agree with the keys that the chain has now: `owners` sign everything, `limited`
    /// ones some things. Keys that it no longer has are retired; those that wait to be entered and
    /// reserves stay what they are. True if anything changed. Without any key of this file on the
    /// chain nothing is touched.
    pub fn agree(&mut self, owners: &[KeyHandle], limited: &[KeyHandle]) -> bool {
        let among = |list: &[KeyHandle], entry: &KeyEntry| list.contains(&entry.key_handle());
        if !self.keys.iter().any(|entry| among(owners, entry) || among(limited, entry)) {
            return false;
        }
        let mut changed = false;
        for entry in &mut self.keys {
            let now = match entry.status {
                _ if among(owners, entry) => Status::Current,
                _ if among(limited, entry) => Status::Limited,
                Status::Current | Status::Limited => Status::Retired,
                stays => stays,
            };
            changed |= now != entry.status;
            entry.status = now;
        }
        changed
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
        if entry.reserve.is_some() {
            return Ok(self.open_reserve(entry, password)?.key);
        }
        let secret = self.unseal(entry, password)?;
        let material = Material { kind: entry.secret.kind, secret };
        let key = Key::from_material(entry.key_scheme()?, material)?;
        if key.public() != entry.public_key.0 || key.handle() != entry.key_handle() {
            return Err(KeystoreError::Altered { name: self.name.clone() });
        }
        Ok(key.with_path(entry.path.clone()))
    }

    /// Unlock a key that was made as a reserve, and with it those that follow.
    pub fn open_reserve(
        &self,
        entry: &KeyEntry,
        password: &Password,
    ) -> Result<Reserve, KeystoreError> {
        let altered = || KeystoreError::Altered { name: self.name.clone() };
        let note = entry.reserve.ok_or_else(altered)?;
        let root = ReserveRoot::kept(self.unseal(entry, password)?, entry.path.is_some());
        let reserve = root.reserve(note.index)?;
        let same = reserve.key.public() == entry.public_key.0 && reserve.salt == note.salt.0;
        if same { Ok(reserve) } else { Err(altered()) }
    }

    fn unseal(&self, entry: &KeyEntry, password: &Password) -> Result<Secret, KeystoreError> {
        let identity = Identity {
            scheme: &entry.scheme,
            public_key: &entry.public_key.0,
            path: entry.path.as_deref(),
            created: &entry.created,
            reserve: entry.reserve,
            module: entry.module,
        };
        let mut secret = entry.secret.open(&self.bound(&identity), password, &self.name)?;
        Ok(Secret::new(std::mem::take(&mut *secret)))
    }

    /// Every field must follow from the others where it can.
    pub(super) fn check(&self) -> Result<(), KeystoreError> {
        let wrong = |field| KeystoreError::Contradiction { name: self.name.clone(), field };
        KeyName::new(&self.name).map_err(|_| wrong("name"))?;
        let named = from_ss58(&self.address).map(|(account, _)| account);
        if named != Ok(self.account()) {
            return Err(wrong("address"));
        }
        if self.keys.is_empty() || self.keys.len() > KEYS_MAX {
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
        let account = (BOUND_AS, &self.name, self.account_id.0, &self.address, &self.created);
        let mut bytes = (account, key.scheme, key.public_key, key.path, key.created).encode();
        if let Some(note) = key.reserve {
            (note.index, note.salt.0).encode_to(&mut bytes);
        }
        // Reserves are of one of the program's own schemes, so a key has at most one of the notes.
        if let Some(note) = key.module {
            (note.scheme_id, note.signer.0).encode_to(&mut bytes);
        }
        bytes
    }
}

struct Identity<'a> {
    scheme: &'a str,
    public_key: &'a [u8],
    path: Option<&'a str>,
    created: &'a str,
    reserve: Option<ReserveNote>,
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
