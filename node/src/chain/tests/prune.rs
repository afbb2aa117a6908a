//! Signatures that were thrown away.

use std::path::Path;

use crate::blocks_file::{BlocksError, export};
use crate::chain::{ChainError, RECENT};
use crate::testing::{Terms, add_block, open, sled, spec, wallet};

/// A chain whose first blocks have transfers, and long enough that those can be pruned.
fn make(folder: &Path) {
    let chain = open(spec(), sled(folder));
    let bob = wallet("bob");
    for nonce in 0..4 {
        add_block(&chain, &[bob.transfer(&chain, Terms::nonce(nonce))]);
    }
    for _ in 0..RECENT + 96 {
        add_block(&chain, &[]);
    }
}

/// Throw away what may be; the thread that does it has ended when this returns.
fn prune(folder: &Path) {
    for _ in 0..2 {
        open(spec(), sled(folder)).prune_witnesses(1);
    }
}

#[test]
fn a_pruned_block_keeps_its_header_its_receipts_and_both_roots() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let chain = open(spec(), sled(folder.path()));
    let (head, before) = (chain.head(), chain.block(2).unwrap().unwrap());
    drop(chain);

    prune(folder.path());

    let chain = open(spec(), sled(folder.path()));
    assert_eq!(chain.head().hash, head.hash);
    assert_eq!(chain.head().state.root(), head.state.root());
    let header = chain.header(2).unwrap().unwrap();
    assert_eq!(
        (header.hash(), chain.receipts(2).unwrap().unwrap()),
        (before.hash, before.receipts)
    );
    let body = chain.pruned_body(2).unwrap().unwrap();
    body.check(&header).unwrap();
    let length: usize = body.extrinsics.iter().map(|one| one.body.len() + 32).sum();
    let whole: usize = before.extrinsics.iter().map(Vec::len).sum();
    assert!(length * 8 < whole, "{length} of {whole} bytes are left");

    let mut other = body.clone();
    other.extrinsics[1].witness_hash.0[0] ^= 1;
    assert!(matches!(
        other.check(&header),
        Err(ChainError::PrunedBody { what: "witness root", number: 2 })
    ));
    let mut other = body;
    other.extrinsics[1].body[9] ^= 1;
    assert!(matches!(
        other.check(&header),
        Err(ChainError::PrunedBody { what: "extrinsics root", number: 2 })
    ));
}

#[test]
fn a_pruned_body_is_refused_by_name_and_newer_ones_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    prune(folder.path());

    let chain = open(spec(), sled(folder.path()));
    let last = sled_pruned_to(&chain);
    assert!((4..=100).contains(&last), "{last}");
    for number in [1, last] {
        let error = chain.block(number).unwrap_err();
        assert!(!error.is_fatal());
        assert!(
            matches!(error, ChainError::WitnessesPruned { number: n, last: l } if (n, l) == (number, last)),
            "{error}"
        );
    }
    assert!(chain.block(last + 1).unwrap().is_some());
    assert!(chain.pruned_body(last + 1).unwrap().is_none());
    assert!(chain.block(0).unwrap().is_some());
    let error = export(&chain, &mut Vec::new()).unwrap_err();
    assert!(
        matches!(error, BlocksError::Chain(ChainError::WitnessesPruned { number: 1, .. })),
        "{error}"
    );
    add_block(&chain, &[wallet("bob").transfer(&chain, Terms::nonce(4))]);
}

fn sled_pruned_to(chain: &crate::chain::Chain) -> u32 {
    let is_pruned = |number: &u32| chain.pruned_body(*number).unwrap().is_some();
    (1..=chain.head().number).take_while(is_pruned).last().unwrap_or(0)
}

#[test]
fn an_archive_keeps_every_signature() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let store = sled(folder.path());
    assert_eq!(store.pruned_to(), 0);
    assert!(store.folded_to() > 4);
    let chain = open(spec(), store);
    assert!(export(&chain, &mut Vec::new()).is_ok());
}
