//! The header of block 0.

use althing_executor::{State, extrinsics_root};
use althing_primitives::{BoundedBytes, Digest, DigestItem, Hash256, Header, TREE_ENGINE};

use super::ChainType;

/// Engine id of the genesis digest item that says what the chain is for.
pub const CHAIN_TYPE_ENGINE: [u8; 4] = *b"type";

/// The header of block 0 over these rows. It names the state tree's hash and what the chain is
/// for, so a development chain can never pass for another one.
pub fn genesis_header(state: &State, chain_type: ChainType) -> Header {
    // Both names are far below the bound of a digest item.
    let bytes = |name: &str| BoundedBytes::try_from(name.as_bytes().to_vec()).unwrap_or_default();
    let logs = vec![
        DigestItem::PreRuntime(CHAIN_TYPE_ENGINE, bytes(chain_type.name())),
        DigestItem::Consensus(TREE_ENGINE, bytes("blake3")),
    ];
    Header {
        parent_hash: Hash256::default(),
        number: 0,
        state_root: state.root(),
        extrinsics_root: extrinsics_root(&[]),
        digest: Digest { logs: logs.try_into().unwrap_or_default() },
    }
}

/// What the chain with this genesis header is for; `None` if the header does not say.
pub fn genesis_chain_type(header: &Header) -> Option<ChainType> {
    let named = |name: &[u8]| {
        ChainType::ALL.into_iter().find(|chain_type| chain_type.name().as_bytes() == name)
    };
    header.digest.logs.iter().find_map(|item| match item {
        DigestItem::PreRuntime(CHAIN_TYPE_ENGINE, name) => named(name),
        DigestItem::Other(_)
        | DigestItem::Consensus(..)
        | DigestItem::Seal(..)
        | DigestItem::PreRuntime(..)
        | DigestItem::RuntimeEnvironmentUpdated => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_chain_is_for_is_part_of_its_name() {
        let rows = State::from_rows([(b"key", b"value")]);
        let development = genesis_header(&rows, ChainType::Development);
        let live = genesis_header(&rows, ChainType::Live);
        assert_ne!(development.hash(), live.hash());
        assert_eq!(genesis_chain_type(&development), Some(ChainType::Development));
        assert_eq!(genesis_chain_type(&live), Some(ChainType::Live));
    }
}
