//! Proofs about one row of the state, as files that are checked without a node.
//!
//! # What it owns
//!
//! - [`ProofFile`]: key, value or absence, the siblings, and the header whose state root they lead
//!   to (`specs/rpc.md`, "Proof files").
//! - [`Trust`]: what the reader holds against it.
//!
//! # Invariants
//!
//! - P1: nothing of a file is believed: the block's hash is computed from the header, and the root
//!   from the siblings.
//! - P2: a file without `value` is no claim of absence; `null` is.
//! - P3: what a proof shows does not depend on a node, on a clock or on what the row is called.
//!
//! # Failure
//!
//! [`ProofFileError`], one variant per rule; each ends the command with exit code 1.

mod error;
mod file;
mod header;

pub use error::ProofFileError;
pub use file::{Block, ChainName, ProofFile, SCHEMA};
pub use header::HeaderJson;

use althing_primitives::{Hash256, Header, StateProof};

/// What the reader trusts, besides mathematics.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trust {
    /// Nothing yet: the hash of the file's block is to be compared by the reader.
    Nothing,
    /// This state root.
    Root(Hash256),
    /// The block with this hash.
    Block(Hash256),
    /// This header.
    Header(Box<Header>),
}

impl Trust {
    /// The name of the kind, for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Root(_) => "root",
            Self::Block(_) => "block",
            Self::Header(_) => "header",
        }
    }
}

/// What was shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proved {
    /// The header whose state it is.
    pub header: Header,
    /// Its hash, computed.
    pub hash: Hash256,
    /// How many hashes lead from the row to the root.
    pub siblings: usize,
}

impl ProofFile {
    /// Check that the state after the file's block holds, or does not hold, what the file says.
    pub fn verify(&self, trust: &Trust) -> Result<Proved, ProofFileError> {
        let header = self.block.header.to_header()?;
        let hash = header.hash();
        if hash != self.block.hash {
            return Err(ProofFileError::BlockHash { claimed: self.block.hash, computed: hash });
        }
        if header.number != self.block.number {
            let (claimed, found) = (self.block.number, header.number);
            return Err(ProofFileError::BlockNumber { claimed, found });
        }
        let trusted = match trust {
            Trust::Root(root) if *root != header.state_root => {
                let (trusted, found) = (*root, header.state_root);
                return Err(ProofFileError::OtherRoot { trusted, found });
            }
            Trust::Nothing | Trust::Root(_) => hash,
            Trust::Block(trusted) => *trusted,
            Trust::Header(trusted) => trusted.hash(),
        };
        if trusted != hash {
            return Err(ProofFileError::OtherBlock { trusted, found: hash });
        }
        let proof = StateProof::from_bytes(&self.proof)
            .map_err(|_| ProofFileError::NoProof { bytes: self.proof.len() })?;
        proof.verify(&header.state_root, &self.key, self.value.as_deref())?;
        Ok(Proved { hash, siblings: proof.siblings().len(), header })
    }
}

#[cfg(test)]
mod tests;
