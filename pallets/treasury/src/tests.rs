//! Facts about the treasury.

#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should")]

mod attacks;
mod blocks;
mod properties;
mod rules;

use althing_frame::testing::{TestChain, TestRuntime};
use althing_frame::{DispatchError, Origin, Track};
use althing_primitives::{AccountId, Balance, BlockNumber, TOKEN};
use pallet_balances::EXISTENTIAL_DEPOSIT;

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);
const PERIOD: BlockNumber = 320;

/// A chain whose pot can pay `payable`, with Alice as a member.
fn chain(payable: Balance) -> TestChain {
    let mut chain = TestChain::new(TestRuntime::without_calls());
    let pot = (account(), payable + EXISTENTIAL_DEPOSIT);
    let balances = vec![(ALICE, 10_000_000 * TOKEN), pot];
    let genesis = pallet_balances::Genesis { balances };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.apply_unrestricted(|tx| Genesis::with_period(PERIOD).build(tx)).unwrap();
    chain.take_events();
    chain
}

fn spend(beneficiary: AccountId, amount: Balance) -> Call {
    Call::Spend { beneficiary, amount, memo: b"work".to_vec().try_into().unwrap() }
}

fn spend_on(chain: &mut TestChain, track: Track, amount: Balance) -> Result<(), DispatchError> {
    chain.apply(Origin::Track(track), spend(BOB, amount))
}

/// Begin a block.
fn begin(chain: &mut TestChain) {
    chain.apply_unrestricted(on_initialize).unwrap();
}

/// End what [`begin`] began, as far as members' calls go.
fn end(chain: &mut TestChain) {
    chain.apply_unrestricted(settle).unwrap();
    checked(chain);
}

/// A call of a block that [`begin`] began.
fn payout(chain: &mut TestChain, spend: SpendId) -> Result<(), DispatchError> {
    chain.apply(Origin::Signed(ALICE), Call::Payout { spend })
}

/// The payouts of a block, and how each ended.
fn payouts(chain: &mut TestChain, spends: &[SpendId]) -> Vec<Result<(), DispatchError>> {
    begin(chain);
    let outcomes = spends.iter().map(|spend| payout(chain, *spend)).collect();
    end(chain);
    outcomes
}

fn pay_in(chain: &mut TestChain, amount: Balance) {
    chain.apply_unrestricted(|tx| pallet_balances::mint(tx, &account(), amount)).unwrap();
}

fn finalize(chain: &mut TestChain, number: BlockNumber) {
    chain.go_to(number, 0);
    begin(chain);
    end(chain);
    chain.apply_unrestricted(pay_pending).unwrap();
    checked(chain);
}

fn checked(chain: &TestChain) {
    check(&chain.rows).unwrap();
    pallet_balances::check(&chain.rows, 0).unwrap();
}

fn free(chain: &TestChain, who: AccountId) -> Balance {
    pallet_balances::free(&chain.rows, &who).unwrap()
}

#[track_caller]
fn assert_refused(chain: &mut TestChain, origin: Origin, call: Call, expected: DispatchError) {
    let before = chain.root();
    assert_eq!(chain.apply(origin, call), Err(expected));
    assert_eq!(chain.root(), before);
}
