//! A staircase down to its end (rules G7 and G8).

use pallet_voting::Ratio;
use parity_scale_codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

use super::{CurveError, Fraction, Moment, check_levels, value};

/// Falls from `begin` by `step` after every `period`, but not below `end`.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct SteppedDecreasing {
    begin: Fraction,
    end: Fraction,
    step: Fraction,
    period: Fraction,
}

impl SteppedDecreasing {
    /// A staircase from `begin` down to `end`, by `step` after every `period`.
    pub fn new(
        begin: Fraction,
        end: Fraction,
        step: Fraction,
        period: Fraction,
    ) -> Result<Self, CurveError> {
        check_levels(end.ratio(), begin.ratio())?;
        let (height, width) = (step.ratio(), period.ratio());
        if height == Ratio::ZERO || width == Ratio::ZERO {
            return Err(CurveError::Steps { step: height, period: width });
        }
        Ok(Self { begin, end, step, period })
    }

    /// The value at 0.
    pub const fn begin(&self) -> Fraction {
        self.begin
    }

    /// The value that the staircase does not leave any more.
    pub const fn end(&self) -> Fraction {
        self.end
    }

    /// Height of a step.
    pub const fn step(&self) -> Fraction {
        self.step
    }

    /// Width of a step, as a part of the decision period.
    pub const fn period(&self) -> Fraction {
        self.period
    }

    /// T(x) = max(e, b - s floor(x/p)).
    ///
    /// Every product of two 64-bit parts fits. The height already descended may not: then it is
    /// above 2^128, certainly more than bn sd, and the staircase has reached its end.
    pub(super) fn at(&self, moment: Moment) -> Ratio {
        let (begin, begin_den) = self.begin.parts();
        let (step, step_den) = self.step.parts();
        let (period, period_den) = self.period.parts();
        let elapsed = moment.elapsed.saturating_mul(period_den);
        let width = moment.period.saturating_mul(period);
        let steps = elapsed.checked_div(width).unwrap_or(0);

        let top = begin.saturating_mul(step_den);
        let descended = steps.saturating_mul(step).checked_mul(begin_den);
        let Some(left) = descended.and_then(|height| top.checked_sub(height)) else {
            return self.end.ratio();
        };
        value(left, begin_den.saturating_mul(step_den)).max(self.end.ratio())
    }
}

impl Decode for SteppedDecreasing {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (begin, end, step, period) = Decode::decode(input)?;
        Self::new(begin, end, step, period).map_err(|_| "a stepped curve that breaks a rule".into())
    }
}
