//! A node whose backends disagree stops, says so, and decides nothing on either (C14).
//!
//! The program is the real one with a fast backend that refuses everything under one scheme, which
//! only builds with debug assertions can have.

#![cfg(debug_assertions)]
#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod support;

use std::fs;

use althing_crypto::{Backends, Check};
use althing_node::service::verifier;
use althing_primitives::{Era, Extra, Extrinsic, Hash256, Implicit, signing_payload};
use althing_runtime::{RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use parity_scale_codec::Encode;
use support::{Member, Node, Update, calls, command, member};
use tempfile::TempDir;

/// The scheme of this member, for the command line.
fn scheme(member: &Member) -> String {
    member.scheme.0.to_string()
}

/// A transfer of this member's whose signature the nodes compare, or one that they do not: the tip
/// is chosen until it fits. One in 1024 is compared, so this takes some seconds.
fn transfer(member: &Member, genesis: Hash256, compared: bool) -> Extrinsic {
    let call: RuntimeCall = calls::transfer(&support::member("judy").account, 5);
    let implicit = Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis,
        birth: genesis,
        metadata_hash: None,
    };
    let faulty = verifier(Backends::Fast).with_fault(member.scheme);
    let fits = |tip: &u128| {
        let extra = Extra { era: Era::Immortal, nonce: 0, tip: *tip, metadata_hash_mode: 0 };
        let message = signing_payload(&call.encode(), &extra, &implicit);
        let extrinsic = member.signed_with(extra, &implicit, &call);
        let signature = extrinsic.signed_part().unwrap().signature.signature();
        let check =
            Check { scheme: member.scheme, public: &member.public, message: &message, signature };
        // The node's own sampling decides, not a copy of its rule.
        (faulty.verify(&check).is_err() == compared).then_some(extrinsic)
    };
    (0..100_000).find_map(|tip| fits(&tip)).unwrap()
}

#[tokio::test]
async fn a_node_that_meets_a_disagreement_stops_and_one_with_canonical_backends_goes_on() {
    let folder = TempDir::new().unwrap();
    let bob = member("bob");
    let path = folder.path().to_str().unwrap();
    let id = scheme(&bob);
    let faulty = ["--base-path", path, "--faulty-backend", &id];

    let node = Node::dev(faulty);
    let rpc = node.connect().await;
    let before = rpc.head().await;
    let compared = transfer(&bob, node.genesis(), true);
    // Whether the answer still gets out does not matter; that it is not "invalid signature" does.
    if let Err(error) = rpc.submit(&compared).await {
        assert!(!error.to_string().contains("signature is invalid"), "{error}");
    }
    let (status, log) = node.ended();
    assert_eq!(status.code(), Some(1), "{log}");
    for said in [
        &format!("the backends of scheme {id} disagree on a signature under key"),
        &bob.handle().0.to_string(),
        "valid is true to the canonical one, false to the fast one",
        "fix: start again with --verifier canonical",
    ] {
        assert!(log.contains(said), "{said:?} is not in:\n{log}");
    }

    // Nothing was decided: the same transaction is as good as ever where one backend decides.
    let node = Node::dev(["--base-path", path, "--verifier", "canonical"]);
    let rpc = node.connect().await;
    assert_eq!(rpc.head().await, before);
    assert!(matches!(rpc.submit_and_wait(&compared).await, Ok(Update::Finalized(_))));
    node.stop();
}

/// A block is another way to meet one: a node that imports what a canonical one made.
#[tokio::test]
async fn a_disagreement_in_a_block_stops_its_import() {
    let folder = TempDir::new().unwrap();
    let bob = member("bob");
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let node = Node::dev(["--base-path", &at("author"), "--verifier", "canonical"]);
    let rpc = node.connect().await;
    let compared = transfer(&bob, node.genesis(), true);
    assert!(matches!(rpc.submit_and_wait(&compared).await, Ok(Update::Finalized(_))));
    node.stop();
    command(["export-blocks", "--base-path", &at("author"), &at("blocks")]).done();
    fs::write(at("spec"), command(["build-spec", "--dev"]).done().stdout).unwrap();

    let import =
        ["import-blocks", "--base-path", &at("other"), "--chain", &at("spec"), &at("blocks")];
    let id = scheme(&bob);
    let said = format!("the backends of scheme {id} disagree");
    command(import.iter().chain(&["--faulty-backend", &id]))
        .refused(&[&said, "start again with --verifier canonical"]);
    command(import).done();
}

/// What is not compared is refused like any other wrong signature: sampling finds faults, it does
/// not mend them.
#[tokio::test]
async fn a_fault_that_is_not_compared_goes_unnoticed() {
    let bob = member("bob");
    let node = Node::dev(["--faulty-backend", &scheme(&bob)]);
    let rpc = node.connect().await;
    let passed_over = transfer(&bob, node.genesis(), false);
    let refusal = rpc.submit(&passed_over).await.unwrap_err().to_string();
    assert!(refusal.contains("signature"), "{refusal}");
    // Other schemes are as right as ever.
    let alice = member("alice");
    assert_ne!(alice.scheme, bob.scheme);
    let fine = alice.signed(node.genesis(), 0, calls::transfer(&bob.account, 1));
    assert!(matches!(rpc.submit_and_wait(&fine).await, Ok(Update::Finalized(_))));
    node.stop();
}
