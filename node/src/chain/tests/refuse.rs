//! Blocks that are refused change nothing.

use althing_executor::BlockError;
use althing_primitives::{Block, Hash256};

use crate::chain::{BlockExecutor, Chain, ChainError, Justification};
use crate::testing::{Terms, add_block, build, chain, forged, live_chain, wallet};

/// A block as a stranger would send it, made on `chain` and not committed there.
fn block(chain: &Chain, extrinsics: &[althing_primitives::Extrinsic]) -> Block {
    let executed = build(chain, extrinsics);
    let bytes: Vec<_> =
        executed.extrinsics.iter().map(|one| one.bytes().to_vec().try_into().unwrap()).collect();
    Block { header: executed.header.clone(), extrinsics: bytes.try_into().unwrap() }
}

fn assert_unchanged(chain: &Chain, error: &ChainError) {
    assert!(!error.is_fatal(), "{error}");
    assert_eq!(chain.head().number, 1);
    assert_eq!(chain.head().state.root(), chain.head().header.state_root);
    add_block(chain, &[]);
}

/// Two chains with one block each, the same.
fn twins() -> (std::sync::Arc<Chain>, std::sync::Arc<Chain>) {
    let (one, other) = (chain(), chain());
    add_block(&one, &[]);
    add_block(&other, &[]);
    assert_eq!(one.head().hash, other.head().hash);
    (one, other)
}

#[test]
fn a_foreign_block_gives_the_same_root() {
    let (author, importer) = twins();
    let good = block(&author, &[wallet("bob").transfer(&author, Terms::nonce(0))]);
    let head = importer.import(&good, Justification::Dev).unwrap();
    assert_eq!((head.number, head.hash), (2, good.header.hash()));
    assert_eq!(importer.import(&good, Justification::Dev).unwrap().number, 2, "twice is fine");
}

#[test]
fn a_block_with_a_wrong_root_changes_nothing() {
    let (author, importer) = twins();
    let mut bad = block(&author, &[]);
    bad.header.state_root = Hash256([1; 32]);
    let error = importer.import(&bad, Justification::Dev).unwrap_err();
    let expected = matches!(error, ChainError::Block(BlockError::Mismatch { .. }));
    assert!(expected, "{error}");
    assert_unchanged(&importer, &error);
}

#[test]
fn a_block_with_a_forged_signature_changes_nothing() {
    let (author, importer) = twins();
    let transfer = wallet("bob").transfer(&author, Terms::nonce(0));
    let mut bad = block(&author, core::slice::from_ref(&transfer));
    let forged = forged(&transfer).bytes().to_vec().try_into().unwrap();
    bad.extrinsics.as_mut_slice()[1] = forged;
    let error = importer.import(&bad, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::Block(_)), "{error}");
    assert_unchanged(&importer, &error);
}

#[test]
fn a_block_that_skips_a_height_changes_nothing() {
    let (author, importer) = twins();
    add_block(&author, &[]);
    let bad = block(&author, &[]);
    let error = importer.import(&bad, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::Block(BlockError::Parent { .. })), "{error}");
    assert_unchanged(&importer, &error);
}

#[test]
fn an_undecodable_extrinsic_changes_nothing() {
    let (author, importer) = twins();
    let mut bad = block(&author, &[]);
    bad.extrinsics.as_mut_slice()[0] = vec![0xff; 40].try_into().unwrap();
    let error = importer.import(&bad, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::Extrinsic { index: 0, .. }), "{error}");
    assert_unchanged(&importer, &error);
}

#[test]
fn a_block_without_votes_is_refused_on_a_live_chain() {
    let chain = live_chain();
    let good = block(&chain, &[]);
    let hash = good.header.hash();
    let error = chain.commit(hash, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::DevOnLive), "{error}");
    let error = chain.import(&good, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::DevOnLive), "{error}");
    let error = chain.import(&good, Justification::Certificate(vec![1])).unwrap_err();
    assert!(matches!(error, ChainError::Unchecked { number: 1 }), "{error}");
    assert_eq!(chain.head().number, 0);
    let certified = Justification::Certificate(vec![1]);
    assert_eq!(chain.commit(hash, certified).unwrap().number, 1);
}

#[test]
fn only_block_zero_is_final_by_itself_and_dev_chains_have_no_validators() {
    let chain = chain();
    let hash = build(&chain, &[]).header.hash();
    let error = chain.commit(hash, Justification::Genesis).unwrap_err();
    assert!(matches!(error, ChainError::GenesisTwice { number: 1 }), "{error}");
    let error = chain.commit(hash, Justification::Certificate(vec![1])).unwrap_err();
    assert!(matches!(error, ChainError::CertificateOnDev), "{error}");
    assert_eq!(chain.head().number, 0);
}

#[test]
fn a_block_that_lost_its_place_or_was_never_executed_is_not_committed() {
    let chain = chain();
    let unknown = Hash256([9; 32]);
    let error = chain.commit(unknown, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::NotExecuted { .. }), "{error}");
    let late = build(&chain, &[]).header.hash();
    add_block(&chain, &[wallet("bob").transfer(&chain, Terms::nonce(0))]);
    let error = chain.commit(late, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::NotExecuted { .. }), "{error}");
    assert_eq!(chain.head().number, 1);
}
