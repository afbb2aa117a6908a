//! Every step of a scheme's life, allowed and refused.

use super::census::everyone_has_left;
use super::*;
use crate::Event;

/// CR5: where each call leads from each state; `None` is a refusal.
fn lead(call: &Call, from: SchemeState) -> Option<SchemeState> {
    use SchemeState::{Active, Deprecated, Frozen, Proposed, Retired, Trial};
    let (to, from_any_of): (_, &[_]) = match call {
        Call::Propose { .. } | Call::AddModule { .. } | Call::CallOffRetirement { .. } => {
            return None;
        }
        Call::Trial { .. } => (Trial, &[Proposed]),
        Call::Activate { .. } => (Active, &[Trial, Deprecated, Frozen]),
        // The freeze goes on.
        Call::Deprecate { .. } if from == Frozen => (Frozen, &[Frozen]),
        Call::Deprecate { sunset_after: None, .. } => (Deprecated, &[Trial, Active]),
        Call::Deprecate { .. } => (Deprecated, &[Trial, Active, Deprecated]),
        Call::Retire { .. } if from == Proposed => (Retired, &[Proposed]),
        // Members are counted first.
        Call::Retire { .. } => (from, &[Deprecated, Frozen]),
        Call::Freeze { .. } => (Frozen, &[Trial, Active, Deprecated, Frozen]),
    };
    from_any_of.contains(&from).then_some(to)
}

/// CR5, and CR11: each step is one epoch and one event.
#[test]
fn every_step_is_taken_or_refused_as_the_table_says() {
    let scheme = SPHINCS;
    let calls = [
        Call::Activate { scheme },
        Call::Trial { scheme },
        deprecate(scheme, None),
        deprecate(scheme, Some(20)),
        Call::Retire { scheme },
        Call::Freeze { scheme, blocks: 5 },
        Call::Propose { scheme },
    ];
    for call in calls {
        for from in SchemeState::ALL {
            let mut chain = dev();
            force(&mut chain, scheme, from);
            chain.block.number = 100;
            let outcome = enact(&mut chain, call.clone());
            let now = record(&chain, scheme).state;
            if let Some(to) = lead(&call, from) {
                assert_eq!((outcome, now), (Ok(()), to), "{call:?} from {from}");
                let waits = matches!(call, Call::Retire { .. }) && from != SchemeState::Proposed;
                let expected = (u32::from(!waits), 1);
                assert_eq!((epoch(&chain), chain.events().len()), expected, "{call:?} from {from}");
            } else {
                let code = outcome.unwrap_err().code();
                let expected =
                    if matches!(call, Call::Propose { .. }) { "CRY-102" } else { "CRY-104" };
                assert_eq!((code, now, epoch(&chain)), (expected, from, 0), "{call:?} from {from}");
            }
        }
    }
}

#[test]
fn calls_on_an_unknown_scheme_are_refused() {
    let scheme = SchemeId(9);
    for call in [
        Call::Activate { scheme },
        Call::Trial { scheme },
        deprecate(scheme, None),
        Call::Retire { scheme },
        Call::Freeze { scheme, blocks: 1 },
        Call::CallOffRetirement { scheme },
    ] {
        assert_eq!(enact(&mut dev(), call), refused(Error::UnknownScheme { scheme }));
    }
    let outcome = enact(&mut dev(), Call::Propose { scheme });
    assert_eq!(outcome, refused(Error::NoVerifier { scheme }));
}

/// CR11: every event carries the epoch that begins with it.
#[test]
fn a_scheme_lives_from_proposal_to_retirement() {
    let (scheme, main) = (SPHINCS, Genesis::dev(Limits::FAST));
    let states = main.states.into_iter().filter(|(id, _)| *id != scheme).collect();
    let mut chain = chain(&Genesis { states, limits: main.limits });
    enact(&mut chain, Call::Propose { scheme }).unwrap();
    enact(&mut chain, Call::Trial { scheme }).unwrap();
    enact(&mut chain, Call::Activate { scheme }).unwrap();
    enact(&mut chain, deprecate(scheme, Some(20))).unwrap();
    begin_block(&mut chain, 21);
    enact(&mut chain, Call::Retire { scheme }).unwrap();
    everyone_has_left(&mut chain, scheme);
    let expected = [
        Event::Proposed { scheme, epoch: 1 },
        Event::TrialStarted { scheme, epoch: 2 },
        Event::Activated { scheme, from: SchemeState::Trial, epoch: 3 },
        Event::Deprecated { scheme, sunset_at: Some(21), epoch: 4 },
        Event::RetirementAsked { scheme },
        Event::Retired { scheme, epoch: 5 },
    ];
    let expected: Vec<_> = expected.iter().map(althing_frame::Event::to_outer).collect();
    assert_eq!(chain.take_events(), expected);
    let outcome = enact(&mut chain, Call::Activate { scheme });
    assert_eq!(outcome.unwrap_err().code(), "CRY-104");
}

/// CR6.
#[test]
fn the_second_family_cannot_be_taken_away() {
    let scheme = SchemeId::SLH_DSA_128S;
    let takers = [deprecate(scheme, None), Call::Freeze { scheme, blocks: 1 }];
    for taker in takers {
        let mut chain = dev();
        enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
        let few = Error::TooFewLeft { scheme, schemes: 2, families: 1 };
        assert_eq!(enact(&mut chain, taker.clone()), refused(few));
        enact(&mut chain, Call::Activate { scheme: SPHINCS }).unwrap();
        enact(&mut chain, taker).unwrap();
    }
}

/// CR6.
#[test]
fn the_second_scheme_cannot_be_taken_away() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    enact(&mut chain, deprecate(SchemeId::ML_DSA_44, None)).unwrap();
    let scheme = SchemeId::ML_DSA_65;
    let few = Error::TooFewLeft { scheme, schemes: 1, families: 1 };
    assert_eq!(enact(&mut chain, deprecate(scheme, None)), refused(few));
}

/// CR6.
#[test]
fn kems_do_not_count_for_the_diversity_of_signatures() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SchemeId::KYBER_768_R3, None)).unwrap();
    enact(&mut chain, deprecate(SchemeId::ML_KEM_768, None)).unwrap();
}

/// CR7.
#[test]
fn a_sunset_leaves_the_grace_that_was_promised() {
    let mut chain = dev();
    let soon = Error::SunsetTooSoon { after: 19, minimum: 20 };
    assert_eq!(enact(&mut chain, deprecate(SPHINCS, Some(19))), refused(soon));
    enact(&mut chain, deprecate(SPHINCS, Some(30))).unwrap();
    let retire = Call::Retire { scheme: SPHINCS };
    begin_block(&mut chain, 30);
    let grace = Error::GraceNotOver { scheme: SPHINCS, until: 31, now: 30 };
    assert_eq!(enact(&mut chain, retire.clone()), refused(grace));
    begin_block(&mut chain, 31);
    enact(&mut chain, retire).unwrap();
}

#[test]
fn without_a_sunset_retirement_still_waits_for_the_grace() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    let grace = Error::GraceNotOver { scheme: SPHINCS, until: 21, now: 1 };
    let retire = Call::Retire { scheme: SPHINCS };
    assert_eq!(enact(&mut chain, retire.clone()), refused(grace));
    begin_block(&mut chain, 21);
    enact(&mut chain, retire).unwrap();
}

/// CR7: who decides a second time takes power away, and gives none back.
#[test]
fn a_second_sunset_may_only_come_earlier() {
    for suspended in [false, true] {
        let mut chain = dev();
        enact(&mut chain, deprecate(SPHINCS, Some(30))).unwrap();
        if suspended {
            enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 100 }).unwrap();
        }
        for (after, sunset_at) in [(40, 31), (25, 26), (26, 26)] {
            enact(&mut chain, deprecate(SPHINCS, Some(after))).unwrap();
            let epoch = epoch(&chain);
            let sunset_at = Some(sunset_at);
            assert_eq!(record(&chain, SPHINCS).sunset_at, sunset_at);
            assert!(chain.has_event(&Event::Deprecated { scheme: SPHINCS, sunset_at, epoch }));
        }
    }
}

#[test]
fn a_later_decision_sets_a_sunset_that_was_left_open() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    enact(&mut chain, deprecate(SPHINCS, Some(30))).unwrap();
    assert_eq!(record(&chain, SPHINCS).sunset_at, Some(31));
}

/// CR7: freezes that come again and again do not keep a scheme from retiring.
#[test]
fn a_freeze_does_not_stop_the_time_of_grace() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    begin_block(&mut chain, 5);
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    assert_eq!(record(&chain, SPHINCS).since, 1);
    begin_block(&mut chain, 15);
    let thawed = record(&chain, SPHINCS);
    assert_eq!((thawed.state, thawed.since), (SchemeState::Deprecated, 1));
    begin_block(&mut chain, 20);
    let grace = Error::GraceNotOver { scheme: SPHINCS, until: 21, now: 20 };
    let retire = Call::Retire { scheme: SPHINCS };
    assert_eq!(enact(&mut chain, retire.clone()), refused(grace));
    begin_block(&mut chain, 21);
    enact(&mut chain, retire).unwrap();
}

#[test]
fn a_scheme_deprecated_while_frozen_has_its_grace_from_then_on() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    begin_block(&mut chain, 6);
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    // What only sets the sunset is no new deprecation.
    begin_block(&mut chain, 8);
    enact(&mut chain, deprecate(SPHINCS, Some(90))).unwrap();
    begin_block(&mut chain, 11);
    let thawed = record(&chain, SPHINCS);
    assert_eq!((thawed.state, thawed.since), (SchemeState::Deprecated, 6));
}

/// CR8.
#[test]
fn a_freeze_runs_out_by_itself() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    begin_block(&mut chain, 10);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Frozen);
    begin_block(&mut chain, 11);
    let after = record(&chain, SPHINCS);
    assert_eq!((after.state, after.since, after.frozen), (SchemeState::Active, 11, None));
    let to = SchemeState::Active;
    assert!(chain.has_event(&Event::Thawed { scheme: SPHINCS, to, epoch: 2 }));
}

/// CR8.
#[test]
fn several_freezes_run_out_each_at_its_time() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SchemeId::ML_DSA_44, blocks: 5 }).unwrap();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 9 }).unwrap();
    begin_block(&mut chain, 6);
    assert_eq!(record(&chain, SchemeId::ML_DSA_44).state, SchemeState::Active);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Frozen);
    begin_block(&mut chain, 10);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Active);
    assert!(FROZEN.get_or_default(&chain.rows).unwrap().is_empty());
}

/// CR8.
#[test]
fn a_freeze_is_bounded_and_extended_once() {
    let mut chain = dev();
    let freeze = |blocks| Call::Freeze { scheme: SPHINCS, blocks };
    for blocks in [0, 101] {
        let length = Error::FreezeLength { blocks, maximum: 100 };
        assert_eq!(enact(&mut chain, freeze(blocks)), refused(length));
    }
    enact(&mut chain, freeze(100)).unwrap();
    begin_block(&mut chain, 51);
    enact(&mut chain, freeze(100)).unwrap();
    assert!(chain.has_event(&Event::Frozen { scheme: SPHINCS, until: 151, epoch: 2 }));
    let renewed = Error::FreezeRenewed { scheme: SPHINCS, until: 151 };
    assert_eq!(enact(&mut chain, freeze(100)), refused(renewed));
}

/// CR8.
#[test]
fn freezes_keep_their_distance() {
    let mut chain = dev();
    let freeze = Call::Freeze { scheme: SPHINCS, blocks: 10 };
    enact(&mut chain, freeze.clone()).unwrap();
    begin_block(&mut chain, 11);
    let soon = Error::FreezeTooSoon { scheme: SPHINCS, not_before: 111, now: 11 };
    assert_eq!(enact(&mut chain, freeze.clone()), refused(soon));
    begin_block(&mut chain, 111);
    enact(&mut chain, freeze).unwrap();
}

/// CR9.
#[test]
fn deprecating_a_frozen_scheme_does_not_thaw_it() {
    let mut chain = dev();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    enact(&mut chain, deprecate(SPHINCS, None)).unwrap();
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Frozen);
    begin_block(&mut chain, 11);
    assert_eq!(record(&chain, SPHINCS).state, SchemeState::Deprecated);
}

#[test]
fn activation_lifts_freeze_and_sunset() {
    let mut chain = dev();
    enact(&mut chain, deprecate(SPHINCS, Some(20))).unwrap();
    enact(&mut chain, Call::Freeze { scheme: SPHINCS, blocks: 10 }).unwrap();
    enact(&mut chain, Call::Activate { scheme: SPHINCS }).unwrap();
    let record = record(&chain, SPHINCS);
    assert_eq!((record.state, record.sunset_at), (SchemeState::Active, None));
    assert_eq!(record.frozen, None);
    begin_block(&mut chain, 11);
    assert_eq!(chain.events().len(), 3);
}

#[test]
fn a_scheme_of_low_id_takes_its_place_in_order() {
    let genesis = Genesis::dev(Limits::FAST);
    let states = genesis.states.into_iter().filter(|(id, _)| id.0 != 2).collect();
    let mut chain = chain(&Genesis { states, limits: genesis.limits });
    enact(&mut chain, Call::Propose { scheme: SchemeId(2) }).unwrap();
    let ids = crate::IDS.get_or_default(&chain.rows).unwrap();
    assert_eq!(ids.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 32, 33]);
}
