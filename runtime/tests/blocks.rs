//! Whole blocks with real signatures: what one node builds, another one verifies.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_executor::{BlockError, Proof, Transaction};
use althing_frame::{Invalid, Origin, Phase, Track};
use althing_primitives::{Extrinsic, SchemeId, TOKEN};
use chain::calls::{aye, propose, remark, spend, transfer};
use chain::{Chain, Wallet, member};

fn foreign(extrinsics: &[Extrinsic]) -> Vec<Transaction> {
    extrinsics
        .iter()
        .map(|extrinsic| Extrinsic::decode(extrinsic.bytes().clone()).unwrap())
        .map(|extrinsic| Transaction { extrinsic, proven: Proof::None })
        .collect()
}

/// Build a block of `extrinsics` on one node and verify it on another one.
fn travel(author: &mut Chain, other: &mut Chain, extrinsics: Vec<Extrinsic>) {
    let built = author.block(extrinsics);
    assert_eq!(built.refused, []);
    assert!(built.receipts.iter().all(|receipt| receipt.outcome.is_ok()), "{built:?}");
    let body = foreign(&built.extrinsics);
    let imported = other.executor.verify(&other.parent(), &built.header, &body).unwrap();
    assert_eq!(imported.header, built.header);
    assert_eq!(imported.receipts, built.receipts);
    assert_eq!(imported.changes, built.changes);
    other.advance(&imported);
    author.check();
}

#[test]
fn transfers_and_votes_under_every_scheme_give_the_same_root_on_another_node() {
    let mut author = Chain::dev();
    let mut other = Chain::dev().with_workers(2);
    let names = ["alice", "bob", "carol", "dave"];
    let question = propose(Track::SmallSpender, &spend(&member("ivan").account, 5));
    let questions = vec![author.next(member("alice"), question)];
    travel(&mut author, &mut other, questions);
    let votes = names.map(|name| author.next(member(name), aye(0, 1_000))).to_vec();
    travel(&mut author, &mut other, votes);
    let to = member("judy").account;
    let transfers = names.map(|name| author.next(member(name), transfer(&to, 3))).to_vec();
    travel(&mut author, &mut other, transfers);
    assert_eq!(author.free(&to), 100_012 * TOKEN);
    let tally = pallet_voting::tally(&author.state, 0).unwrap();
    assert_eq!(tally.ayes, 4_000 * TOKEN);
}

#[test]
fn the_last_event_of_an_extrinsic_is_its_outcome_and_the_one_before_its_fee() {
    let mut chain = Chain::dev();
    let fails = transfer(&member("bob").account, 1_000_000);
    let built = chain
        .block(vec![chain.next(member("alice"), fails), chain.next(member("bob"), remark("hi"))]);
    let last_two: Vec<Vec<[u8; 2]>> = built.receipts[1..]
        .iter()
        .map(|receipt| {
            let events = receipt.events.iter().skip(receipt.events.len() - 2);
            events.map(|event| [event[0], event[1]]).collect()
        })
        .collect();
    // TransactionPayment.TransactionFeePaid, then System.ExtrinsicFailed or ExtrinsicSuccess.
    assert_eq!(last_two, [[[3, 0], [0, 1]], [[3, 0], [0, 0]]]);
}

#[test]
fn a_first_use_enrols_the_key_and_later_ones_carry_its_handle() {
    let mut chain = Chain::dev();
    let newcomer = Wallet::fresh(SchemeId::ML_DSA_44, 7);
    chain.block(vec![chain.next(member("alice"), transfer(&newcomer.account, 10))]);
    let first = chain.next(&newcomer, remark("first"));
    let built = chain.block(vec![first.clone()]);
    assert_eq!(built.refused, []);
    assert!(pallet_accounts::POLICIES.contains(&chain.state, &newcomer.account).unwrap());
    let second = chain.next(&newcomer, remark("second"));
    assert!(second.bytes().len() + 1_200 < first.bytes().len());
    assert_eq!(chain.block(vec![second]).refused, []);
    chain.check();
}

#[test]
fn a_foreign_block_with_any_other_byte_is_not_accepted() {
    let mut chain = Chain::dev();
    chain.pass(1);
    let extrinsics = vec![chain.next(member("bob"), transfer(&member("alice").account, 1))];
    let built = chain.try_block(extrinsics, false);
    let body = foreign(&built.extrinsics);
    let verify = |header: &althing_primitives::Header, body: &[Transaction]| {
        chain.executor.verify(&chain.parent(), header, body).map(|_| ())
    };
    assert_eq!(verify(&built.header, &body), Ok(()));

    let mut header = built.header.clone();
    header.state_root.0[0] ^= 1;
    assert!(matches!(verify(&header, &body), Err(BlockError::Mismatch { what: "state root", .. })));
    let mut header = built.header.clone();
    header.digest = althing_primitives::Digest::default();
    assert_eq!(verify(&header, &body), Err(BlockError::Digest));
    assert!(matches!(
        verify(&built.header, &body[..1]),
        Err(BlockError::Mismatch { what: "extrinsics root", .. })
    ));
    let mut header = built.header.clone();
    header.number += 1;
    assert!(matches!(verify(&header, &body), Err(BlockError::Parent { .. })));
}

#[test]
fn a_block_without_its_time_first_or_with_a_wrong_one_is_invalid() {
    let mut chain = Chain::dev();
    chain.pass(3);
    let set = |now| {
        let call = althing_runtime::RuntimeCall::from(pallet_timestamp::Call::Set { now });
        Extrinsic::bare(&parity_scale_codec::Encode::encode(&call))
    };
    let verify = |extrinsics: Vec<Extrinsic>| {
        let built = chain.try_block(Vec::new(), false);
        let extrinsics_root = althing_executor::extrinsics_root(&extrinsics);
        let header = althing_primitives::Header { extrinsics_root, ..built.header };
        let error = chain.executor.verify(&chain.parent(), &header, &foreign(&extrinsics));
        match error.unwrap_err() {
            BlockError::Invalid { index, reason } => (index, reason.code()),
            other => panic!("{other}"),
        }
    };
    let now = chain.next_time();
    assert_eq!(verify(Vec::new()), (0, "TX-115"), "no time");
    assert_eq!(verify(vec![set(1)]), (0, "TX-117"), "a time before the parent's");
    assert_eq!(verify(vec![set(now), set(now)]), (1, "TX-117"), "two times");
    let signed = chain.next(member("bob"), remark("first"));
    assert_eq!(verify(vec![signed, set(now)]), (0, "TX-115"), "not first");
}

#[test]
fn system_events_hold_the_events_of_the_block_by_phase() {
    let mut chain = Chain::dev();
    let built = chain.block(vec![chain.next(member("bob"), remark("hello"))]);
    let row = chain.state.get(pallet_system::events_key().as_bytes()).unwrap();
    let mut expected = parity_scale_codec::Encode::encode(&parity_scale_codec::Compact(
        pallet_system::EVENT_COUNT.get(&chain.state).unwrap().unwrap(),
    ));
    for (index, receipt) in (0..).zip(&built.receipts) {
        let phase = Phase::ApplyExtrinsic(index);
        for event in receipt.events.iter() {
            althing_frame::EventRecord { phase, event }.encode_to(&mut expected);
        }
    }
    // After these come the events of the lifecycle: the fee goes to the treasury.
    assert!(row.starts_with(&expected));
    assert_eq!(row.get(expected.len()), Some(&1));
}

#[test]
fn a_dry_run_tells_the_refusal_with_its_values_and_keeps_nothing() {
    let chain = Chain::dev();
    let alice = member("alice").account;
    let call = parity_scale_codec::Encode::encode(&transfer(&member("bob").account, 1_000_000));
    let run = chain.runtime.dry_run(&chain.parent(), Origin::Signed(alice), &call);
    let error = run.outcome.unwrap_err();
    assert!(error.code().starts_with("BAL-"), "{error}");
    assert!(!error.refusal().unwrap().values.is_empty());
    assert!(run.fee > 0 && run.deposit == 0);
    let junk = chain.runtime.dry_run(&chain.parent(), Origin::Signed(alice), &[200, 1]);
    assert_eq!(junk.outcome, Err(althing_frame::DispatchError::Undecodable));
    let fine = parity_scale_codec::Encode::encode(&transfer(&member("bob").account, 1));
    let run = chain.runtime.dry_run(&chain.parent(), Origin::Signed(alice), &fine);
    assert_eq!((run.outcome, run.events.is_empty()), (Ok(()), false));
}

#[test]
fn a_dry_run_tells_the_fee_to_the_last_unit() {
    let mut chain = Chain::dev();
    let newcomer = Wallet::fresh(SchemeId::ML_DSA_65, 8);
    chain.block(vec![chain.next(member("alice"), transfer(&newcomer.account, 10))]);
    for wallet in [member("alice"), member("bob"), &newcomer] {
        let call = remark("how much?");
        let encoded = parity_scale_codec::Encode::encode(&call);
        let run = chain.runtime.dry_run(&chain.parent(), Origin::Signed(wallet.account), &encoded);
        let before = chain.free(&wallet.account);
        let built = chain.block(vec![chain.next(wallet, call)]);
        assert_eq!(built.receipts[1].fee, run.fee);
        assert_eq!(chain.free(&wallet.account), before - run.fee - run.deposit);
    }
}

#[test]
fn normal_calls_leave_a_quarter_of_the_block_to_votes() {
    let mut chain = Chain::dev();
    let ask = propose(Track::SmallSpender, &spend(&member("ivan").account, 5));
    chain.proven_block(vec![chain.next(member("alice"), ask)]);
    let long = "x".repeat(1_000_000);
    let mut offered: Vec<Extrinsic> =
        (0..13).map(|nonce| chain.proven(member("bob"), nonce, remark(&long))).collect();
    offered.push(chain.next(member("carol"), aye(0, 10)));

    let built = chain.try_block(offered, true);

    // 12 MiB of 16 take twelve remarks of a million bytes; the thirteenth waits, the vote does not.
    assert_eq!(built.refused, [(12, Invalid::Exhausted)]);
    assert_eq!(built.receipts.last().unwrap().call, ("Voting", "vote"));
}
