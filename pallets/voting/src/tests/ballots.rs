//! Facts about what ballots count.

use super::*;

#[test]
fn ballots_of_every_kind_add_up_exactly() {
    // Golden tally T1, in tokens.
    let mut chain = chain();
    let ballots = [
        (ALICE, standard(true, 1_000 * TOKEN, Conviction::Locked6x)),
        (BOB, nay(3_000 * TOKEN)),
        (CAROL, standard(true, 505 * TOKEN, Conviction::None)),
        (DAVE, Ballot::Split { aye: 300 * TOKEN, nay: 200 * TOKEN }),
        (ERIN, Ballot::SplitAbstain { aye: 100 * TOKEN, nay: 50 * TOKEN, abstain: 200 * TOKEN }),
    ];
    for (who, ballot) in ballots {
        cast(&mut chain, who, 0, ballot).unwrap();
    }
    let tenth = TOKEN / 10;
    let expected = Tally { ayes: 60_905 * tenth, nays: 30_250 * tenth, support: 2_105 * TOKEN };
    assert_eq!(counted(&chain, 0), expected);
    assert_eq!(close(&mut chain, 0, PollOutcome::Approved), expected);
    assert_eq!(counted(&chain, 0), Tally::default());
}

#[test]
fn a_second_ballot_replaces_the_first() {
    let mut chain = chain();
    cast(&mut chain, ALICE, 0, aye(60)).unwrap();
    cast(&mut chain, ALICE, 0, nay(80)).unwrap();
    assert_eq!(counted(&chain, 0), Tally { ayes: 0, nays: 80, support: 0 });
    assert_eq!(ballot(&chain.rows, &ALICE, 0), Ok(Some(nay(80))));
    let event = Event::Voted {
        who: ALICE,
        referendum: 0,
        ballot: nay(80),
        previous: Some(aye(60)),
        voice: Some(althing_primitives::SchemeId::JOINT),
    };
    assert!(chain.has_event(&event));
    assert_eq!(locked(&chain, ALICE), 80);
}

#[test]
fn a_removed_ballot_leaves_the_tally_and_no_lock() {
    let mut chain = chain();
    cast(&mut chain, ALICE, 0, aye(60)).unwrap();
    cast(&mut chain, BOB, 0, nay(7)).unwrap();
    next_block(&mut chain);
    remove(&mut chain, ALICE, 0).unwrap();
    assert_eq!(counted(&chain, 0), Tally { ayes: 0, nays: 7, support: 0 });
    assert_eq!(locked(&chain, ALICE), 0);
    assert_eq!(member(&chain.rows, &ALICE), Ok(MemberRecord::default()));
    assert!(chain.has_event(&Event::VoteRemoved { who: ALICE, referendum: 0, ballot: aye(60) }));
}

#[test]
fn all_that_an_account_holds_can_stand_behind_a_ballot() {
    let mut chain = chain();
    chain.apply_unrestricted(|tx| pallet_balances::reserve(tx, &ALICE, TOKEN)).unwrap();
    cast(&mut chain, ALICE, 0, aye(10_000 * TOKEN)).unwrap();
    assert_eq!(counted(&chain, 0).ayes, 10_000 * TOKEN);
}

#[test]
fn pots_are_no_part_of_the_electorate() {
    let mut chain = chain();
    let all = 50_000 * TOKEN;
    assert_eq!(electorate(&chain.rows), Ok(all));
    let pot = AccountId::of_pallet("treasury");
    let keep = pallet_balances::Existence::KeepAlive;
    chain
        .apply_unrestricted(|tx| pallet_balances::transfer(tx, &ALICE, &pot, 5 * TOKEN, keep))
        .unwrap();
    assert_eq!(electorate(&chain.rows), Ok(all - 5 * TOKEN));
}
