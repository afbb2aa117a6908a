//! What happens when all goes well, and each refusal.

use althing_frame::Event as _;

use super::*;

#[test]
fn a_task_runs_at_its_block_and_not_before() {
    let mut chain = chain();
    let placement = place_at(&mut chain, 5, &Act::Mark(1));
    assert_eq!(placement, Placement { task: 0, at: 5 });
    assert!(chain.has_event(&Event::Scheduled { task: 0, referendum: Some(1), at: 5 }));

    for number in 1..5 {
        finalize(&mut chain, number);
        assert!(!is_marked(&chain, 1));
        assert_eq!(result_of(&chain.rows, 1), Ok(None));
    }
    finalize(&mut chain, 5);

    assert!(is_marked(&chain, 1));
    assert!(chain.has_event(&enacted(0, Ok(()))));
    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record, EnactmentRecord { task: 0, block: 5, outcome: Outcome::Enacted });
    assert!(record.is_enacted());
}

#[test]
fn a_task_runs_once() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Mark(1));
    for number in 2..6 {
        finalize(&mut chain, number);
    }
    let runs = chain.events().iter().filter(|event| event[..2] == [INDEX, 1]).count();
    assert_eq!(runs, 1);
}

#[test]
fn what_is_due_in_the_past_runs_in_this_block() {
    let mut chain = chain();
    finalize(&mut chain, 9);
    chain.go_to(10, 0);
    assert_eq!(place_at(&mut chain, 3, &Act::Mark(1)).at, 10);
    finalize(&mut chain, 10);
    assert!(is_marked(&chain, 1));
}

/// After the lifecycle phase has passed an agenda, a task placed on it would never run.
#[test]
fn after_the_lifecycle_phase_a_task_goes_to_the_next_block() {
    let mut chain = chain();
    finalize(&mut chain, 10);
    assert_eq!(place_at(&mut chain, 10, &Act::Mark(1)).at, 11);
    finalize(&mut chain, 11);
    assert!(is_marked(&chain, 1));
}

#[test]
fn a_long_gap_between_blocks_skips_nothing() {
    let mut chain = chain();
    place_at(&mut chain, 3, &Act::Mark(1));
    place_at(&mut chain, 5_000, &Act::Mark(2));
    for number in 5_000..5_010 {
        finalize(&mut chain, number);
    }
    assert!(is_marked(&chain, 1) && is_marked(&chain, 2));
}

#[test]
fn a_call_runs_with_the_power_of_its_track() {
    let mut chain = chain();
    let enactment = Enactment { track: Track::Treasurer, ..inline(&Act::Mark(1)) };
    schedule_at(&mut chain, 2, enactment).unwrap();
    finalize(&mut chain, 2);
    let origin = chain.rows.row(&mark_key(1)).unwrap().unwrap();
    assert_eq!(*origin, *Origin::Track(Track::Treasurer).encode());
}

#[test]
fn a_failing_call_leaves_its_record_and_nothing_else() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Refuse);
    place_at(&mut chain, 2, &Act::Mark(2));
    finalize(&mut chain, 2);

    assert!(!is_marked(&chain, 255));
    assert!(chain.has_event(&enacted(0, Err(DispatchError::BadOrigin))));
    assert!(is_marked(&chain, 2), "the task behind it runs");
}

#[test]
fn the_record_names_the_rule_that_refused() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Refuse);
    finalize(&mut chain, 2);
    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record.outcome, failed("SYS-001", None));
    assert!(!record.is_enacted());
}

#[test]
fn bytes_that_are_no_call_fail_for_good() {
    let mut chain = chain();
    let proposal = Proposal::of(&[99, 99]).unwrap();
    schedule_at(&mut chain, 2, Enactment { proposal, ..inline(&Act::Refuse) }).unwrap();
    finalize(&mut chain, 2);

    assert!(chain.has_event(&enacted(0, Err(DispatchError::Undecodable))));
    assert_eq!(RETRIES.get(&chain.rows), Ok(None));
}

#[test]
fn a_bug_stops_the_block() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Break);
    chain.go_to(2, 0);
    assert!(chain.apply_unrestricted(enact).unwrap_err().is_bug());
}

#[test]
fn a_cancelled_task_never_runs() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Mark(1));
    chain.apply(Origin::Track(Track::Root), Call::Cancel { task: 0 }).unwrap();
    finalize(&mut chain, 2);

    assert!(!is_marked(&chain, 1));
    assert!(chain.has_event(&Event::Cancelled { task: 0, referendum: Some(1) }));
    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record.outcome, Outcome::Cancelled);
}

#[test]
fn a_task_may_cancel_the_one_behind_it() {
    let mut chain = chain();
    let cancel = (INDEX, Call::Cancel { task: 1 }).encode();
    let proposal = Proposal::of(&cancel).unwrap();
    let track = Track::Root;
    let enactment = Enactment { proposal, track, referendum: Some(2), ..inline(&Act::Refuse) };
    schedule_at(&mut chain, 2, enactment).unwrap();
    place_at(&mut chain, 2, &Act::Mark(1));
    place_at(&mut chain, 2, &Act::Mark(2));
    finalize(&mut chain, 2);

    assert!(result_of(&chain.rows, 2).unwrap().unwrap().is_enacted());
    assert!(!is_marked(&chain, 1) && is_marked(&chain, 2));
}

#[test]
fn only_root_cancels() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Mark(1));
    let before = chain.root();
    for origin in [Origin::None, Origin::Signed(ALICE), Origin::Track(Track::Canceller)] {
        let refusal = chain.apply(origin, Call::Cancel { task: 0 });
        assert_eq!(refusal, Err(DispatchError::BadOrigin));
    }
    assert_eq!(chain.root(), before);
}

#[test]
fn what_has_run_cannot_be_cancelled() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Mark(1));
    finalize(&mut chain, 2);
    let before = chain.root();
    let refusal = chain.apply(Origin::Track(Track::Root), Call::Cancel { task: 0 });
    assert_eq!(refusal, Err(Error::UnknownTask { task: 0 }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn a_scheduled_preimage_is_pinned_until_its_task_ended() {
    let mut chain = chain();
    note(&mut chain, &long(1));
    let proposal = Proposal::of(&long(1)).unwrap();
    let hash = proposal.hash();
    for at in [2, 3] {
        let enactment = Enactment { proposal: proposal.clone(), ..inline(&Act::Refuse) };
        schedule_at(&mut chain, at, enactment).unwrap();
    }
    assert_eq!(pallet_preimage::pins(&chain.rows, &hash), Ok(2));
    finalize(&mut chain, 2);
    assert_eq!(pallet_preimage::pins(&chain.rows, &hash), Ok(1));
    chain.apply_unrestricted(|tx| cancel(tx, 1)).unwrap();
    assert_eq!(pallet_preimage::pins(&chain.rows, &hash), Ok(0));
}

#[test]
fn what_is_not_noted_is_not_scheduled() {
    let mut chain = chain();
    let before = chain.root();
    let proposal = Proposal::of(&long(1)).unwrap();
    let hash = proposal.hash();
    let refusal = schedule_at(&mut chain, 2, Enactment { proposal, ..inline(&Act::Refuse) });
    assert_eq!(refusal, Err(pallet_preimage::Error::NotNoted { hash }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn events_keep_their_indices_and_errors_the_form_clients_know() {
    let refused = enacted(7, Err(Error::UnknownTask { task: 1 }.into())).to_outer();
    let fields = [&[7, 1][..], &[7, 0, 0, 0], &[1, 1, 0, 0, 0], &[1, 3, 7, 2, 0, 0, 0]];
    assert_eq!(refused, fields.concat());
    assert_eq!(enacted(7, Ok(())).to_outer().last(), Some(&0));
    let cancelled = Event::Cancelled { task: 0, referendum: None };
    assert_eq!(cancelled.to_outer()[..2], [7, 2]);
    assert_eq!(Event::RetryAsked { task: 0, by: ALICE }.to_outer()[..2], [7, 3]);
}

#[test]
fn calls_keep_their_bytes() {
    assert_eq!(Call::Cancel { task: 1 }.encode(), [0, 4]);
    assert_eq!(Call::Retry { task: 1 }.encode(), [1, 4]);
    for first in 0..=u8::MAX {
        // Whether it decodes does not matter; that it returns does.
        let _ = Call::decode(&mut &[first, first, first][..]);
    }
}
