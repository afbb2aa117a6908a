//! A hyperbola: much is required early, little more than the floor later (rules G9 to G12).

use pallet_voting::Ratio;
use parity_scale_codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

use super::{CurveError, Fraction, Moment, SignedFraction, check_levels, value};

/// T(x) = K / (x + S) + Y.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct Reciprocal {
    pub(super) factor: Fraction,
    pub(super) x_offset: Fraction,
    pub(super) y_offset: SignedFraction,
}

impl Reciprocal {
    /// The hyperbola with these parameters.
    pub fn new(
        factor: Fraction,
        x_offset: Fraction,
        y_offset: SignedFraction,
    ) -> Result<Self, CurveError> {
        Self { factor, x_offset, y_offset }.checked()
    }

    /// The hyperbola from `ceil` at 0 through `level` at `delay` to `floor` at 1.
    ///
    /// With D = ceil - floor and r = (level - floor) / D, the three points give
    /// S = r d / (1 - d - r), K = D S (1 + S) and Y = floor - D S. That is a falling curve iff
    /// 0 < r < 1 - d and 0 < d: the point lies below the straight line.
    pub fn through(
        delay: Fraction,
        level: Fraction,
        floor: Fraction,
        ceil: Fraction,
    ) -> Result<Self, CurveError> {
        let [delay, level, floor, ceil] = [delay, level, floor, ceil].map(Fraction::ratio);
        check_levels(floor, ceil)?;
        let no_curve = CurveError::Point { delay, level };
        let height = ceil.checked_sub(floor)?;
        if delay == Ratio::ZERO || delay > Ratio::ONE || level <= floor || level > ceil {
            return Err(no_curve);
        }
        let relative = level.checked_sub(floor)?.checked_div(height)?;
        let rest = Ratio::ONE.checked_sub(delay)?;
        if relative >= rest {
            return Err(no_curve);
        }

        let x_offset = relative.checked_mul(delay)?.checked_div(rest.checked_sub(relative)?)?;
        let drop = height.checked_mul(x_offset)?;
        let factor = drop.checked_mul(Ratio::ONE.checked_add(x_offset)?)?;
        let too_fine = CurveError::TooFine;
        Self::new(
            Fraction::try_from(factor).map_err(|_| too_fine)?,
            Fraction::try_from(x_offset).map_err(|_| too_fine)?,
            SignedFraction::difference(floor, drop).ok_or(too_fine)?,
        )
    }

    /// The factor K.
    pub const fn factor(&self) -> Fraction {
        self.factor
    }

    /// The offset S of x.
    pub const fn x_offset(&self) -> Fraction {
        self.x_offset
    }

    /// The offset Y of the value.
    pub const fn y_offset(&self) -> SignedFraction {
        self.y_offset
    }

    /// With p the period, e what has elapsed, s = e Sd + p Sn, and subscripts n, d for parts:
    ///
    /// ```text
    ///         Kn Sd p     Yn      rise p + shift s
    /// T(x) = --------- + ----  =  ----------------
    ///          Kd s       Yd          whole s
    /// ```
    ///
    /// e <= p bounds s by p (Sn + Sd). `checked` holds rise, shift (Sn + Sd) and
    /// whole (Sn + Sd) below 2^94 and p is below 2^32: every term is below 2^126 and the
    /// numerator below 2^127. It is not negative, because the value at x = 1 is not and the
    /// curve falls.
    pub(super) fn at(&self, moment: Moment) -> Ratio {
        let Terms { rise, shift, whole } = self.terms();
        let (x_offset, x_den) = self.x_offset.parts();
        let spread = moment
            .elapsed
            .saturating_mul(x_den)
            .saturating_add(moment.period.saturating_mul(x_offset));
        let rise = rise.saturating_mul(moment.period);
        let shift = shift.saturating_mul(spread);
        let numerator = if self.y_offset.is_negative() {
            rise.saturating_sub(shift)
        } else {
            rise.saturating_add(shift)
        };
        value(numerator, whole.saturating_mul(spread))
    }

    /// The constant factors of `at`, freed of what they have in common: of curves made from three
    /// points, Kd holds Sd twice and Yd holds it once.
    fn terms(&self) -> Terms {
        let (factor, factor_den) = self.factor.parts();
        let (_, x_den) = self.x_offset.parts();
        let (shift, y_den) = self.y_offset.parts();
        let factor_to_x = value(factor_den, x_den).reduced();
        let factor_den = factor_to_x.numerator();
        let factor_to_y = value(factor_den, y_den).reduced();
        let scale = factor_to_y.denominator();
        Terms {
            rise: factor.saturating_mul(factor_to_x.denominator()).saturating_mul(scale),
            shift: shift.saturating_mul(factor_to_y.numerator()),
            whole: factor_den.saturating_mul(scale),
        }
    }

    fn checked(self) -> Result<Self, CurveError> {
        let (x_offset, x_den) = self.x_offset.parts();
        if self.factor.numerator == 0 || x_offset == 0 {
            let (factor, x_offset) = (self.factor.ratio(), self.x_offset.ratio());
            return Err(CurveError::Flat { factor, x_offset });
        }
        let Terms { rise, shift, whole } = self.terms();
        let spread = x_offset.saturating_add(x_den);
        let shift = shift.saturating_mul(spread);
        let whole = whole.saturating_mul(spread);
        if rise.max(shift).max(whole) >= super::SIZE_LIMIT {
            return Err(CurveError::TooFine);
        }
        // These are the terms of the value at x = 1, the lowest one.
        if self.y_offset.is_negative() && rise < shift {
            return Err(CurveError::BelowZero { factor: self.factor.ratio() });
        }
        let lowest = self.at(Moment { elapsed: 1, period: 1 });
        let highest = self.at(Moment { elapsed: 0, period: 1 });
        check_levels(lowest, highest)?;
        Ok(self)
    }
}

/// Constants of one hyperbola; see [`Reciprocal::at`].
struct Terms {
    rise: u128,
    shift: u128,
    whole: u128,
}

impl Decode for Reciprocal {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (factor, x_offset, y_offset) = Decode::decode(input)?;
        Self::new(factor, x_offset, y_offset)
            .map_err(|_| "a reciprocal curve that breaks a rule".into())
    }
}
