//! What follows from a proof that a scheme is broken.

use althing_frame::Invalid;

use super::*;
use crate::{Event, Flaw, NEVER, Use, counts_about_cryptography, may, report_broken, usable};

fn report(chain: &mut TestChain, scheme: SchemeId) -> Result<bool, DispatchError> {
    let outcome = chain.apply_unrestricted(|tx| report_broken(tx, scheme));
    check(&chain.rows).unwrap();
    outcome
}

fn allows(chain: &TestChain, wanted: Use, now: BlockNumber) -> bool {
    may(&chain.rows, SPHINCS, wanted, now).is_ok()
}

/// CR19: a deprecated scheme still rotates, and a forged rotation is theft.
#[test]
fn a_broken_scheme_is_frozen_at_once_and_until_it_retires() {
    let mut chain = dev();
    assert_eq!(counts_about_cryptography(&chain.rows, SPHINCS, 1), Ok(true));
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    assert!(chain.has_event(&Event::Broken {
        scheme: SPHINCS,
        frozen_until: Some(NEVER),
        epoch: 1
    }));
    assert_eq!(record(&chain, SPHINCS).broken, Some(1));
    for now in [2, 101, 10_000_000, NEVER] {
        begin_block(&mut chain, now);
        let record = record(&chain, SPHINCS);
        assert_eq!(record.state_at(now), SchemeState::Frozen);
        assert_eq!(record.frozen.unwrap().end(), None);
        assert!(Use::ALL.into_iter().all(|wanted| !allows(&chain, wanted, now)));
        assert_eq!(counts_about_cryptography(&chain.rows, SPHINCS, now), Ok(false));
        assert!(!usable(&chain.rows, now).unwrap().contains(&SPHINCS));
    }
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
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
fn a_proof_takes_the_end_from_a_freeze_that_runs() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    assert_eq!(report(&mut chain, SPHINCS), Ok(true));
    let freeze = record(&chain, SPHINCS).frozen.unwrap();
    assert_eq!((freeze.end(), freeze.renewed), (None, false));
    begin_block(&mut chain, 6);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Frozen);
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
    // Once there is another family, it can be frozen, and stays so.
    enact(&mut chain, Call::Activate { scheme: SchemeId::SLH_DSA_128S }).unwrap();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    assert!(chain.has_event(&Event::Frozen { scheme: SPHINCS, until: NEVER, epoch: 4 }));
    begin_block(&mut chain, 6);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Frozen);
}

#[test]
fn a_broken_scheme_that_was_kept_is_frozen_without_distance_and_once() {
    let mut chain = dev();
    let freeze = Call::Freeze { scheme: SPHINCS, blocks: 5 };
    enact(&mut chain, freeze.clone()).unwrap();
    begin_block(&mut chain, 6);
    enact(&mut chain, deprecate(SchemeId::SLH_DSA_128S, None)).unwrap();
    report(&mut chain, SPHINCS).unwrap();
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Active);
    enact(&mut chain, Call::Activate { scheme: SchemeId::SLH_DSA_128S }).unwrap();
    enact(&mut chain, freeze.clone()).unwrap();
    let (from, to) = (SchemeState::Frozen, SchemeState::Frozen);
    let again = Error::NoSuchStep { scheme: SPHINCS, from, to };
    assert_eq!(enact(&mut chain, freeze), refused(again));
}

/// CR9, CR19: deprecation would let it rotate, and call until the sunset.
#[test]
fn a_broken_scheme_is_never_deprecated() {
    let error = Error::Broken { scheme: SPHINCS, since: 1 };
    for state in [SchemeState::Trial, SchemeState::Active, SchemeState::Deprecated] {
        let mut chain = dev();
        force(&mut chain, SPHINCS, state);
        report(&mut chain, SPHINCS).unwrap();
        for sunset_after in [None, Some(20)] {
            let call = deprecate(SPHINCS, sunset_after);
            assert_eq!(enact(&mut chain, call), refused(error.clone()), "{state}");
        }
    }
    let mut kept = dev();
    enact(&mut kept, deprecate(SchemeId::SLH_DSA_128S, None)).unwrap();
    report(&mut kept, SPHINCS).unwrap();
    enact(&mut kept, Call::Activate { scheme: SchemeId::SLH_DSA_128S }).unwrap();
    assert_eq!(enact(&mut kept, deprecate(SPHINCS, None)), refused(error));
}

#[test]
fn a_broken_scheme_that_comes_back_is_found() {
    let mut broken = dev();
    report(&mut broken, SPHINCS).unwrap();
    for state in [SchemeState::Trial, SchemeState::Deprecated, SchemeState::Frozen] {
        let mut chain = broken.clone();
        // Frozen until block 11 only.
        force(&mut chain, SPHINCS, state);
        assert_eq!(check(&chain.rows), Err(Flaw::Freeze { scheme: SPHINCS, state }));
    }
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }).unwrap();
    let mut record = record(&chain, SPHINCS);
    record.frozen.as_mut().unwrap().until = NEVER;
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &SPHINCS, &record)).unwrap();
    let state = SchemeState::Frozen;
    assert_eq!(check(&chain.rows), Err(Flaw::Freeze { scheme: SPHINCS, state }), "it is whole");
}

/// A chain on which hash-based signatures are broken, and were kept for want of others.
fn hashes_broken() -> TestChain {
    let mut chain = dev();
    enact(&mut chain, deprecate(SchemeId::SLH_DSA_128S, None)).unwrap();
    report(&mut chain, SPHINCS).unwrap();
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Active);
    chain
}

/// CR6: a scheme that is known to be broken is nothing to fall back on.
#[test]
fn a_broken_scheme_does_not_count_for_diversity() {
    let scheme = SchemeId::ML_DSA_44;
    for taker in [deprecate(scheme, None), Call::Freeze { scheme, blocks: 5 }] {
        let mut chain = hashes_broken();
        let few = Error::TooFewLeft { scheme, schemes: 1, families: 1 };
        assert_eq!(enact(&mut chain, taker.clone()), refused(few));
        enact(&mut chain, Call::Activate { scheme: SchemeId::SLH_DSA_128S }).unwrap();
        enact(&mut chain, taker).unwrap();
    }
    let mut chain = hashes_broken();
    let few = Error::TooFewLeft { scheme: SPHINCS, schemes: 2, families: 1 };
    assert_eq!(enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 5 }), refused(few));
}

/// CR6, CR19, CR-I1.
#[test]
fn a_second_break_on_a_chain_without_diversity_is_marked_and_changes_no_state() {
    let mut chain = hashes_broken();
    let scheme = SchemeId::ML_DSA_44;
    assert_eq!(report(&mut chain, scheme), Ok(true));
    let second = record(&chain, scheme);
    assert_eq!((second.state, second.broken), (SchemeState::Active, Some(1)));
    assert_eq!(counts_about_cryptography(&chain.rows, scheme, 2), Ok(false));
    // What is whole comes back, and then both can go.
    enact(&mut chain, Call::Activate { scheme: SchemeId::SLH_DSA_128S }).unwrap();
    for scheme in [SPHINCS, scheme] {
        enact(&mut chain, Call::Freeze { scheme, blocks: 5 }).unwrap();
        enact(&mut chain, Call::Retire { scheme }).unwrap();
    }
}

#[test]
fn nothing_makes_a_broken_scheme_whole_again() {
    let mut chain = dev();
    report(&mut chain, SPHINCS).unwrap();
    let error = Error::Broken { scheme: SPHINCS, since: 1 };
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
    enact(&mut chain, Call::Retire { scheme: SPHINCS }).unwrap();
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Retired);
    assert!(FROZEN.get_or_default(&chain.rows).unwrap().is_empty());
}
