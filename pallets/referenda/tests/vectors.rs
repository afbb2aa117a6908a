//! Every curve, threshold, passing block and lifecycle of `specs/vectors/governance.json`.

#![expect(clippy::unwrap_used, reason = "test data that does not read must fail the test")]

use std::collections::BTreeMap;

use pallet_referenda::{
    Curve, Deciding, Fraction, Progress, Projection, Ratio, SignedFraction, Standing, Thresholds,
    Timing, named,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    curves: BTreeMap<String, Shape>,
    thresholds: Vec<ThresholdRow>,
    first_passing_block: Vec<PassingRow>,
    tracks: BTreeMap<String, Track>,
    lifecycles: Vec<Lifecycle>,
}

#[derive(Deserialize)]
struct Shape {
    kind: String,
    floor: String,
    ceil: String,
    length: Option<String>,
    delay: Option<String>,
    level: Option<String>,
    #[serde(rename = "K")]
    factor: Option<String>,
    #[serde(rename = "S")]
    x_offset: Option<String>,
    #[serde(rename = "Y")]
    y_offset: Option<String>,
}

#[derive(Deserialize)]
struct ThresholdRow {
    curve: String,
    x: String,
    value: String,
}

#[derive(Deserialize)]
struct PassingRow {
    curve: String,
    y: String,
    period_blocks: u32,
    first_passing_block: Option<u32>,
}

#[derive(Deserialize)]
struct Track {
    approval: String,
    support: String,
    decision_blocks: u32,
    confirm_blocks: u32,
    min_enactment_blocks: u32,
}

#[derive(Deserialize)]
struct Lifecycle {
    id: String,
    track: String,
    approval: String,
    support: String,
    blocks_from_deciding_start: Expected,
}

#[derive(Deserialize)]
struct Expected {
    passes: Option<u32>,
    approved: Option<u32>,
    earliest_enactment: Option<u32>,
    rejected_at: Option<u32>,
}

impl Track {
    fn thresholds(&self) -> Thresholds {
        Thresholds { approval: named_curve(&self.approval), support: named_curve(&self.support) }
    }

    fn timing(&self) -> Timing {
        Timing {
            decision: self.decision_blocks,
            confirm: self.confirm_blocks,
            min_enactment: self.min_enactment_blocks,
        }
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../specs/vectors/governance.json")).unwrap()
}

fn named_curve(name: &str) -> Curve {
    named::ALL.into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn halves<N: std::str::FromStr, D: std::str::FromStr>(text: &str) -> (N, D)
where
    N::Err: std::fmt::Debug,
    D::Err: std::fmt::Debug,
{
    let (numerator, denominator) = text.split_once('/').unwrap();
    (numerator.parse().unwrap(), denominator.parse().unwrap())
}

fn ratio(text: &str) -> Ratio {
    let (numerator, denominator) = halves(text);
    Ratio::new(numerator, denominator).unwrap()
}

fn fraction(text: &str) -> Fraction {
    let (numerator, denominator) = halves(text);
    Fraction::new(numerator, denominator).unwrap()
}

/// Move a referendum block by block; shares change where the timeline says so. Returns every
/// change, with the block it happened at.
fn live(track: &Track, timeline: &[(u32, Standing)]) -> Vec<(u32, Progress)> {
    let (thresholds, timing) = (track.thresholds(), track.timing());
    let mut deciding = Deciding::new(0);
    let mut changes = Vec::new();
    for now in 0.. {
        let standing = timeline.iter().rev().find(|(from, _)| *from <= now).unwrap().1;
        let passing = thresholds.passes(deciding.elapsed(now), timing.decision, standing);
        let progress = deciding.advance(now, passing, &timing);
        if !matches!(progress, Progress::Waiting | Progress::Confirming) {
            changes.push((now, progress));
        }
        if matches!(progress, Progress::Approved | Progress::Rejected) {
            break;
        }
    }
    changes
}

#[test]
fn named_curves_are_made_from_the_points_they_are_known_by() {
    let curves = vectors().curves;
    assert_eq!(curves.len(), named::ALL.len());
    let known = |text: &Option<String>| fraction(text.as_ref().unwrap());
    for (name, shape) in curves {
        let (floor, ceil) = (fraction(&shape.floor), fraction(&shape.ceil));
        let curve = match shape.kind.as_str() {
            "linear" => Curve::linear(known(&shape.length), floor, ceil),
            "reciprocal" => {
                Curve::reciprocal(known(&shape.delay), known(&shape.level), floor, ceil)
            }
            other => panic!("unknown kind of curve {other}"),
        };
        let curve = curve.unwrap();
        assert_same_values(&name, curve);
        if let Curve::Reciprocal(hyperbola) = curve {
            assert_eq!(hyperbola.factor(), known(&shape.factor), "{name}");
            assert_eq!(hyperbola.x_offset(), known(&shape.x_offset), "{name}");
            let (numerator, denominator) = halves(&shape.y_offset.unwrap());
            let y_offset = SignedFraction::new(numerator, denominator).unwrap();
            let same = y_offset.magnitude() == hyperbola.y_offset().magnitude()
                && y_offset.is_negative() == hyperbola.y_offset().is_negative();
            assert!(same, "{name}");
        }
    }
}

fn assert_same_values(name: &str, curve: Curve) {
    for elapsed in 0..=1_000 {
        let expected = named_curve(name).threshold(elapsed, 1_000);
        assert_eq!(curve.threshold(elapsed, 1_000), expected, "{name} at {elapsed}");
    }
}

#[test]
fn thresholds_are_exact() {
    let rows = vectors().thresholds;
    assert_eq!(rows.len(), 150);
    for row in rows {
        let (elapsed, period) = halves(&row.x);
        let value = named_curve(&row.curve).threshold(elapsed, period);
        assert_eq!(value, ratio(&row.value), "{} at {}", row.curve, row.x);
    }
}

#[test]
fn first_passing_blocks_are_exact_and_minimal() {
    let rows = vectors().first_passing_block;
    assert_eq!(rows.len(), 26);
    for row in rows {
        let (curve, y) = (named_curve(&row.curve), ratio(&row.y));
        let found = curve.first_passing(row.period_blocks, y);
        assert_eq!(found, row.first_passing_block, "{} at {}", row.curve, row.y);
        if let Some(before) = found.and_then(|block| block.checked_sub(1)) {
            assert!(!curve.passes(before, row.period_blocks, y));
        }
    }
}

#[test]
fn v1_to_v9_run_block_by_block_as_they_are_projected() {
    let Vectors { tracks, lifecycles, .. } = vectors();
    assert_eq!(lifecycles.len(), 13);
    for case in lifecycles {
        let track = &tracks[&case.track];
        let standing = Standing { approval: ratio(&case.approval), support: ratio(&case.support) };
        let expected = case.blocks_from_deciding_start;
        let projection =
            Deciding::new(0).project(0, &track.thresholds(), &track.timing(), standing);
        let changes = live(track, &[(0, standing)]);
        if let Some(passes_at) = expected.passes {
            let approved_at = expected.approved.unwrap();
            let enacts_from = expected.earliest_enactment.unwrap();
            let approved = Projection::Approved { passes_at, approved_at, enacts_from };
            assert_eq!(projection, approved, "{}", case.id);
            let steps = [(passes_at, Progress::ConfirmStarted), (approved_at, Progress::Approved)];
            assert_eq!(changes, steps, "{}", case.id);
        } else {
            let at = expected.rejected_at.unwrap();
            assert_eq!(projection, Projection::Rejected { at }, "{}", case.id);
            assert_eq!(changes, [(at, Progress::Rejected)], "{}", case.id);
        }
    }
}

#[test]
fn v10_nays_in_the_confirm_period_abort_it_and_it_confirms_again_later() {
    let tracks = vectors().tracks;
    let track = &tracks["medium_spender"];
    let support = ratio("21/1000");
    let first = Standing { approval: ratio("7/10"), support };
    let later = Standing { approval: ratio("3/5"), support };
    let changes = live(track, &[(0, first), (240_000, later)]);
    assert_eq!(
        changes,
        [
            (198_720, Progress::ConfirmStarted),
            (240_000, Progress::ConfirmAborted),
            (264_960, Progress::ConfirmStarted),
            (322_560, Progress::Approved),
        ]
    );
    // The thresholds at the moment of the abort, as published: 63.768116 % and 0.953761 %.
    let thresholds = track.thresholds();
    assert_eq!(thresholds.approval.threshold(240_000, 403_200), ratio("44/69"));
    let support = thresholds.support.threshold(240_000, 403_200);
    assert!(ratio("953760/100000000") < support && support < ratio("953762/100000000"));
}
