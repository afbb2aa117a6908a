//! Files that these commands read: modules, vectors in both forms, manifests, signatures.

use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Write as _},
    path::Path,
};

use althing_crypto::{
    Vectors, VectorsError,
    module::{Vector, limits},
};
use althing_primitives::SIGNATURE_BYTES_MAX;
use serde::Deserialize;

use crate::output::{CliError, codes};

/// Hexadecimal takes two characters a byte, and names and commas come on top.
const VECTORS_FILE_MAX: usize = 4 * limits::VECTORS_BYTES_MAX;
const MANIFEST_MAX: usize = 64 * 1024;

/// A vector as authors write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    public: String,
    message: String,
    signature: String,
    valid: bool,
    /// Where it comes from; for people.
    #[serde(default, rename = "comment")]
    _comment: Option<String>,
}

/// What stands beside a module in a file.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    pub(super) public: u32,
    pub(super) signature: u32,
    pub(super) fuel_max: u64,
    verifier: Option<Part>,
    signer: Option<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    blake2b_256: String,
}

/// At most `max` bytes and one: what is too long is refused by its rule, not by its size on disk.
pub(super) fn read(path: &Path, max: usize) -> Result<Vec<u8>, CliError> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot read {}: {error}", path.display());
        CliError::new(codes::CANNOT_READ_INPUT, message)
    };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    let most = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Bytes from a file: as they are, or as 0x and hexadecimal digits. As many as any signature has.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = read(path, 2 * SIGNATURE_BYTES_MAX as usize + 16)?;
    let Some(digits) = bytes.strip_prefix(b"0x") else { return Ok(bytes) };
    const_hex::decode(digits.trim_ascii_end()).map_err(|error| {
        let message = format!("{}: not hexadecimal after 0x: {error}", path.display());
        CliError::new(codes::CANNOT_READ_INPUT, message)
    })
}

/// Vectors from a file, in SCALE or as a JSON list.
pub(super) fn vectors(path: &Path) -> Result<Vectors, CliError> {
    let bytes = read(path, VECTORS_FILE_MAX)?;
    let refused = |error: &dyn std::fmt::Display| {
        let message = format!("{}: {error}", path.display());
        CliError::new(codes::MOD_VECTORS, message)
    };
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    // In SCALE a list cannot begin so: as a compact number this byte announces 26 more.
    if first != Some(&b'[') {
        return Vectors::decode(&bytes).map_err(|error| refused(&error));
    }
    let written: Vec<Written> = serde_json::from_slice(&bytes).map_err(|error| refused(&error))?;
    let mut list = Vec::new();
    for (index, written) in written.iter().enumerate() {
        list.push(vector(written).map_err(|error| refused(&format!("vector {index}: {error}")))?);
    }
    Vectors::new(list).map_err(|error: VectorsError| refused(&error))
}

fn vector(written: &Written) -> Result<Vector, String> {
    let bytes = |name: &str, text: &str| {
        const_hex::decode(text).map_err(|_| format!("{name} is not hexadecimal"))
    };
    let long = |name: &str| format!("{name} is longer than any may be");
    Ok(Vector {
        public: bytes("public", &written.public)?.try_into().map_err(|_| long("public"))?,
        message: bytes("message", &written.message)?.try_into().map_err(|_| long("message"))?,
        signature: bytes("signature", &written.signature)?
            .try_into()
            .map_err(|_| long("signature"))?,
        valid: written.valid,
    })
}

/// A manifest that belongs to this verifier and, if there is one, to this signer.
pub(super) fn manifest(
    path: &Path,
    verifier: &str,
    signer: Option<&str>,
) -> Result<Manifest, CliError> {
    let wrong =
        |what: String| CliError::new(codes::MOD_MANIFEST, format!("{}: {what}", path.display()));
    let manifest: Manifest = serde_json::from_slice(&read(path, MANIFEST_MAX)?)
        .map_err(|error| wrong(error.to_string()))?;
    let belongs = |name: &str, part: &Option<Part>, found: &str| match part {
        Some(part) if !part.blake2b_256.eq_ignore_ascii_case(found) => {
            Err(wrong(format!("it is about the {name} {}, not {found}", part.blake2b_256)))
        }
        Some(_) | None => Ok(()),
    };
    belongs("verifier", &manifest.verifier, verifier)?;
    if let Some(signer) = signer {
        belongs("signer", &manifest.signer, signer)?;
    }
    Ok(manifest)
}

/// Write a file that must not exist yet.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        CliError::new(codes::CANNOT_WRITE_OUTPUT, message)
    })
}
