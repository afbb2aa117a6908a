//! Descriptions of chains that were met before, one for each genesis and version of the rules.
//!
//! What a call means is what the metadata says it means. A file that comes from another machine
//! brings its own; where this machine knows better, it says so (`specs/wallet.md`, W57).

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::ChainError;

/// The place of one description.
#[derive(Clone, Debug)]
pub struct KeptMetadata {
    path: PathBuf,
    genesis: String,
    spec_version: u32,
}

impl KeptMetadata {
    /// The place of the description of these rules below `home`.
    pub fn of(home: &Path, genesis: &str, spec_version: u32) -> Self {
        let plain: String = genesis.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("{plain}-{spec_version}.scale");
        let path = home.join("cache").join("metadata").join(name);
        Self { path, genesis: genesis.to_owned(), spec_version }
    }

    /// The description, if one is kept.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        fs::read(&self.path).ok()
    }

    /// Keep the description that is met first; another one later is refused.
    pub fn keep(&self, bytes: &[u8]) -> Result<(), ChainError> {
        match self.bytes() {
            Some(kept) if kept == bytes => Ok(()),
            Some(_) => Err(ChainError::OtherMetadata {
                genesis: self.genesis.clone(),
                spec_version: self.spec_version,
                path: self.path.clone(),
            }),
            None => self.store(bytes),
        }
    }

    /// Forget a description that cannot be read.
    pub(super) fn forget(&self) -> Result<(), ChainError> {
        fs::remove_file(&self.path).map_err(|source| {
            let path = self.path.clone();
            ChainError::Io { action: "remove", path, source }
        })
    }

    fn store(&self, bytes: &[u8]) -> Result<(), ChainError> {
        let failed = |source| ChainError::Io { action: "write", path: self.path.clone(), source };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        // Wallets that run at the same time must never see half a file.
        let draft = self.path.with_extension(format!("{}.draft", std::process::id()));
        fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, &self.path)).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_description_of_a_version_stays() {
        let home = tempfile::tempdir().unwrap();
        let kept = KeptMetadata::of(home.path(), "0xaa", 3);
        assert_eq!(kept.bytes(), None);
        kept.keep(b"one").unwrap();
        kept.keep(b"one").unwrap();
        let refused = kept.keep(b"two").unwrap_err();
        assert!(matches!(refused, ChainError::OtherMetadata { spec_version: 3, .. }));
        assert_eq!(kept.bytes().as_deref(), Some(&b"one"[..]));
        KeptMetadata::of(home.path(), "0xaa", 4).keep(b"two").unwrap();
    }
}
