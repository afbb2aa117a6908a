//! Real blocks of the composed chain under drawn schedules, and laws that hold between blocks.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use std::collections::BTreeMap;

use althing_executor::Executed;
use althing_frame::{RowKey, RowValue};
use althing_primitives::{Extrinsic, row_prefix};
use chain::busy::busy_chain;
use chain::calls::{aye, remark, transfer};
use chain::generated::{any_step, assemble};
use chain::{Chain, member, members};
use proptest::collection::vec;
use proptest::prelude::*;

/// Interleavings of one real block.
const ORDERS: u64 = 200;

fn assert_same(serial: &Executed, other: &Executed, what: &str) {
    assert_eq!(serial.header, other.header, "{what}");
    assert_eq!(serial.receipts, other.receipts, "{what}");
    assert_eq!(serial.refused, other.refused, "{what}");
    assert_eq!(serial.changes, other.changes, "{what}");
}

/// Votes, transfers in a ring and remarks of all members: crowds, chains and pairs in one block.
fn lively_block(chain: &Chain) -> Vec<Extrinsic> {
    let mut extrinsics = Vec::new();
    for (at, wallet) in members().iter().enumerate() {
        let nonce = chain.nonce(&wallet.account);
        let next = &members()[(at + 1) % members().len()].account;
        extrinsics.push(chain.proven(wallet, nonce, aye(1, 500)));
        extrinsics.push(chain.proven(wallet, nonce + 1, transfer(next, 3)));
        extrinsics.push(chain.proven(wallet, nonce + 2, remark("and on")));
    }
    extrinsics
}

#[test]
fn a_real_block_is_the_same_under_every_drawn_schedule() {
    let chain = busy_chain();
    let extrinsics = lively_block(&chain);
    let serial = chain.try_block(extrinsics.clone(), true);
    assert!(serial.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
    for seed in 0..ORDERS {
        let workers = 2 + (seed % 7) as usize;
        let executed = chain.with_virtual(workers, seed).try_block(extrinsics.clone(), true);
        assert!(executed.explanation.parallel > 30, "{:?}", executed.explanation);
        assert_same(&serial, &executed, &format!("{workers} workers, seed {seed}"));
    }
}

/// The rows after a block without those that the block's own course shows in: the system's record
/// of its events and of itself, and the time.
fn lasting(executed: &Executed) -> BTreeMap<RowKey, RowValue> {
    let fleeting: Vec<Vec<u8>> = [
        ("System", "Events"),
        ("System", "EventCount"),
        ("System", "Number"),
        ("System", "BlockHash"),
        ("System", "ParentHash"),
        ("System", "Digest"),
        ("Timestamp", "Now"),
    ]
    .iter()
    .map(|(pallet, item)| row_prefix(pallet, item).to_vec())
    .collect();
    executed
        .state
        .range(&[], None, usize::MAX)
        .filter(|(key, _)| !fleeting.iter().any(|prefix| key.starts_with(prefix)))
        .map(|(key, value)| (RowKey::from(key), RowValue::from(&value[..])))
        .collect()
}

/// The keys of lasting rows that differ.
fn differing(one: &Executed, other: &Executed) -> Vec<RowKey> {
    let (one, other) = (lasting(one), lasting(other));
    let keys = one.keys().chain(other.keys());
    keys.filter(|key| one.get(*key) != other.get(*key)).cloned().collect()
}

/// Calls of different members of which none depends on another: remarks, transfers to accounts that
/// only receive, and ballots if they are wanted.
fn independent(chain: &Chain, picks: &[u8], ballots: bool) -> Vec<Extrinsic> {
    let receiver = &member("ivan").account;
    members()
        .iter()
        .filter(|wallet| wallet.account != *receiver)
        .zip(picks)
        .flat_map(|(wallet, pick)| {
            let nonce = chain.nonce(&wallet.account);
            let tokens = u128::from(*pick) + 1;
            let first = match pick % 3 {
                0 if ballots => aye(1, tokens * 10),
                1 => remark("alone"),
                _ => transfer(&althing_primitives::AccountId([*pick; 32]), tokens),
            };
            let second =
                if ballots && pick % 2 == 0 { aye(2, tokens) } else { remark("once more") };
            [chain.proven(wallet, nonce, first), chain.proven(wallet, nonce + 1, second)]
        })
        .collect()
}

/// Put pairs of one member's transactions in another order; each pair stays in its own.
fn permuted(extrinsics: &[Extrinsic], order: &[usize]) -> Vec<Extrinsic> {
    let mut pairs: Vec<&[Extrinsic]> = extrinsics.chunks(2).collect();
    let mut taken = Vec::new();
    for pick in order {
        if !pairs.is_empty() {
            taken.push(pairs.remove(pick % pairs.len()));
        }
    }
    taken.extend(pairs);
    // All first ones, then all second ones: neighbours change too.
    let (first, second): (Vec<_>, Vec<_>) =
        taken.into_iter().map(|pair| (pair[0].clone(), pair[1].clone())).unzip();
    [first, second].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn generated_blocks_are_the_same_under_drawn_schedules(
        steps in vec(any_step(), 16..50),
        seed in any::<u64>(),
    ) {
        let chain = busy_chain();
        let extrinsics = assemble(&chain, &steps);
        let serial = chain.try_block(extrinsics.clone(), true);
        for seed in (0..4).map(|more| seed.wrapping_add(more)) {
            let executed = chain.with_virtual(3, seed).try_block(extrinsics.clone(), true);
            assert_same(&serial, &executed, &format!("seed {seed}"));
        }
    }

    #[test]
    fn the_order_of_independent_calls_does_not_show_in_rows_that_last(
        picks in vec(any::<u8>(), 9),
        order in vec(any::<usize>(), 9),
    ) {
        let chain = busy_chain();
        let extrinsics = independent(&chain, &picks, true);
        let one = chain.try_block(extrinsics.clone(), true);
        prop_assert!(one.refused.is_empty());
        let other = chain.with_workers(3).try_block(permuted(&extrinsics, &order), true);
        prop_assert!(other.refused.is_empty());
        prop_assert_eq!(differing(&one, &other), []);
    }

    #[test]
    fn a_block_split_in_two_leaves_the_same_rows_that_last(
        picks in vec(any::<u8>(), 9),
        cut in 0_usize..18,
    ) {
        // Referenda note the electorate of the block in which they move on, so there are none.
        let chain = Chain::dev();
        let extrinsics = independent(&chain, &picks, false);
        let mut whole = chain.clone();
        whole.proven_block(extrinsics.clone());
        let whole = whole.with_workers(2).try_block(Vec::new(), true);
        let mut split = chain.with_workers(2);
        let (first, second) = extrinsics.split_at(cut);
        split.proven_block(first.to_vec());
        let split = split.try_block(second.to_vec(), true);
        prop_assert!(split.refused.is_empty());
        prop_assert_eq!(differing(&whole, &split), []);
    }
}
