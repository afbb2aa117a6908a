//! Facts about what stays in an account, and until when.

use pallet_balances::Existence;

use super::*;

#[test]
fn ballots_overlap_and_lock_the_largest() {
    let mut chain = chain();
    open(&mut chain, 1);
    cast(&mut chain, ALICE, 0, aye(50)).unwrap();
    cast(&mut chain, ALICE, 1, nay(70)).unwrap();
    assert_eq!(locked(&chain, ALICE), 70);
    next_block(&mut chain);
    remove(&mut chain, ALICE, 1).unwrap();
    assert_eq!(locked(&chain, ALICE), 50);
}

#[test]
fn a_winner_stays_locked_for_the_periods_of_the_conviction() {
    let mut chain = chain();
    cast(&mut chain, ALICE, 0, standard(true, 50, Conviction::Locked3x)).unwrap();
    chain.go_to(5, 0);
    close(&mut chain, 0, PollOutcome::Approved);
    let reason = LockReason { referendum: Some(0), amount: 50, end: LockEnd::At(5 + 4 * 10) };
    assert_eq!(locks(&chain.rows, &ALICE), Ok(vec![reason]));
    unlock_of(&mut chain, ALICE);
    assert_eq!(locked(&chain, ALICE), 50, "the ballot of this block is not settled yet");
    chain.go_to(44, 0);
    unlock_of(&mut chain, ALICE);
    assert_eq!(locked(&chain, ALICE), 50);
    assert_eq!(ballot(&chain.rows, &ALICE, 0), Ok(None));
    assert_eq!(locks(&chain.rows, &ALICE), Ok(vec![LockReason { referendum: None, ..reason }]));
    chain.go_to(45, 0);
    unlock_of(&mut chain, ALICE);
    assert_eq!(locked(&chain, ALICE), 0);
    assert!(chain.has_event(&Event::Unlocked { who: ALICE, locked: 0 }));
}

#[test]
fn losers_and_voters_of_void_polls_are_free_at_once() {
    for (outcome, ballot) in [
        (PollOutcome::Approved, nay(50)),
        (PollOutcome::Rejected, aye(50)),
        (PollOutcome::Void, aye(50)),
        (PollOutcome::Approved, Ballot::Split { aye: 50, nay: 1 }),
        (PollOutcome::Approved, standard(true, 50, Conviction::None)),
    ] {
        let mut chain = chain();
        cast(&mut chain, ALICE, 0, ballot).unwrap();
        close(&mut chain, 0, outcome);
        next_block(&mut chain);
        remove(&mut chain, ALICE, 0).unwrap();
        assert_eq!(locked(&chain, ALICE), 0, "{outcome:?} {ballot:?}");
    }
}

#[test]
fn a_long_lock_of_little_does_not_prolong_a_short_lock_of_much() {
    // Golden ladder T3, with periods of ten blocks.
    let mut chain = chain();
    open(&mut chain, 1);
    cast(&mut chain, ALICE, 0, standard(true, 100, Conviction::Locked1x)).unwrap();
    cast(&mut chain, ALICE, 1, standard(true, 50, Conviction::Locked5x)).unwrap();
    close(&mut chain, 0, PollOutcome::Approved);
    close(&mut chain, 1, PollOutcome::Approved);
    next_block(&mut chain);
    unlock_of(&mut chain, ALICE);
    assert_eq!(locked(&chain, ALICE), 100);
    chain.go_to(11, 0);
    unlock_of(&mut chain, ALICE);
    assert_eq!(locked(&chain, ALICE), 50);
    chain.go_to(161, 0);
    unlock_of(&mut chain, ALICE);
    assert_eq!(locked(&chain, ALICE), 0);
}

/// A2: funds borrowed for one block cannot vote and leave in it.
#[test]
fn gov_atk_a2_what_a_block_put_behind_a_ballot_stays_until_the_next() {
    let mut chain = chain();
    let all = 10_000 * TOKEN;
    cast(&mut chain, ALICE, 0, aye(all)).unwrap();
    let before = chain.root();
    let just_cast = DispatchError::from(Error::JustCast { referendum: 0, block: 1 });
    assert_eq!(remove(&mut chain, ALICE, 0), Err(just_cast.clone()));
    assert_eq!(cast(&mut chain, ALICE, 0, aye(all - 1)), Err(just_cast));
    let leave = |tx: &mut althing_frame::Tx<'_>| {
        pallet_balances::transfer(tx, &ALICE, &BOB, 1, Existence::AllowDeath)
    };
    assert!(chain.apply_unrestricted(leave).is_err());
    assert_eq!(chain.root(), before);
    next_block(&mut chain);
    remove(&mut chain, ALICE, 0).unwrap();
    chain.apply_unrestricted(leave).unwrap();
}

#[test]
fn one_unlock_settles_a_bounded_number_of_ballots() {
    let mut chain = chain();
    let count = u32::try_from(SETTLED_MAX).unwrap() + 6;
    for referendum in 1..=count {
        open(&mut chain, referendum);
        chain.apply(Origin::Signed(ALICE), Call::Vote { referendum, ballot: nay(9) }).unwrap();
        close(&mut chain, referendum, PollOutcome::Approved);
    }
    next_block(&mut chain);
    unlock_of(&mut chain, ALICE);
    assert_eq!(member(&chain.rows, &ALICE).unwrap().ballots.len(), 6);
    unlock_of(&mut chain, ALICE);
    assert_eq!(member(&chain.rows, &ALICE), Ok(MemberRecord::default()));
}

#[test]
fn an_unlock_after_a_vote_of_the_same_block_keeps_to_its_declared_rows() {
    let mut chain = chain();
    open(&mut chain, 1);
    cast(&mut chain, ALICE, 0, aye(5)).unwrap();
    next_block(&mut chain);
    let parent = chain.rows.clone();
    cast(&mut chain, ALICE, 1, aye(6)).unwrap();
    let mut access = althing_frame::Access::new();
    unlock_access(&mut access, &parent, &ALICE).unwrap();
    chain.apply_confined(&access, |tx| unlock(tx, &ALICE)).unwrap();
    assert_eq!(locked(&chain, ALICE), 6);
}
