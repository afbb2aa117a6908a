//! Thresholds that fall while a referendum is being decided (rules G3 to G14).
//!
//! A curve maps x, the elapsed part of the decision period, to the share that is required. Values
//! are exact fractions. Parameters are 64-bit parts, checked together when a curve is made, so
//! that numerator and denominator of every value fit 128 bits for every 32-bit period.

mod fraction;
mod linear;
pub mod named;
mod reciprocal;
mod stepped;

use althing_primitives::BlockNumber;
use pallet_voting::{Ratio, RatioError};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

pub use fraction::{Fraction, SignedFraction};
pub use linear::LinearDecreasing;
pub use reciprocal::Reciprocal;
pub use stepped::SteppedDecreasing;

/// A required share that falls as the decision period elapses.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Curve {
    /// A straight line down to the floor, flat from there on.
    #[codec(index = 0)]
    LinearDecreasing(LinearDecreasing),
    /// A staircase down to its end, flat from there on.
    #[codec(index = 1)]
    SteppedDecreasing(SteppedDecreasing),
    /// A hyperbola: steep at first, flat later.
    #[codec(index = 2)]
    Reciprocal(Reciprocal),
}

/// Why there is no such curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CurveError {
    /// A curve must fall, and lies between nothing and the whole.
    #[error("thresholds must satisfy 0 <= {lowest} <= {highest} <= 1")]
    Levels {
        /// Where the curve ends.
        lowest: Ratio,
        /// Where it begins.
        highest: Ratio,
    },
    /// The part of the decision period in which a curve falls must be in it.
    #[error("a length of {length} is not above 0 and at most 1")]
    Length {
        /// The length that was given.
        length: Ratio,
    },
    /// A staircase needs steps.
    #[error("a step of {step} every {period} of the decision period never comes down")]
    Steps {
        /// Height of a step.
        step: Ratio,
        /// Its width.
        period: Ratio,
    },
    /// No hyperbola through this point lies below the straight line.
    #[error("level {level} at {delay} is not between the floor and the straight line above it")]
    Point {
        /// When the level is reached.
        delay: Ratio,
        /// The level.
        level: Ratio,
    },
    /// A hyperbola's factor and offset must be above zero.
    #[error("a reciprocal curve with factor {factor} and offset {x_offset} does not fall")]
    Flat {
        /// The factor K.
        factor: Ratio,
        /// The offset S.
        x_offset: Ratio,
    },
    /// The offset takes away more than the factor gives.
    #[error("a reciprocal curve with factor {factor} ends below zero")]
    BelowZero {
        /// The factor K.
        factor: Ratio,
    },
    /// Values of the curve would not fit 128 bits.
    #[error("parameters have too many digits: a value of the curve would exceed 128 bits")]
    TooFine,
    /// A parameter is not a fraction, or has parts above 64 bits.
    #[error("parameter cannot be expressed: {0}")]
    Parameter(#[from] RatioError),
}

impl Curve {
    /// A straight line from `ceil` at 0 to `floor` at `length`.
    pub fn linear(length: Fraction, floor: Fraction, ceil: Fraction) -> Result<Self, CurveError> {
        LinearDecreasing::new(length, floor, ceil).map(Self::LinearDecreasing)
    }

    /// A hyperbola from `ceil` at 0 through `level` at `delay` to `floor` at 1.
    pub fn reciprocal(
        delay: Fraction,
        level: Fraction,
        floor: Fraction,
        ceil: Fraction,
    ) -> Result<Self, CurveError> {
        Reciprocal::through(delay, level, floor, ceil).map(Self::Reciprocal)
    }

    /// A staircase from `begin` down to `end`, by `step` after every `period`.
    pub fn stepped(
        begin: Fraction,
        end: Fraction,
        step: Fraction,
        period: Fraction,
    ) -> Result<Self, CurveError> {
        SteppedDecreasing::new(begin, end, step, period).map(Self::SteppedDecreasing)
    }

    /// The required share after `elapsed` of `period` blocks, exactly.
    ///
    /// From the end of the period on, and for a period of no blocks, it is the final value.
    pub fn threshold(&self, elapsed: BlockNumber, period: BlockNumber) -> Ratio {
        let moment = Moment::new(elapsed, period);
        match self {
            Self::LinearDecreasing(line) => line.at(moment),
            Self::SteppedDecreasing(stairs) => stairs.at(moment),
            Self::Reciprocal(hyperbola) => hyperbola.at(moment),
        }
    }

    /// Whether the share `y` is enough after `elapsed` of `period` blocks.
    pub fn passes(&self, elapsed: BlockNumber, period: BlockNumber, y: Ratio) -> bool {
        y >= self.threshold(elapsed, period)
    }

    /// The earliest block, counted from the start of the period, at which a constant `y` passes;
    /// none if it does not even pass at its end.
    ///
    /// No curve rises, so `passes` turns from false to true at most once, and halving finds
    /// the first block at which it is true. A `y` above the curve passes at 0.
    pub fn first_passing(&self, period: BlockNumber, y: Ratio) -> Option<BlockNumber> {
        if !self.passes(period, period, y) {
            return None;
        }
        // `failed_before` is the first block not known to fail; `passing` is known to pass.
        let (mut failed_before, mut passing) = (0, period);
        while failed_before < passing {
            let middle = u32::midpoint(failed_before, passing);
            if self.passes(middle, period, y) {
                passing = middle;
            } else {
                failed_before = middle.saturating_add(1);
            }
        }
        Some(passing)
    }
}

/// Products of the parts of a curve's parameters stay below this; times a 32-bit period that
/// leaves every term of a value below 2^126.
const SIZE_LIMIT: u128 = 1 << 94;

/// A point of the decision period: x = `elapsed` / `period`, with 0 <= x <= 1.
#[derive(Clone, Copy, Debug)]
struct Moment {
    elapsed: u128,
    period: u128,
}

impl Moment {
    fn new(elapsed: BlockNumber, period: BlockNumber) -> Self {
        if period == 0 {
            return Self { elapsed: 1, period: 1 };
        }
        Self { elapsed: u128::from(elapsed.min(period)), period: u128::from(period) }
    }
}

/// The value of a curve whose denominator is a product of factors that are not zero.
fn value(numerator: u128, denominator: u128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap_or(Ratio::ONE)
}

/// Refuse thresholds that rise or leave the interval from 0 to 1.
fn check_levels(lowest: Ratio, highest: Ratio) -> Result<(), CurveError> {
    if lowest > highest || highest > Ratio::ONE {
        return Err(CurveError::Levels { lowest, highest });
    }
    Ok(())
}
