//! Votes on a critical referendum, signed under the schemes of all members: kept apart by scheme,
//! and the same on every schedule (A2, V7, G90).

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use std::collections::BTreeMap;

use althing_crypto::SchemeId;
use althing_executor::Executed;
use althing_frame::Track;
use althing_primitives::{Extrinsic, TOKEN};
use chain::busy::busy_chain;
use chain::calls::{aye, plain_remark, propose, remark, vote};
use chain::{Chain, member, members};
use pallet_voting::{Conviction, Tally, voices};

/// The question about cryptography of the busy chain, and its question for root.
const CRITICAL: [u32; 2] = [2, 4];

fn assert_same(serial: &Executed, other: &Executed, what: &str) {
    assert_eq!(serial.header, other.header, "{what}");
    assert_eq!(serial.receipts, other.receipts, "{what}");
    assert_eq!(serial.changes, other.changes, "{what}");
}

/// Everybody changes both of their ballots, and says something.
fn crowd(chain: &Chain) -> Vec<Extrinsic> {
    let mut extrinsics = Vec::new();
    for (wallet, tokens) in members().iter().zip(1_u128..) {
        let nonce = chain.nonce(&wallet.account);
        let say = |offset, call| chain.proven(wallet, nonce + offset, call);
        extrinsics.push(say(0, aye(CRITICAL[0], tokens)));
        extrinsics.push(say(1, vote(CRITICAL[1], tokens % 2 == 0, tokens, Conviction::None)));
        extrinsics.push(say(2, remark("and on")));
    }
    extrinsics
}

#[test]
fn a2_votes_under_many_schemes_on_critical_referenda_are_the_same_on_every_schedule() {
    let chain = busy_chain();
    let extrinsics = crowd(&chain);
    let serial = chain.try_block(extrinsics.clone(), true);
    assert!(serial.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
    for seed in 0..100 {
        let workers = 2 + (seed % 7) as usize;
        let executed = chain.with_virtual(workers, seed).try_block(extrinsics.clone(), true);
        assert!(executed.explanation.parallel > 30, "{:?}", executed.explanation);
        assert_same(&serial, &executed, &format!("{workers} virtual workers, seed {seed}"));
    }
    for workers in [1, 2, 8] {
        let other = chain.with_workers(workers).with_turbulence(workers as u64);
        assert_same(&serial, &other.try_block(extrinsics.clone(), true), &workers.to_string());
    }
}

#[test]
fn each_ballot_counts_under_the_scheme_of_the_key_that_signed_it() {
    let mut chain = busy_chain();
    let executed = chain.try_block(crowd(&chain), true);
    chain.advance(&executed);
    chain.check();
    let mut expected: BTreeMap<SchemeId, Tally> = BTreeMap::new();
    for (wallet, tokens) in members().iter().zip(1_u128..) {
        let sum = expected.entry(wallet.scheme).or_default();
        sum.ayes += tokens * TOKEN;
        sum.support += tokens * TOKEN;
    }
    let found = voices(&chain.state, CRITICAL[0]).unwrap();
    let found: BTreeMap<_, _> = found.into_iter().map(|one| (one.scheme, one.tally)).collect();
    assert_eq!((found.len(), &found), (4, &expected));
}

#[test]
fn votes_under_many_schemes_do_not_wait_for_each_other() {
    let chain = busy_chain().with_workers(2);
    let mut extrinsics = Vec::new();
    for wallet in members() {
        let nonce = chain.nonce(&wallet.account);
        extrinsics.push(chain.proven(wallet, nonce, aye(CRITICAL[0], 1_000)));
    }
    for wallet in members() {
        let nonce = chain.nonce(&wallet.account) + 1;
        extrinsics.push(chain.proven(wallet, nonce, remark("and a remark")));
    }
    let explanation = chain.try_block(extrinsics, true).explanation;
    assert_eq!((explanation.parallel, explanation.critical_path), (21, 2), "{explanation:?}");
    assert_eq!(explanation.conflicts, 10, "only the second transaction of a sender waits");
}

/// The poll is not there when the votes declare their rows.
#[test]
fn votes_in_the_block_that_asks_the_question_count() {
    let mut chain = Chain::dev();
    let asker = member("alice");
    let question = propose(Track::Root, &plain_remark("now?"));
    let mut extrinsics = vec![chain.proven(asker, 0, question), chain.proven(asker, 1, aye(0, 7))];
    for name in ["bob", "carol", "dave"] {
        extrinsics.push(chain.proven(member(name), 0, aye(0, 5)));
    }
    let executed = chain.proven_block(extrinsics);
    let outcomes: Vec<_> = executed.receipts.iter().map(|receipt| &receipt.outcome).collect();
    assert!(outcomes.iter().all(|outcome| outcome.is_ok()), "{outcomes:?}");
    assert_eq!(voices(&chain.state, 0).unwrap().len(), 4);
    chain.check();
}
