//! Facts about ballots. Names in brackets are rules of `specs/governance.md`.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, which is how it should fail"
)]

mod ballots;
mod commuting;
mod locking;
mod refusals;
mod voices;

use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{DispatchError, Origin, Track};
use althing_primitives::{AccountId, Balance, TOKEN};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);
const CAROL: AccountId = AccountId([3; 32]);
const DAVE: AccountId = AccountId([4; 32]);
const ERIN: AccountId = AccountId([5; 32]);
const MEMBERS_ALL: [AccountId; 5] = [ALICE, BOB, CAROL, DAVE, ERIN];

/// Five members with 10 000 tokens each, and referendum 0 open.
fn chain() -> TestChain {
    let runtime = TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes));
    let mut chain = TestChain::new(runtime);
    let balances = MEMBERS_ALL.into_iter().map(|who| (who, 10_000 * TOKEN)).collect();
    chain.apply_unrestricted(|tx| pallet_balances::Genesis { balances }.build(tx)).unwrap();
    chain.apply_unrestricted(|tx| Genesis::fast().build(tx)).unwrap();
    open(&mut chain, 0);
    chain.take_events();
    chain
}

fn open(chain: &mut TestChain, referendum: u32) {
    chain.apply_unrestricted(|tx| open_poll(tx, referendum, Track::Root, false)).unwrap();
}

fn close(chain: &mut TestChain, referendum: u32, outcome: PollOutcome) -> Tally {
    chain.apply_unrestricted(|tx| close_poll(tx, referendum, outcome)).unwrap()
}

fn next_block(chain: &mut TestChain) {
    let next = chain.number() + 1;
    chain.go_to(next, 0);
}

fn cast(
    chain: &mut TestChain,
    who: AccountId,
    referendum: u32,
    ballot: Ballot,
) -> Result<(), DispatchError> {
    let outcome = chain.apply(Origin::Signed(who), Call::Vote { referendum, ballot });
    check(&chain.rows).unwrap();
    outcome
}

fn remove(chain: &mut TestChain, who: AccountId, referendum: u32) -> Result<(), DispatchError> {
    let outcome = chain.apply(Origin::Signed(who), Call::RemoveVote { referendum });
    check(&chain.rows).unwrap();
    outcome
}

fn unlock_of(chain: &mut TestChain, who: AccountId) {
    chain.apply(Origin::Signed(who), Call::Unlock).unwrap();
    check(&chain.rows).unwrap();
}

fn standard(aye: bool, balance: Balance, conviction: Conviction) -> Ballot {
    Ballot::Standard { aye, balance, conviction }
}

fn aye(balance: Balance) -> Ballot {
    standard(true, balance, Conviction::Locked1x)
}

fn nay(balance: Balance) -> Ballot {
    standard(false, balance, Conviction::Locked1x)
}

fn locked(chain: &TestChain, who: AccountId) -> Balance {
    pallet_balances::lock_of(&chain.rows, &who, &LOCK_ID).unwrap()
}

fn counted(chain: &TestChain, referendum: u32) -> Tally {
    tally(&chain.rows, referendum).unwrap()
}
