//! The codes of nodes: why a transaction was not taken, or a question not answered.
//!
//! They are part of the protocol (`specs/rpc.md`), not of any pallet, so no metadata explains them.

/// A code that a node answers with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NodeCode {
    /// Area and number, such as `POOL-104`.
    pub code: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// What helps.
    pub fix: &'static str,
}

const fn of(code: &'static str, meaning: &'static str, fix: &'static str) -> NodeCode {
    NodeCode { code, meaning, fix }
}

/// Every code of nodes, by area and number.
pub const NODE_CODES: &[NodeCode] = &[
    of("TX-101", "the bytes are no transaction", "use a program version that fits the chain"),
    of("TX-102", "the call is none of this chain's", "use a program version that fits the chain"),
    of("TX-103", "the sender cannot pay the fee and what is taken with it", "althing account NAME"),
    of(
        "TX-104",
        "the nonce is ahead of the account's next one",
        "wait for your earlier transactions",
    ),
    of("TX-105", "the nonce was used before", "run the command again: it takes the next nonce"),
    of("TX-106", "the signature was valid for blocks that are past", "run the command again"),
    of(
        "TX-107",
        "the signature does not verify for this call, nonce and chain",
        "check --genesis and the key that signs",
    ),
    of("TX-108", "classical signatures are never valid on this chain", "althing key new NAME"),
    of(
        "TX-109",
        "key or signature have another length than the scheme's",
        "use a program version that fits the chain",
    ),
    of("TX-110", "the chain does not know the scheme", "althing crypto"),
    of(
        "TX-111",
        "the state of the key's scheme forbids this use: it may be deprecated, frozen or retired",
        "althing key check",
    ),
    of("TX-112", "the key does not control the account", "althing account NAME"),
    of(
        "TX-113",
        "the chain keeps no such key",
        "send with the public key itself, as this program does on first use",
    ),
    of("TX-114", "the block has no room for the transaction", "wait for the next block"),
    of(
        "TX-115",
        "the call must be signed, or must not be",
        "none: such a call comes from block authors only, or from members only",
    ),
    of(
        "TX-116",
        "the signature asks for a metadata hash, which this chain does not check",
        "sign with mode 0",
    ),
    of(
        "TX-117",
        "what a block's author stated is refused",
        "none: only a block author makes such a call",
    ),
    of("POOL-101", "the transaction waits already", "althing tx HASH tells when it is in a block"),
    of("POOL-102", "its signature was refused a short while ago", "sign it again"),
    of("POOL-103", "nobody signed it", "sign it"),
    of(
        "POOL-104",
        "another transaction with this nonce waits, and pays as much",
        "wait for it, or offer a larger tip",
    ),
    of(
        "POOL-105",
        "the pool is full of transactions that pay more",
        "try later, or offer a larger tip",
    ),
    of("POOL-106", "too many transactions of the sender wait", "wait until some are in a block"),
    of("POOL-107", "the nonce is too far ahead", "send the transactions between first"),
    of("POOL-108", "the node is stopping", "try again in a moment, or ask another node"),
    of(
        "POOL-109",
        "the node's chain has failed",
        "ask another node; the operator finds the reason in its log",
    ),
    of(
        "POOL-110",
        "too many signatures from this connection did not verify",
        "wait for as long as the message says",
    ),
    of(
        "POOL-111",
        "too much from this connection waits to be checked",
        "send the rest a little later",
    ),
    of("DEV-101", "the development chain could not make the blocks", "see the message"),
    of("DEV-102", "the referendum ended in another way", "althing referendum show INDEX"),
    of("RPC-101", "too many long calls wait on the node", "ask again in a moment"),
    of(
        "RPC-102",
        "clients follow as much as the node can tell",
        "follow less, or ask another node",
    ),
    of(
        "RPC-103",
        "the node did not run this block since it was started, or no longer knows how",
        "ask for one of its last 256 blocks",
    ),
];

/// The entry of `code`, whatever the case of its letters.
pub fn find(code: &str) -> Option<&'static NodeCode> {
    NODE_CODES.iter().find(|info| info.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::codes;

    #[test]
    fn codes_ascend_and_are_nobody_elses() {
        for pair in NODE_CODES.windows(2) {
            let (first, second) = (pair[0].code.split_once('-'), pair[1].code.split_once('-'));
            assert!(first.unwrap().0 != second.unwrap().0 || first < second, "{pair:?}");
        }
        assert!(NODE_CODES.iter().all(|info| codes::find(info.code).is_none()));
        assert_eq!(find("pool-104").map(|info| info.code), Some("POOL-104"));
    }
}
