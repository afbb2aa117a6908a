//! Attacks that other chains have seen: borrowed power, apathy, deception, broken execution.

use pallet_balances::Existence;
use pallet_scheduler::{AGENDA, AGENDA_TASKS_MAX, Agenda, Outcome, Task};

use super::*;

/// A1 (Beanstalk): funds borrowed for one block neither decide in it nor leave in it.
#[test]
fn gov_atk_a1_borrowed_power_cannot_decide_and_leave_in_one_block() {
    let mut chain = chain();
    submit(&mut chain, CAROL, question(Track::Root));
    end_blocks(&mut chain, 5);
    enrich(&mut chain, ALICE, 200_000);
    let conviction = Conviction::Locked6x;
    let all = EACH + 200_000 * TOKEN;
    vote(&mut chain, ALICE, 0, Ballot::Standard { aye: true, balance: all, conviction });
    let returned =
        pallet_balances::Call::TransferAllowDeath { dest: BOB.into(), value: 200_000 * TOKEN };
    assert!(chain.apply(Origin::Signed(ALICE), returned.clone()).is_err());
    let removal = pallet_voting::Call::RemoveVote { referendum: 0 };
    assert!(chain.apply(Origin::Signed(ALICE), removal).is_err());
    finalize(&mut chain);
    assert_eq!(name(&chain, 0), "confirming", "it passes, and must go on passing");
    end_blocks(&mut chain, 8);
    assert_eq!(name(&chain, 0), "confirming");
    assert!(chain.apply(Origin::Signed(ALICE), returned.clone()).is_err());
    end_blocks(&mut chain, 9);
    assert_eq!(name(&chain, 0), "approved");
    chain.apply(Origin::Signed(ALICE), pallet_voting::Call::Unlock).unwrap();
    assert!(chain.apply(Origin::Signed(ALICE), returned).is_err(), "the winner stays locked");
}

/// B3: a thousandth of the issuance without any lock, unopposed, passes root on a chain whose
/// support falls to zero. Here it is rejected.
#[test]
fn gov_atk_b3_apathy_does_not_pass_root() {
    let voting = pallet_voting::Genesis { electorate_min: 0, ..pallet_voting::Genesis::main() };
    let mut chain = chain_with(&Genesis::main().unwrap(), &voting);
    submit(&mut chain, BOB, question(Track::Root));
    let (balance, conviction) = (50 * TOKEN, Conviction::None);
    vote(&mut chain, ALICE, 0, Ballot::Standard { aye: true, balance, conviction });
    let (start, end) = (14_401, 14_401 + 403_200);
    for block in [start, end - 1] {
        chain.go_to(block, 0);
        chain.apply_unrestricted(on_finalize).unwrap();
        assert_eq!(name(&chain, 0), "deciding");
    }
    assert_eq!(projection(&chain.rows, 0, end - 1), Ok(Some(Projection::Rejected { at: end })));
    chain.go_to(end, 0);
    chain.apply_unrestricted(on_finalize).unwrap();
    assert_eq!(status(&chain, 0), Status::Rejected { at: end });
}

fn noted(chain: &mut TestChain) -> Vec<u8> {
    let call = remark(&"long ".repeat(60));
    let bytes = call.clone().try_into().unwrap();
    chain.apply(Origin::Signed(DAVE), pallet_preimage::Call::Note { bytes }).unwrap();
    call
}

/// C1 (Tornado Cash): what was voted on cannot be exchanged or taken away before it has run.
#[test]
fn gov_atk_c1_the_call_stays_from_submission_to_enactment() {
    let mut chain = chain();
    let call = noted(&mut chain);
    let proposal = Proposal::of(&call).unwrap();
    let hash = proposal.hash();
    submit(&mut chain, BOB, question_of(Track::Root, &call));
    vote(&mut chain, ALICE, 0, aye(EACH));
    let unnote = pallet_preimage::Call::Unnote { hash };
    while chain.number() <= 22 {
        let pinned = pallet_preimage::Error::Pinned { hash, pins: 1 };
        assert_eq!(chain.apply(Origin::Signed(DAVE), unnote.clone()), Err(pinned.into()));
        finalize(&mut chain);
        chain.go_to(chain.number() + 1, 0);
    }
    assert!(result_of(&chain.rows, 0).unwrap().unwrap().is_enacted());
    chain.apply(Origin::Signed(DAVE), unnote).unwrap();
}

#[test]
fn the_bytes_of_a_rejected_question_can_be_taken_back() {
    let mut chain = chain();
    let call = noted(&mut chain);
    let hash = Proposal::of(&call).unwrap().hash();
    submit(&mut chain, BOB, question_of(Track::Root, &call));
    end_blocks(&mut chain, 22);
    assert_eq!(name(&chain, 0), "rejected");
    chain.apply(Origin::Signed(DAVE), pallet_preimage::Call::Unnote { hash }).unwrap();
}

/// C3: a wrong length is refused at once, not at enactment.
#[test]
fn gov_atk_c3_a_wrong_length_is_refused_at_submission() {
    let mut chain = chain();
    let call = noted(&mut chain);
    let (hash, len) = (Proposal::of(&call).unwrap().hash(), u32::try_from(call.len()).unwrap());
    let before = chain.root();
    for said in [len - 1, len + 1] {
        let Call::Submit { track, enactment, title, decision, .. } = question(Track::Root) else {
            unreachable!("a question is a submission")
        };
        let proposal = Proposal::Preimage { hash, len: said };
        let call = Call::Submit { track, proposal, enactment, title, decision };
        let wrong = pallet_preimage::Error::WrongLength { hash, said, noted: len };
        assert_eq!(chain.apply(Origin::Signed(BOB), call), Err(wrong.into()));
    }
    let missing = question_of(Track::Root, &remark(&"unknown ".repeat(60)));
    assert!(chain.apply(Origin::Signed(BOB), missing).is_err());
    assert_eq!(chain.root(), before);
}

/// C5: a call runs with the power of its track and never as an account. There is no way to ask for
/// another origin, and a track without the power is refused when its call runs.
#[test]
fn gov_atk_c5_a_call_has_the_power_of_its_track_and_no_other() {
    for (track, works) in [(Track::Canceller, true), (Track::SmallTipper, false)] {
        let mut chain = chain();
        let victim = submit(&mut chain, BOB, question(Track::Root));
        let cancel = (INDEX, Call::Cancel { index: victim }).encode();
        let canceller = submit(&mut chain, CAROL, question_of(track, &cancel));
        vote(&mut chain, ALICE, canceller, aye(EACH));
        end_blocks(&mut chain, 16);
        let record = result_of(&chain.rows, canceller).unwrap().unwrap();
        assert_eq!(record.is_enacted(), works);
        assert_eq!(name(&chain, victim) == "cancelled", works);
        if !works {
            let code = b"SYS-001".to_vec().try_into().unwrap();
            assert_eq!(record.outcome, Outcome::Failed { code, retry_until: None });
        }
        let transfer = pallet_balances::Call::TransferAllowDeath { dest: BOB.into(), value: 1 };
        let theft = submit(&mut chain, CAROL, question_of(track, &(2_u8, transfer).encode()));
        vote(&mut chain, ALICE, theft, aye(EACH));
        end_blocks(&mut chain, 35);
        assert!(!result_of(&chain.rows, theft).unwrap().unwrap().is_enacted());
    }
}

/// E4: few members left, or none, do not become the whole electorate.
#[test]
fn gov_atk_e4_a_shrunken_electorate_supports_nothing() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    let pot = AccountId::of_pallet("treasury");
    let rest = 90 * TOKEN;
    for (who, left) in [(ALICE, rest), (CAROL, 0), (DAVE, 0), (ERIN, 0)] {
        chain
            .apply_unrestricted(|tx| {
                let death = Existence::AllowDeath;
                pallet_balances::transfer(tx, &who, &pot, EACH - left, death)
            })
            .unwrap();
    }
    vote(&mut chain, ALICE, 0, aye(rest));
    // Bob keeps little more than his deposits.
    chain
        .apply_unrestricted(|tx| {
            pallet_balances::transfer(tx, &BOB, &pot, 8_980 * TOKEN, Existence::KeepAlive)
        })
        .unwrap();
    let count = outlook(&chain.rows, 0, 1).unwrap().unwrap().count;
    assert_eq!(count.electorate, 1_110 * TOKEN);
    end_blocks(&mut chain, 22);
    assert_eq!(name(&chain, 0), "rejected");
    let least = 1_000 * TOKEN;
    let standing = |electorate| crate::outlook::standing(count.tally, electorate, least).unwrap();
    assert_eq!(standing(0).support, Ratio::ZERO);
    assert_eq!(standing(rest).support, Ratio::new(9, 100).unwrap());
}

fn full_agenda(chain: &mut TestChain, blocks: core::ops::Range<BlockNumber>) {
    let enactment = pallet_scheduler::Enactment {
        proposal: Proposal::of(&remark("busy")).unwrap(),
        track: Track::Root,
        referendum: None,
        relies_on: pallet_preimage::Relied::new(),
    };
    let tasks: Vec<_> = (0..AGENDA_TASKS_MAX)
        .map(|id| Task { id: 1_000_000 + id, enactment: enactment.clone() })
        .collect();
    let agenda = Agenda::try_from(tasks).unwrap();
    chain
        .apply_unrestricted(|tx| blocks.clone().try_for_each(|at| AGENDA.put(tx, &at, &agenda)))
        .unwrap();
}

fn lifecycle_only(chain: &mut TestChain, last: BlockNumber) {
    while chain.number() <= last {
        chain.apply_unrestricted(on_finalize).unwrap();
        check(&chain.rows).unwrap();
        chain.go_to(chain.number() + 1, 0);
    }
}

/// G3: full agendas neither stall a referendum nor keep its slot.
#[test]
fn gov_atk_g3_full_agendas_do_not_keep_a_slot() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    submit(&mut chain, CAROL, question(Track::Root));
    vote(&mut chain, ALICE, 0, aye(EACH));
    full_agenda(&mut chain, 20..42);
    lifecycle_only(&mut chain, 20);
    assert_eq!(status(&chain, 0), Status::Approved { at: 20, enacts_at: 42, task: 0 });
    assert_eq!(status(&chain, 1), Status::Deciding(Deciding::new(20)));
}

/// G4: what was approved and cannot be scheduled is not lost: it is tried again in each block.
#[test]
fn gov_atk_g4_an_approved_call_waits_for_a_place() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    vote(&mut chain, ALICE, 0, aye(EACH));
    full_agenda(&mut chain, 20..400);
    lifecycle_only(&mut chain, 22);
    assert_eq!(name(&chain, 0), "confirming");
    assert!(chain.has_event(&Event::EnactmentDelayed { index: 0 }));
    chain.apply_unrestricted(|tx| AGENDA.remove(tx, &30)).unwrap();
    lifecycle_only(&mut chain, 23);
    assert_eq!(status(&chain, 0), Status::Approved { at: 23, enacts_at: 30, task: 0 });
}

/// I2: ballots of a block count in what the block decides, whatever their place in it.
#[test]
fn gov_atk_i2_a_ballot_in_the_block_of_approval_counts() {
    let mut chain = chain();
    submit(&mut chain, BOB, question(Track::Root));
    vote(&mut chain, ALICE, 0, aye(EACH));
    end_blocks(&mut chain, 19);
    let mut opposed = chain.clone();
    vote(&mut opposed, CAROL, 0, nay(EACH));
    end_blocks(&mut chain, 20);
    end_blocks(&mut opposed, 20);
    assert_eq!(name(&chain, 0), "approved");
    assert_eq!(name(&opposed, 0), "deciding");
    let late = pallet_voting::Call::Vote { referendum: 0, ballot: nay(1) };
    let closed = pallet_voting::Error::Closed { referendum: 0, closed_at: 20 };
    assert_eq!(chain.apply(Origin::Signed(CAROL), late), Err(closed.into()));
}
