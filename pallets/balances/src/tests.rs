//! Facts about balances. Names in brackets are the rules of `specs/balances.md`.

mod funds;
mod properties;
mod refusals;

use althing_frame::testing::{TestChain, TestRuntime, decode_pallet};
use althing_frame::{Access, DispatchError, Origin, Tx};
use althing_primitives::{AccountId, Balance};

use crate::*;

const ALICE: AccountId = AccountId([1; 32]);
const BOB: AccountId = AccountId([2; 32]);
const CAROL: AccountId = AccountId([3; 32]);
const ED: Balance = EXISTENTIAL_DEPOSIT;
const VOTE: LockId = *b"althvote";

fn chain(balances: &[(AccountId, Balance)]) -> TestChain {
    let runtime = TestRuntime::new(|bytes| decode_pallet::<Call>(INDEX, bytes));
    let mut chain = TestChain::new(runtime);
    let genesis = Genesis { balances: balances.to_vec() };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    chain.take_events();
    chain
}

/// Run `step` confined to the rows that its sibling declares.
fn confined<T>(
    chain: &mut TestChain,
    declare: impl FnOnce(&mut Access),
    step: impl FnOnce(&mut Tx<'_>) -> Result<T, DispatchError>,
) -> Result<T, DispatchError> {
    let mut access = Access::new();
    declare(&mut access);
    chain.apply_confined(&access, step)
}

fn reserve_of(chain: &mut TestChain, who: AccountId, amount: Balance) -> Result<(), DispatchError> {
    confined(chain, |access| reserve_access(access, &who), |tx| reserve(tx, &who, amount))
}

fn unreserve_of(
    chain: &mut TestChain,
    who: AccountId,
    amount: Balance,
) -> Result<(), DispatchError> {
    confined(chain, |access| reserve_access(access, &who), |tx| unreserve(tx, &who, amount))
}

fn slash(chain: &mut TestChain, who: AccountId, amount: Balance) -> Result<(), DispatchError> {
    confined(
        chain,
        |access| slash_reserved_access(access, &who),
        |tx| slash_reserved(tx, &who, amount),
    )
}

fn repatriate(
    chain: &mut TestChain,
    from: AccountId,
    to: AccountId,
    amount: Balance,
) -> Result<(), DispatchError> {
    confined(
        chain,
        |access| repatriate_reserved_access(access, &from, &to),
        |tx| repatriate_reserved(tx, &from, &to, amount),
    )
}

fn lock(
    chain: &mut TestChain,
    who: AccountId,
    id: LockId,
    amount: Balance,
) -> Result<(), DispatchError> {
    confined(chain, |access| lock_access(access, &who), |tx| set_lock(tx, &who, id, amount))
}

fn pay(chain: &mut TestChain, to: AccountId, value: Balance) -> Result<(), DispatchError> {
    chain.apply(Origin::Signed(ALICE), Call::TransferAllowDeath { dest: to.into(), value })
}

fn pay_alive(chain: &mut TestChain, to: AccountId, value: Balance) -> Result<(), DispatchError> {
    chain.apply(Origin::Signed(ALICE), Call::TransferKeepAlive { dest: to.into(), value })
}

fn data_of(chain: &TestChain, who: AccountId) -> AccountData {
    pallet_system::account(&chain.rows, &who).unwrap().data
}

fn audit(chain: &TestChain) {
    check(&chain.rows, 0).unwrap();
}
