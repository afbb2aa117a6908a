//! Retirement waits until members have left.

use althing_primitives::AccountId;

use super::*;
use crate::{
    CENSUSES, Census, Event, Flaw, RETIRING, Weights, census_advance, census_conclude, census_due,
    report_broken,
};

fn conclude(chain: &mut TestChain, scheme: SchemeId, all: u128, on: u128) {
    let weights = Weights { all, on };
    chain.apply_unrestricted(|tx| census_conclude(tx, scheme, weights)).unwrap();
    check(&chain.rows).unwrap();
}

/// A count that finds nobody.
pub(super) fn everyone_has_left(chain: &mut TestChain, scheme: SchemeId) {
    conclude(chain, scheme, 100, 0);
}

fn census(chain: &TestChain, scheme: SchemeId) -> Option<Census> {
    CENSUSES.get(&chain.rows, &scheme).unwrap()
}

/// A chain in block 21 whose referendum wants `scheme` retired.
fn asked(scheme: SchemeId) -> TestChain {
    let mut chain = dev();
    enact(&mut chain, deprecate(scheme, None)).unwrap();
    begin_block(&mut chain, 21);
    enact(&mut chain, Call::Retire { scheme }).unwrap();
    chain
}

/// CR11, CR20: what only prepares a step is no epoch.
#[test]
fn retirement_opens_a_count_and_changes_no_state() {
    let chain = asked(SPHINCS);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Deprecated);
    let zero = Weights::default();
    let expected = Census { asked_at: 21, next_at: 21, cursor: None, so_far: zero, last: None };
    assert_eq!(census(&chain, SPHINCS), Some(expected));
    assert_eq!(census_due(&chain.rows, 21), Ok(Some((SPHINCS, expected))));
    assert!(chain.has_event(&Event::RetirementAsked { scheme: SPHINCS }));
    assert_eq!(epoch(&chain), 1, "what is signed now still counts");
    assert_eq!(census_due(&dev().rows, 21), Ok(None));
}

/// CR20, CR22.
#[test]
fn ten_percent_may_stay_behind_and_no_more() {
    let mut chain = asked(SPHINCS);
    conclude(&mut chain, SPHINCS, 1_000, 101);
    let event = Event::RetirementPostponed { scheme: SPHINCS, on: 101, all: 1_000, next_at: 26 };
    assert!(chain.has_event(&event));
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Deprecated);
    let postponed = census(&chain, SPHINCS).unwrap();
    assert_eq!((postponed.next_at, postponed.asked_at), (26, 21));
    assert_eq!(postponed.last, Some(Weights { all: 1_000, on: 101 }));
    assert_eq!(census_due(&chain.rows, 25), Ok(None));
    begin_block(&mut chain, 26);
    assert_eq!(census_due(&chain.rows, 26).unwrap().unwrap().0, SPHINCS);
    conclude(&mut chain, SPHINCS, 1_000, 100);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Retired);
    assert_eq!(
        (census(&chain, SPHINCS), RETIRING.get_or_default(&chain.rows).unwrap().len()),
        (None, 0)
    );
}

#[test]
fn a_count_goes_on_where_it_stopped() {
    let mut chain = asked(SPHINCS);
    let so_far = Weights { all: 7, on: 3 };
    let cursor = AccountId([5; 32]);
    chain.apply_unrestricted(|tx| census_advance(tx, SPHINCS, cursor, so_far)).unwrap();
    let census = census_due(&chain.rows, 22).unwrap().unwrap().1;
    assert_eq!((census.cursor, census.so_far), (Some(cursor), so_far));
}

#[test]
fn the_count_that_is_due_for_longest_comes_first() {
    let mut chain = asked(SchemeId::ML_DSA_44);
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    begin_block(&mut chain, 50);
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
    assert_eq!(census_due(&chain.rows, 50).unwrap().unwrap().0, SchemeId::ML_DSA_44);
    conclude(&mut chain, SchemeId::ML_DSA_44, 10, 10);
    assert_eq!(census_due(&chain.rows, 60).unwrap().unwrap().0, SPHINCS);
}

#[test]
fn a_retirement_is_decided_once_and_called_off_by_another_referendum() {
    let mut chain = asked(SPHINCS);
    let again = Error::AlreadyRetiring { scheme: SPHINCS, since: 21 };
    assert_eq!(enact(&mut chain, Call::Retire { scheme: SPHINCS }), refused(again));
    let call_off = Call::CallOffRetirement { scheme: SPHINCS };
    enact(&mut chain, call_off.clone()).unwrap();
    assert_eq!((census(&chain, SPHINCS), census_due(&chain.rows, 99)), (None, Ok(None)));
    assert!(chain.has_event(&Event::RetirementCalledOff { scheme: SPHINCS }));
    let error = Error::NotRetiring { scheme: SPHINCS };
    assert_eq!(enact(&mut chain, call_off), refused(error));
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
}

#[test]
fn activation_calls_a_retirement_off() {
    let mut chain = asked(SPHINCS);
    enact(&mut chain, Call::Activate { scheme: SPHINCS }).unwrap();
    assert_eq!(census(&chain, SPHINCS), None);
}

/// CR20, CR-I7: a scheme that is used again is about to retire no more.
#[test]
fn a_freeze_that_leads_back_to_use_calls_a_retirement_off() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
    conclude(&mut chain, SPHINCS, 100, 100);
    begin_block(&mut chain, 11);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Active);
    assert_eq!(census(&chain, SPHINCS), None);
    assert!(chain.has_event(&Event::RetirementCalledOff { scheme: SPHINCS }));
}

#[test]
fn a_freeze_that_leads_back_to_deprecation_leaves_the_count_open() {
    let mut chain = asked(SPHINCS);
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    begin_block(&mut chain, 31);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Deprecated);
    assert!(census(&chain, SPHINCS).is_some());
}

/// CR6, CR20: no count may take away an active scheme, which the diversity may rest on.
#[test]
fn a_count_retires_no_scheme_that_is_in_use() {
    for state in [SchemeState::Trial, SchemeState::Active] {
        let mut chain = asked(SPHINCS);
        force(&mut chain, SPHINCS, state);
        everyone_has_left(&mut chain, SPHINCS);
        assert_eq!((record(&chain, SPHINCS).state, census(&chain, SPHINCS)), (state, None));
        assert!(chain.has_event(&Event::RetirementCalledOff { scheme: SPHINCS }));
    }
}

#[test]
fn a_frozen_scheme_that_is_whole_is_counted_too_and_a_broken_one_is_not() {
    let mut chain = asked(SPHINCS);
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    let mut whole = chain.clone();
    everyone_has_left(&mut whole, SPHINCS);
    assert_eq!(record(&whole, SPHINCS).state, SchemeState::Retired);
    chain.apply_unrestricted(|tx| report_broken(tx, SPHINCS)).unwrap();
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Retired);
    assert_eq!(census(&chain, SPHINCS), None);
}

#[test]
fn what_signs_nothing_retires_at_once() {
    let kem = SchemeId::KYBER_768_R3;
    let mut chain = dev();
    enact(&mut chain, deprecate(kem, None)).unwrap();
    begin_block(&mut chain, 21);
    enact(&mut chain, Call::Retire { scheme: kem }).unwrap();
    assert_eq!(record(&chain, kem).state, SchemeState::Retired);
}

#[test]
fn a_census_of_a_scheme_that_cannot_retire_is_found() {
    let mut chain = asked(SPHINCS);
    force(&mut chain, SPHINCS, SchemeState::Active);
    let state = SchemeState::Active;
    assert_eq!(check(&chain.rows), Err(Flaw::Census { scheme: SPHINCS, state }));
    chain.apply_unrestricted(|tx| RETIRING.remove(tx)).unwrap();
    assert_eq!(check(&chain.rows), Err(Flaw::Census { scheme: SPHINCS, state }));
}
