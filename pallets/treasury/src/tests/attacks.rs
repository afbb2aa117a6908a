//! Attacks on common funds of other chains.

use althing_frame::{Access, Fault, Tx};

use super::*;

/// A spend of 2 500 over the cap of 250, split into ten, ends at the budget.
#[test]
fn gov_atk_c4_splitting_a_spend_does_not_pass_the_budget() {
    let mut chain = chain(1_000_000 * TOKEN);
    for _ in 0..10 {
        spend_on(&mut chain, Track::SmallTipper, 250 * TOKEN).unwrap();
    }
    let spent = 2_500 * TOKEN;
    let expected = Error::OverBudget { track: "small-tipper", amount: 1, spent, cap: spent };
    let origin = Origin::Track(Track::SmallTipper);
    assert_refused(&mut chain, origin, spend(BOB, 1), expected.into());
    assert_eq!(spent_lately(&chain.rows, Track::SmallTipper, 1), Ok(spent));
}

/// With calendar periods, two budgets could be spent around their border.
#[test]
fn gov_atk_c4_no_border_between_periods_lets_two_budgets_through() {
    let mut chain = chain(1_000_000 * TOKEN);
    chain.go_to(PERIOD - 1, 0);
    for _ in 0..10 {
        spend_on(&mut chain, Track::SmallTipper, 250 * TOKEN).unwrap();
    }
    chain.go_to(2 * PERIOD - 2, 0);
    assert!(spend_on(&mut chain, Track::SmallTipper, TOKEN).is_err());
    // The slice of the spends ends with the period; from there they count one period more.
    chain.go_to(2 * PERIOD, 0);
    spend_on(&mut chain, Track::SmallTipper, 250 * TOKEN).unwrap();
}

#[test]
fn gov_atk_c4_budgets_of_tracks_are_apart() {
    let mut chain = chain(1_000_000 * TOKEN);
    for _ in 0..5 {
        spend_on(&mut chain, Track::SmallSpender, 10_000 * TOKEN).unwrap();
    }
    assert!(spend_on(&mut chain, Track::SmallSpender, TOKEN).is_err());
    spend_on(&mut chain, Track::SmallTipper, TOKEN).unwrap();
}

/// Approval, not payout, uses the budget up: an empty pot is no way around it.
#[test]
fn gov_atk_c4_spends_that_wait_for_funds_count() {
    let mut chain = chain(0);
    for _ in 0..10 {
        spend_on(&mut chain, Track::SmallTipper, 250 * TOKEN).unwrap();
    }
    assert!(spend_on(&mut chain, Track::SmallTipper, TOKEN).is_err());
}

#[test]
fn gov_atk_d1_a_spend_is_claimed_once() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, 100 * TOKEN).unwrap();
    pay_in(&mut chain, 1_000 * TOKEN);
    // Two payouts and the lifecycle phase race for one spend in one transaction.
    let step = |tx: &mut Tx<'_>| -> Result<(), DispatchError> {
        on_initialize(tx)?;
        let call = Call::Payout { spend: 0 };
        let origin = Origin::Signed(ALICE);
        tx.layered(|tx| althing_frame::Call::dispatch(&call, tx, origin))?;
        tx.layered(|tx| althing_frame::Call::dispatch(&call, tx, origin)).unwrap_err();
        settle(tx)?;
        pay_pending(tx)
    };
    chain.apply_unrestricted(step).unwrap();
    assert_eq!(free(&chain, BOB), 100 * TOKEN);
    assert_eq!(payable(&chain.rows), Ok(900 * TOKEN));
    checked(&chain);
}

/// A payout of less than the existential deposit to an account that ended meanwhile.
#[test]
fn gov_atk_d2_a_beneficiary_that_cannot_be_paid_blocks_nobody_and_lapses() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, EXISTENTIAL_DEPOSIT - 1).unwrap();
    let carol = AccountId([3; 32]);
    chain.apply(Origin::Track(Track::Treasurer), spend(carol, TOKEN)).unwrap();
    pay_in(&mut chain, 10 * TOKEN);
    finalize(&mut chain, 2);

    assert_eq!(free(&chain, carol), TOKEN, "the spend behind it is paid");
    let minimum = EXISTENTIAL_DEPOSIT;
    let error = pallet_balances::Error::ExistentialDeposit { amount: minimum - 1, minimum };
    let failure = Event::PayoutFailed { spend: 0, error: error.into() };
    assert!(chain.has_event(&failure));
    chain.take_events();

    finalize(&mut chain, 1 + PAYOUT_PERIOD);
    assert!(chain.events().is_empty(), "it is reported once");
    finalize(&mut chain, 2 + PAYOUT_PERIOD);
    let amount = minimum - 1;
    assert!(chain.has_event(&Event::Lapsed { spend: 0, beneficiary: BOB, amount }));
    assert_eq!(QUEUE.get(&chain.rows), Ok(None));
}

#[test]
fn gov_atk_d2_time_without_funds_does_not_count_towards_lapsing() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, EXISTENTIAL_DEPOSIT - 1).unwrap();
    pay_in(&mut chain, TOKEN);
    finalize(&mut chain, 2);
    let empty = |tx: &mut Tx<'_>| {
        use pallet_balances::Existence::KeepAlive;
        pallet_balances::transfer(tx, &account(), &ALICE, TOKEN, KeepAlive)
    };
    chain.apply_unrestricted(empty).unwrap();
    finalize(&mut chain, PAYOUT_PERIOD);
    pay_in(&mut chain, TOKEN);
    finalize(&mut chain, 2 + PAYOUT_PERIOD);
    assert_eq!(QUEUE.get(&chain.rows).unwrap().unwrap().len(), 1);

    // Once the account exists it can be paid.
    chain.apply_unrestricted(|tx| pallet_balances::mint(tx, &BOB, TOKEN)).unwrap();
    finalize(&mut chain, 3 + PAYOUT_PERIOD);
    assert_eq!(free(&chain, BOB), TOKEN + EXISTENTIAL_DEPOSIT - 1);
}

/// Rows that a payout of `spend` may touch.
fn payout_rows(chain: &TestChain, spend: SpendId) -> Access {
    let mut access = Access::new();
    let call = Call::Payout { spend };
    let declared: Result<(), Fault> =
        althing_frame::Call::access(&call, &Origin::Signed(ALICE), &chain.rows, &mut access);
    declared.unwrap();
    access
}

/// How much a set of rows claims of what payouts may take.
fn claim(access: &Access) -> Option<Balance> {
    let declared = access.rows().iter().find(|row| row.key == PAYABLE.key())?;
    declared.escrow.as_ref().map(|escrow| escrow.takes)
}

#[test]
fn payouts_that_the_pot_covers_do_not_wait_for_each_other() {
    let mut chain = chain(0);
    for to in 2..12 {
        let call = spend(AccountId([to; 32]), 100 * TOKEN);
        chain.apply(Origin::Track(Track::Treasurer), call).unwrap();
    }
    pay_in(&mut chain, 1_000 * TOKEN);
    let sets: Vec<_> = (0..10).map(|spend| payout_rows(&chain, spend)).collect();
    for (at, one) in sets.iter().enumerate() {
        assert!(!one.is_exclusive());
        assert!(sets[..at].iter().all(|other| !one.conflicts(other)));
    }
    let claims: Balance = sets.iter().filter_map(claim).sum();
    assert!(claims <= payable(&chain.rows).unwrap(), "all of them are covered");
}

/// Two payouts of one spend, or to one beneficiary, do.
#[test]
fn gov_atk_d1_payouts_that_share_a_spend_or_a_beneficiary_keep_their_order() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, 100 * TOKEN).unwrap();
    spend_on(&mut chain, Track::Treasurer, 100 * TOKEN).unwrap();
    pay_in(&mut chain, 1_000 * TOKEN);
    let (one, other) = (payout_rows(&chain, 0), payout_rows(&chain, 1));
    assert!(one.conflicts(&one) && one.conflicts(&other));
}

/// Who asks for a spend that is more than the pot holds leaves everybody else covered.
#[test]
fn gov_atk_i3_a_payout_that_cannot_be_claims_nothing() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, Balance::MAX).unwrap();
    pay_in(&mut chain, 100 * TOKEN);
    let rows = payout_rows(&chain, 0);
    assert_eq!(claim(&rows), None);
    assert!(!rows.conflicts(&rows), "it reads and no more");
    begin(&mut chain);
    let short = Error::PotShort { spend: 0, needed: Balance::MAX, available: 100 * TOKEN };
    let call = Call::Payout { spend: 0 };
    assert_refused(&mut chain, Origin::Signed(ALICE), call, short.into());
    end(&mut chain);
}

#[test]
fn gov_atk_i3_of_two_spends_that_race_for_the_last_funds_the_first_is_paid() {
    let mut racing = chain(0);
    let carol = AccountId([3; 32]);
    spend_on(&mut racing, Track::Treasurer, 100 * TOKEN).unwrap();
    racing.apply(Origin::Track(Track::Treasurer), spend(carol, 100 * TOKEN)).unwrap();
    pay_in(&mut racing, 150 * TOKEN);

    // Each is covered alone and both are not, so every schedule keeps the block's order.
    let claims = [0, 1].map(|spend| claim(&payout_rows(&racing, spend)).unwrap());
    assert_eq!(claims, [100 * TOKEN; 2]);
    assert!(claims.iter().sum::<Balance>() > payable(&racing.rows).unwrap());

    for (first, second, paid) in [(0, 1, BOB), (1, 0, carol)] {
        let mut chain = racing.clone();
        let (needed, available) = (100 * TOKEN, 50 * TOKEN);
        let short = Error::PotShort { spend: second, needed, available };
        assert_eq!(payouts(&mut chain, &[first, second]), [Ok(()), Err(short.into())]);
        assert_eq!(free(&chain, paid), 100 * TOKEN);
        assert_eq!(free(&chain, BOB) + free(&chain, carol), 100 * TOKEN);
    }
    finalize(&mut racing, 2);
    assert_eq!(free(&racing, BOB), 100 * TOKEN, "the lifecycle phase pays the older one");
}

/// Protocol pots hold no share of the votes: what they hold can be told apart.
#[test]
fn gov_atk_a4_the_pot_is_known_so_that_it_counts_for_no_vote() {
    let mut chain = chain(100 * TOKEN);
    let total = 100 * TOKEN + EXISTENTIAL_DEPOSIT;
    assert_eq!(pot_balance(&chain.rows), Ok(total));
    spend_on(&mut chain, Track::Treasurer, 40 * TOKEN).unwrap();
    assert_eq!(pot_balance(&chain.rows), Ok(total - 40 * TOKEN));
    // No key has this account's id, since the domains of their hashes differ.
    assert_eq!(account(), AccountId::of_pallet("treasury"));
}
