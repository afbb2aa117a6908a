//! Why the pool refused a transaction.

use std::sync::Arc;

use althing_frame::Invalid;
use althing_primitives::{Balance, Hash256, Nonce};

use crate::chain::ChainError;

/// Why the pool refused a transaction.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PoolError {
    /// It may not enter the next block, nor wait for a later one.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It is in the pool already, or being checked.
    #[error("transaction {hash} is in the pool already")]
    AlreadyKnown {
        /// Its hash.
        hash: Hash256,
    },
    /// Its signature was refused a short while ago.
    #[error("transaction {hash} was refused before, its signature does not verify")]
    Banned {
        /// Its hash.
        hash: Hash256,
    },
    /// Nobody signed it. Such extrinsics come from block authors only.
    #[error("an extrinsic that nobody signed cannot be submitted")]
    Unsigned,
    /// Another transaction with the same sender and nonce is in the pool.
    #[error(
        "a transaction with nonce {nonce} waits already: replacing it takes a tip of {needed}, found {tip}"
    )]
    Underpriced {
        /// The nonce of both.
        nonce: Nonce,
        /// The tip offered, in the smallest unit.
        tip: Balance,
        /// The least tip that replaces, in the smallest unit.
        needed: Balance,
    },
    /// The pool is full of transactions that pay more.
    #[error(
        "the pool is full: {count} transactions with {bytes} bytes wait, all at a better price"
    )]
    Full {
        /// How many transactions wait.
        count: usize,
        /// How many bytes they have.
        bytes: usize,
    },
    /// The sender has too many transactions in the pool.
    #[error("{count} transactions of the sender wait already, the most is {max}")]
    TooManyOfSender {
        /// How many wait.
        count: usize,
        /// The limit.
        max: Nonce,
    },
    /// The nonce leaves too large a gap.
    #[error(
        "nonce {found} is too far ahead of the account's next nonce {next}, at most {max} may wait"
    )]
    TooFarAhead {
        /// The nonce in the transaction.
        found: Nonce,
        /// The account's next nonce.
        next: Nonce,
        /// The limit.
        max: Nonce,
    },
    /// Too many signatures from the same source failed.
    #[error(
        "too many signatures from this connection did not verify, the next one is checked in {wait_ms} ms"
    )]
    Throttled {
        /// When to try again, in milliseconds from now.
        wait_ms: u64,
    },
    /// Too many transactions of the same source wait for their signature to be checked.
    #[error("{bytes} bytes from this connection wait to be checked already: send the rest later")]
    Crowded {
        /// How many bytes wait.
        bytes: usize,
    },
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] Arc<ChainError>),
}

impl PoolError {
    /// Public code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::AlreadyKnown { .. } => "POOL-101",
            Self::Banned { .. } => "POOL-102",
            Self::Unsigned => "POOL-103",
            Self::Underpriced { .. } => "POOL-104",
            Self::Full { .. } => "POOL-105",
            Self::TooManyOfSender { .. } => "POOL-106",
            Self::TooFarAhead { .. } => "POOL-107",
            Self::Stopping => "POOL-108",
            Self::Chain(_) => "POOL-109",
            Self::Throttled { .. } => "POOL-110",
            Self::Crowded { .. } => "POOL-111",
        }
    }

    /// The code that JSON-RPC clients of this kind of chain know.
    pub fn rpc_code(&self) -> i32 {
        match self {
            Self::Invalid(Invalid::Envelope(_)) => 1001,
            Self::Invalid(_) | Self::Unsigned => 1010,
            Self::Banned { .. } | Self::Throttled { .. } => 1012,
            Self::AlreadyKnown { .. } => 1013,
            Self::Underpriced { .. } => 1014,
            Self::Full { .. }
            | Self::TooManyOfSender { .. }
            | Self::TooFarAhead { .. }
            | Self::Crowded { .. } => 1016,
            Self::Stopping | Self::Chain(_) => -32603,
        }
    }
}
