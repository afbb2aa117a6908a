//! Facts about how referenda end, and about their deposits.

use super::*;

fn later() -> Call {
    let Call::Submit { track, proposal, enactment, title, .. } = question(Track::Root) else {
        unreachable!("a question is a submission")
    };
    Call::Submit { track, proposal, enactment, title, decision: DecisionDeposit::Later }
}

const SUBMISSION: Balance = 10 * TOKEN;
const DECISION: Balance = 1_000 * TOKEN;

/// G7: deposits come back however a referendum ends, unless it was killed.
#[test]
fn gov_atk_g7_deposits_come_back_after_approval_and_rejection() {
    for support in [0, EACH] {
        let mut chain = chain();
        submit(&mut chain, BOB, question(Track::Root));
        if support > 0 {
            vote(&mut chain, ALICE, 0, aye(support));
        }
        end_blocks(&mut chain, 22);
        assert_eq!(name(&chain, 0), if support > 0 { "approved" } else { "rejected" });
        assert_eq!(reserved(&chain, BOB), SUBMISSION + DECISION);
        // Anyone may ask; the deposit goes to whoever placed it.
        chain.apply(Origin::Signed(ERIN), Call::RefundDecisionDeposit { index: 0 }).unwrap();
        assert_eq!(reserved(&chain, BOB), SUBMISSION);
        chain.apply(Origin::Signed(BOB), Call::RefundSubmissionDeposit { index: 0 }).unwrap();
        assert_eq!(reserved(&chain, BOB), 0);
        assert_eq!(pallet_balances::free(&chain.rows, &BOB), Ok(EACH));
        assert!(chain.has_event(&Event::DepositRefunded { index: 0, who: BOB, amount: DECISION }));
        audit(&chain);
    }
}

#[test]
fn gov_atk_g7_without_decision_deposit_it_times_out_and_the_rest_comes_back() {
    let mut chain = chain();
    submit(&mut chain, BOB, later());
    end_blocks(&mut chain, 20);
    assert_eq!(name(&chain, 0), "preparing");
    end_blocks(&mut chain, 21);
    assert_eq!(status(&chain, 0), Status::TimedOut { at: 21 });
    chain.apply(Origin::Signed(BOB), Call::RefundSubmissionDeposit { index: 0 }).unwrap();
    assert_eq!(reserved(&chain, BOB), 0);
}

#[test]
fn a_deposit_in_the_last_block_is_in_time() {
    let mut chain = chain();
    submit(&mut chain, BOB, later());
    end_blocks(&mut chain, 20);
    chain.apply(Origin::Signed(BOB), Call::PlaceDecisionDeposit { index: 0 }).unwrap();
    end_blocks(&mut chain, 21);
    assert_eq!(name(&chain, 0), "deciding");
}

#[test]
fn cancelling_gives_both_deposits_back_at_once() {
    let mut chain = chain();
    submit(&mut chain, BOB, later());
    chain.apply(Origin::Signed(CAROL), Call::PlaceDecisionDeposit { index: 0 }).unwrap();
    vote(&mut chain, ALICE, 0, aye(EACH));
    end_blocks(&mut chain, 18);
    assert_eq!(name(&chain, 0), "confirming");
    as_track(&mut chain, Track::Canceller, &Call::Cancel { index: 0 }).unwrap();
    assert_eq!((reserved(&chain, BOB), reserved(&chain, CAROL)), (0, 0));
    assert_eq!(status(&chain, 0), Status::Cancelled { at: 19 });
    assert_eq!(get(&chain, 0).count.unwrap().tally.ayes, EACH);
    // Nobody has won, so nobody stays locked.
    chain.apply(Origin::Signed(ALICE), pallet_voting::Call::Unlock).unwrap();
    let all = pallet_balances::Existence::KeepAlive;
    let spendable = pallet_balances::spendable(&chain.rows, &ALICE, all).unwrap();
    assert_eq!(spendable, EACH - pallet_balances::EXISTENTIAL_DEPOSIT);
    audit(&chain);
}

#[test]
fn killing_moves_both_deposits_to_the_treasury() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::SmallTipper));
    as_track(&mut chain, Track::Root, &Call::Kill { index: 0 }).unwrap();
    let pot = AccountId::of_pallet("treasury");
    let taken = 6 * TOKEN;
    assert_eq!(pallet_balances::free(&chain.rows, &pot), Ok(taken));
    assert_eq!(pallet_balances::total(&chain.rows, &BOB), Ok(EACH - taken));
    assert!(chain.has_event(&Event::DepositSlashed { index: 0, who: BOB, amount: TOKEN }));
    audit(&chain);
}

#[test]
fn a_killed_deposit_too_small_to_begin_an_account_is_burned() {
    let mut genesis = Genesis::fast().unwrap();
    for (_, info) in &mut genesis.tracks {
        (info.submission_deposit, info.decision_deposit) = (1_000, 0);
    }
    let mut chain = chain_with(&genesis, &pallet_voting::Genesis::fast());
    submit(&mut chain, BOB, question(Track::Root));
    as_track(&mut chain, Track::Root, &Call::Kill { index: 0 }).unwrap();
    assert_eq!(pallet_balances::issuance(&chain.rows), Ok(5 * EACH - 1_000));
    audit(&chain);
}

#[test]
fn only_root_kills_and_only_the_canceller_track_and_root_cancel() {
    for track in Track::ALL {
        let mut chain = chain();
        submit(&mut chain, BOB, question(Track::SmallTipper));
        let kill = as_track(&mut chain.clone(), track, &Call::Kill { index: 0 });
        assert_eq!(kill.is_ok(), track == Track::Root);
        let cancel = as_track(&mut chain, track, &Call::Cancel { index: 0 });
        assert_eq!(cancel.is_ok(), matches!(track, Track::Root | Track::Canceller));
    }
}
