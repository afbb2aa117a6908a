//! Why the chain did not answer, or what it refused.

use std::{io, path::PathBuf};

use serde_json::{Map, Value};

use super::MetadataError;
use crate::output::{CliError, codes};

/// Why the chain did not answer, or what it refused.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// Not the address of a node.
    #[error("{url:?} is not the address of a node: {reason}")]
    BadUrl {
        /// The address.
        url: String,
        /// Why not.
        reason: &'static str,
    },
    /// Nobody listens, or whoever listens is no node.
    #[error("no node answers at {url}: {reason}")]
    NoNode {
        /// The address.
        url: String,
        /// What the connection said.
        reason: String,
        /// How often it was tried.
        tries: u32,
    },
    /// The connection broke.
    #[error("the connection to {url} was lost: {reason}")]
    Lost {
        /// The address.
        url: String,
        /// What the connection said.
        reason: String,
    },
    /// The answer did not come in time.
    #[error("no answer within {seconds} s while waiting for {what}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// The node serves another chain than the one meant.
    #[error("{url} serves the chain with genesis {found}, expected {expected}")]
    WrongGenesis {
        /// The address.
        url: String,
        /// The genesis that was expected.
        expected: String,
        /// The genesis found.
        found: String,
        /// Where the expected one is kept, if it was remembered.
        kept_in: Option<PathBuf>,
    },
    /// The answer has another shape than the documented one.
    #[error("the answer to {method} cannot be understood: {reason}")]
    BadAnswer {
        /// What was asked.
        method: String,
        /// What the reader met.
        reason: String,
    },
    /// The node refused.
    #[error("{message}")]
    Refused {
        /// What was asked.
        method: String,
        /// Number of the JSON-RPC error.
        number: i32,
        /// Public code of the chain, if it gave one.
        code: Option<String>,
        /// The reason.
        message: String,
        /// Its values.
        details: Map<String, Value>,
    },
    /// The node gave the transaction up. Another node may still have it.
    #[error("the transaction {hash} is {status}")]
    Gone {
        /// Hash of the extrinsic.
        hash: String,
        /// What the node said of it.
        status: &'static str,
    },
    /// The transaction is in a block that is not final.
    #[error("the transaction {hash} is in block {block}, which did not become final in time")]
    NotFinal {
        /// Hash of the extrinsic.
        hash: String,
        /// Hash of the block.
        block: String,
    },
    /// Nobody wrote down the answer, and no node is asked.
    #[error("{} does not hold the answer to {method} {params}", path.display())]
    NotRecorded {
        /// What was asked.
        method: String,
        /// Its parameters, as JSON.
        params: String,
        /// The file of answers.
        path: PathBuf,
    },
    /// Another description of the same rules was met before.
    #[error("the description of rules {spec_version} of the chain {genesis} is not the one kept in {}", path.display())]
    OtherMetadata {
        /// Hash of the chain's first block.
        genesis: String,
        /// Version of its rules.
        spec_version: u32,
        /// Where the one met first is.
        path: PathBuf,
    },
    /// The chain describes itself in a way this program does not read.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// A file of this program could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The runtime that waits for sockets could not start.
    #[error("cannot wait for sockets: {0}")]
    Runtime(io::Error),
}

impl From<ChainError> for CliError {
    fn from(error: ChainError) -> Self {
        use ChainError as E;

        let message = error.to_string();
        let of = |info| Self::new(info, message.clone());
        match error {
            E::BadUrl { url, .. } => of(codes::NET_BAD_URL).detail("url", url),
            E::NoNode { url, tries, .. } => {
                let fix = ["althing-node dev", "add --url ws://HOST:PORT"];
                of(codes::NET_NO_NODE).detail("url", url).detail("tries", tries).fix(fix)
            }
            E::Lost { url, .. } => of(codes::NET_LOST).detail("url", url),
            E::TimedOut { what, seconds } => {
                of(codes::NET_TIMED_OUT).detail("waiting_for", what).detail("seconds", seconds)
            }
            E::WrongGenesis { url, expected, found, kept_in } => {
                let refusal = of(codes::NET_WRONG_CHAIN)
                    .detail("url", url)
                    .detail("expected", expected)
                    .detail("found", found.as_str());
                match kept_in {
                    Some(path) => refusal
                        .detail("remembered_in", path.display().to_string())
                        .fix([format!("add --genesis {found} if you mean this chain from now on")]),
                    None => refusal,
                }
                .nothing_sent()
            }
            E::BadAnswer { method, .. } => of(codes::NET_BAD_ANSWER).detail("method", method),
            E::Refused { method, number, code, message, details } => {
                refused(&method, number, code, message, details)
            }
            E::Gone { hash, status } => {
                of(codes::TX_GONE).detail("hash", hash).detail("status", status)
            }
            E::NotFinal { block, .. } => of(codes::TX_NOT_FINAL).detail("block_hash", block),
            E::NotRecorded { method, params, path } => of(codes::OFFLINE_NOT_RECORDED)
                .detail("method", method)
                .detail("params", params)
                .detail("file", path.display().to_string())
                .nothing_sent(),
            E::OtherMetadata { path, .. } => of(codes::OFFLINE_METADATA)
                .detail("kept_in", path.display().to_string())
                .nothing_sent(),
            E::Metadata(error) => error.into(),
            E::Io { path, .. } => of(codes::HOME_IO).detail("path", path.display().to_string()),
            E::Runtime(_) => of(codes::BUG),
        }
    }
}

fn refused(
    method: &str,
    number: i32,
    code: Option<String>,
    message: String,
    details: Map<String, Value>,
) -> CliError {
    let mut error = match code {
        Some(code) => CliError::from_chain(code, message),
        None => CliError::new(codes::NET_REFUSED, format!("{method} was refused: {message}"))
            .detail("method", method)
            .detail("number", number),
    };
    error.details.extend(details);
    error
}
