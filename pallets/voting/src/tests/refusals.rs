//! One fact for each refusal: the rule, its values, and an unchanged state.

use super::*;

fn refused(chain: &mut TestChain, who: AccountId, call: Call, error: Error) {
    let before = chain.root();
    assert_eq!(chain.apply(Origin::Signed(who), call), Err(error.into()));
    assert_eq!(chain.root(), before);
}

fn vote_on(referendum: u32, ballot: Ballot) -> Call {
    Call::Vote { referendum, ballot }
}

#[test]
fn an_unknown_referendum_is_refused() {
    let unknown = Error::UnknownReferendum { referendum: 9 };
    refused(&mut chain(), ALICE, vote_on(9, aye(1)), unknown.clone());
    refused(&mut chain(), ALICE, Call::RemoveVote { referendum: 9 }, unknown);
}

#[test]
fn a_closed_poll_is_refused() {
    let mut chain = chain();
    chain.go_to(7, 0);
    close(&mut chain, 0, PollOutcome::Rejected);
    chain.go_to(8, 0);
    let closed = Error::Closed { referendum: 0, closed_at: 7 };
    refused(&mut chain, ALICE, vote_on(0, aye(1)), closed);
}

#[test]
fn a_ballot_heavier_than_the_account_is_refused() {
    let available = 10_000 * TOKEN;
    let heavy = Error::TooHeavy { asked: available + 1, available };
    refused(&mut chain(), ALICE, vote_on(0, aye(available + 1)), heavy.clone());
    let split = Ballot::SplitAbstain { aye: available, nay: 0, abstain: 1 };
    refused(&mut chain(), ALICE, vote_on(0, split), heavy);
    let stranger = Error::TooHeavy { asked: 1, available: 0 };
    refused(&mut chain(), AccountId([9; 32]), vote_on(0, aye(1)), stranger);
}

#[test]
fn a_ballot_without_balance_is_refused() {
    refused(&mut chain(), ALICE, vote_on(0, aye(0)), Error::EmptyBallot);
}

#[test]
fn a_ballot_beyond_counting_is_refused() {
    let ballot = Ballot::Split { aye: u128::MAX, nay: 1 };
    refused(&mut chain(), ALICE, vote_on(0, ballot), Error::Uncountable);
}

#[test]
fn more_ballots_than_a_record_holds_are_refused() {
    let mut chain = chain();
    for referendum in 1..=BALLOTS_MAX {
        open(&mut chain, referendum);
        chain.apply(Origin::Signed(ALICE), vote_on(referendum, aye(1))).unwrap();
    }
    refused(&mut chain, ALICE, vote_on(0, aye(1)), Error::TooManyBallots { max: BALLOTS_MAX });
    chain.apply(Origin::Signed(ALICE), vote_on(1, aye(2))).unwrap();
    check(&chain.rows).unwrap();
}

#[test]
fn a_removal_without_ballot_is_refused() {
    let missing = Error::NoBallot { referendum: 0 };
    refused(&mut chain(), ALICE, Call::RemoveVote { referendum: 0 }, missing);
}

#[test]
fn a_ballot_of_this_block_is_not_removed() {
    let mut chain = chain();
    cast(&mut chain, ALICE, 0, aye(1)).unwrap();
    let just_cast = Error::JustCast { referendum: 0, block: 1 };
    refused(&mut chain, ALICE, Call::RemoveVote { referendum: 0 }, just_cast);
}

#[test]
fn a_pot_is_refused() {
    let mut chain = chain();
    let genesis = Genesis { pots: vec![ALICE], ..Genesis::fast() };
    chain.apply_unrestricted(|tx| genesis.build(tx)).unwrap();
    refused(&mut chain, ALICE, vote_on(0, aye(1)), Error::Pot { who: ALICE });
}

#[test]
fn a_lock_that_fits_no_ladder_is_refused_and_the_ballot_stays() {
    let mut chain = chain();
    let steps = u32::try_from(LADDER_STEPS_MAX).unwrap();
    for step in 0..=steps {
        // Each poll ends later and locks less, so that every step stays.
        let referendum = step + 1;
        open(&mut chain, referendum);
        let ballot = standard(true, 1_000 - u128::from(step), Conviction::Locked6x);
        chain.apply(Origin::Signed(ALICE), vote_on(referendum, ballot)).unwrap();
        close(&mut chain, referendum, PollOutcome::Approved);
        next_block(&mut chain);
        if step < steps {
            remove(&mut chain, ALICE, referendum).unwrap();
        }
    }
    let last = steps + 1;
    let full = Error::LadderFull { until: last + 320 };
    refused(&mut chain, ALICE, Call::RemoveVote { referendum: last }, full);
    unlock_of(&mut chain, ALICE);
    assert_eq!(member(&chain.rows, &ALICE).unwrap().ballots.len(), 1);
}

#[test]
fn genesis_with_too_many_pots_is_refused() {
    let mut chain = chain();
    let genesis = Genesis { pots: vec![ALICE; 17], ..Genesis::fast() };
    let refusal = chain.apply_unrestricted(|tx| genesis.build(tx));
    assert_eq!(refusal, Err(Error::TooManyPots { found: 17, max: POTS_MAX }.into()));
}

#[test]
fn only_members_vote() {
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        let refusal = chain().apply(origin, vote_on(0, aye(1)));
        assert_eq!(refusal, Err(DispatchError::BadOrigin));
    }
}
