//! Why a proof is not one.

use althing_primitives::{Hash256, ProofError};

use crate::output::{CliError, codes};

/// Why a file does not show what it says.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofFileError {
    /// Not JSON of this form.
    #[error("{name} is no proof file: {reason}")]
    Unreadable {
        /// The file.
        name: String,
        /// What the reader met.
        reason: String,
    },
    /// Of another version.
    #[error("{name} has the format {found:?}, this program reads {expected:?}")]
    Format {
        /// The file.
        name: String,
        /// The format found.
        found: String,
        /// The one read.
        expected: &'static str,
    },
    /// The header given is none.
    #[error("{name} holds no header: {reason}")]
    NoHeader {
        /// Where it was read.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The header has another hash than the file says.
    #[error("the file names block {claimed}, its header hashes to {computed}")]
    BlockHash {
        /// What the file says.
        claimed: Hash256,
        /// What the header hashes to.
        computed: Hash256,
    },
    /// The header has another height than the file says.
    #[error("the file says height {claimed}, its header says {found}")]
    BlockNumber {
        /// What the file says.
        claimed: u32,
        /// What the header says.
        found: u32,
    },
    /// The reader trusts another state.
    #[error("the proof is about the state {found}, you trust {trusted}")]
    OtherRoot {
        /// The root the reader gave.
        trusted: Hash256,
        /// The root in the header.
        found: Hash256,
    },
    /// The reader trusts another block.
    #[error("the proof is about block {found}, you trust {trusted}")]
    OtherBlock {
        /// The block the reader gave.
        trusted: Hash256,
        /// The block of the file.
        found: Hash256,
    },
    /// The proof's bytes are none.
    #[error("the {bytes} bytes given as the proof have not the form of one")]
    NoProof {
        /// How many there are.
        bytes: usize,
    },
    /// The proof does not lead from the row to the root.
    #[error("the proof does not hold: {0}")]
    Wrong(#[from] ProofError),
}

impl From<ProofFileError> for CliError {
    fn from(error: ProofFileError) -> Self {
        use ProofFileError as E;

        let message = error.to_string();
        let of = |info| Self::new(info, message.clone());
        match error {
            E::Unreadable { name, .. } | E::Format { name, .. } => {
                of(codes::PROOF_FILE).detail("file", name)
            }
            E::NoHeader { name, .. } => of(codes::PROOF_HEADER).detail("read_in", name),
            E::BlockHash { claimed, computed } => of(codes::PROOF_HEADER)
                .detail("claimed", claimed.to_string())
                .detail("computed", computed.to_string()),
            E::BlockNumber { claimed, found } => {
                of(codes::PROOF_HEADER).detail("claimed", claimed).detail("found", found)
            }
            E::OtherRoot { trusted, found } | E::OtherBlock { trusted, found } => {
                of(codes::PROOF_ELSEWHERE)
                    .detail("trusted", trusted.to_string())
                    .detail("found", found.to_string())
            }
            E::NoProof { bytes } => of(codes::PROOF_WRONG).detail("bytes", bytes),
            E::Wrong(error) => with_values(of(codes::PROOF_WRONG), &error),
        }
    }
}

/// A refusal with what its rule compares.
fn with_values(refusal: CliError, error: &ProofError) -> CliError {
    match error {
        ProofError::TooDeep { siblings } => refusal.detail("siblings", *siblings),
        ProofError::ShowsAbsence => {
            refusal.detail("claimed", "presence").detail("computed", "absence")
        }
        ProofError::ShowsPresence => {
            refusal.detail("claimed", "absence").detail("computed", "presence")
        }
        ProofError::NotAnother { path } => refusal.detail("path", path.to_string()),
        ProofError::OffPath { shared, depth } => {
            refusal.detail("shared", *shared).detail("needed", *depth)
        }
        ProofError::WrongRoot { expected, found } => {
            refusal.detail("claimed", expected.to_string()).detail("computed", found.to_string())
        }
    }
}
