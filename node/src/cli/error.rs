//! What went wrong, why, and what to do about it.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use althing_executor::BlockError;

use crate::bench::BenchError;
use crate::blocks_file::BlocksError;
use crate::chain::ChainError;
use crate::rpc::RpcError;
use crate::service::NodeError;
use crate::spec::SpecError;
use crate::store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Blocks(#[from] BlocksError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("cannot {action} {path}")]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("cannot {action}")]
    System { action: &'static str, source: std::io::Error },
    #[error("{path} holds no chain yet")]
    NoChain { path: PathBuf },
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl CliError {
    /// Say it on standard error.
    pub(super) fn explain(&self) {
        let mut lines = vec![format!("error: {self}")];
        let mut cause = self.source();
        while let Some(error) = cause {
            lines.push(format!("  because: {error}"));
            cause = error.source();
        }
        lines.extend(self.fix().map(|fix| format!("  fix: {fix}")));
        // There is no one left to tell if this fails.
        let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
    }

    /// What to do about it, if anybody can.
    fn fix(&self) -> Option<&'static str> {
        match self {
            Self::Node(error) => node_fix(error),
            Self::Spec(_) => Some("make a spec with: althing-node build-spec --dev"),
            Self::Blocks(error) => blocks_fix(error),
            Self::NoChain { .. } => Some("say which chain with --chain SPEC"),
            Self::Bench(_) | Self::File { .. } | Self::System { .. } => None,
        }
    }
}

fn blocks_fix(error: &BlocksError) -> Option<&'static str> {
    match error {
        BlocksError::Chain(ChainError::WitnessesPruned { .. }) => Some(
            "export from a node that keeps all signatures (--prune-witnesses off); an export begins \
             with block 1, and what this one threw away does not come back",
        ),
        BlocksError::Chain(error) => chain_fix(error),
        BlocksError::Genesis { .. } => {
            Some("give the --base-path or --chain that the blocks belong to")
        }
        BlocksError::Exists { .. } => Some("choose another file, or replace this one with --force"),
        BlocksError::NothingToExport => Some("export once the chain has blocks"),
        BlocksError::Empty => Some("export from a node that has blocks, and import that file"),
        BlocksError::Io { .. } | BlocksError::File { .. } => {
            Some("check the path, free space and permissions, then try again")
        }
        BlocksError::Magic
        | BlocksError::TooLarge { .. }
        | BlocksError::Truncated { .. }
        | BlocksError::Malformed { .. } => Some("export the blocks again"),
    }
}

fn node_fix(error: &NodeError) -> Option<&'static str> {
    match error {
        NodeError::Store(error) => store_fix(error),
        NodeError::Chain(error) => chain_fix(error),
        NodeError::Halted(error) => chain_fix(error),
        NodeError::Rpc(RpcError::Bind { .. }) => {
            Some("choose another --port (0 takes a free one) or --host")
        }
        NodeError::Rpc(_)
        | NodeError::Author(_)
        | NodeError::Threads(_)
        | NodeError::Spec(_)
        | NodeError::Ended { .. } => None,
    }
}

fn chain_fix(error: &ChainError) -> Option<&'static str> {
    match error {
        ChainError::Store(error) => store_fix(error),
        ChainError::Halted(error) => chain_fix(error),
        ChainError::Block(BlockError::Verifier(_)) => Some(CANONICAL),
        ChainError::StateRoot { .. } | ChainError::Undecodable { .. } => Some(RESTORE),
        _ => None,
    }
}

const CANONICAL: &str =
    "start again with --verifier canonical, and report the machine and this message";

const RESTORE: &str = "restore the base path from a copy, or import the blocks into an empty one";

fn store_fix(error: &StoreError) -> Option<&'static str> {
    match error {
        StoreError::Corrupt { .. }
        | StoreError::Incomplete { .. }
        | StoreError::Missing { .. }
        | StoreError::Malformed { .. }
        | StoreError::Index { .. } => Some(RESTORE),
        StoreError::Genesis { .. } => {
            Some("choose another --base-path, or the spec and --gov of the chain it holds")
        }
        StoreError::Format { .. } => {
            Some("choose another --base-path, or run the program that wrote this one")
        }
        StoreError::Locked { .. } => Some("stop the other node, or choose another --base-path"),
        StoreError::Io { .. } => Some("check free space and permissions, then start again"),
        _ => None,
    }
}
