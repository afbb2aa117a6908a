//! Why a chain spec cannot be used.

use std::path::PathBuf;

/// Why a chain spec cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file cannot be read.
    #[error("cannot read the chain spec {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is longer than any spec.
    #[error("the chain spec {path} has {found} bytes, the most is {max}")]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its length in bytes.
        found: u64,
        /// The limit in bytes.
        max: u64,
    },
    /// The text is not a chain spec.
    #[error("the text is not a chain spec")]
    Malformed(#[from] serde_json::Error),
    /// The specification contradicts itself or this runtime.
    #[error("the specification makes no block 0")]
    Genesis(#[from] althing_runtime::GenesisError),
    /// A development member's key cannot be derived: the program is wrong.
    #[error("cannot derive a development member's key")]
    Member(#[from] althing_crypto::signing::SigningError),
}
