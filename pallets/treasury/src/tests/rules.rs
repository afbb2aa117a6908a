//! What happens when all goes well, and each refusal.

use althing_frame::Event as _;
use parity_scale_codec::{Decode, Encode};

use super::*;

#[test]
fn a_spend_is_paid_at_once_when_the_pot_can() {
    let mut chain = chain(1_000 * TOKEN);
    spend_on(&mut chain, Track::SmallTipper, 100 * TOKEN).unwrap();

    assert_eq!(free(&chain, BOB), 100 * TOKEN);
    assert_eq!(payable(&chain.rows), Ok(900 * TOKEN));
    let (memo, amount) = (Memo::try_from(b"work".to_vec()).unwrap(), 100 * TOKEN);
    let track = Track::SmallTipper;
    assert!(chain.has_event(&Event::Approved { spend: 0, track, beneficiary: BOB, amount, memo }));
    assert!(chain.has_event(&Event::Paid { spend: 0, beneficiary: BOB, amount }));
    checked(&chain);
}

#[test]
fn the_pot_never_pays_its_existential_deposit() {
    let mut chain = chain(100 * TOKEN);
    spend_on(&mut chain, Track::Treasurer, 100 * TOKEN).unwrap();
    assert_eq!(pot_balance(&chain.rows), Ok(EXISTENTIAL_DEPOSIT));
    spend_on(&mut chain, Track::Treasurer, TOKEN).unwrap();
    assert_eq!(QUEUE.get(&chain.rows).unwrap().unwrap().len(), 1);
}

#[test]
fn a_spend_that_the_pot_cannot_pay_waits_and_is_paid_later() {
    let mut chain = chain(100 * TOKEN);
    spend_on(&mut chain, Track::Treasurer, 300 * TOKEN).unwrap();
    let (needed, available) = (300 * TOKEN, 100 * TOKEN);
    assert!(chain.has_event(&Event::Waiting { spend: 0, needed, available }));
    finalize(&mut chain, 2);
    assert_eq!(free(&chain, BOB), 0);

    pay_in(&mut chain, 200 * TOKEN);
    finalize(&mut chain, 3);

    assert_eq!(free(&chain, BOB), 300 * TOKEN);
    assert_eq!(QUEUE.get(&chain.rows), Ok(None));
    finalize(&mut chain, 4);
    assert_eq!(free(&chain, BOB), 300 * TOKEN, "nobody is paid twice");
}

#[test]
fn anyone_may_trigger_a_payout_that_the_pot_can_pay() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, 300 * TOKEN).unwrap();
    let short = Error::PotShort { spend: 0, needed: 300 * TOKEN, available: 0 };
    let call = Call::Payout { spend: 0 };
    begin(&mut chain);
    assert_refused(&mut chain, Origin::Signed(ALICE), call.clone(), short.into());
    end(&mut chain);

    pay_in(&mut chain, 300 * TOKEN);
    begin(&mut chain);
    payout(&mut chain, 0).unwrap();
    assert_eq!(free(&chain, BOB), 300 * TOKEN);
    let amount = 300 * TOKEN;
    assert!(chain.has_event(&Event::Paid { spend: 0, beneficiary: BOB, amount }));
    let gone = Error::UnknownSpend { spend: 0 };
    assert_refused(&mut chain, Origin::Signed(ALICE), call.clone(), gone.clone().into());
    end(&mut chain);
    assert_eq!(payable(&chain.rows), Ok(0));
    assert_refused(&mut chain, Origin::Signed(ALICE), call, gone.into());
}

#[test]
fn the_oldest_payable_spend_is_paid_first() {
    let mut chain = chain(0);
    for amount in [300, 100, 50] {
        spend_on(&mut chain, Track::Treasurer, amount * TOKEN).unwrap();
    }
    pay_in(&mut chain, 120 * TOKEN);
    finalize(&mut chain, 2);
    assert_eq!(*QUEUE.get(&chain.rows).unwrap().unwrap(), [0, 2]);
}

#[test]
fn waiting_for_funds_never_lets_a_spend_lapse() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, 300 * TOKEN).unwrap();
    for wait in 1..5 {
        finalize(&mut chain, wait * PAYOUT_PERIOD);
    }
    pay_in(&mut chain, 300 * TOKEN);
    finalize(&mut chain, 6 * PAYOUT_PERIOD);
    assert_eq!(free(&chain, BOB), 300 * TOKEN);
}

#[test]
fn a_spend_over_the_cap_of_its_track_is_refused() {
    let caps = [
        (Track::SmallTipper, 250),
        (Track::SmallSpender, 10_000),
        (Track::MediumSpender, 100_000),
        (Track::BigSpender, 1_000_000),
    ];
    for (track, cap) in caps {
        let cap = cap * TOKEN;
        let mut chain = chain(0);
        let expected = Error::OverCap { track: track.name(), amount: cap + 1, cap };
        assert_refused(&mut chain, Origin::Track(track), spend(BOB, cap + 1), expected.into());
        spend_on(&mut chain, track, cap).unwrap();
    }
}

#[test]
fn root_and_treasurer_have_no_cap() {
    for track in [Track::Root, Track::Treasurer] {
        let mut chain = chain(0);
        spend_on(&mut chain, track, Balance::MAX).unwrap();
        spend_on(&mut chain, track, Balance::MAX).unwrap();
        finalize(&mut chain, 2);
    }
}

#[test]
fn only_tracks_that_spend_spend() {
    let mut chain = chain(1_000 * TOKEN);
    for track in Track::ALL {
        let spends = track == Track::Root || SPENDERS.contains(&track);
        let outcome = spend_on(&mut chain, track, TOKEN);
        assert_eq!(outcome.is_ok(), spends, "{}", track.name());
    }
    for origin in [Origin::None, Origin::Signed(ALICE)] {
        let expected = DispatchError::BadOrigin;
        assert_refused(&mut chain, origin, spend(ALICE, TOKEN), expected);
    }
}

#[test]
fn a_track_without_budget_cannot_spend() {
    let mut chain = chain(1_000 * TOKEN);
    chain.apply_unrestricted(|tx| BUDGETS.remove(tx, &Track::SmallTipper)).unwrap();
    let expected = Error::NoBudget { track: "small-tipper" };
    let origin = Origin::Track(Track::SmallTipper);
    assert_refused(&mut chain, origin, spend(BOB, TOKEN), expected.into());
}

#[test]
fn nothing_and_the_pot_itself_are_no_spend() {
    let mut chain = chain(1_000 * TOKEN);
    let origin = Origin::Track(Track::Treasurer);
    assert_refused(&mut chain, origin, spend(BOB, 0), Error::Nothing.into());
    assert_refused(&mut chain, origin, spend(account(), TOKEN), Error::ToThePot.into());
}

#[test]
fn a_spend_too_small_to_begin_an_account_is_refused() {
    let mut chain = chain(1_000 * TOKEN);
    let before = chain.root();
    let refusal = spend_on(&mut chain, Track::Treasurer, EXISTENTIAL_DEPOSIT - 1).unwrap_err();
    assert_eq!(refusal.code(), "BAL-103");
    assert_eq!(chain.root(), before);
}

#[test]
fn a_full_queue_refuses_aloud() {
    let mut chain = chain(0);
    for _ in 0..QUEUE_MAX {
        spend_on(&mut chain, Track::Treasurer, TOKEN).unwrap();
    }
    let origin = Origin::Track(Track::Treasurer);
    let expected = Error::QueueFull { max: QUEUE_MAX };
    assert_refused(&mut chain, origin, spend(BOB, TOKEN), expected.into());
    pay_in(&mut chain, 2_000 * TOKEN);
    for block in 1..=QUEUE_MAX / PAYOUTS_PER_BLOCK {
        finalize(&mut chain, 1 + block);
        assert_eq!(free(&chain, BOB), Balance::from(block * PAYOUTS_PER_BLOCK) * TOKEN);
    }
    assert_eq!(QUEUE.get(&chain.rows), Ok(None));
}

#[test]
fn the_treasurer_takes_an_approval_back() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::SmallTipper, 100 * TOKEN).unwrap();
    let call = Call::Void { spend: 0 };
    for origin in [Origin::Signed(ALICE), Origin::Track(Track::BigSpender), Origin::None] {
        assert_refused(&mut chain, origin, call.clone(), DispatchError::BadOrigin);
    }
    chain.apply(Origin::Track(Track::Treasurer), call.clone()).unwrap();

    let amount = 100 * TOKEN;
    assert!(chain.has_event(&Event::Voided { spend: 0, beneficiary: BOB, amount }));
    let origin = Origin::Track(Track::Root);
    assert_refused(&mut chain, origin, call, Error::UnknownSpend { spend: 0 }.into());
    pay_in(&mut chain, 1_000 * TOKEN);
    finalize(&mut chain, 2);
    assert_eq!(free(&chain, BOB), 0);
}

#[test]
fn an_unsound_budget_is_no_genesis() {
    let sound = Budget { cap_per_spend: 1, cap_per_period: 1, period: 1 };
    for budget in [Budget { period: 0, ..sound }, Budget { cap_per_spend: 2, ..sound }] {
        let genesis = Genesis { budgets: vec![(Track::SmallTipper, budget)] };
        let refusal = chain(0).apply_unrestricted(|tx| genesis.build(tx)).unwrap_err();
        assert_eq!(refusal, Error::UnsoundBudget { track: "small-tipper" }.into());
    }
}

#[test]
fn a_payout_takes_a_member() {
    let mut chain = chain(0);
    spend_on(&mut chain, Track::Treasurer, TOKEN).unwrap();
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        let call = Call::Payout { spend: 0 };
        assert_refused(&mut chain, origin, call, DispatchError::BadOrigin);
    }
}

#[test]
fn calls_and_events_keep_their_bytes() {
    let call = spend(BOB, 1).encode();
    assert_eq!(call, [&[0][..], &[2; 32], &[4], &[16], b"work"].concat());
    assert_eq!(Call::Payout { spend: 1 }.encode(), [1, 4]);
    assert_eq!(Call::Void { spend: 1 }.encode(), [2, 4]);
    assert_eq!(Call::Deposit { amount: 1 }.encode(), [3, 4]);
    let paid = Event::Paid { spend: 1, beneficiary: BOB, amount: 1 };
    assert_eq!(paid.to_outer()[..6], [10, 1, 1, 0, 0, 0]);
    for first in 0..=u8::MAX {
        // Whether it decodes does not matter; that it returns does.
        let _ = Call::decode(&mut &[first; 40][..]);
    }
}
