//! Many payouts and deposits in one block: what the pot covers does not wait, what it does not is
//! decided in the order of the block, and the number of workers never shows (TR9, TR12, TR13).

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use std::collections::{BTreeMap, BTreeSet};

use althing_executor::Executed;
use althing_frame::{Access, BlockEnv, Runtime, Track};
use althing_primitives::{AccountId, Balance, Extrinsic, TOKEN};
use althing_runtime::{AlthingRuntime, RuntimeCall, check_invariants};
use chain::{Chain, member, members};
use pallet_treasury::{Call, NEXT_SPEND, PAYOUTS_PER_BLOCK, PENDING, QUEUE, Spend, SpendId};
use parity_scale_codec::Encode;
use proptest::collection::vec;
use proptest::prelude::*;

const WORKERS: [usize; 4] = [1, 2, 3, 8];

/// What one member asks for.
#[derive(Clone, Copy, Debug)]
enum Ask {
    Payout(SpendId),
    Deposit(Balance),
}

fn beneficiary(spend: SpendId) -> AccountId {
    AccountId::of_pallet(&format!("test/payee/{spend}"))
}

/// The development chain with pending spends of these amounts, which nobody approved.
fn waiting(amounts: &[Balance]) -> Chain {
    let mut chain = Chain::dev();
    let mut rows = Vec::new();
    let mut queue = Vec::new();
    for (id, amount) in (0..).zip(amounts) {
        let spend = Spend {
            track: Track::Treasurer,
            beneficiary: beneficiary(id),
            amount: *amount,
            memo: Vec::new().try_into().unwrap(),
            approved: 0,
            refused_since: None,
        };
        queue.push(id);
        rows.push((PENDING.key(&id), spend.encode()));
    }
    rows.push((NEXT_SPEND.key(), SpendId::try_from(amounts.len()).unwrap().encode()));
    if !queue.is_empty() {
        rows.push((QUEUE.key(), queue.encode()));
    }
    let set =
        |(key, value): (althing_frame::RowKey, Vec<u8>)| (key.as_bytes().to_vec(), Some(value));
    let rows: Vec<_> = rows.into_iter().map(set).collect();
    chain.state = chain.state.apply(&rows);
    chain.header.state_root = chain.state.root();
    check_invariants(&chain.state).unwrap();
    chain
}

fn payable(chain: &Chain) -> Balance {
    pallet_treasury::payable(&chain.state).unwrap()
}

/// The members send `asks` in turn.
fn block(chain: &Chain, asks: &[Ask]) -> Vec<Extrinsic> {
    let mut nonces = BTreeMap::new();
    let senders = members().iter().cycle();
    let signed = senders.zip(asks).map(|(wallet, ask)| {
        let nonce = nonces.entry(wallet.account).or_insert_with(|| chain.nonce(&wallet.account));
        let call: RuntimeCall = match *ask {
            Ask::Payout(spend) => Call::Payout { spend }.into(),
            Ask::Deposit(amount) => Call::Deposit { amount }.into(),
        };
        let extrinsic = chain.proven(wallet, *nonce, call);
        *nonce += 1;
        extrinsic
    });
    signed.collect()
}

/// Run one block serially and on every number of workers.
fn run(chain: &Chain, asks: &[Ask]) -> Executed {
    let extrinsics = block(chain, asks);
    let reference = chain.try_block(extrinsics.clone(), true);
    assert_eq!(reference.refused, []);
    check_invariants(&reference.state).unwrap();
    for workers in WORKERS {
        let other = chain.with_workers(workers).try_block(extrinsics.clone(), true);
        assert_eq!(other.receipts, reference.receipts, "{workers} workers");
        assert_eq!(other.changes, reference.changes, "{workers} workers");
        assert_eq!(other.header, reference.header, "{workers} workers");
    }
    reference
}

/// How each call of a block ended: nothing, or its code and values.
fn outcomes(executed: &Executed) -> Vec<Result<(), String>> {
    let sent = executed.receipts.iter().skip(1);
    sent.map(|receipt| receipt.outcome.clone().map_err(|error| error.to_string())).collect()
}

fn short(spend: SpendId, needed: Balance, available: Balance) -> Result<(), String> {
    let short = pallet_treasury::Error::PotShort { spend, needed, available };
    Err(althing_frame::DispatchError::from(short).to_string())
}

/// The whole access set of a transaction, envelope included.
fn declared(chain: &Chain, extrinsic: &Extrinsic) -> Access {
    let runtime: &AlthingRuntime = &chain.runtime;
    let block = BlockEnv {
        number: chain.header.number + 1,
        parent_hash: chain.header.hash(),
        genesis_hash: chain.genesis,
        now: chain.next_time(),
    };
    let call = runtime.decode_call(extrinsic.call()).unwrap();
    let state = &chain.state;
    let admission = runtime.admit_proven(state, &block, extrinsic, call.as_ref()).unwrap();
    runtime.access(state, extrinsic, call.as_ref(), &admission).unwrap()
}

#[test]
fn payouts_and_deposits_of_different_members_do_not_wait_for_each_other() {
    let chain = waiting(&[1_000 * TOKEN; 10]);
    let mut asks: Vec<Ask> = (0..5).map(Ask::Payout).collect();
    asks.extend([Ask::Deposit(TOKEN); 5]);
    let sets: Vec<_> = block(&chain, &asks).iter().map(|one| declared(&chain, one)).collect();
    for (at, one) in sets.iter().enumerate() {
        assert!(!one.is_exclusive());
        assert!(sets[..at].iter().all(|other| !one.conflicts(other)), "{at}");
    }
}

#[test]
fn a_full_pot_pays_every_payout_of_a_block() {
    let chain = waiting(&[1_000 * TOKEN; 100]);
    let pot = chain.free(&pallet_treasury::account());
    let mut asks: Vec<Ask> =
        (0..100).flat_map(|spend| [Ask::Payout(spend), Ask::Deposit(TOKEN)]).collect();
    // Asked for again, in the same block.
    asks.push(Ask::Payout(7));
    let executed = run(&chain, &asks);

    let outcomes = outcomes(&executed);
    assert!(outcomes[..200].iter().all(Result::is_ok));
    assert!(outcomes[200].is_err(), "nobody is paid twice");
    for spend in 0..100 {
        let paid = pallet_balances::free(&executed.state, &beneficiary(spend)).unwrap();
        assert_eq!(paid, 1_000 * TOKEN);
    }
    let ran = chain.with_workers(2).try_block(block(&chain, &asks), true).explanation;
    assert_eq!(ran.critical_path, 21, "only transactions of one sender wait: {ran:?}");
    let fees: Balance = executed.receipts.iter().map(|receipt| receipt.fee).sum();
    let after = pallet_treasury::pot_balance(&executed.state).unwrap();
    assert_eq!(after, pot - 100_000 * TOKEN + 100 * TOKEN + fees);
    assert_eq!(QUEUE.get(&executed.state), Ok(None));
}

#[test]
fn a_pot_that_runs_dry_in_mid_block_pays_the_first_of_the_block() {
    let amount = 10_000 * TOKEN;
    let chain = waiting(&vec![amount; 100]);
    let (opening, covered) = (payable(&chain), 33);
    assert_eq!(opening / amount, 33, "the pot can pay a third of them");
    // The newest first, and money comes in between.
    let asks: Vec<Ask> =
        (0..100).rev().flat_map(|spend| [Ask::Deposit(500 * TOKEN), Ask::Payout(spend)]).collect();
    let executed = run(&chain, &asks);

    let payouts: Vec<_> = outcomes(&executed).into_iter().skip(1).step_by(2).collect();
    let expected = (0..100).rev().zip(0..).map(|(spend, at)| {
        if at < covered { Ok(()) } else { short(spend, amount, opening % amount) }
    });
    assert_eq!(payouts, expected.collect::<Vec<_>>());
    // The end of the block has the deposits too, and begins with the oldest.
    let paid: BTreeSet<SpendId> = (0..100)
        .filter(|spend| {
            pallet_balances::free(&executed.state, &beneficiary(*spend)).unwrap() == amount
        })
        .collect();
    assert_eq!(paid, (0..5).chain(67..100).collect());
}

#[test]
fn a_block_pays_a_bounded_number_by_itself_and_members_pay_the_rest() {
    let mut chain = waiting(&[1_000 * TOKEN; 200]);
    chain.pass(1);
    assert_eq!(QUEUE.get(&chain.state).unwrap().unwrap()[0], PAYOUTS_PER_BLOCK);
    let asks: Vec<Ask> = (PAYOUTS_PER_BLOCK..200).map(Ask::Payout).collect();
    let executed = run(&chain, &asks);
    assert!(outcomes(&executed).iter().all(Result::is_ok));
    assert_eq!(QUEUE.get(&executed.state), Ok(None));
}

#[test]
fn a_dry_run_of_a_payout_finds_what_the_next_block_can_pay() {
    let chain = waiting(&[1_000 * TOKEN, 1_000_000 * TOKEN]);
    let origin = althing_frame::Origin::Signed(member("alice").account);
    let try_payout = |spend| {
        let call = RuntimeCall::from(Call::Payout { spend }).encode();
        chain.runtime.dry_run(&chain.parent(), origin, &call).outcome
    };
    assert_eq!(try_payout(0), Ok(()));
    assert_eq!(try_payout(1).unwrap_err().code(), "TRE-108");
}

fn any_ask(spends: SpendId) -> impl Strategy<Value = Ask> {
    prop_oneof![
        4 => (0..spends + 1).prop_map(Ask::Payout),
        1 => (1_u32..1_000).prop_map(|tokens| Ask::Deposit(Balance::from(tokens) * TOKEN)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is asked for in whatever order: a payout succeeds if what is left of the pot
    /// covers it at its place in the block, on every number of workers.
    #[test]
    fn the_order_of_the_block_decides_who_is_paid(
        amounts in vec(1_u32..30_000, 1..60),
        asks in vec(any_ask(60), 1..80),
    ) {
        let amounts: Vec<Balance> =
            amounts.into_iter().map(|tokens| Balance::from(tokens) * TOKEN).collect();
        let chain = waiting(&amounts);
        let executed = run(&chain, &asks);
        let opening = payable(&chain);
        let mut left = opening;
        let mut paid = BTreeSet::new();
        for (ask, outcome) in asks.iter().zip(outcomes(&executed)) {
            let Ask::Payout(id) = *ask else { continue };
            match amounts.get(id as usize).filter(|_| !paid.contains(&id)) {
                None => prop_assert!(outcome.is_err()),
                Some(amount) if *amount > left => {
                    let available = if *amount > opening { opening } else { left };
                    prop_assert_eq!(outcome, short(id, *amount, available));
                }
                Some(amount) => {
                    prop_assert_eq!(outcome, Ok(()));
                    left -= amount;
                    paid.insert(id);
                }
            }
        }
    }
}
