//! Parameters of curves: fractions with 64-bit parts, signed where a curve needs it.

use pallet_voting::{Ratio, RatioError};
use parity_scale_codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

/// A non-negative fraction with 64-bit parts. Its denominator is never zero.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct Fraction {
    pub(super) numerator: u64,
    pub(super) denominator: u64,
}

/// A fraction with 64-bit parts that may be negative. Its denominator is never zero.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub struct SignedFraction {
    pub(super) numerator: i64,
    pub(super) denominator: u64,
}

impl Fraction {
    /// The fraction `numerator / denominator`, kept as given.
    pub const fn new(numerator: u64, denominator: u64) -> Result<Self, RatioError> {
        if denominator == 0 {
            return Err(RatioError::ZeroDenominator { numerator: numerator as u128 });
        }
        Ok(Self { numerator, denominator })
    }

    /// The same value, ready to be compared and calculated with.
    pub fn ratio(self) -> Ratio {
        Ratio::new(u128::from(self.numerator), u128::from(self.denominator)).unwrap_or(Ratio::ZERO)
    }

    /// The parts, widened.
    pub(super) fn parts(self) -> (u128, u128) {
        (u128::from(self.numerator), u128::from(self.denominator))
    }
}

impl SignedFraction {
    /// The fraction `numerator / denominator`, kept as given.
    pub const fn new(numerator: i64, denominator: u64) -> Result<Self, RatioError> {
        if denominator == 0 {
            return Err(RatioError::ZeroDenominator {
                numerator: numerator.unsigned_abs() as u128,
            });
        }
        Ok(Self { numerator, denominator })
    }

    /// Whether the value is below zero.
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The value without its sign.
    pub fn magnitude(self) -> Ratio {
        let (numerator, denominator) = self.parts();
        Ratio::new(numerator, denominator).unwrap_or(Ratio::ZERO)
    }

    /// The parts without the sign, widened.
    pub(super) fn parts(self) -> (u128, u128) {
        (u128::from(self.numerator.unsigned_abs()), u128::from(self.denominator))
    }

    /// `left - right`, if its parts fit.
    pub(super) fn difference(left: Ratio, right: Ratio) -> Option<Self> {
        let negative = left < right;
        let (larger, smaller) = if negative { (right, left) } else { (left, right) };
        let magnitude = Fraction::try_from(larger.checked_sub(smaller).ok()?).ok()?;
        let numerator = i64::try_from(magnitude.numerator).ok()?;
        let numerator = if negative { numerator.checked_neg()? } else { numerator };
        Some(Self { numerator, denominator: magnitude.denominator })
    }
}

/// The value in lowest terms; the parts that do not fit 64 bits come back as the error.
impl TryFrom<Ratio> for Fraction {
    type Error = Ratio;

    fn try_from(value: Ratio) -> Result<Self, Ratio> {
        let value = value.reduced();
        let numerator = u64::try_from(value.numerator()).map_err(|_| value)?;
        let denominator = u64::try_from(value.denominator()).map_err(|_| value)?;
        Ok(Self { numerator, denominator })
    }
}

impl Decode for Fraction {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (numerator, denominator) = Decode::decode(input)?;
        Self::new(numerator, denominator).map_err(|_| "a fraction with denominator zero".into())
    }
}

impl Decode for SignedFraction {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (numerator, denominator) = Decode::decode(input)?;
        Self::new(numerator, denominator).map_err(|_| "a fraction with denominator zero".into())
    }
}
