//! What must hold of ratios, tallies and ladders whatever the numbers.

#![expect(clippy::unwrap_used, reason = "test data that does not read must fail the test")]

use pallet_voting::{
    Ballot, Conviction, Delegations, LADDER_STEPS_MAX, LadderFull, LockLadder, LockStep,
    PollOutcome, Ratio, RatioError, Tally, lock_after_poll,
};
use parity_scale_codec::{Decode, Encode};
use proptest::prelude::*;

fn ratio(numerator: u128, denominator: u128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap()
}

fn ballot() -> impl Strategy<Value = Ballot> {
    let amount = 0..1_u128 << 100;
    prop_oneof![
        (any::<bool>(), amount.clone(), 0_usize..7).prop_map(|(aye, balance, index)| {
            Ballot::Standard { aye, balance, conviction: Conviction::ALL[index] }
        }),
        (amount.clone(), amount.clone()).prop_map(|(aye, nay)| Ballot::Split { aye, nay }),
        (amount.clone(), amount.clone(), amount)
            .prop_map(|(aye, nay, abstain)| Ballot::SplitAbstain { aye, nay, abstain }),
    ]
}

fn locks() -> impl Strategy<Value = Vec<LockStep>> {
    let lock = (0..200_u128, 0..200_u32).prop_map(|(amount, until)| LockStep { amount, until });
    proptest::collection::vec(lock, 0..LADDER_STEPS_MAX)
}

/// A sum row, as the chain state keeps it.
fn add_to_row(row: [u128; 3], lanes: [u128; 3]) -> [u128; 3] {
    [0, 1, 2].map(|lane| row[lane].wrapping_add(lanes[lane]))
}

#[test]
fn comparison_is_exact_where_floats_and_128_bits_fail() {
    let max = u128::MAX;
    assert!(ratio(max - 1, max) < Ratio::ONE);
    assert!(ratio(max - 2, max - 1) < ratio(max - 1, max));
    assert_eq!(ratio(max, max), Ratio::ONE);
    assert_eq!(ratio(1, 2), ratio(2, 4));
    assert!(ratio(0, max) < ratio(1, max));
}

#[test]
fn a_zero_denominator_is_refused_by_constructor_and_codec() {
    assert_eq!(Ratio::new(7, 0), Err(RatioError::ZeroDenominator { numerator: 7 }));
    let bytes = (7_u128, 0_u128).encode();
    assert!(Ratio::decode(&mut &bytes[..]).is_err());
}

#[test]
fn exact_results_that_do_not_fit_are_refused() {
    let fine = ratio(1, u128::MAX);
    let other = ratio(1, u128::MAX - 1);
    assert_eq!(fine.checked_mul(other), Err(RatioError::TooFine { left: fine, right: other }));
    assert_eq!(fine.checked_add(other), Err(RatioError::TooFine { left: fine, right: other }));
    assert_eq!(
        fine.checked_sub(other),
        Err(RatioError::Negative { minuend: fine, subtrahend: other })
    );
    assert_eq!(fine.checked_div(Ratio::ZERO), Err(RatioError::DivisionByZero { dividend: fine }));
}

#[test]
fn a_tally_is_48_bytes_in_lane_order() {
    let tally = Tally { ayes: 1, nays: 2, support: 3 };
    let mut bytes = [0_u8; 48];
    (bytes[0], bytes[16], bytes[32]) = (1, 2, 3);
    assert_eq!(tally.encode(), bytes);
    assert_eq!(tally.encode(), tally.lanes().encode());
}

#[test]
fn convictions_encode_as_their_index() {
    for (index, conviction) in (0_u8..).zip(Conviction::ALL) {
        assert_eq!(conviction.encode(), [index]);
        assert_eq!(Conviction::decode(&mut &[index][..]).unwrap(), conviction);
    }
    assert!(Conviction::decode(&mut &[7_u8][..]).is_err());
}

#[test]
fn nobody_voting_is_no_approval_and_an_empty_electorate_no_support() {
    assert_eq!(Tally::default().approval().unwrap(), Ratio::ZERO);
    let tally = Tally { ayes: 5, nays: 0, support: 5 };
    assert_eq!(tally.support_of(0, 0), Ratio::ZERO);
    assert_eq!(tally.support_of(0, 1_000), Ratio::ZERO);
    assert_eq!(tally.support_of(5, 1_000), ratio(1, 200));
    assert_eq!(tally.support_of(2_000, 1_000), ratio(1, 400));
}

#[test]
fn nine_units_without_conviction_support_but_do_not_weigh() {
    let ballot = Ballot::Standard { aye: true, balance: 9, conviction: Conviction::None };
    let tally = ballot.contribution(Delegations::default()).unwrap();
    assert_eq!(tally, Tally { ayes: 0, nays: 0, support: 9 });
}

#[test]
fn only_the_winning_side_with_conviction_stays_locked() {
    let standard = |aye, conviction| Ballot::Standard { aye, balance: 70, conviction };
    let after = |ballot, outcome| lock_after_poll(ballot, outcome, 1_000, 10);
    let locked = Some(LockStep { amount: 70, until: 1_040 });

    let aye = standard(true, Conviction::Locked3x);
    let nay = standard(false, Conviction::Locked3x);
    assert_eq!(after(aye, PollOutcome::Approved), locked);
    assert_eq!(after(nay, PollOutcome::Rejected), locked);
    assert_eq!(after(aye, PollOutcome::Rejected), None);
    assert_eq!(after(nay, PollOutcome::Approved), None);
    assert_eq!(after(aye, PollOutcome::Void), None);
    assert_eq!(after(nay, PollOutcome::Void), None);
    assert_eq!(after(standard(true, Conviction::None), PollOutcome::Approved), None);
    assert_eq!(after(Ballot::Split { aye: 70, nay: 0 }, PollOutcome::Approved), None);
    let endless = lock_after_poll(aye, PollOutcome::Approved, u32::MAX - 1, u32::MAX);
    assert_eq!(endless, Some(LockStep { amount: 70, until: u32::MAX }));
}

#[test]
fn a_full_ladder_refuses_and_stays_as_it_was() {
    let mut ladder = LockLadder::new();
    for step in 0..64_u32 {
        let amount = u128::from(1_000 - step);
        ladder.add(LockStep { amount, until: 10 + step }).unwrap();
    }
    let before = ladder.clone();
    let small = LockStep { amount: 1, until: 5_000 };
    assert_eq!(ladder.add(small), Err(LadderFull { until: 5_000 }));
    assert_eq!(ladder, before);

    ladder.expire(10);
    ladder.add(small).unwrap();
    assert_eq!(ladder.steps().len(), 64);
}

#[test]
fn a_ladder_that_rises_or_is_too_long_does_not_decode() {
    let step = |amount: u128, until: u32| LockStep { amount, until };
    let decode = |steps: Vec<LockStep>| LockLadder::decode(&mut &steps.encode()[..]);
    assert!(decode(vec![step(9, 1), step(5, 2)]).is_ok());
    assert!(decode(vec![step(5, 1), step(9, 2)]).is_err());
    assert!(decode(vec![step(9, 2), step(5, 2)]).is_err());
    assert!(decode(vec![step(0, 2)]).is_err());
    let long: Vec<_> = (0..65_u32).map(|n| step(u128::from(100 - n), n)).collect();
    assert!(decode(long).is_err());
    assert!(LockLadder::decode(&mut &[0xfe, 0xff, 0xff, 0xff][..]).is_err());
}

proptest! {
    #[test]
    fn ratios_order_like_their_inverses_reversed(
        a in 1_u128.., b in 1_u128.., c in 1_u128.., d in 1_u128..
    ) {
        prop_assert_eq!(ratio(a, b).cmp(&ratio(c, d)), ratio(d, c).cmp(&ratio(b, a)));
        prop_assert_eq!(ratio(a, b).reduced(), ratio(a, b));
    }

    #[test]
    fn sums_and_products_undo(
        a in 0_u128..1 << 30, b in 1_u128..1 << 30, c in 1_u128..1 << 30, d in 1_u128..1 << 30
    ) {
        let (left, right) = (ratio(a, b), ratio(c, d));
        let sum = left.checked_add(right).unwrap();
        prop_assert_eq!(sum.checked_sub(right).unwrap(), left);
        prop_assert!(sum > left);
        let product = left.checked_mul(right).unwrap();
        prop_assert_eq!(product.checked_div(right).unwrap(), left);
    }

    #[test]
    fn ratios_survive_the_codec(numerator: u128, denominator in 1_u128..) {
        let value = ratio(numerator, denominator);
        let decoded = Ratio::decode(&mut &value.encode()[..]).unwrap();
        prop_assert_eq!(decoded.numerator(), numerator);
        prop_assert_eq!(decoded.denominator(), denominator);
    }

    #[test]
    fn a_sum_row_follows_ballots_that_come_change_and_go(
        first in ballot(), second in ballot(), other in ballot()
    ) {
        let own = Delegations::default();
        let [first, second, other] =
            [first, second, other].map(|ballot| ballot.contribution(own).unwrap());
        let mut row = add_to_row([0; 3], first.lanes());
        row = add_to_row(row, other.lanes());
        row = add_to_row(row, second.lanes_replacing(first));
        prop_assert_eq!(Tally::from_lanes(row), second.checked_add(other).unwrap());
        row = add_to_row(row, second.negated_lanes());
        prop_assert_eq!(Tally::from_lanes(row), other);
    }

    #[test]
    fn delegation_adds_exactly_what_it_carries(
        own in ballot(), balance in 0_u128..1 << 100, index in 0_usize..7
    ) {
        let delegated = Delegations::of(balance, Conviction::ALL[index]).unwrap();
        let alone = own.contribution(Delegations::default()).unwrap();
        let together = own.contribution(delegated).unwrap();
        prop_assert_eq!(together, alone.checked_add(own.carried(delegated)).unwrap());
        prop_assert!(together.support <= own.balance().unwrap() + balance);
    }

    #[test]
    fn a_ladder_locks_the_largest_running_lock(locks in locks(), block in 0..210_u32) {
        let mut ladder = LockLadder::new();
        for lock in &locks {
            ladder.add(*lock).unwrap();
        }
        let running = locks.iter().filter(|lock| lock.until > block);
        let largest = running.map(|lock| lock.amount).max().unwrap_or(0);
        prop_assert_eq!(ladder.locked_at(block), largest);

        let decoded = LockLadder::decode(&mut &ladder.encode()[..]).unwrap();
        prop_assert_eq!(&decoded, &ladder);
        ladder.expire(block);
        prop_assert_eq!(ladder.locked_at(block), largest);
        prop_assert!(ladder.steps().iter().all(|step| step.until > block));
    }
}
