//! Why a call is answered with an error: a code for programs, a sentence for people.

use std::sync::Arc;

use althing_frame::{Fault, Invalid};
use althing_primitives::BlockNumber;
use jsonrpsee::types::ErrorObjectOwned;
use serde_json::{Value, json};

use crate::author::AuthorError;
use crate::chain::ChainError;
use crate::pool::PoolError;

/// An error reply.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    code: i32,
    message: String,
    data: Option<Value>,
}

impl Failure {
    /// A parameter is missing or not what it should be.
    pub(super) fn parameters(what: impl Into<String>) -> Self {
        Self { code: -32602, message: "Invalid params".into(), data: Some(what.into().into()) }
    }

    /// A block is unknown or its state is gone, or a runtime function failed.
    pub(super) fn client(what: &dyn core::fmt::Display) -> Self {
        Self { code: 4003, message: format!("Client error: {what}"), data: None }
    }

    /// More was asked for than one answer may hold.
    pub(super) fn too_many(found: u64, max: u64) -> Self {
        let message = format!("count {found} exceeds the maximum of {max}");
        Self { code: 4002, message, data: None }
    }

    /// The answer would be longer than any client takes.
    pub(super) fn too_long(max: usize) -> Self {
        let data = format!("the values have more than {max} bytes: ask for fewer at a time");
        Self { code: -32008, message: "Response is too big".into(), data: Some(data.into()) }
    }

    /// Too much work waits already. Numbers as the RPC library has them.
    pub(super) fn busy(own: usize, all: usize) -> Self {
        let sentence = format!(
            "too many long calls wait: {own} of this connection, {all} in all; ask again later"
        );
        let mut failure = Self::coded(-32009, "Server is busy", ("RPC-101", sentence));
        failure.details([("own", own), ("all", all)]);
        failure
    }

    /// As much is followed as can be told.
    pub(super) fn too_many_followers(subscriptions: usize, keys: usize) -> Self {
        let sentence = format!(
            "all connections together have at most {subscriptions} subscriptions to {keys} keys"
        );
        let mut failure =
            Self::coded(-32006, "Too many subscriptions on the node", ("RPC-102", sentence));
        failure.details([("subscriptions", subscriptions), ("keys", keys)]);
        failure
    }

    /// The block is here, and how it ran is not known.
    pub(super) fn unexplained(number: BlockNumber, kept: BlockNumber) -> Self {
        let sentence = if number == 0 {
            "block 0 is genesis: the chain spec gives its rows and no node executes it; ask for a \
             newer one"
                .to_owned()
        } else {
            format!(
                "how block {number} ran is not known: this node explains the last {kept} blocks \
                 that it executed since it was started, and forgets them when it stops; ask for a \
                 newer one"
            )
        };
        let mut failure = Self::coded(4003, "Block is not explained", ("RPC-103", sentence));
        failure.details([("block", number), ("kept", kept)]);
        failure
    }

    /// The node itself failed.
    pub(super) fn internal(what: &dyn core::fmt::Display) -> Self {
        Self { code: -32603, message: "Internal error".into(), data: Some(what.to_string().into()) }
    }

    /// A development chain did what was asked, and it did not come to what was hoped for.
    pub(super) fn refused(what: &str) -> Self {
        Self::coded(-32000, "Development chain", ("DEV-102", what.to_owned()))
    }

    fn details<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = (&'static str, T)>) {
        if let Some(data) = &mut self.data {
            let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
            data["details"] = Value::Object(values.collect());
        }
    }

    fn coded(code: i32, message: &str, (public, sentence): (&str, String)) -> Self {
        let data = json!({ "code": public, "message": sentence, "details": {} });
        Self { code, message: message.into(), data: Some(data) }
    }
}

impl From<Failure> for ErrorObjectOwned {
    fn from(failure: Failure) -> Self {
        Self::owned(failure.code, failure.message, failure.data)
    }
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Unknown { .. }
            | ChainError::Pruned { .. }
            | ChainError::WitnessesPruned { .. } => Self::client(&error),
            other => Self::internal(&other),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::internal(&fault)
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        let message = match &error {
            PoolError::Invalid(Invalid::Envelope(_)) => "Extrinsic has invalid format",
            PoolError::Invalid(_) | PoolError::Unsigned => "Invalid Transaction",
            PoolError::Banned { .. } => "Transaction is temporarily banned",
            PoolError::Throttled { .. } => "Too many failed signatures",
            PoolError::AlreadyKnown { .. } => "Transaction is already imported",
            PoolError::Underpriced { .. } => "Priority is too low",
            PoolError::Full { .. }
            | PoolError::TooManyOfSender { .. }
            | PoolError::TooFarAhead { .. }
            | PoolError::Crowded { .. } => "Immediately dropped",
            PoolError::Stopping | PoolError::Chain(_) => "Internal error",
        };
        let mut failure = Self::coded(error.rpc_code(), message, (error.code(), error.to_string()));
        if let (PoolError::Invalid(invalid), Some(data)) = (&error, &mut failure.data) {
            let values = invalid.values().into_iter();
            let details = values.map(|(name, value)| (name.to_owned(), value.into()));
            data["details"] = Value::Object(details.collect());
        }
        if let (PoolError::Throttled { wait_ms }, Some(data)) = (&error, &mut failure.data) {
            data["details"] = json!({ "wait_ms": wait_ms });
        }
        failure
    }
}

impl From<Arc<ChainError>> for Failure {
    fn from(error: Arc<ChainError>) -> Self {
        Self::internal(&error)
    }
}

impl From<AuthorError> for Failure {
    fn from(error: AuthorError) -> Self {
        let code = match error {
            AuthorError::TooMany { .. } | AuthorError::NotAhead { .. } => -32602,
            _ => -32603,
        };
        Self::coded(code, "Development chain", ("DEV-101", error.to_string()))
    }
}
