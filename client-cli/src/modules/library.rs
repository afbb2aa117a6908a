//! `<home>/modules`: modules under their hashes, and a record of facts for each scheme.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use althing_primitives::{Family, Hash256, blake2_256};
use serde::{Deserialize, Serialize};

use super::{ModuleNote, ModulesError};
use crate::keystore::{HexArray, create_private, create_private_folder};

/// Name and version of a record.
pub const RECORD_FORMAT: &str = "althing-module/1";
/// The longest module.
pub const MODULE_BYTES_MAX: u64 = 1 << 20;
const RECORD_BYTES_MAX: u64 = 16 * 1024;

/// What the registry says of a scheme that is a pair of modules.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeFacts {
    /// Name and version of the record.
    pub format: String,
    /// The registry's number.
    pub id: u16,
    /// The name.
    pub name: String,
    /// The assumption it rests on: lattice, hash or code.
    pub family: String,
    /// Exact bytes of a public key.
    pub public_bytes: u32,
    /// Exact bytes of a signature.
    pub signature_bytes: u32,
    /// Fuel that one verification may use.
    pub fuel_max: u64,
    /// BLAKE2b-256 of the verifier.
    pub verifier: HexArray<32>,
    /// BLAKE2b-256 of the signer.
    pub signer: HexArray<32>,
    /// Hash of the first block of the chain it was learned from; none if from files alone.
    pub genesis: Option<HexArray<32>>,
}

impl SchemeFacts {
    /// Read the record in the file at `path`.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, ModulesError> {
        let wrong =
            |reason: String| ModulesError::Record { path: path.display().to_string(), reason };
        let facts: Self = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
        if facts.format != RECORD_FORMAT {
            return Err(wrong(format!("its format is {:?}", facts.format)));
        }
        if facts.family().is_none() {
            return Err(wrong(format!("{:?} is no family", facts.family)));
        }
        Ok(facts)
    }

    /// What a key of this scheme notes.
    pub const fn note(&self) -> ModuleNote {
        ModuleNote { scheme_id: self.id, signer: self.signer }
    }

    /// The assumption it rests on.
    pub fn family(&self) -> Option<Family> {
        family(&self.family)
    }
}

/// The family of this name.
pub(super) fn family(name: &str) -> Option<Family> {
    match name.to_ascii_lowercase().as_str() {
        "lattice" => Some(Family::Lattice),
        "hash" => Some(Family::Hash),
        "code" => Some(Family::Code),
        _ => None,
    }
}

/// The modules of this user.
#[derive(Clone, Debug)]
pub struct Library {
    folder: PathBuf,
}

impl Library {
    /// The library below `home`. Nothing is created before something is kept.
    pub fn at(home: &Path) -> Self {
        Self { folder: home.join("modules") }
    }

    /// All schemes, by number.
    pub fn list(&self) -> Result<Vec<SchemeFacts>, ModulesError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("list", &self.folder, &error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed("list", &self.folder, &error))?.path();
            if path.extension().is_some_and(|end| end == "json") {
                found.push(SchemeFacts::parse(&path, &read(&path, RECORD_BYTES_MAX)?)?);
            }
        }
        found.sort_by_key(|facts| (facts.id, facts.signer.0));
        Ok(found)
    }

    /// Signer and verifier of a scheme, found to have their hashes (M1).
    pub fn code(&self, facts: &SchemeFacts) -> Result<(Vec<u8>, Vec<u8>), ModulesError> {
        let module = |what, hash| {
            self.module(hash).map_err(|error| ModulesError::Altered {
                what,
                name: facts.name.clone(),
                path: self.place(hash).display().to_string(),
                reason: error.to_string(),
                from_chain: facts.genesis.is_some(),
                id: facts.id,
            })
        };
        Ok((module("signer", facts.signer)?, module("verifier", facts.verifier)?))
    }

    /// Put the modules of a scheme back that are gone or altered. Returns whether any was.
    pub fn repair(
        &self,
        facts: &SchemeFacts,
        signer: &[u8],
        verifier: &[u8],
    ) -> Result<bool, ModulesError> {
        let mut any = false;
        for (hash, bytes) in [(facts.signer, signer), (facts.verifier, verifier)] {
            if self.module(hash).is_ok() {
                continue;
            }
            check_hash("a module", hash, bytes)?;
            replace(&self.place(hash), bytes)?;
            any = true;
        }
        Ok(any)
    }

    /// Keep a scheme. Modules first: a record never names bytes that are not there.
    pub fn keep(
        &self,
        facts: &SchemeFacts,
        signer: &[u8],
        verifier: &[u8],
    ) -> Result<(), ModulesError> {
        let folder = |error: std::io::Error| failed("create", &self.folder, &error);
        create_private_folder(&self.folder).map_err(folder)?;
        for (hash, bytes) in [(facts.signer, signer), (facts.verifier, verifier)] {
            check_hash("a module", hash, bytes)?;
            write_once(&self.place(hash), bytes)?;
        }
        let text = serde_json::to_string_pretty(facts).map_err(|error| ModulesError::Record {
            path: facts.name.clone(),
            reason: error.to_string(),
        })?;
        let name = format!("{}-{}.json", facts.id, const_hex::encode(facts.signer.0));
        write_once(&self.folder.join(name), (text + "\n").as_bytes())
    }

    fn module(&self, hash: HexArray<32>) -> Result<Vec<u8>, ModulesError> {
        let path = self.place(hash);
        let bytes = read(&path, MODULE_BYTES_MAX)?;
        check_hash(&path.display().to_string(), hash, &bytes)?;
        Ok(bytes)
    }

    fn place(&self, hash: HexArray<32>) -> PathBuf {
        self.folder.join(format!("{}.wasm", const_hex::encode(hash.0)))
    }
}

/// Refuse bytes that do not have this hash.
pub(super) fn check_hash(
    what: &str,
    expected: HexArray<32>,
    bytes: &[u8],
) -> Result<(), ModulesError> {
    let found = blake2_256(bytes);
    if found.0 == expected.0 {
        return Ok(());
    }
    let (what, expected) = (what.to_owned(), Hash256(expected.0).to_string());
    Err(ModulesError::Hash { what, expected, found: found.to_string() })
}

/// Read a file of at most `max` bytes.
pub(super) fn read(path: &Path, max: u64) -> Result<Vec<u8>, ModulesError> {
    let mut bytes = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(max.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(|error| failed("read", path, &error))?;
    if bytes.len() as u64 > max {
        let reason = format!("it has more than {max} bytes");
        let path = path.display().to_string();
        return Err(ModulesError::Io { action: "read", path, reason });
    }
    Ok(bytes)
}

/// Write a draft beside `path`, durably.
fn draft(path: &Path, bytes: &[u8]) -> Result<PathBuf, ModulesError> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let write = || {
        let mut file = create_private(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| failed("write", &draft, &error))?;
    Ok(draft)
}

/// Put `bytes` in the place of a file that is not what its name says.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), ModulesError> {
    let draft = draft(path, bytes)?;
    fs::rename(&draft, path).map_err(|error| failed("create", path, &error))
}

/// Write a file whose name follows from its content, durably; one that is there already stays.
fn write_once(path: &Path, bytes: &[u8]) -> Result<(), ModulesError> {
    let draft = draft(path, bytes)?;
    // Unlike a rename, a link leaves alone what has the name already.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(|error| failed("remove", &draft, &error))?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(failed("create", path, &error))
        }
        _ => Ok(()),
    }
}

pub(super) fn failed(action: &'static str, path: &Path, error: &std::io::Error) -> ModulesError {
    ModulesError::Io { action, path: path.display().to_string(), reason: error.to_string() }
}
