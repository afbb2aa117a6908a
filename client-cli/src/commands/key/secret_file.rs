//! The file in which a secret leaves the wallet, in the clear, for a backup or another machine.

use std::{fs::File, io::Write as _, path::Path};

use althing_crypto::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    key::{Key, Material, SecretKind, scheme_named},
    keystore::{Hex, KeystoreError, create_private, read_private},
    output::{CliError, codes},
};

const FORMAT: &str = "althing-secret/1";

/// A secret in the clear.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    format: String,
    /// Name of the account it was exported from.
    pub(super) name: String,
    /// Address of the account it belongs to, which a rotation may have parted from the key.
    pub(super) address: String,
    /// Name of the scheme.
    pub(super) scheme: String,
    kind: SecretKind,
    path: Option<String>,
    secret: Hex,
}

impl SecretFile {
    /// The secret of `key`.
    pub fn of(name: &str, address: &str, key: &Key) -> Self {
        Self {
            format: FORMAT.to_owned(),
            name: name.to_owned(),
            address: address.to_owned(),
            scheme: key.scheme().name().to_owned(),
            kind: key.material().kind,
            path: key.path().map(str::to_owned),
            secret: Hex(key.material().secret.expose().to_vec()),
        }
    }

    /// Write a new file that only its owner may read.
    pub(super) fn write(&self, path: &Path) -> Result<(), CliError> {
        let text = self.text()?;
        let written = create_private(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.map_err(|error| {
            let message = format!("cannot write {}: {error}", path.display());
            CliError::new(codes::CANNOT_WRITE_OUTPUT, message)
        })
    }

    /// The file's text.
    pub fn text(&self) -> Result<Zeroizing<String>, CliError> {
        serde_json::to_string_pretty(self)
            .map(Zeroizing::new)
            .map_err(|error| CliError::new(codes::BUG, error.to_string()))
    }

    /// Read a file that only its owner may read.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let opened = File::open(path);
        let file = opened.map_err(|source| KeystoreError::Io {
            action: "open",
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&read_private(file, path)?, path)
    }

    /// Read the text of the file at `path`.
    pub fn parse(text: &[u8], path: &Path) -> Result<Self, CliError> {
        let secret: Self = serde_json::from_slice(text).map_err(|error| {
            let message = format!("{} is not a secret file: {error}", path.display());
            CliError::new(codes::KEY_BAD_SECRET, message)
        })?;
        if secret.format != FORMAT {
            let found = &secret.format;
            let message = format!("format is {found:?}, this program reads {FORMAT:?}");
            return Err(CliError::new(codes::KEY_FORMAT, message));
        }
        Ok(secret)
    }

    /// The key, checked against its scheme.
    pub fn key(mut self) -> Result<Key, CliError> {
        let secret = Secret::new(std::mem::take(&mut self.secret.0));
        let material = Material { kind: self.kind, secret };
        let key = Key::from_material(scheme_named(&self.scheme)?, material)
            .map_err(|error| CliError::new(codes::KEY_BAD_SECRET, error.to_string()))?;
        Ok(key.with_path(self.path.take()))
    }
}

/// Without the secret.
impl std::fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("SecretFile");
        shown.field("name", &self.name).field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret.0);
    }
}
