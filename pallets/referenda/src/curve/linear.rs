//! A straight line down to the floor (rules G5 and G6).

use pallet_voting::Ratio;
use parity_scale_codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

use super::{CurveError, Fraction, Moment, check_levels, value};

/// Falls from `ceil` at 0 to `floor` at `length`, then stays.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct LinearDecreasing {
    pub(super) length: Fraction,
    pub(super) floor: Fraction,
    pub(super) ceil: Fraction,
}

impl LinearDecreasing {
    /// A line from `ceil` at 0 to `floor` at `length`.
    pub fn new(length: Fraction, floor: Fraction, ceil: Fraction) -> Result<Self, CurveError> {
        Self { length, floor, ceil }.checked()
    }

    /// The part of the decision period in which the line falls.
    pub const fn length(&self) -> Fraction {
        self.length
    }

    /// The value from `length` on.
    pub const fn floor(&self) -> Fraction {
        self.floor
    }

    /// The value at 0.
    pub const fn ceil(&self) -> Fraction {
        self.ceil
    }

    /// T(x) = c - (x/l)(c - f) while x < l, and f from there on.
    ///
    /// Over one denominator, with p the period, e what has elapsed and subscripts n, d for parts:
    ///
    /// ```text
    ///         cn fd p ln  -  e ld (cn fd - fn cd)
    /// T(x) = -------------------------------------
    ///                   cd fd p ln
    /// ```
    ///
    /// `checked` holds cd fd ln below 2^94 and p is below 2^32, so the denominator is below
    /// 2^126. cn <= cd bounds the first term by it, and e ld < p ln the second by the first.
    pub(super) fn at(&self, moment: Moment) -> Ratio {
        let (ceil, ceil_den) = self.ceil.parts();
        let (floor, floor_den) = self.floor.parts();
        let (length, length_den) = self.length.parts();
        let fallen = moment.elapsed.saturating_mul(length_den);
        let whole = moment.period.saturating_mul(length);
        if fallen >= whole {
            return self.floor.ratio();
        }
        let top = ceil.saturating_mul(floor_den);
        let height = top.saturating_sub(floor.saturating_mul(ceil_den));
        let numerator = top.saturating_mul(whole).saturating_sub(height.saturating_mul(fallen));
        value(numerator, ceil_den.saturating_mul(floor_den).saturating_mul(whole))
    }

    fn checked(self) -> Result<Self, CurveError> {
        check_levels(self.floor.ratio(), self.ceil.ratio())?;
        let length = self.length.ratio();
        if length == Ratio::ZERO || length > Ratio::ONE {
            return Err(CurveError::Length { length });
        }
        let (_, ceil_den) = self.ceil.parts();
        let (_, floor_den) = self.floor.parts();
        let (length, _) = self.length.parts();
        let size = ceil_den.saturating_mul(floor_den).saturating_mul(length);
        if size >= super::SIZE_LIMIT {
            return Err(CurveError::TooFine);
        }
        Ok(self)
    }
}

impl Decode for LinearDecreasing {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (length, floor, ceil) = Decode::decode(input)?;
        Self::new(length, floor, ceil).map_err(|_| "a linear curve that breaks a rule".into())
    }
}
