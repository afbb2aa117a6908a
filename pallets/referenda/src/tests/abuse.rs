//! Attacks that other chains have seen: spam, and queues that strand what is in them.

use super::*;

fn fast_with(change: impl FnOnce(&mut TrackInfo)) -> TestChain {
    let mut genesis = Genesis::fast().unwrap();
    let root = genesis.tracks.iter_mut().find(|(track, _)| *track == Track::Root).unwrap();
    change(&mut root.1);
    let mut chain = chain_with(&genesis, &pallet_voting::Genesis::fast());
    enrich(&mut chain, BOB, 1_000_000);
    chain
}

/// F1: many questions on a cheap track cost more and more, and do not keep out one that members
/// want.
#[test]
fn gov_atk_f1_spam_grows_dearer_and_does_not_keep_out_what_members_want() {
    let mut chain = fast_with(|_| {});
    let base = 10 * TOKEN;
    let mut last = 0;
    for open in 0..20 {
        let index = submit(&mut chain, BOB, question(Track::Root));
        let price = get(&chain, index).submission_deposit.unwrap().amount;
        assert!(price > last, "{open}");
        last = price;
    }
    assert_eq!(last, base + (base * 19 * 19).div_ceil(256));
    let wanted = submit(&mut chain, CAROL, question(Track::Root));
    enrich(&mut chain, ALICE, 262_500);
    vote(&mut chain, ALICE, wanted, aye(EACH + 262_500 * TOKEN));
    end_blocks(&mut chain, 2);
    assert_eq!(status(&chain, wanted), Status::Deciding(Deciding::new(2)));
    assert_eq!(name(&chain, 0), "queued");
    assert!(chain.has_event(&Event::Queued { index: 0, track: Track::Root }));
    end_blocks(&mut chain, 20);
    assert_eq!(name(&chain, wanted), "approved");
    assert_eq!(status(&chain, 0), Status::Deciding(Deciding::new(20)), "first come, first served");
    chain.apply(Origin::Signed(CAROL), Call::RefundSubmissionDeposit { index: wanted }).unwrap();
}

/// F1: a track that is full leaves every other track its own room.
#[test]
fn gov_atk_f1_a_full_track_leaves_the_others_their_room() {
    let mut chain = fast_with(|_| {});
    let most = OPEN_MAX - 10 * OPEN_RESERVED;
    let Call::Submit { proposal, enactment, title, .. } = question(Track::SmallTipper) else {
        unreachable!("a question is a submission")
    };
    let (track, decision) = (Track::SmallTipper, DecisionDeposit::Later);
    let cheap = Call::Submit { track, proposal, enactment, title, decision };
    for _ in 0..most {
        submit(&mut chain, BOB, cheap.clone());
    }
    let full = Error::TooManyOpen { track: "small-tipper", open: most };
    assert_eq!(chain.apply(Origin::Signed(BOB), cheap.clone()), Err(full.into()));
    assert!(reserved(&chain, BOB) > 50_000 * TOKEN);
    for track in Track::ALL.into_iter().filter(|other| *other != track) {
        for _ in 0..OPEN_RESERVED {
            submit(&mut chain, BOB, question(track));
        }
    }
    assert_eq!(OPEN.get_or_default(&chain.rows).unwrap().len(), OPEN_MAX as usize);
    let full = Error::TooManyOpen { track: "root", open: OPEN_RESERVED };
    assert_eq!(chain.apply(Origin::Signed(BOB), question(Track::Root)), Err(full.into()));
    finalize(&mut chain);
    // Those nobody pays for make room again.
    chain.go_to(21, 0);
    finalize(&mut chain);
    chain.go_to(22, 0);
    submit(&mut chain, BOB, cheap);
}

/// F5: two members who ask the same have two referenda, and neither can stop the other's.
#[test]
fn gov_atk_f5_equal_questions_are_two_and_nobody_stops_anothers() {
    let mut chain = chain();
    let one = submit(&mut chain, BOB, question(Track::Root));
    let two = submit(&mut chain, CAROL, question(Track::Root));
    assert_eq!((one, two), (0, 1));
    let before = chain.root();
    for (who, index) in [(BOB, two), (CAROL, one), (BOB, one)] {
        for call in [Call::Cancel { index }, Call::Kill { index }] {
            let refusal = chain.apply(Origin::Signed(who), call);
            assert_eq!(refusal, Err(DispatchError::BadOrigin));
        }
    }
    assert_eq!(chain.root(), before);
}

/// G1, G2: a queue of any length strands nobody: each is decided in its turn.
#[test]
fn gov_atk_g1_g2_a_long_queue_strands_nobody() {
    let mut chain = fast_with(|root| root.decision_period = 2);
    for _ in 0..101 {
        submit(&mut chain, BOB, question(Track::Root));
    }
    for block in 1..=204 {
        chain.go_to(block, 0);
        chain.apply_unrestricted(on_finalize).unwrap();
        check(&chain.rows).unwrap();
    }
    for index in 0..101 {
        assert_eq!(status(&chain, index), Status::Rejected { at: 4 + 2 * index });
    }
    assert!(OPEN.get_or_default(&chain.rows).unwrap().is_empty());
}

/// G5: stopping one that is not being decided frees no slot that it never had.
#[test]
fn gov_atk_g5_g6_stopped_referenda_leave_the_queue_and_free_no_slot_of_others() {
    let mut chain = fast_with(|_| {});
    for _ in 0..4 {
        submit(&mut chain, BOB, question(Track::Root));
    }
    end_blocks(&mut chain, 2);
    let names = |chain: &TestChain| [0, 1, 2, 3].map(|index| name(chain, index));
    assert_eq!(names(&chain), ["deciding", "queued", "queued", "queued"]);
    as_track(&mut chain, Track::Canceller, &Call::Cancel { index: 1 }).unwrap();
    as_track(&mut chain, Track::Root, &Call::Kill { index: 2 }).unwrap();
    audit(&chain);
    end_blocks(&mut chain, 3);
    assert_eq!(names(&chain), ["deciding", "cancelled", "killed", "queued"]);
    let open: Vec<_> =
        OPEN.get_or_default(&chain.rows).unwrap().iter().map(|entry| entry.index).collect();
    assert_eq!(open, [0, 3]);
    as_track(&mut chain, Track::Canceller, &Call::Cancel { index: 0 }).unwrap();
    end_blocks(&mut chain, 4);
    assert_eq!(status(&chain, 3), Status::Deciding(Deciding::new(4)));
}
