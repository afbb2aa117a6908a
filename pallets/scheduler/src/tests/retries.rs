//! Tasks whose preimage was lost. The rows of the preimage are taken away by hand, since nothing a
//! member can do loses a pinned one.

use althing_primitives::Hash256;

use super::*;

pub(super) fn lose(chain: &mut TestChain, hash: Hash256) {
    let step = |tx: &mut Tx<'_>| -> Result<(), Fault> {
        pallet_preimage::PREIMAGES.remove(tx, &hash)?;
        pallet_preimage::STATUS.remove(tx, &hash)
    };
    chain.apply_unrestricted(step).unwrap();
}

/// Task 0 has failed in block 2, since its preimage was lost.
fn failed_task() -> (TestChain, Hash256) {
    let mut chain = chain();
    note(&mut chain, &long(1));
    let proposal = Proposal::of(&long(1)).unwrap();
    let hash = proposal.hash();
    schedule_at(&mut chain, 2, Enactment { proposal, ..inline(&Act::Refuse) }).unwrap();
    lose(&mut chain, hash);
    finalize(&mut chain, 2);
    (chain, hash)
}

fn retry(chain: &mut TestChain) -> Result<(), DispatchError> {
    chain.apply(Origin::Signed(ALICE), Call::Retry { task: 0 })
}

#[test]
fn gov_atk_d3_anyone_retries_a_task_whose_preimage_is_back() {
    let (mut chain, _) = failed_task();
    let until = Some(2 + RETRY_PERIOD);
    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record.outcome, failed("PRE-102", until));

    chain.go_to(3, 0);
    note(&mut chain, &long(1));
    retry(&mut chain).unwrap();
    assert!(chain.has_event(&Event::RetryAsked { task: 0, by: ALICE }));
    finalize(&mut chain, 3);

    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record, EnactmentRecord { task: 0, block: 3, outcome: Outcome::Enacted });
    assert!(is_marked(&chain, 1));
    assert_eq!(RETRIES.get(&chain.rows), Ok(None));
}

#[test]
fn a_retry_without_the_bytes_changes_nothing() {
    let (mut chain, hash) = failed_task();
    let before = chain.root();
    assert_eq!(retry(&mut chain), Err(pallet_preimage::Error::NotNoted { hash }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn only_what_failed_for_its_preimage_is_retried() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Refuse);
    finalize(&mut chain, 2);
    let before = chain.root();
    assert_eq!(retry(&mut chain), Err(Error::NotRetryable { task: 0 }.into()));
    assert_eq!(chain.root(), before);
}

#[test]
fn a_retry_takes_a_member() {
    let (mut chain, _) = failed_task();
    for origin in [Origin::None, Origin::Track(Track::Root)] {
        let refusal = chain.apply(origin, Call::Retry { task: 0 });
        assert_eq!(refusal, Err(DispatchError::BadOrigin));
    }
}

#[test]
fn after_its_period_a_task_is_forgotten() {
    let (mut chain, _) = failed_task();
    finalize(&mut chain, 1 + RETRY_PERIOD);
    assert_eq!(RETRIES.get(&chain.rows).unwrap().unwrap().len(), 1);
    finalize(&mut chain, 2 + RETRY_PERIOD);
    assert_eq!(RETRIES.get(&chain.rows), Ok(None));
}

#[test]
fn bytes_that_go_away_again_after_the_asking_leave_the_task_waiting() {
    let (mut chain, hash) = failed_task();
    chain.go_to(3, 0);
    note(&mut chain, &long(1));
    retry(&mut chain).unwrap();
    chain.apply(Origin::Signed(ALICE), pallet_preimage::Call::Unnote { hash }).unwrap();
    finalize(&mut chain, 3);

    let retries = RETRIES.get(&chain.rows).unwrap().unwrap();
    assert_eq!((retries.len(), retries[0].asked), (1, false));
}

/// G8 and G9: what moves a task gives up its old place only once it has a new one.
#[test]
fn gov_atk_g8_g9_a_retry_without_room_keeps_the_task() {
    let (mut chain, _) = failed_task();
    chain.go_to(3, 0);
    note(&mut chain, &long(1));
    retry(&mut chain).unwrap();
    fill(&mut chain, 3);
    finalize(&mut chain, 3);
    assert!(RETRIES.get(&chain.rows).unwrap().unwrap()[0].asked);

    finalize(&mut chain, 4);
    assert_eq!(RETRIES.get(&chain.rows), Ok(None));
    assert_eq!(PLACES.get(&chain.rows, &0), Ok(Some(3 + SEARCH_BLOCKS)));
}

#[test]
fn a_task_that_waits_for_a_retry_can_be_cancelled() {
    let (mut chain, _) = failed_task();
    chain.apply(Origin::Track(Track::Root), Call::Cancel { task: 0 }).unwrap();
    assert_eq!(RETRIES.get(&chain.rows), Ok(None));
    let record = result_of(&chain.rows, 1).unwrap().unwrap();
    assert_eq!(record.outcome, Outcome::Cancelled);
}

#[test]
fn the_list_of_retries_stays_bounded() {
    let (mut chain, _) = failed_task();
    let task = RETRIES.get(&chain.rows).unwrap().unwrap()[0].task.clone();
    for id in 1..=RETRIES_MAX {
        let task = Task { id, ..task.clone() };
        chain.apply_unrestricted(|tx| crate::retry::offer(tx, &task)).unwrap();
    }
    let ids: Vec<_> =
        RETRIES.get(&chain.rows).unwrap().unwrap().iter().map(|retry| retry.task.id).collect();
    assert_eq!(ids, (1..=RETRIES_MAX).collect::<Vec<_>>(), "the oldest made room");
}
