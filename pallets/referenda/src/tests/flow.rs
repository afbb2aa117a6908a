//! Facts about the way from a question to its answer.

use althing_primitives::Hash256;

use super::*;

/// Root on the fast table: a fifth of the electorate is enough after 15 of 20 blocks.
fn asked() -> TestChain {
    let mut chain = chain();
    assert_eq!(submit(&mut chain, BOB, question(Track::Root)), 0);
    vote(&mut chain, ALICE, 0, aye(EACH));
    chain
}

#[test]
fn a_referendum_prepares_decides_confirms_and_is_enacted() {
    let mut chain = asked();
    let mut seen = Vec::new();
    for _ in 1..=22 {
        finalize(&mut chain);
        let name = name(&chain, 0);
        if seen.last().is_none_or(|(_, last)| *last != name) {
            seen.push((chain.number(), name));
        }
        chain.go_to(chain.number() + 1, 0);
    }
    let expected = [(1, "preparing"), (2, "deciding"), (17, "confirming"), (20, "approved")];
    assert_eq!(seen, expected);
    assert_eq!(status(&chain, 0), Status::Approved { at: 20, enacts_at: 22, task: 0 });
    let record = result_of(&chain.rows, 0).unwrap().unwrap();
    assert!(record.is_enacted());
    assert_eq!(record.block, 22);
    let tally = get(&chain, 0).count.unwrap().tally;
    assert_eq!(tally.ayes, EACH);
    assert!(chain.has_event(&Event::ConfirmStarted { index: 0 }));
    assert!(chain.has_event(&Event::Approved { index: 0, tally, enacts_at: 22 }));
}

#[test]
fn looking_only_when_something_changes_finds_the_same() {
    let mut every = asked();
    end_blocks(&mut every, 20);
    let mut few = asked();
    for block in [1, 2, 17, 20] {
        few.go_to(block, 0);
        finalize(&mut few);
    }
    assert_eq!(get(&every, 0), get(&few, 0));
}

#[test]
fn the_forecast_comes_true() {
    let mut chain = asked();
    assert_eq!(projection(&chain.rows, 0, 1), Ok(None));
    end_blocks(&mut chain, 2);
    let forecast = Projection::Approved { passes_at: 17, approved_at: 20, enacts_from: 22 };
    assert_eq!(projection(&chain.rows, 0, 2), Ok(Some(forecast)));
    end_blocks(&mut chain, 18);
    assert_eq!(projection(&chain.rows, 0, 18), Ok(Some(forecast)));
    end_blocks(&mut chain, 20);
    assert_eq!(projection(&chain.rows, 0, 20), Ok(None));
    let outlook = outlook(&chain.rows, 0, 20).unwrap().unwrap();
    assert_eq!(outlook.standing.support, Ratio::new(1, 5).unwrap());
    assert_eq!(outlook.required.support, Ratio::new(1, 10).unwrap());
}

#[test]
fn nays_abort_the_confirm_period_and_it_begins_anew() {
    let mut chain = asked();
    end_blocks(&mut chain, 17);
    vote(&mut chain, CAROL, 0, nay(EACH));
    end_blocks(&mut chain, 18);
    assert_eq!(name(&chain, 0), "deciding");
    assert!(chain.has_event(&Event::ConfirmAborted { index: 0 }));
    let call = pallet_voting::Call::RemoveVote { referendum: 0 };
    chain.apply(Origin::Signed(CAROL), call).unwrap();
    end_blocks(&mut chain, 21);
    assert_eq!(name(&chain, 0), "confirming");
    end_blocks(&mut chain, 22);
    assert_eq!(status(&chain, 0), Status::Approved { at: 22, enacts_at: 24, task: 0 });
}

#[test]
fn without_support_it_is_rejected_at_the_end_of_the_decision_period() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    end_blocks(&mut chain, 21);
    assert_eq!(name(&chain, 0), "deciding");
    end_blocks(&mut chain, 22);
    assert_eq!(status(&chain, 0), Status::Rejected { at: 22 });
}

#[test]
fn deciding_waits_for_the_deposit_and_the_prepare_period() {
    let mut chain = chain();
    let Call::Submit { track, proposal, enactment, title, .. } = question(Track::Root) else {
        unreachable!("a question is a submission")
    };
    let later = DecisionDeposit::Later;
    submit(&mut chain, BOB, Call::Submit { track, proposal, enactment, title, decision: later });
    end_blocks(&mut chain, 9);
    assert_eq!(name(&chain, 0), "preparing");
    chain.apply(Origin::Signed(CAROL), Call::PlaceDecisionDeposit { index: 0 }).unwrap();
    assert_eq!(reserved(&chain, CAROL), 1_000 * TOKEN);
    assert_eq!(reserved(&chain, BOB), 10 * TOKEN);
    end_blocks(&mut chain, 10);
    assert_eq!(status(&chain, 0), Status::Deciding(Deciding::new(10)));
}

#[test]
fn enactment_waits_for_the_block_that_was_asked_for() {
    let first = |enactment: Enactment| enactment.first_block(100, 10);
    assert_eq!(first(Enactment::After(0)), 110);
    assert_eq!(first(Enactment::After(50)), 150);
    assert_eq!(first(Enactment::At(5)), 110);
    assert_eq!(first(Enactment::At(500)), 500);
    assert_eq!(Enactment::After(u32::MAX).first_block(100, 10), u32::MAX);
    assert_eq!(Enactment::After(0).first_block(100, 0), 101, "never in the block of approval");
}

#[test]
fn referenda_are_listed_by_number() {
    let mut chain = chain();
    for track in [Track::Canceller, Track::Root, Track::SmallTipper] {
        submit(&mut chain, BOB, question(track));
    }
    let tracks: Vec<_> = list(&chain.rows).unwrap().into_iter().map(|(_, one)| one.track).collect();
    assert_eq!(tracks, [Track::Canceller, Track::Root, Track::SmallTipper]);
    let submitted = Event::Submitted {
        index: 1,
        track: Track::Root,
        proposer: BOB,
        proposal: Hash256(Proposal::of(&remark("an answer")).unwrap().hash().0),
        deposit: 10 * TOKEN,
    };
    assert!(chain.has_event(&submitted));
}
