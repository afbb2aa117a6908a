//! Facts about referenda. Names with `gov_atk` answer attacks that other chains have seen; names in
//! brackets are rules of `specs/governance.md`.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, which is how it should fail"
)]

mod abuse;
mod attacks;
mod critical;
mod cryptography;
mod endings;
mod flow;
mod golden;
mod properties;
mod refusals;
mod relied;
mod settings;
mod stopping;

use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{Call as _, DispatchError, Invalid, Origin, Track};
use althing_primitives::{AccountId, Balance, BlockNumber, TOKEN};
use pallet_preimage::Proposal;
use pallet_scheduler::result_of;
use pallet_voting::{Ballot, Conviction};
use parity_scale_codec::Encode;

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);
const CAROL: AccountId = AccountId([3; 32]);
const DAVE: AccountId = AccountId([4; 32]);
const ERIN: AccountId = AccountId([5; 32]);
const MEMBERS: [AccountId; 5] = [ALICE, BOB, CAROL, DAVE, ERIN];
const EACH: Balance = 10_000 * TOKEN;

fn decode(bytes: &[u8]) -> Result<Box<dyn althing_frame::Call>, Invalid> {
    match bytes.first() {
        Some(0) => decode_pallet::<pallet_system::Call>(0, bytes),
        Some(2) => decode_pallet::<pallet_balances::Call>(2, bytes),
        Some(5) => decode_pallet::<pallet_crypto_registry::Call>(5, bytes),
        Some(6) => decode_pallet::<pallet_preimage::Call>(6, bytes),
        Some(7) => decode_pallet::<pallet_scheduler::Call>(7, bytes),
        Some(8) => decode_pallet::<Call>(INDEX, bytes),
        Some(9) => decode_pallet::<pallet_voting::Call>(9, bytes),
        Some(201) => relied::decode_names(bytes),
        _ => stopping::decode_about(bytes),
    }
}

/// Five members with 10 000 tokens each, at block 1.
fn chain_with(referenda: &Genesis, voting: &pallet_voting::Genesis) -> TestChain {
    let mut chain = TestChain::new(TestRuntime::new(decode));
    let balances = MEMBERS.into_iter().map(|who| (who, EACH)).collect();
    chain.apply_unrestricted(|tx| pallet_balances::Genesis { balances }.build(tx)).unwrap();
    chain.apply_unrestricted(|tx| voting.build(tx)).unwrap();
    chain.apply_unrestricted(|tx| referenda.build(tx)).unwrap();
    chain.take_events();
    chain
}

fn chain() -> TestChain {
    chain_with(&Genesis::fast().unwrap(), &pallet_voting::Genesis::fast())
}

fn remark(text: &str) -> Vec<u8> {
    let remark = text.as_bytes().to_vec().try_into().unwrap();
    (0_u8, pallet_system::Call::Remark { remark }).encode()
}

fn question_of(track: Track, call: &[u8]) -> Call {
    Call::Submit {
        track,
        proposal: Proposal::of(call).unwrap(),
        enactment: Enactment::After(0),
        title: b"a question".to_vec().try_into().unwrap(),
        decision: DecisionDeposit::Now,
    }
}

fn question(track: Track) -> Call {
    question_of(track, &remark("an answer"))
}

/// Submit, and return the number.
fn submit(chain: &mut TestChain, who: AccountId, call: Call) -> u32 {
    let index = COUNT.get_or_default(&chain.rows).unwrap();
    chain.apply(Origin::Signed(who), call).unwrap();
    index
}

fn vote(chain: &mut TestChain, who: AccountId, referendum: u32, ballot: Ballot) {
    let call = pallet_voting::Call::Vote { referendum, ballot };
    chain.apply(Origin::Signed(who), call).unwrap();
}

fn aye(balance: Balance) -> Ballot {
    Ballot::Standard { aye: true, balance, conviction: Conviction::Locked1x }
}

fn nay(balance: Balance) -> Ballot {
    Ballot::Standard { aye: false, balance, conviction: Conviction::Locked1x }
}

/// Run `call` as an enactment would.
fn as_track(chain: &mut TestChain, track: Track, call: &Call) -> Result<(), DispatchError> {
    chain.apply_unrestricted(|tx| call.dispatch(tx, Origin::Track(track)))
}

/// What happens after the last extrinsic of the block.
fn finalize(chain: &mut TestChain) {
    chain.apply_unrestricted(on_finalize).unwrap();
    chain.apply_unrestricted(pallet_scheduler::enact).unwrap();
    audit(chain);
}

fn audit(chain: &TestChain) {
    check(&chain.rows).unwrap();
    pallet_voting::check(&chain.rows).unwrap();
    pallet_preimage::check(&chain.rows).unwrap();
    pallet_balances::check(&chain.rows, 0).unwrap();
}

/// End every block up to and including `last`; the next call runs in the one after it.
fn end_blocks(chain: &mut TestChain, last: BlockNumber) {
    while chain.number() <= last {
        finalize(chain);
        chain.go_to(chain.number() + 1, 0);
    }
}

fn get(chain: &TestChain, index: u32) -> Referendum {
    referendum(&chain.rows, index).unwrap().unwrap()
}

fn status(chain: &TestChain, index: u32) -> Status {
    get(chain, index).status
}

fn name(chain: &TestChain, index: u32) -> &'static str {
    status(chain, index).name()
}

fn reserved(chain: &TestChain, who: AccountId) -> Balance {
    pallet_balances::reserved(&chain.rows, &who).unwrap()
}

fn enrich(chain: &mut TestChain, who: AccountId, tokens: Balance) {
    chain.apply_unrestricted(|tx| pallet_balances::mint(tx, &who, tokens * TOKEN)).unwrap();
}
