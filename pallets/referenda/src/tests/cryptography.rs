//! Referenda that must stand without any one scheme, and those about cryptography (G90 to G97).

use althing_primitives::SchemeId;
use pallet_crypto_registry::{Limits, SchemeState};

use super::*;

pub(super) const LATTICE: SchemeId = SchemeId::ML_DSA_65;
pub(super) const SMALL: SchemeId = SchemeId::ML_DSA_44;
pub(super) const HASH: SchemeId = SchemeId::SLH_DSA_128S;
pub(super) const OLD: SchemeId = SchemeId::SPHINCS_R3;
pub(super) const TRIAL: SchemeId = SchemeId::FN_DSA_512;

/// The usual chain with the registry of a development chain.
pub(super) fn with_schemes() -> TestChain {
    let mut chain = chain();
    let registry = pallet_crypto_registry::Genesis::dev(Limits::FAST);
    chain.apply_unrestricted(|tx| registry.build(tx)).unwrap();
    chain
}

fn of_registry(call: pallet_crypto_registry::Call) -> Vec<u8> {
    (pallet_crypto_registry::INDEX, call).encode()
}

pub(super) fn deprecate(scheme: SchemeId) -> Vec<u8> {
    of_registry(pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: None })
}

pub(super) fn freeze(scheme: SchemeId) -> Vec<u8> {
    of_registry(pallet_crypto_registry::Call::Freeze { scheme, blocks: 9 })
}

pub(super) fn activate(scheme: SchemeId) -> Vec<u8> {
    of_registry(pallet_crypto_registry::Call::Activate { scheme })
}

/// All that the members have, each under one scheme.
pub(super) fn votes(chain: &mut TestChain, index: u32, ballots: &[(AccountId, SchemeId, bool)]) {
    for (who, voice, is_aye) in ballots {
        chain.voice = *voice;
        // Who pays deposits can still vote with all they have.
        vote(chain, *who, index, if *is_aye { aye(EACH) } else { nay(EACH) });
    }
}

/// What the registry's track would do.
pub(super) fn enact(chain: &mut TestChain, track: Track, call: &[u8]) {
    chain.apply_unrestricted(|tx| tx.dispatch(call, Origin::Track(track))).unwrap();
}

pub(super) fn shown(chain: &TestChain, index: u32) -> Outlook {
    outlook(&chain.rows, index, chain.number()).unwrap().unwrap()
}

pub(super) fn excluded(chain: &TestChain, index: u32) -> Vec<(SchemeId, Exclusion)> {
    let voices = shown(chain, index).counting.voices;
    let reasons = voices.iter().map(|one| one.excluded.map(|why| (one.voice.scheme, why)));
    reasons.flatten().collect()
}

/// H2: the scheme of three members was broken, and somebody votes for all of them.
#[test]
fn gov_atk_h2_the_break_of_the_majority_scheme_does_not_vote_itself_into_power() {
    for (fourth, expected) in [(false, "rejected"), (true, "approved")] {
        let mut chain = with_schemes();
        submit(&mut chain, BOB, question(Track::Root));
        let forged = [ALICE, BOB, CAROL].map(|who| (who, LATTICE, true));
        votes(&mut chain, 0, &forged);
        votes(&mut chain, 0, &[(DAVE, HASH, fourth), (ERIN, SMALL, true)]);
        let outlook = shown(&chain, 0);
        let three_quarters = Ratio::new(3, 4).unwrap();
        assert!(outlook.standing.approval >= three_quarters, "by heads it is clear");
        assert_eq!(outlook.counting.weakest, Some(LATTICE));
        let left = if fourth { Ratio::ONE } else { Ratio::new(1, 2).unwrap() };
        assert_eq!(outlook.least.approval, left);
        end_blocks(&mut chain, 22);
        assert_eq!(name(&chain, 0), expected);
    }
}

#[test]
fn one_scheme_alone_carries_no_critical_track_and_every_other_one() {
    for track in Track::ALL {
        let mut chain = with_schemes();
        submit(&mut chain, BOB, question(track));
        votes(&mut chain, 0, &MEMBERS.map(|who| (who, LATTICE, true)));
        end_blocks(&mut chain, 22);
        let expected = if track.is_critical() { "rejected" } else { "approved" };
        assert_eq!(name(&chain, 0), expected, "{track:?}");
        let critical =
            [Track::Root, Track::CryptoUpgrade, Track::CryptoSunset, Track::CryptoEmergency];
        assert_eq!(critical.contains(&track), track.is_critical());
    }
}

#[test]
fn what_several_schemes_signed_together_is_never_taken_away() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoSunset, &deprecate(OLD)));
    votes(&mut chain, 0, &MEMBERS.map(|who| (who, SchemeId::JOINT, true)));
    let outlook = shown(&chain, 0);
    assert_eq!((outlook.counting.least, outlook.counting.weakest), (outlook.count.tally, None));
    end_blocks(&mut chain, 22);
    assert_eq!(name(&chain, 0), "approved");
}

/// A fast freeze is also a weapon: who has broken one scheme must not silence the healthy ones (G97).
#[test]
fn gov_atk_h2_one_scheme_alone_does_not_freeze_another() {
    for (voices, expected) in [([LATTICE; 3], "rejected"), ([LATTICE, SMALL, OLD], "approved")] {
        let mut chain = with_schemes();
        submit(&mut chain, BOB, question_of(Track::CryptoEmergency, &freeze(HASH)));
        let forged = [ALICE, BOB, CAROL];
        for (who, voice) in forged.into_iter().zip(voices) {
            votes(&mut chain, 0, &[(who, voice, true)]);
        }
        end_blocks(&mut chain, 22);
        assert_eq!(name(&chain, 0), expected);
    }
}

/// Who would be frozen, deprecated, retired or brought back is not heard on it, for or against (G91,
/// G94).
#[test]
fn gov_atk_h_self_rescue_ballots_do_not_count() {
    let retire = of_registry(pallet_crypto_registry::Call::Retire { scheme: LATTICE });
    let calls = [
        (Track::CryptoSunset, deprecate(LATTICE)),
        (Track::CryptoSunset, retire),
        (Track::CryptoEmergency, freeze(LATTICE)),
        (Track::CryptoUpgrade, activate(LATTICE)),
        (Track::Root, deprecate(LATTICE)),
    ];
    for (track, call) in calls {
        let mut chain = with_schemes();
        submit(&mut chain, BOB, question_of(track, &call));
        votes(&mut chain, 0, &[(ALICE, LATTICE, false), (BOB, LATTICE, false)]);
        votes(&mut chain, 0, &[(CAROL, SMALL, true), (DAVE, HASH, true), (ERIN, OLD, true)]);
        assert_eq!(get(&chain, 0).affected.unwrap().into_inner(), [LATTICE]);
        assert_eq!(excluded(&chain, 0), [(LATTICE, Exclusion::Affected)]);
        let outlook = shown(&chain, 0);
        assert_eq!(outlook.count.tally.nays, 2 * EACH);
        assert_eq!(outlook.counting.counted.nays, 0);
        // Who does not count still is of the electorate: three of five.
        assert_eq!(outlook.standing.support, Ratio::new(3, 5).unwrap());
        assert_eq!(outlook.least.support, Ratio::new(2, 5).unwrap());
        end_blocks(&mut chain, 22);
        assert_eq!(name(&chain, 0), "approved", "{track:?}");
    }
}

/// The same weight on the other side: a scheme does not lift its own freeze.
#[test]
fn gov_atk_h_a_frozen_scheme_does_not_vote_itself_back() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(LATTICE)));
    votes(&mut chain, 0, &[(ALICE, LATTICE, true), (BOB, LATTICE, true), (CAROL, LATTICE, true)]);
    votes(&mut chain, 0, &[(DAVE, HASH, true), (ERIN, SMALL, false)]);
    end_blocks(&mut chain, 22);
    assert_eq!(name(&chain, 0), "rejected");
}

/// G94, and G96 for what comes after a scheme that is on its way out.
#[test]
fn only_active_schemes_count_about_cryptography_and_all_elsewhere() {
    for (track, call) in [
        (Track::CryptoUpgrade, activate(HASH)),
        (Track::Root, activate(HASH)),
        (Track::CryptoSunset, remark("on a track of cryptography")),
    ] {
        let mut chain = with_schemes();
        enact(&mut chain, Track::CryptoSunset, &deprecate(OLD));
        enact(&mut chain, Track::CryptoEmergency, &freeze(SMALL));
        submit(&mut chain, BOB, question_of(track, &call));
        votes(&mut chain, 0, &[(ALICE, TRIAL, true), (BOB, OLD, true)]);
        votes(&mut chain, 0, &[(CAROL, SMALL, false), (DAVE, LATTICE, true)]);
        let expected = [
            (OLD, Exclusion::State(SchemeState::Deprecated)),
            (SMALL, Exclusion::State(SchemeState::Frozen)),
            (TRIAL, Exclusion::State(SchemeState::Trial)),
        ];
        assert_eq!(excluded(&chain, 0), expected);
        assert_eq!(shown(&chain, 0).counting.counted.ayes, EACH);
        assert_eq!(shown(&chain, 0).counting.counted.nays, 0);
    }
    let mut chain = with_schemes();
    enact(&mut chain, Track::CryptoSunset, &deprecate(OLD));
    submit(&mut chain, BOB, question(Track::Root));
    votes(&mut chain, 0, &[(ALICE, TRIAL, true), (BOB, OLD, true), (DAVE, LATTICE, true)]);
    assert_eq!(excluded(&chain, 0), []);
    assert_eq!(shown(&chain, 0).counting.counted.ayes, 3 * EACH);
}

/// What counts is the state when it is counted, not when the ballot was cast (G94).
#[test]
fn gov_atk_h_a_scheme_that_falls_while_the_poll_runs_is_heard_no_more() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(TRIAL)));
    votes(&mut chain, 0, &[(ALICE, OLD, true), (BOB, HASH, true), (CAROL, LATTICE, true)]);
    end_blocks(&mut chain, 8);
    assert_eq!(name(&chain, 0), "confirming");
    enact(&mut chain, Track::CryptoSunset, &deprecate(OLD));
    end_blocks(&mut chain, 9);
    assert_eq!(name(&chain, 0), "deciding");
    assert!(chain.has_event(&Event::ConfirmAborted { index: 0 }));
    assert_eq!(excluded(&chain, 0), [(OLD, Exclusion::State(SchemeState::Deprecated))]);
    // And one that comes back is heard again.
    enact(&mut chain, Track::CryptoUpgrade, &activate(OLD));
    end_blocks(&mut chain, 10);
    assert_eq!((name(&chain, 0), excluded(&chain, 0)), ("confirming", Vec::new()));
}

/// A freeze runs out by itself, without anybody writing it down.
#[test]
fn a_scheme_counts_from_the_block_in_which_its_freeze_runs_out() {
    let mut chain = with_schemes();
    enact(&mut chain, Track::CryptoEmergency, &freeze(SMALL));
    submit(&mut chain, BOB, question_of(Track::CryptoUpgrade, &activate(TRIAL)));
    votes(&mut chain, 0, &[(ALICE, SMALL, true)]);
    let counted = |at| outlook(&chain.rows, 0, at).unwrap().unwrap().counting.counted.ayes;
    assert_eq!((counted(9), counted(10)), (0, EACH));
}

#[test]
fn what_was_counted_stays_known_after_the_end() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question_of(Track::CryptoSunset, &deprecate(OLD)));
    votes(&mut chain, 0, &[(ALICE, OLD, false), (BOB, HASH, true), (CAROL, LATTICE, true)]);
    votes(&mut chain, 0, &[(DAVE, SMALL, true)]);
    end_blocks(&mut chain, 10);
    let open = shown(&chain, 0);
    end_blocks(&mut chain, 30);
    assert_eq!(name(&chain, 0), "approved");
    let ended = shown(&chain, 0);
    assert_eq!((&ended.counting, ended.least), (&open.counting, open.least));
    assert_eq!(pallet_voting::voices(&chain.rows, 0), Ok(Vec::new()));
    let kept = get(&chain, 0).voices;
    let schemes: Vec<_> = kept.iter().map(|one| (one.voice.scheme, one.excluded)).collect();
    let rest = [(SMALL, None), (LATTICE, None), (HASH, None)];
    assert_eq!(schemes[0], (OLD, Some(Exclusion::Affected)));
    assert_eq!(schemes[1..], rest);
    // A later change of the registry changes nothing about what was counted.
    enact(&mut chain, Track::CryptoEmergency, &freeze(LATTICE));
    assert_eq!(shown(&chain, 0).counting, open.counting);
}

#[test]
fn the_forecast_of_a_critical_referendum_is_that_of_its_worst_case() {
    let mut chain = with_schemes();
    submit(&mut chain, BOB, question(Track::Root));
    votes(&mut chain, 0, &[(ALICE, LATTICE, true), (BOB, HASH, true), (CAROL, LATTICE, true)]);
    end_blocks(&mut chain, 2);
    // Without the lattice a fifth is left, as if one member had voted.
    let forecast = Projection::Approved { passes_at: 17, approved_at: 20, enacts_from: 22 };
    assert_eq!(projection(&chain.rows, 0, 2), Ok(Some(forecast)));
    end_blocks(&mut chain, 16);
    assert_eq!(name(&chain, 0), "deciding");
    end_blocks(&mut chain, 17);
    assert_eq!(name(&chain, 0), "confirming");
    end_blocks(&mut chain, 20);
    assert_eq!(status(&chain, 0), Status::Approved { at: 20, enacts_at: 22, task: 0 });
}

#[test]
fn a_free_slot_goes_to_what_stands_without_any_one_scheme() {
    let mut chain = with_schemes();
    for who in [BOB, CAROL] {
        submit(&mut chain, who, question(Track::Root));
    }
    votes(&mut chain, 0, &[ALICE, BOB, CAROL].map(|who| (who, LATTICE, true)));
    votes(&mut chain, 1, &[(DAVE, HASH, true), (ERIN, SMALL, true)]);
    end_blocks(&mut chain, 2);
    assert_eq!((name(&chain, 0), name(&chain, 1)), ("queued", "deciding"));
}
