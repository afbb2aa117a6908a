//! What an error means for a transaction that was signed: nothing sent, sent, or not known.
//!
//! Only a refusal on entry to the pool means that nothing was sent. Once the node took the
//! transaction other nodes have it, and no later error takes it back.

use althing_primitives::{Extrinsic, Hash256};

use super::Ready;
use crate::{
    amount,
    chain::{Chain, ChainError, Placed, Wait},
    commands::key::way_out::{self, SCHEME_STATE},
    output::CliError,
};

/// The node's code for a transaction that is in its pool already.
const KNOWN: &str = "POOL-101";

impl Ready {
    /// The error of a transaction that did not reach a block, as far as the wallet knows.
    pub(super) fn not_taken(
        &self,
        error: ChainError,
        sent: &Extrinsic,
        chain: &mut Chain,
    ) -> CliError {
        let fate = Fate::of(&error);
        let mut error = CliError::from(error);
        if error.code == SCHEME_STATE {
            error = self.scheme_refused(error, chain);
        }
        let hash = const_hex::encode_prefixed(sent.hash().0);
        match fate {
            Fate::NotSent => error.nothing_sent(),
            Fate::Sent => sent_as(&hash, error),
            Fate::Open => look_up(&hash, error),
        }
    }

    /// The chain names the scheme by its number; people know it by its name, and need the way out.
    fn scheme_refused(&self, error: CliError, chain: &mut Chain) -> CliError {
        let schemes = self.quote.signers.iter().map(|key| key.scheme.id().0);
        let schemes: Vec<u16> = schemes.chain([self.sender.scheme.id().0]).collect();
        let whose = (self.sender.name.as_str(), self.sender.policy());
        let Ok(told) = way_out::refusal(chain, whose, &schemes) else { return error };
        let mut details = error.details;
        details.extend(told.details);
        CliError { details, ..told }.detail("chain_says", error.message)
    }
}

/// Send a transaction that was signed elsewhere and wait for what comes of it; nothing is waited
/// for if `wait` says so. `account` is what to call its sender.
pub fn deliver(
    extrinsic: &Extrinsic,
    account: &str,
    wait: Wait,
    chain: &mut Chain,
) -> Result<Option<Placed>, CliError> {
    let told = |error: ChainError| {
        let hash = const_hex::encode_prefixed(extrinsic.hash().0);
        match Fate::of(&error) {
            Fate::NotSent => CliError::from(error).nothing_sent(),
            Fate::Sent => sent_as(&hash, error.into()),
            Fate::Open => look_up(&hash, error.into()),
        }
    };
    if wait == Wait::None {
        return chain.send(extrinsic).map(|_| None).map_err(told);
    }
    let block = chain.send_and_watch(extrinsic, wait).map_err(told)?;
    let hash = extrinsic.hash();
    let placed = chain.placed(hash, &block).map_err(|error| unread(hash, &block, error))?;
    match &placed.receipt.error {
        Some(refusal) => Err(failed(&placed, refusal.to_error(account))),
        None => Ok(Some(placed)),
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    NotSent,
    Sent,
    Open,
}

impl Fate {
    /// What an error of sending and watching says.
    fn of(error: &ChainError) -> Self {
        match error {
            ChainError::Refused { code: Some(code), .. } if code == KNOWN => Self::Sent,
            ChainError::Refused { .. } => Self::NotSent,
            ChainError::NotFinal { .. } => Self::Sent,
            _ => Self::Open,
        }
    }
}

/// It is in a block, and what came of it could not be read.
pub(super) fn unread(hash: Hash256, block: &str, error: ChainError) -> CliError {
    let error = CliError::from(error).detail("block_hash", block);
    sent_as(&const_hex::encode_prefixed(hash.0), error)
}

/// It was sent, whatever the error is about.
pub(super) fn sent_as(hash: &str, error: CliError) -> CliError {
    look_up(hash, error).was_sent()
}

fn look_up(hash: &str, error: CliError) -> CliError {
    error.detail("transaction", hash).fix([format!("althing tx {hash}")])
}

/// It is in a block and took no effect: only the fee is gone.
pub(super) fn failed(placed: &Placed, error: CliError) -> CliError {
    error
        .detail("transaction", placed.hash.as_str())
        .detail("block", placed.number)
        .detail("fee_paid", amount::to_json(placed.receipt.fee.0))
        .was_sent()
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::output::Sent;

    fn refused(code: &str) -> ChainError {
        ChainError::Refused {
            method: "author_submitAndWatchExtrinsic".to_owned(),
            number: 1010,
            code: Some(code.to_owned()),
            message: "refused".to_owned(),
            details: Map::new(),
        }
    }

    #[test]
    fn only_a_refusal_on_entry_means_that_nothing_was_sent() {
        assert_eq!(Fate::of(&refused("TX-103")), Fate::NotSent);
        assert_eq!(Fate::of(&refused(KNOWN)), Fate::Sent);
        let late = ChainError::NotFinal { hash: "0x1".to_owned(), block: "0x2".to_owned() };
        assert_eq!(Fate::of(&late), Fate::Sent);
        let gone = ChainError::Gone { hash: "0x1".to_owned(), status: "dropped from the pool" };
        assert_eq!(Fate::of(&gone), Fate::Open);
        let slow = ChainError::TimedOut { what: "a block".to_owned(), seconds: 1 };
        assert_eq!(Fate::of(&slow), Fate::Open);
    }

    #[test]
    fn a_refusal_after_the_block_says_that_it_was_sent_and_where_to_look() {
        let error = unread(Hash256([7; 32]), "0x2", refused("RPC-101"));
        let hash = const_hex::encode_prefixed([7; 32]);
        assert_eq!(error.sent, Sent::Yes);
        assert_eq!(error.details["transaction"], hash.as_str());
        assert_eq!(error.details["block_hash"], "0x2");
        assert_eq!(error.fix, [format!("althing tx {hash}")]);
    }

    #[test]
    fn what_was_sent_stays_sent_whatever_a_later_error_says() {
        let error = CliError::from(refused("RPC-101")).nothing_sent();
        assert_eq!(sent_as("0x1", error).sent, Sent::Yes);
    }
}
