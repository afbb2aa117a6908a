//! What must hold of curves and of deciding whatever the numbers.

#![expect(clippy::unwrap_used, reason = "test data that does not read must fail the test")]

use pallet_referenda::{
    Curve, CurveError, Deciding, Fraction, LinearDecreasing, Progress, Projection, Ratio,
    Reciprocal, SignedFraction, Standing, Thresholds, Timing, named,
};
use parity_scale_codec::{Decode, Encode};
use proptest::prelude::*;

fn fraction(numerator: u64, denominator: u64) -> Fraction {
    Fraction::new(numerator, denominator).unwrap()
}

fn ratio(numerator: u128, denominator: u128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap()
}

/// Points that make a hyperbola, in parts of a thousand.
fn points() -> impl Strategy<Value = (u64, u64, u64, u64)> {
    (1..999_u64, 0..=999_u64, 1..=1_000_u64, 1..1_000_000_u64).prop_filter_map(
        "the point must lie below the straight line",
        |(delay, floor, height, place)| {
            let ceil = (floor + height).min(1_000);
            let height = ceil - floor;
            // Levels strictly between the floor and the line at `delay`.
            let room = height * (1_000 - delay) / 1_000;
            let level = floor + 1 + place % room.max(1);
            let below = (level - floor) * 1_000 < height * (1_000 - delay);
            below.then_some((delay, level, floor, ceil))
        },
    )
}

fn curve() -> impl Strategy<Value = Curve> {
    let part = |n: u64| fraction(n, 1_000);
    prop_oneof![
        (0..15_usize).prop_map(|index| named::ALL[index].1),
        (1..=1_000_u64, 0..=1_000_u64, 0..=1_000_u64).prop_map(move |(length, a, b)| {
            Curve::linear(part(length), part(a.min(b)), part(a.max(b))).unwrap()
        }),
        (0..=1_000_u64, 0..=1_000_u64, 1..400_u64, 1..400_u64).prop_map(
            move |(a, b, step, period)| {
                Curve::stepped(part(a.max(b)), part(a.min(b)), part(step), part(period)).unwrap()
            }
        ),
        points().prop_map(move |(delay, level, floor, ceil)| {
            Curve::reciprocal(part(delay), part(level), part(floor), part(ceil)).unwrap()
        }),
    ]
}

#[test]
fn the_staircase_of_upstreams_example_has_its_values() {
    let percent = |n| fraction(n, 100);
    let stairs = Curve::stepped(percent(80), percent(30), percent(10), percent(15)).unwrap();
    for (x, y) in [(0, 80), (14, 80), (15, 70), (30, 60), (45, 50), (60, 40), (75, 30), (100, 30)] {
        assert_eq!(stairs.threshold(x, 100), ratio(y, 100), "at {x}");
    }
}

#[test]
fn a_share_above_the_ceiling_passes_at_once() {
    for (name, curve) in named::ALL {
        let ceil = curve.threshold(0, 403_200);
        assert_eq!(curve.first_passing(403_200, ceil), Some(0), "{name}");
        assert_eq!(curve.first_passing(403_200, Ratio::ONE), Some(0), "{name}");
    }
}

#[test]
fn every_named_curve_survives_the_checks_of_its_codec() {
    for (name, curve) in named::ALL {
        assert_eq!(Curve::decode(&mut &curve.encode()[..]), Ok(curve), "{name}");
    }
}

#[test]
fn after_its_end_and_without_blocks_a_period_stands_at_its_end() {
    let curve = named::ROOT_APPROVAL;
    assert_eq!(curve.threshold(101, 100), ratio(1, 2));
    assert_eq!(curve.threshold(0, 0), ratio(1, 2));
    assert_eq!(curve.first_passing(0, ratio(1, 2)), Some(0));
    assert_eq!(curve.first_passing(0, ratio(1, 3)), None);
}

#[test]
fn the_largest_admitted_parameters_still_compare_exactly() {
    // (2^31 - 1)-sized parts: every product is as close to its bound as it can get.
    let big = (1_u64 << 31) - 1;
    let hyperbola = Reciprocal::new(
        fraction(1, big),
        fraction(big - 1, big),
        SignedFraction::new(0, big / 2).unwrap(),
    );
    let curve = Curve::Reciprocal(hyperbola.unwrap());
    assert_eq!(curve.threshold(0, u32::MAX), ratio(1, u128::from(big - 1)));
    assert_eq!(curve.threshold(u32::MAX, u32::MAX), ratio(1, u128::from(2 * big - 1)));

    let line = LinearDecreasing::new(fraction(big, big), fraction(1, big), fraction(big - 1, big));
    let curve = Curve::LinearDecreasing(line.unwrap());
    assert_eq!(curve.threshold(0, u32::MAX), ratio(u128::from(big - 1), u128::from(big)));
    assert_eq!(curve.threshold(u32::MAX, u32::MAX), ratio(1, u128::from(big)));
}

#[test]
fn curves_that_break_a_rule_are_refused() {
    let part = |n| fraction(n, 100);
    let refused = |curve: Result<Curve, CurveError>| curve.unwrap_err();
    assert!(matches!(
        refused(Curve::linear(part(100), part(60), part(50))),
        CurveError::Levels { .. }
    ));
    assert!(matches!(
        refused(Curve::linear(part(100), part(50), part(101))),
        CurveError::Levels { .. }
    ));
    assert!(matches!(
        refused(Curve::linear(part(0), part(50), part(60))),
        CurveError::Length { .. }
    ));
    assert!(matches!(
        refused(Curve::linear(part(101), part(50), part(60))),
        CurveError::Length { .. }
    ));
    assert!(matches!(
        refused(Curve::stepped(part(80), part(30), part(0), part(15))),
        CurveError::Steps { .. }
    ));
    for (delay, level) in [(50, 75), (0, 60), (10, 50), (100, 50), (10, 99), (101, 60)] {
        let point = Curve::reciprocal(part(delay), part(level), part(50), part(100));
        assert!(matches!(refused(point), CurveError::Point { .. }), "{level} at {delay}");
    }
    let zero = SignedFraction::new(0, 1).unwrap();
    let minus = SignedFraction::new(-1, 1).unwrap();
    let one = fraction(1, 1);
    let refused = |curve: Result<Reciprocal, CurveError>| curve.unwrap_err();
    assert!(matches!(refused(Reciprocal::new(one, fraction(0, 1), zero)), CurveError::Flat { .. }));
    assert!(matches!(refused(Reciprocal::new(one, one, minus)), CurveError::BelowZero { .. }));
    let half = fraction(1, 2);
    assert!(matches!(refused(Reciprocal::new(one, half, zero)), CurveError::Levels { .. }));
    let fine = fraction(1, u64::MAX);
    assert_eq!(
        refused(Reciprocal::new(fine, fraction(1, u64::MAX - 1), zero)),
        CurveError::TooFine
    );
    assert_eq!(LinearDecreasing::new(one, fine, fraction(2, u64::MAX)), Err(CurveError::TooFine));
}

#[test]
fn curves_that_break_a_rule_do_not_decode() {
    let half = (1_u64, 2_u64);
    let one = (1_u64, 1_u64);
    assert!(Curve::decode(&mut &(0_u8, one, half, one).encode()[..]).is_ok());
    assert!(Curve::decode(&mut &(0_u8, one, one, half).encode()[..]).is_err());
    assert!(Curve::decode(&mut &(0_u8, (1_u64, 0_u64), half, one).encode()[..]).is_err());
    assert!(Curve::decode(&mut &(1_u8, one, half, (0_u64, 1_u64), half).encode()[..]).is_err());
    assert!(Curve::decode(&mut &(2_u8, one, half, (0_i64, 1_u64)).encode()[..]).is_err());
    assert!(Curve::decode(&mut &[3_u8][..]).is_err());
}

#[test]
fn a_confirmation_that_breaks_after_the_decision_period_rejects() {
    let timing = Timing { decision: 100, confirm: 20, min_enactment: 5 };
    let mut deciding = Deciding::new(1_000);
    assert_eq!(deciding.advance(1_099, false, &timing), Progress::Waiting);
    assert_eq!(deciding.advance(1_100, true, &timing), Progress::ConfirmStarted);
    assert_eq!(deciding.advance(1_119, true, &timing), Progress::Confirming);
    let mut broken = deciding;
    assert_eq!(broken.advance(1_119, false, &timing), Progress::Rejected);
    assert_eq!(deciding.advance(1_120, true, &timing), Progress::Approved);
}

#[test]
fn a_projection_keeps_the_confirmation_that_is_running() {
    let thresholds = Thresholds { approval: named::ROOT_APPROVAL, support: named::ADMIN_SUPPORT };
    let timing = Timing { decision: 1_000, confirm: 100, min_enactment: 10 };
    let standing = Standing { approval: Ratio::ONE, support: Ratio::ONE };
    let deciding = Deciding { since: 500, confirming_until: Some(640) };
    let projection = deciding.project(600, &thresholds, &timing, standing);
    let (passes_at, approved_at, enacts_from) = (540, 640, 650);
    assert_eq!(projection, Projection::Approved { passes_at, approved_at, enacts_from });
    assert_eq!(deciding.next_look(600, &thresholds, &timing, standing), 640);
}

proptest! {
    #[test]
    fn a_share_that_passes_goes_on_passing(
        curve in curve(), y in (0..=1_000_u128, 1_000..2_000_u128), period in 1_u32.., e: u32
    ) {
        let (y, e) = (ratio(y.0, y.1), e % period);
        prop_assert!(curve.threshold(e, period) >= curve.threshold(e + 1, period));
        prop_assert!(curve.threshold(e, period) <= Ratio::ONE);
        prop_assert!(!curve.passes(e, period, y) || curve.passes(e + 1, period, y));
    }

    #[test]
    fn the_first_passing_block_is_the_first(
        curve in curve(), y in (0..=1_000_u128, 1_000..2_000_u128), period: u32
    ) {
        let y = ratio(y.0, y.1);
        match curve.first_passing(period, y) {
            None => prop_assert!(!curve.passes(period, period, y)),
            Some(first) => {
                prop_assert!(first <= period && curve.passes(first, period, y));
                prop_assert!(first == 0 || !curve.passes(first - 1, period, y));
            }
        }
    }

    #[test]
    fn the_first_passing_block_is_found_at_every_threshold(
        curve in curve(), period in 1..2_000_u32, at: u32
    ) {
        let y = curve.threshold(at % period, period);
        let first = (0..=period).find(|block| curve.passes(*block, period, y));
        prop_assert_eq!(curve.first_passing(period, y), first);
    }

    #[test]
    fn a_hyperbola_goes_through_its_three_points(
        (delay, level, floor, ceil) in points(), blocks in 1..4_000_000_u32
    ) {
        let part = |n| fraction(n, 1_000);
        let curve =
            Curve::reciprocal(part(delay), part(level), part(floor), part(ceil)).unwrap();
        let period = blocks * 1_000;
        let reached = u32::try_from(delay).unwrap() * blocks;
        prop_assert_eq!(curve.threshold(0, period), part(ceil).ratio());
        prop_assert_eq!(curve.threshold(reached, period), part(level).ratio());
        prop_assert_eq!(curve.threshold(period, period), part(floor).ratio());
    }

    #[test]
    fn curves_survive_the_codec(curve in curve()) {
        prop_assert_eq!(Curve::decode(&mut &curve.encode()[..]), Ok(curve));
    }

    #[test]
    fn looking_only_when_told_to_ends_where_looking_at_every_block_does(
        approval in curve(), support in curve(), since in 0..1_000_u32,
        shares in (0..=100_u128, 0..=100_u128), times in (1..300_u32, 0..60_u32)
    ) {
        let thresholds = Thresholds { approval, support };
        let standing =
            Standing { approval: ratio(shares.0, 100), support: ratio(shares.1, 100) };
        let timing = Timing { decision: times.0, confirm: times.1, min_enactment: 7 };
        let look = |deciding: &mut Deciding, now| {
            let elapsed = deciding.elapsed(now);
            let passing = thresholds.passes(elapsed, timing.decision, standing);
            deciding.advance(now, passing, &timing)
        };
        let ended = |progress| matches!(progress, Progress::Approved | Progress::Rejected);

        let (mut patient, mut now) = (Deciding::new(since), since);
        while !ended(look(&mut patient, now)) {
            now += 1;
        }
        let (mut lazy, mut then) = (Deciding::new(since), since);
        let forecast = lazy.project(since, &thresholds, &timing, standing);
        let mut looks = 1;
        while !ended(look(&mut lazy, then)) {
            prop_assert_eq!(lazy.project(then, &thresholds, &timing, standing), forecast);
            then = lazy.next_look(then, &thresholds, &timing, standing);
            looks += 1;
        }
        prop_assert_eq!((lazy, then), (patient, now));
        prop_assert!(looks <= 3, "{} looks", looks);
        let at = match forecast {
            Projection::Approved { approved_at, .. } => approved_at,
            Projection::Rejected { at } => at,
        };
        prop_assert_eq!(at, now);
    }
}
