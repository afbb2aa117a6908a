//! The folder of key files.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use zeroize::Zeroizing;

use super::{AccountFile, KeyName, KeystoreError};
use crate::near::nearest;

const FILE_BYTES_MAX: u64 = 1 << 20;

/// `<home>/keys`, one file per account.
#[derive(Clone, Debug)]
pub struct Keystore {
    folder: PathBuf,
}

/// A file of the keystore: its name, and the account or why it cannot be read.
pub type Listed = (String, Result<AccountFile, KeystoreError>);

impl Keystore {
    /// The keystore below `home`. Nothing is created before something is written.
    pub fn at(home: &Path) -> Self {
        Self { folder: home.join("keys") }
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is a file of this name.
    pub fn contains(&self, name: &KeyName) -> bool {
        self.path(name).exists()
    }

    /// Read one account. No password is needed.
    pub fn load(&self, name: &KeyName) -> Result<AccountFile, KeystoreError> {
        let path = self.path(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(self.unknown(name));
            }
            Err(source) => return Err(KeystoreError::Io { action: "open", path, source }),
        };
        let text = read_private(file, &path)?;
        let account = AccountFile::parse(&text, &path)?;
        if account.name() != name.as_str() {
            let name = name.to_string();
            return Err(KeystoreError::Contradiction { name, field: "name" });
        }
        Ok(account)
    }

    /// Read all accounts, by name. A file that cannot be read does not hide the others.
    pub fn list(&self) -> Result<Vec<Listed>, KeystoreError> {
        let names = self.names()?.into_iter();
        Ok(names.map(|name| (name.to_string(), self.load(&name))).collect())
    }

    /// Write a new account; an existing file is never overwritten.
    pub fn create(&self, account: &AccountFile) -> Result<PathBuf, KeystoreError> {
        let (path, draft) = self.write_draft(account)?;
        // Unlike a rename, a link fails when the name is taken, so two wallets cannot race.
        let linked = fs::hard_link(&draft, &path);
        let removed = fs::remove_file(&draft);
        match linked {
            Ok(()) => {
                removed.map_err(failed("remove", &draft))?;
                self.sync_folder()?;
                Ok(path)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(KeystoreError::Exists { name: account.name().to_owned() })
            }
            Err(source) => Err(KeystoreError::Io { action: "create", path, source }),
        }
    }

    /// Replace an account's file as a whole: readers see the old one or the new one.
    pub fn replace(&self, account: &AccountFile) -> Result<(), KeystoreError> {
        let (path, draft) = self.write_draft(account)?;
        fs::rename(&draft, &path).map_err(failed("replace", &path))?;
        self.sync_folder()
    }

    fn path(&self, name: &KeyName) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    fn names(&self) -> Result<Vec<KeyName>, KeystoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                let path = self.folder.clone();
                return Err(KeystoreError::Io { action: "list", path, source });
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed("list", &self.folder))?;
            let file = entry.file_name();
            let stem = file.to_str().and_then(|file| file.strip_suffix(".json"));
            names.extend(stem.and_then(|stem| KeyName::new(stem).ok()));
        }
        names.sort();
        Ok(names)
    }

    fn unknown(&self, name: &KeyName) -> KeystoreError {
        let names = self.names().unwrap_or_default();
        let near = nearest(name.as_str(), names.iter().map(KeyName::as_str)).map(str::to_owned);
        KeystoreError::Unknown { name: name.to_string(), folder: self.folder.clone(), near }
    }

    /// Write the account beside its place, durably, readable by its owner only.
    fn write_draft(&self, account: &AccountFile) -> Result<(PathBuf, PathBuf), KeystoreError> {
        account.check()?;
        let name = KeyName::new(account.name())?;
        Ok((self.path(&name), write_draft(&self.folder, &name, account)?))
    }

    fn sync_folder(&self) -> Result<(), KeystoreError> {
        sync(&self.folder)
    }
}

/// Write `content` as the file of `name` in `folder`, as a whole: readers see the old one or the
/// new one.
pub(crate) fn replace_private(
    folder: &Path,
    name: &KeyName,
    content: &impl Serialize,
) -> Result<PathBuf, KeystoreError> {
    let draft = write_draft(folder, name, content)?;
    let path = folder.join(format!("{name}.json"));
    fs::rename(&draft, &path).map_err(failed("replace", &path))?;
    sync(folder)?;
    Ok(path)
}

/// Write `content` beside its place, durably, readable by its owner only.
fn write_draft(
    folder: &Path,
    name: &KeyName,
    content: &impl Serialize,
) -> Result<PathBuf, KeystoreError> {
    create_private_folder(folder).map_err(failed("create", folder))?;

    let mut tag = [0; 8];
    getrandom::fill(&mut tag).map_err(|_| KeystoreError::NoRandomness)?;
    let draft = folder.join(format!(".{name}.{}.draft", const_hex::encode(tag)));
    let write = || -> io::Result<()> {
        let mut file = private_options().write(true).create_new(true).open(&draft)?;
        serde_json::to_writer_pretty(&mut file, content)?;
        file.write_all(b"\n")?;
        file.sync_all()
    };
    if let Err(source) = write() {
        // The first failure is the one worth telling; a left-over draft is harmless.
        let _ = fs::remove_file(&draft);
        return Err(KeystoreError::Io { action: "write", path: draft, source });
    }
    Ok(draft)
}

fn sync(folder: &Path) -> Result<(), KeystoreError> {
    let sync = || File::open(folder)?.sync_all();
    sync().map_err(failed("sync", folder))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeystoreError {
    let path = path.to_owned();
    move |source| KeystoreError::Io { action, path, source }
}

/// Create a file that only its owner may read; it must not exist.
pub fn create_private(path: &Path) -> io::Result<File> {
    private_options().write(true).create_new(true).open(path)
}

/// Read a file of at most 1 MiB that only its owner may read.
pub fn read_private(file: File, path: &Path) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let metadata = file.metadata().map_err(failed("read", path))?;
    check_mode(&metadata, path)?;
    let bytes = metadata.len();
    if bytes > FILE_BYTES_MAX {
        let (path, max) = (path.to_owned(), FILE_BYTES_MAX);
        return Err(KeystoreError::TooLarge { path, bytes, max });
    }
    let mut text = Zeroizing::new(Vec::new());
    file.take(FILE_BYTES_MAX).read_to_end(&mut text).map_err(failed("read", path))?;
    Ok(text)
}

#[cfg(unix)]
fn private_options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private_options() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(unix)]
/// Create a folder that only its owner may look into, if it is not there.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Create a folder, if it is not there.
#[cfg(not(unix))]
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn check_mode(metadata: &fs::Metadata, path: &Path) -> Result<(), KeystoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others != 0 {
        return Err(KeystoreError::TooOpen { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_: &fs::Metadata, _: &Path) -> Result<(), KeystoreError> {
    Ok(())
}
