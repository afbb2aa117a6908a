//! Why nothing was measured, or not what was meant.

use std::io;
use std::path::PathBuf;

use althing_crypto::module::SignerError;
use althing_crypto::signing::{EntropyError, RandomKemError, SigningError};
use althing_crypto::{Disagreement, KemError, ModuleError};
use althing_executor::BlockError;
use althing_frame::{DispatchError, Fault, Invalid};
use althing_primitives::{ExtrinsicError, Hash256, SchemeId};
use althing_runtime::GenesisError;

use crate::chain::ChainError;
use crate::store::StoreError;

/// Why a benchmark has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A scheme that this program does not have.
    #[error("no signature scheme is called {name}; there are: {known}")]
    Scheme {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An option that says nothing about what is to be measured.
    #[error("{option} does not go with {with}{hint}")]
    Option {
        /// The option.
        option: &'static str,
        /// What else was asked for.
        with: String,
        /// Where it belongs.
        hint: &'static str,
    },
    /// Nothing can be written there.
    #[error("there is no folder {path}")]
    Folder {
        /// Where.
        path: PathBuf,
    },
    /// A scheme without a signing half.
    #[error("this program cannot sign with scheme {scheme}")]
    NoSigner {
        /// The scheme.
        scheme: SchemeId,
    },
    /// The backends of a scheme give different verdicts.
    #[error(transparent)]
    Verifier(#[from] Disagreement),
    /// Keys or signatures could not be made.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// A KEM refused a key or ciphertext of its own.
    #[error(transparent)]
    Kem(#[from] KemError),
    /// There is no randomness for keys.
    #[error(transparent)]
    RandomKem(#[from] RandomKemError),
    /// The library of the yardsticks refused its own key.
    #[error("the yardstick {name} does not run")]
    Yardstick {
        /// Which.
        name: &'static str,
    },
    /// The chain of the benchmark does not begin.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// What has to be there before the block was refused.
    #[error("cannot prepare the chain: {0}")]
    Arrange(DispatchError),
    /// A row of the benchmark's chain is wrong: a bug.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A block of the benchmark does not run.
    #[error("the block does not run")]
    Block(#[from] BlockError),
    /// A transaction of the benchmark may not be in its block.
    #[error("{count} transactions may not be in the block, the first is {position}: {reason}")]
    Refused {
        /// How many.
        count: usize,
        /// The first.
        position: usize,
        /// Why.
        reason: Invalid,
    },
    /// Nothing of the workload fits the block.
    #[error("no transaction fits the limits of a block")]
    Empty,
    /// Bytes that the benchmark itself wrote cannot be read.
    #[error("the block's bytes do not decode")]
    Bytes,
    /// An extrinsic that the benchmark itself wrote cannot be read.
    #[error("an extrinsic does not decode")]
    Extrinsic(#[from] ExtrinsicError),
    /// Serial and parallel execution differ: a bug.
    #[error("{mode} gives block {found}, serial execution gives {expected}")]
    Roots {
        /// What differs.
        mode: &'static str,
        /// Its block.
        found: Hash256,
        /// The block of the reference.
        expected: Hash256,
    },
    /// The chain refused a block of the benchmark, or failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A proof does not verify: a bug.
    #[error("the proof of row {row} does not verify")]
    Proof {
        /// Which row.
        row: u64,
    },
    /// Rows after a restart are not those that were written: a bug.
    #[error("the root after the restart is {found}, it was {expected}")]
    Restart {
        /// The root now.
        found: Hash256,
        /// The root before.
        expected: Hash256,
    },
    /// No threads to work on.
    #[error("cannot start the worker threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A file, a process or a connection.
    #[error("cannot {action} {path}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not a result of this program.
    #[error("{path} holds no result of a benchmark")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where it ends to be one.
        source: serde_json::Error,
    },
    /// A file is not the manifest of a scheme's modules.
    #[error("{path} is no manifest of a scheme's modules")]
    Manifest {
        /// Which.
        path: PathBuf,
        /// Where it ends to be one.
        source: serde_json::Error,
    },
    /// A module that no chain would take.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The signer of a module's scheme did not do its work.
    #[error(transparent)]
    SignerModule(#[from] SignerError),
    /// No randomness to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A process that was started for the measurement ended, or said nothing useful.
    #[error("the {process} {what}")]
    Process {
        /// Which.
        process: &'static str,
        /// What is wrong.
        what: String,
    },
    /// The node answered with an error, or with something else.
    #[error("the node answered {method} with: {answer}")]
    Answer {
        /// What was asked.
        method: &'static str,
        /// What came.
        answer: String,
    },
}

impl BenchError {
    /// What a file, process or connection refused.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
