//! Why the keystore refused.

use std::{io, path::PathBuf};

use super::file::FORMAT;
use crate::{
    key::KeyError,
    output::{CliError, codes},
};

/// Why the keystore refused. Nothing here repeats a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// Not a name for a key.
    #[error("{name:?} is not a name: use 1 to 32 of the characters a-z 0-9 - _")]
    BadName {
        /// The text given.
        name: String,
    },
    /// No such key.
    #[error("no key {name:?} in {}", folder.display())]
    Unknown {
        /// The name asked for.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
        /// A name that was probably meant.
        near: Option<String>,
    },
    /// The name is taken.
    #[error("a key {name:?} exists already")]
    Exists {
        /// The name.
        name: String,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Users other than the owner may read the secret.
    #[error("{} has mode {mode:03o}: other users may read or change it", path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not JSON of the expected shape.
    #[error("{} is not a key file: {source}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// What the reader met.
        source: serde_json::Error,
    },
    /// Larger than any key file.
    #[error("{} has {bytes} bytes, a key file has at most {max}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// Another format than this program's.
    #[error("{} has format {found:?}, this program reads {FORMAT:?}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The format it names.
        found: String,
    },
    /// The file contradicts itself: a field does not follow from the others.
    #[error("{name}: {field} contradicts the rest of the key file")]
    Contradiction {
        /// Name of the key.
        name: String,
        /// Which field.
        field: &'static str,
    },
    /// No password, or an empty one.
    #[error("a key needs a password that is not empty")]
    EmptyPassword,
    /// The password is another one.
    #[error("the password does not open key {name:?}")]
    WrongPassword {
        /// Name of the key.
        name: String,
    },
    /// The password is right, but header or secret were changed.
    #[error("the header of key {name:?} was changed after it was written, or its secret was")]
    Altered {
        /// Name of the key.
        name: String,
    },
    /// Derivation parameters outside the limits.
    #[error("key derivation with m={m_kib} KiB, t={t}, p={p} is outside the limits")]
    Kdf {
        /// Memory.
        m_kib: u32,
        /// Passes.
        t: u32,
        /// Lanes.
        p: u32,
    },
    /// No key of the account is the current one.
    #[error("account {name:?} has no current key in this keystore")]
    NoCurrentKey {
        /// Name of the account.
        name: String,
    },
    /// No randomness for salt and nonce.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    /// The key itself is refused.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<KeystoreError> for CliError {
    fn from(error: KeystoreError) -> Self {
        use KeystoreError as E;

        let message = error.to_string();
        let of = |info| Self::new(info, message.clone());
        match error {
            E::BadName { name } => of(codes::KEY_BAD_NAME).detail("name", name),
            E::Unknown { name, folder, near } => unknown(of(codes::KEY_UNKNOWN), &name, near)
                .detail("name", name)
                .detail("folder", folder.display().to_string()),
            E::Exists { name } => of(codes::KEY_EXISTS).detail("name", name),
            E::Io { path, .. } => of(codes::KEY_IO).detail("path", path.display().to_string()),
            E::TooOpen { path, mode } => of(codes::KEY_TOO_OPEN)
                .detail("mode", format!("{mode:03o}"))
                .fix([format!("chmod 600 {}", path.display())]),
            E::NotJson { path, .. } | E::TooLarge { path, .. } => {
                of(codes::KEY_CORRUPT).detail("path", path.display().to_string())
            }
            E::Format { path, found } => of(codes::KEY_FORMAT)
                .detail("path", path.display().to_string())
                .detail("found", found)
                .detail("supported", FORMAT),
            E::Contradiction { name, field } => {
                of(codes::KEY_ALTERED).detail("name", name).detail("field", field)
            }
            E::EmptyPassword => of(codes::KEY_EMPTY_PASSWORD),
            E::WrongPassword { name } => of(codes::KEY_WRONG_PASSWORD).detail("name", name),
            E::Altered { name } => of(codes::KEY_ALTERED).detail("name", name),
            E::Kdf { .. } => of(codes::KEY_KDF),
            E::NoCurrentKey { name } => of(codes::KEY_NO_CURRENT).detail("name", name),
            E::NoRandomness => of(codes::KEY_RANDOM),
            E::Key(error) => error.into(),
        }
    }
}

fn unknown(error: CliError, name: &str, near: Option<String>) -> CliError {
    let create = format!("althing key new {name}");
    match near {
        Some(near) => error.fix([format!("did you mean {near:?}?"), create]),
        None => error.fix(["althing key list".to_owned(), create]),
    }
}
