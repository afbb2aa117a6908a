//! Something that should not be.

use std::io;

use serde_json::Value;

use crate::output::{CliError, codes};

/// Something that should not be. The tour ends with it.
#[derive(Debug, thiserror::Error)]
pub enum Surprise {
    /// The node's program is not where it should be.
    #[error("no program at {path}")]
    NoNode {
        /// Where it was looked for.
        path: String,
    },
    /// The operating system refused.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The node ended or never answered.
    #[error("the node {what}")]
    Node {
        /// What it did.
        what: String,
        /// The end of its log.
        log: String,
    },
    /// A command was refused.
    #[error("{command} was refused: {message}")]
    Refused {
        /// The command.
        command: String,
        /// The reason.
        message: String,
        /// Its error, complete.
        error: Value,
    },
    /// A command that must be refused was not.
    #[error("{command} must be refused, and was not")]
    NotRefused {
        /// The command.
        command: String,
    },
    /// A command answered something that is no document.
    #[error("{command} answered {answer:?}")]
    NoDocument {
        /// The command.
        command: String,
        /// What it answered.
        answer: String,
    },
    /// A check failed.
    #[error("{what}: expected {expected}, found {found}")]
    Check {
        /// What was looked at.
        what: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}

impl From<Surprise> for CliError {
    fn from(surprise: Surprise) -> Self {
        let message = surprise.to_string();
        match surprise {
            Surprise::NoNode { path } => {
                Self::new(codes::TOUR_NO_NODE, message).detail("path", path)
            }
            Surprise::Node { log, .. } => {
                Self::new(codes::TOUR_SURPRISE, message).detail("node_log", log)
            }
            Surprise::Refused { error, .. } => {
                Self::new(codes::TOUR_SURPRISE, message).detail("error", error)
            }
            Surprise::Check { what, expected, found } => Self::new(codes::TOUR_SURPRISE, message)
                .detail("checked", what)
                .detail("expected", expected)
                .detail("found", found),
            Surprise::Io { .. } | Surprise::NotRefused { .. } | Surprise::NoDocument { .. } => {
                Self::new(codes::TOUR_SURPRISE, message)
            }
        }
    }
}
