//! What follows from a proof that a scheme is broken.

use althing_frame::Invalid;

use super::*;
use crate::{Event, Use, counts_about_cryptography, may, report_broken, usable};

fn report(chain: &mut TestChain, scheme: SchemeId) -> Result<bool, DispatchError> {
    let outcome = chain.apply_unrestricted(|tx| report_broken(tx, scheme));
    check(&chain.rows).unwrap();
    outcome
}

fn allows(chain: &TestChain, wanted: Use, now: BlockNumber) -> bool {
    may(&chain.rows, SPHINCS, wanted, now).is_ok()
}

#[test]
fn a_broken_scheme_is_frozen_at_once_and_never_gets_its_calls_back() {
    let mut chain = dev();
    assert_eq!(counts_about_cryptography(&chain.rows, SPHINCS, 1), Ok(true));
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    assert!(chain.has_event(&Event::Broken { scheme: SPHINCS, frozen_until: Some(101), epoch: 1 }));
    assert_eq!(record(&chain, SPHINCS).broken, Some(1));
    assert!(Use::ALL.into_iter().all(|wanted| !allows(&chain, wanted, 2)));
    begin_block(&mut chain, 101);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Deprecated);
    assert!(!allows(&chain, Use::Enrol, 101) && !allows(&chain, Use::Call, 101));
    assert!(allows(&chain, Use::Rotate, 101));
    assert_eq!(counts_about_cryptography(&chain.rows, SPHINCS, 101), Ok(false));
    assert!(!usable(&chain.rows, 101).unwrap().contains(&SPHINCS));
}

#[test]
fn a_proof_does_not_wait_for_the_distance_between_freezes() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    begin_block(&mut chain, 6);
    let again = Call::Freeze { scheme: SPHINCS, blocks: 5 };
    assert_eq!(enact(&mut chain, again).unwrap_err().code(), "CRY-110");
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Frozen);
}

#[test]
fn a_proof_prolongs_a_freeze_and_changes_where_it_leads() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    let freeze = record(&chain, SPHINCS).frozen.unwrap();
    assert_eq!((freeze.until, freeze.returns_to), (101, SchemeState::Deprecated));
    assert!(!freeze.renewed);
}

#[test]
fn the_second_proof_is_no_news() {
    let mut chain = dev();
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    let before = chain.root();
    chain.block.number = 9;
    assert_eq!(report(&mut chain, SPHINCS), Ok(false));
    assert_eq!(chain.root(), before);
    let unknown = report(&mut chain, SchemeId(9));
    assert_eq!(unknown.unwrap_err().code(), "CRY-101");
}

#[test]
fn where_diversity_forbids_the_freeze_the_mark_alone_takes_power_away() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SchemeId::SLH_DSA_128S, None)).unwrap();
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    let event = Event::Broken { scheme: SPHINCS, frozen_until: None, epoch: 2 };
    assert!(chain.has_event(&event));
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Active);
    assert!(allows(&chain, Use::Call, 2) && allows(&chain, Use::Rotate, 2));
    assert_eq!(counts_about_cryptography(&chain.rows, SPHINCS, 2), Ok(false));
    let refusal = may(&chain.rows, SPHINCS, Use::Enrol, 2).unwrap_err();
    let refused = "new keys since it was broken";
    let expected = Invalid::SchemeState { scheme: SPHINCS, state: "active", refused };
    assert_eq!(refusal, expected.into());
    // Once there is another family, it can be frozen, and comes out deprecated.
    enact(&mut chain, Call::Activate { scheme: SchemeId::SLH_DSA_128S }).unwrap();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    let freeze = record(&chain, SPHINCS).frozen.unwrap();
    assert_eq!(freeze.returns_to, SchemeState::Deprecated);
}

#[test]
fn nothing_makes_a_broken_scheme_whole_again() {
    let mut chain = dev();
    report(&mut chain, SPHINCS).unwrap();
    let error = Error::Broken { scheme: SPHINCS, since: 1 };
    assert_eq!(enact(&mut chain, Call::Activate { scheme: SPHINCS }), refused(error.clone()));
    begin_block(&mut chain, 101);
    assert_eq!(enact(&mut chain, Call::Activate { scheme: SPHINCS }), refused(error.clone()));
    force(&mut chain, SPHINCS, SchemeState::Proposed);
    assert_eq!(enact(&mut chain, Call::Trial { scheme: SPHINCS }), refused(error));
}

#[test]
fn a_proof_against_a_scheme_that_nobody_may_use_is_only_noted() {
    for state in [SchemeState::Proposed, SchemeState::Retired] {
        let mut chain = dev();
        force(&mut chain, SPHINCS, state);
        assert_eq!(report(&mut chain, SPHINCS), Ok(true));
        let record = record(&chain, SPHINCS);
        assert_eq!((record.state, record.broken), (state, Some(1)));
    }
}

#[test]
fn a_broken_scheme_retires_without_grace_or_count() {
    let mut chain = dev();
    report(&mut chain, SPHINCS).unwrap();
    let mut thawed = chain.clone();
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Retired);
    begin_block(&mut thawed, 101);
    enact(&mut thawed, Call::Retire { scheme: SPHINCS }).unwrap();
    assert_eq!(record(&thawed, SPHINCS).state, SchemeState::Retired);
}
