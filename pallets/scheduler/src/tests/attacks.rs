//! Attacks that lost, misdirected or delayed what other chains had decided.

use super::*;
use crate::budget::{budget, overhead};

/// How many picoseconds a call of `Act::Weigh` may weigh to fill the budget of a block alone.
fn whole_budget() -> u64 {
    let runtime = TestRuntime::without_calls();
    let bytes = u32::try_from(act(&Act::Weigh(0, 0)).len()).unwrap();
    budget(&runtime).ref_time - overhead(bytes, &pallet_preimage::Relied::new()).ref_time
}

/// One task fills what another leaves of the budget, to the picosecond.
fn second_of_two(beyond: u64) -> TestChain {
    let mut chain = chain();
    let bytes = u32::try_from(act(&Act::Weigh(0, 0)).len()).unwrap();
    let rest = whole_budget() - overhead(bytes, &pallet_preimage::Relied::new()).ref_time - 1_000;
    place_at(&mut chain, 2, &Act::Weigh(1_000, 1));
    place_at(&mut chain, 2, &Act::Weigh(rest + beyond, 2));
    finalize(&mut chain, 2);
    chain
}

#[test]
fn gov_atk_d3_a_task_that_fits_exactly_runs() {
    let chain = second_of_two(0);
    assert!(is_marked(&chain, 1) && is_marked(&chain, 2));
}

#[test]
fn gov_atk_d3_a_task_that_does_not_fit_runs_first_in_the_next_block() {
    let mut chain = second_of_two(1);
    assert!(is_marked(&chain, 1) && !is_marked(&chain, 2));
    assert_eq!(result_of(&chain.rows, 1).unwrap().unwrap().task, 0);

    place_at(&mut chain, 3, &Act::Mark(3));
    finalize(&mut chain, 3);
    assert!(is_marked(&chain, 2));
    let order: Vec<_> = chain.events().iter().filter(|event| event[..2] == [INDEX, 1]).collect();
    assert_eq!(order.iter().map(|event| event[2]).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn gov_atk_d3_no_task_is_too_heavy_to_ever_run() {
    let mut chain = chain();
    place_at(&mut chain, 2, &Act::Mark(1));
    place_at(&mut chain, 2, &Act::Weigh(u64::MAX, 2));
    finalize(&mut chain, 2);
    assert!(is_marked(&chain, 1) && !is_marked(&chain, 2));
    finalize(&mut chain, 3);
    assert!(is_marked(&chain, 2));
}

#[test]
fn gov_atk_d3_a_backlog_of_many_blocks_drains_in_order() {
    let mut chain = chain();
    for row in 0..6 {
        place_at(&mut chain, 2 + u32::from(row) / 2, &Act::Weigh(whole_budget(), row));
    }
    for row in 0..6 {
        finalize(&mut chain, 2 + u32::from(row));
        for other in 0..6 {
            assert_eq!(is_marked(&chain, other), other <= row);
        }
    }
}

#[test]
fn gov_atk_d3_a_missing_preimage_leaves_no_agenda_behind() {
    let mut chain = chain();
    note(&mut chain, &long(1));
    let proposal = Proposal::of(&long(1)).unwrap();
    let hash = proposal.hash();
    schedule_at(&mut chain, 2, Enactment { proposal, ..inline(&Act::Refuse) }).unwrap();
    place_at(&mut chain, 2, &Act::Mark(1));
    super::retries::lose(&mut chain, hash);

    chain.go_to(2, 0);
    chain.apply_unrestricted(enact).unwrap();

    let error = pallet_preimage::Error::NotNoted { hash };
    assert!(chain.has_event(&enacted(0, Err(error.into()))));
    assert!(is_marked(&chain, 1), "the task behind it runs");
    assert_eq!(AGENDA.list(&chain.rows), Ok(vec![]));
    check(&chain.rows).unwrap();
}

#[test]
fn gov_atk_c5_no_vote_makes_an_account_act() {
    let mut chain = chain();
    for track in Track::ALL {
        let enactment = Enactment { track, ..inline(&Act::Mark(1)) };
        let number = chain.number() + 1;
        schedule_at(&mut chain, number, enactment).unwrap();
        finalize(&mut chain, number);
        let origin = chain.rows.row(&mark_key(1)).unwrap().unwrap();
        assert_eq!(Origin::decode(&mut &origin[..]), Ok(Origin::Track(track)));
    }
}

#[test]
fn gov_atk_f4_a_full_agenda_moves_a_task_to_the_first_block_with_room() {
    let mut chain = chain();
    for _ in 0..AGENDA_TASKS_MAX {
        place_at(&mut chain, 5, &Act::Mark(0));
    }
    assert_eq!(place_at(&mut chain, 5, &Act::Mark(9)).at, 6);
    assert_eq!(place_at(&mut chain, 4, &Act::Mark(8)).at, 4);
}

#[test]
fn gov_atk_f4_members_cannot_fill_agendas() {
    let mut chain = chain();
    // Every call a member can make here: none of them schedules anything.
    for call in [Call::Cancel { task: 0 }, Call::Retry { task: 0 }] {
        chain.apply(Origin::Signed(ALICE), call).unwrap_err();
    }
    assert_eq!(AGENDA.list(&chain.rows), Ok(vec![]));
}

#[test]
fn gov_atk_g4_when_all_agendas_are_full_scheduling_fails_aloud_and_leaves_no_trace() {
    let mut chain = chain();
    note(&mut chain, &long(1));
    let proposal = Proposal::of(&long(1)).unwrap();
    let enactment = Enactment { proposal, ..inline(&Act::Refuse) };
    fill(&mut chain, 5);
    let before = chain.root();

    let refusal = schedule_at(&mut chain, 5, enactment.clone());

    let to = 5 + SEARCH_BLOCKS - 1;
    assert_eq!(refusal, Err(Error::NoRoom { from: 5, to }.into()));
    assert_eq!(chain.root(), before);
    finalize(&mut chain, 5);
    assert!(schedule_at(&mut chain, 6 + SEARCH_BLOCKS, enactment).is_ok(), "it may be tried again");
}

#[test]
fn gov_atk_g9_a_refused_schedule_disturbs_no_other_task() {
    let mut chain = chain();
    place_at(&mut chain, 5, &Act::Mark(1));
    fill(&mut chain, 5);
    schedule_at(&mut chain, 5, inline(&Act::Mark(2))).unwrap_err();
    finalize(&mut chain, 5);
    assert!(is_marked(&chain, 1));
}

#[test]
fn at_the_end_of_time_there_is_no_room_but_no_panic() {
    let mut chain = chain();
    let last = BlockNumber::MAX;
    for _ in 0..AGENDA_TASKS_MAX {
        assert_eq!(place_at(&mut chain, last, &Act::Mark(0)).at, last);
    }
    let refusal = schedule_at(&mut chain, last, inline(&Act::Mark(0)));
    assert_eq!(refusal, Err(Error::NoRoom { from: last, to: last }.into()));
}
