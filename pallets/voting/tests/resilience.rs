//! What is left of a tally without any one scheme: `specs/vectors/break-resilience.json`, and what
//! must hold whatever the numbers (rules G90 and G93).

#![expect(clippy::unwrap_used, reason = "test data that does not read must fail the test")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows panics, as it should")]

use althing_primitives::SchemeId;
use pallet_voting::{Ratio, Resilience, Tally, TallyError, Voice};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    voices: Vec<Row>,
    approval: String,
    worst_approval: String,
    worst_support: u128,
    weakest: Option<u16>,
    bar: String,
    passes: bool,
    resilient: bool,
}

#[derive(Deserialize)]
struct Row {
    scheme: u16,
    ayes: u128,
    nays: u128,
    support: u128,
}

fn ratio(text: &str) -> Ratio {
    let (numerator, denominator) = text.split_once('/').unwrap();
    Ratio::new(numerator.parse().unwrap(), denominator.parse().unwrap()).unwrap()
}

fn voice(scheme: u16, [ayes, nays, support]: [u128; 3]) -> Voice {
    Voice { scheme: SchemeId(scheme), tally: Tally { ayes, nays, support } }
}

#[test]
fn golden_cases_stand_or_fall_without_their_weakest_scheme() {
    let text = include_str!("../../../specs/vectors/break-resilience.json");
    let vectors: Vectors = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.cases.len(), 11);
    for case in vectors.cases {
        let rows = case.voices.iter();
        let voices = rows.map(|row| voice(row.scheme, [row.ayes, row.nays, row.support]));
        let found = Resilience::of(voices).unwrap();
        let (plain, least) = (found.counted.approval().unwrap(), found.least.approval().unwrap());
        let bar = ratio(&case.bar);
        assert_eq!(plain, ratio(&case.approval), "{}", case.id);
        assert_eq!(least, ratio(&case.worst_approval), "{}", case.id);
        assert_eq!(found.least.support, case.worst_support, "{}", case.id);
        assert_eq!(found.weakest, case.weakest.map(SchemeId), "{}", case.id);
        assert_eq!((plain >= bar, least >= bar), (case.passes, case.resilient), "{}", case.id);
    }
}

#[test]
fn sums_above_128_bits_are_refused() {
    let most = [u128::MAX, 0, 0];
    let overflow = TallyError::Overflow { left: u128::MAX, right: u128::MAX };
    assert_eq!(Resilience::of([voice(1, most), voice(2, most)]), Err(overflow));
}

fn voices() -> impl Strategy<Value = Vec<Voice>> {
    let sums = [0_u128..1_000, 0..1_000, 0..1_000];
    proptest::collection::btree_map(0_u16..9, sums, 0..9)
        .prop_map(|voices| voices.into_iter().map(|(scheme, sums)| voice(scheme, sums)).collect())
}

/// The sum of all voices, with the ayes and the support of `gone` left out.
fn without(voices: &[Voice], gone: SchemeId) -> Tally {
    let mut sum = Tally::default();
    for Voice { scheme, tally } in voices {
        sum.nays += tally.nays;
        if *scheme != gone || gone == SchemeId::JOINT {
            sum.ayes += tally.ayes;
            sum.support += tally.support;
        }
    }
    sum
}

fn meets(tally: Tally, approval: Ratio, support: u128) -> bool {
    tally.approval().unwrap() >= approval && tally.support >= support
}

proptest! {
    /// The one tally of the worst case stands for all cases: it meets both thresholds if and only
    /// if the whole and every case do.
    #[test]
    fn the_worst_case_passes_if_and_only_if_every_case_does(
        voices in voices(),
        part in 0_u128..=20,
        support in 0_u128..3_000,
    ) {
        let approval = Ratio::new(part, 20).unwrap();
        let found = Resilience::of(voices.iter().copied()).unwrap();
        let every = (0_u16..9).all(|gone| meets(without(&voices, SchemeId(gone)), approval, support));
        prop_assert_eq!(meets(found.least, approval, support), every);
    }

    #[test]
    fn what_stands_without_any_scheme_stands_with_all(
        voices in voices(),
        part in 0_u128..=20,
        support in 0_u128..3_000,
    ) {
        let approval = Ratio::new(part, 20).unwrap();
        let found = Resilience::of(voices.iter().copied()).unwrap();
        prop_assert_eq!(found.counted, without(&voices, SchemeId::JOINT));
        prop_assert!(found.counted.nays == found.least.nays);
        if meets(found.least, approval, support) {
            prop_assert!(meets(found.counted, approval, support));
        }
    }

    #[test]
    fn the_order_of_voices_does_not_show(voices in voices().prop_shuffle(), seed in any::<u64>()) {
        let mut other = voices.clone();
        other.sort_by_key(|voice| u64::from(voice.scheme.0).wrapping_mul(seed | 1));
        prop_assert_eq!(Resilience::of(voices), Resilience::of(other));
    }

    #[test]
    fn a_scheme_without_ayes_and_support_takes_nothing_away(voices in voices(), nays in 0_u128..99) {
        let before = Resilience::of(voices.iter().copied()).unwrap();
        let more = voices.into_iter().chain([voice(100, [0, nays, 0])]);
        let after = Resilience::of(more).unwrap();
        prop_assert_eq!(after.weakest, before.weakest);
        let least = Tally { nays: before.least.nays + nays, ..before.least };
        prop_assert_eq!(after.least, least);
    }

    #[test]
    fn the_weakest_scheme_has_the_most_ayes(voices in voices()) {
        let found = Resilience::of(voices.iter().copied()).unwrap();
        let single = voices.iter().filter(|voice| voice.scheme != SchemeId::JOINT);
        let most = single.map(|voice| voice.tally.ayes).max().unwrap_or(0);
        let weakest = voices.iter().find(|voice| Some(voice.scheme) == found.weakest);
        prop_assert_eq!(weakest.map_or(0, |voice| voice.tally.ayes), most);
        prop_assert_eq!(found.least.ayes, found.counted.ayes - most);
    }
}
