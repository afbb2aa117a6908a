//! A2, A4 and A5 over generated blocks of every call: the number of workers never shows, and sums
//! hold after every block.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use std::collections::BTreeSet;

use althing_executor::{Executed, Proof, Transaction};
use althing_frame::Call;
use althing_primitives::Extrinsic;
use althing_runtime::{AlthingRuntime, check_invariants};
use chain::busy::busy_chain;
use chain::calls::{aye, remark};
use chain::generated::{Step, any_step, assemble, call, one_of_each};
use chain::{Chain, member, members};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::DecodeAll;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

const WORKERS: [usize; 4] = [1, 2, 3, 8];

fn assert_same(reference: &Executed, other: &Executed, what: &str) {
    assert_eq!(reference.header, other.header, "{what}");
    assert_eq!(reference.receipts, other.receipts, "{what}");
    assert_eq!(reference.extrinsics, other.extrinsics, "{what}");
    assert_eq!(reference.refused, other.refused, "{what}");
    assert_eq!(reference.changes, other.changes, "{what}");
    assert_eq!(reference.state.root(), other.state.root(), "{what}");
}

/// Run one block on every number of workers, as author and as verifier, on threads that give way to
/// each other at moments drawn from `seed`.
fn check_block(chain: &Chain, extrinsics: &[Extrinsic], seed: u64) -> Executed {
    let reference = chain.try_block(extrinsics.to_vec(), true);
    let body: Vec<Transaction> = reference
        .extrinsics
        .iter()
        .map(|extrinsic| Transaction { extrinsic: extrinsic.clone(), proven: Proof::Assumed })
        .collect();
    for workers in WORKERS {
        let other = chain.with_workers(workers).with_turbulence(seed);
        let built = other.try_block(extrinsics.to_vec(), true);
        assert_same(&reference, &built, &format!("{workers} workers"));
        let verified = other.executor.verify(&other.parent(), &reference.header, &body).unwrap();
        assert_eq!(verified.changes, reference.changes, "{workers} workers verify");
        assert_eq!(verified.receipts, reference.receipts, "{workers} workers verify");
    }
    for receipt in &reference.receipts {
        // Declared access may be coarse, never too narrow.
        let violated = receipt.outcome.as_ref().is_err_and(|error| error.code() == "SYS-106");
        assert!(!violated, "{receipt:?}");
    }
    check_invariants(&reference.state).unwrap();
    reference
}

fn check_blocks(blocks: &[Vec<Step>], seed: u64) -> Chain {
    let mut chain = busy_chain();
    for steps in blocks {
        let extrinsics = assemble(&chain, steps);
        let executed = check_block(&chain, &extrinsics, seed);
        chain.advance(&executed);
    }
    // The slowest is critical: without its weakest scheme two fifths of the electorate are left.
    for _ in 0..12 {
        let executed = check_block(&chain, &[], seed);
        chain.advance(&executed);
    }
    chain
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a2_serial_and_parallel_execution_give_the_same_bytes(
        blocks in vec(vec(any_step(), 0..60), 1..5),
        seed in any::<u64>(),
    ) {
        check_blocks(&blocks, seed);
    }
}

#[test]
fn generated_blocks_know_every_call_of_the_metadata() {
    let runtime = AlthingRuntime::new();
    let bytes = runtime.metadata(14).unwrap();
    let RuntimeMetadataPrefixed(_, RuntimeMetadata::V14(metadata)) =
        RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]).unwrap()
    else {
        panic!()
    };
    let mut known = BTreeSet::new();
    for pallet in &metadata.pallets {
        let Some(calls) = &pallet.calls else { continue };
        let scale_info::TypeDef::Variant(calls) =
            &metadata.types.resolve(calls.ty.id).unwrap().type_def
        else {
            panic!()
        };
        known.extend(calls.variants.iter().map(|call| (pallet.name.clone(), call.name.clone())));
    }
    let chain = Chain::dev();
    let mut generated: BTreeSet<(String, String)> = one_of_each()
        .iter()
        .map(|ask| call(&chain, member("bob"), ask))
        .map(|call| (call.name().0.to_owned(), call.name().1.to_owned()))
        .collect();
    // The inherent that begins every block.
    generated.insert(("Timestamp".to_owned(), "set".to_owned()));
    assert_eq!(generated, known);
}

#[test]
fn generated_calls_succeed_fail_and_are_refused() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut taken = BTreeSet::new();
    let mut failed = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for _ in 0..60 {
        let blocks = vec(vec(any_step(), 40..60), 3).new_tree(&mut runner).unwrap().current();
        let mut chain = busy_chain();
        for steps in blocks {
            let executed = chain.proven_block(assemble(&chain, &steps));
            refused.extend(executed.refused.iter().map(|(_, invalid)| invalid.code()));
            for receipt in executed.receipts {
                match receipt.outcome {
                    Ok(()) => taken.insert(receipt.call),
                    Err(error) => failed.insert(error.code()),
                };
            }
        }
    }
    let by_members = [
        ("Accounts", "add_key"),
        ("Accounts", "remove_key"),
        ("Accounts", "approve_recovery"),
        ("Accounts", "cancel_change"),
        ("Accounts", "cancel_recovery"),
        ("Accounts", "commit_next"),
        ("Accounts", "escape"),
        ("Accounts", "object"),
        ("Accounts", "propose_recovery"),
        ("Accounts", "rotate"),
        ("Accounts", "set_policy"),
        ("Balances", "transfer_all"),
        ("Balances", "transfer_allow_death"),
        ("Balances", "transfer_keep_alive"),
        ("Encryption", "publish"),
        ("Encryption", "withdraw"),
        ("Preimage", "note"),
        ("Preimage", "unnote"),
        ("Referenda", "place_decision_deposit"),
        ("Referenda", "refund_submission_deposit"),
        ("Referenda", "refund_decision_deposit"),
        ("Referenda", "submit"),
        ("System", "remark"),
        ("System", "remark_with_event"),
        ("Timestamp", "set"),
        ("Voting", "remove_vote"),
        ("Voting", "unlock"),
        ("Voting", "vote"),
    ];
    let missing: Vec<_> = by_members.iter().filter(|call| !taken.contains(*call)).collect();
    assert!(missing.is_empty(), "never succeeded: {missing:?}");
    assert!(failed.len() > 15, "{failed:?}");
    assert!(refused.len() >= 3, "{refused:?}");
}

#[test]
fn referenda_pass_and_are_enacted_while_blocks_are_generated() {
    let chain = check_blocks(&[], 0);
    let statuses: Vec<_> = (0..5)
        .map(|index| pallet_referenda::referendum(&chain.state, index).unwrap().unwrap())
        .map(|referendum| referendum.status.name())
        .collect();
    assert_eq!(statuses, ["approved"; 5]);
    let results: Vec<bool> = (0..5)
        .map(|index| pallet_scheduler::result_of(&chain.state, index).unwrap().unwrap())
        .map(|record| record.is_enacted())
        .collect();
    assert_eq!(results, [true, true, true, false, true], "the fourth is over its cap");
    assert!(chain.free(&member("ivan").account) > 100_004 * althing_primitives::TOKEN);
}

#[test]
fn votes_of_different_members_on_one_referendum_do_not_wait_for_each_other() {
    let chain = busy_chain().with_workers(2);
    let votes = |count: usize| -> Vec<Extrinsic> {
        members()[..count]
            .iter()
            .map(|wallet| chain.proven(wallet, chain.nonce(&wallet.account), aye(1, 1_000)))
            .collect()
    };
    // Remarks fill the block up to where it runs in parallel; each has its own sender's vote before.
    let mut extrinsics = votes(10);
    for wallet in members() {
        let nonce = chain.nonce(&wallet.account) + 1;
        extrinsics.push(chain.proven(wallet, nonce, remark("and a remark")));
    }
    let executed = chain.try_block(extrinsics, true);
    assert!(executed.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
    let explanation = executed.explanation;
    assert_eq!((explanation.parallel, explanation.critical_path), (21, 2), "{explanation:?}");
    assert_eq!(explanation.conflicts, 10, "only the second transaction of a sender waits");
}

#[test]
fn a2_a_block_executed_twice_gives_the_same_root() {
    let chain = busy_chain();
    let extrinsics = vec![chain.next(member("bob"), remark("twice"))];
    let (one, two) = (chain.try_block(extrinsics.clone(), true), chain.try_block(extrinsics, true));
    assert_same(&one, &two, "twice");
    let other = Chain::dev();
    assert_eq!(other.genesis, chain.genesis);
}
