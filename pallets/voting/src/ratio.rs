//! Exact non-negative fractions, compared without rounding (rules G1 and G2).
//!
//! A share of votes is a quotient of two 128-bit sums. Comparing two of them needs products of
//! 256 bits, which this file makes from two halves. Equality is equality of value: 1/2 is 2/4.

use core::cmp::Ordering;
use core::fmt;

use parity_scale_codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

/// A non-negative fraction. Its denominator is never zero, not even after decoding.
#[derive(Clone, Copy, Debug, Encode, TypeInfo)]
pub struct Ratio {
    numerator: u128,
    denominator: u128,
}

/// Why there is no such fraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RatioError {
    /// Nothing is a share of nothing.
    #[error("{numerator}/0 is not a fraction")]
    ZeroDenominator {
        /// The numerator that was given.
        numerator: u128,
    },
    /// Division by zero.
    #[error("{dividend} cannot be divided by zero")]
    DivisionByZero {
        /// What was to be divided.
        dividend: Ratio,
    },
    /// The difference is below zero.
    #[error("{minuend} - {subtrahend} is negative")]
    Negative {
        /// What was to be reduced.
        minuend: Ratio,
        /// The larger part.
        subtrahend: Ratio,
    },
    /// The exact result does not fit two 128-bit parts.
    #[error("the exact result of combining {left} and {right} has parts above 128 bits")]
    TooFine {
        /// First operand.
        left: Ratio,
        /// Second operand.
        right: Ratio,
    },
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// The whole.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// The fraction `numerator / denominator`, kept as given.
    pub const fn new(numerator: u128, denominator: u128) -> Result<Self, RatioError> {
        if denominator == 0 {
            return Err(RatioError::ZeroDenominator { numerator });
        }
        Ok(Self { numerator, denominator })
    }

    /// The upper part, as given.
    pub const fn numerator(self) -> u128 {
        self.numerator
    }

    /// The lower part, as given; never zero.
    pub const fn denominator(self) -> u128 {
        self.denominator
    }

    /// The same value in lowest terms.
    pub fn reduced(self) -> Self {
        let divisor = gcd(self.numerator, self.denominator);
        Self {
            numerator: quotient(self.numerator, divisor),
            denominator: quotient(self.denominator, divisor),
        }
    }

    /// The exact sum, in lowest terms.
    pub fn checked_add(self, other: Self) -> Result<Self, RatioError> {
        let too_fine = RatioError::TooFine { left: self, right: other };
        let (left, right, denominator) = self.common(other).ok_or(too_fine)?;
        let numerator = left.checked_add(right).ok_or(too_fine)?;
        Ok(Self { numerator, denominator }.reduced())
    }

    /// The exact difference, in lowest terms.
    pub fn checked_sub(self, other: Self) -> Result<Self, RatioError> {
        if self < other {
            return Err(RatioError::Negative { minuend: self, subtrahend: other });
        }
        let too_fine = RatioError::TooFine { left: self, right: other };
        let (left, right, denominator) = self.common(other).ok_or(too_fine)?;
        let numerator = left.checked_sub(right).ok_or(too_fine)?;
        Ok(Self { numerator, denominator }.reduced())
    }

    /// The exact product, in lowest terms.
    pub fn checked_mul(self, other: Self) -> Result<Self, RatioError> {
        let too_fine = RatioError::TooFine { left: self, right: other };
        // Cancelling across first keeps the products as small as the result allows.
        let across = Self { numerator: self.numerator, denominator: other.denominator }.reduced();
        let back = Self { numerator: other.numerator, denominator: self.denominator }.reduced();
        let numerator = across.numerator.checked_mul(back.numerator).ok_or(too_fine)?;
        let denominator = across.denominator.checked_mul(back.denominator).ok_or(too_fine)?;
        Ok(Self { numerator, denominator }.reduced())
    }

    /// The exact quotient, in lowest terms.
    pub fn checked_div(self, other: Self) -> Result<Self, RatioError> {
        if other.numerator == 0 {
            return Err(RatioError::DivisionByZero { dividend: self });
        }
        let inverse = Self { numerator: other.denominator, denominator: other.numerator };
        self.checked_mul(inverse)
    }

    /// Both numerators over the least common denominator.
    fn common(self, other: Self) -> Option<(u128, u128, u128)> {
        let divisor = gcd(self.denominator, other.denominator);
        let self_scale = quotient(other.denominator, divisor);
        let other_scale = quotient(self.denominator, divisor);
        Some((
            self.numerator.checked_mul(self_scale)?,
            other.numerator.checked_mul(other_scale)?,
            self.denominator.checked_mul(self_scale)?,
        ))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        widening_mul(self.numerator, other.denominator)
            .cmp(&widening_mul(other.numerator, self.denominator))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl Decode for Ratio {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let (numerator, denominator) = <(u128, u128)>::decode(input)?;
        Self::new(numerator, denominator).map_err(|_| "a fraction with denominator zero".into())
    }
}

/// Greatest common divisor; of zero and `b` it is `b`.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    while let Some(rest) = a.checked_rem(b) {
        a = b;
        b = rest;
    }
    a
}

/// `value / divisor` where the divisor is a common divisor with a denominator, thus not zero.
fn quotient(value: u128, divisor: u128) -> u128 {
    value.checked_div(divisor).unwrap_or(value)
}

/// The exact product in 256 bits, as (high, low) halves that compare in that order.
///
/// Schoolbook in 64-bit limbs. Every partial product is at most (2^64 - 1)^2 = 2^128 - 2^65 + 1,
/// which leaves room for two more 64-bit terms, so no step below can wrap.
const fn widening_mul(a: u128, b: u128) -> (u128, u128) {
    const LIMB: u32 = 64;
    const MASK: u128 = u64::MAX as u128;
    let (a_high, a_low) = (a >> LIMB, a & MASK);
    let (b_high, b_low) = (b >> LIMB, b & MASK);

    let low = a_low.wrapping_mul(b_low);
    let cross = a_high.wrapping_mul(b_low).wrapping_add(low >> LIMB);
    let middle = a_low.wrapping_mul(b_high).wrapping_add(cross & MASK);
    let high = a_high.wrapping_mul(b_high).wrapping_add(cross >> LIMB).wrapping_add(middle >> LIMB);
    (high, (middle << LIMB) | (low & MASK))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::widening_mul;

    /// 2^61 - 1, prime: residues multiply within 128 bits.
    const PRIME: u128 = (1 << 61) - 1;

    fn residue((high, low): (u128, u128)) -> u128 {
        // 2^128 = 2^6 modulo 2^61 - 1.
        let high = high.wrapping_rem(PRIME).wrapping_mul(64).wrapping_rem(PRIME);
        high.wrapping_add(low.wrapping_rem(PRIME)).wrapping_rem(PRIME)
    }

    #[test]
    fn the_largest_square_fills_both_halves() {
        assert_eq!(widening_mul(u128::MAX, u128::MAX), (u128::MAX ^ 1, 1));
        assert_eq!(widening_mul(u128::MAX, 1), (0, u128::MAX));
        assert_eq!(widening_mul(1 << 127, 2), (1, 0));
        assert_eq!(widening_mul(1 << 64, 1 << 64), (1, 0));
        assert_eq!(widening_mul(0, u128::MAX), (0, 0));
    }

    proptest! {
        #[test]
        fn low_half_and_residue_agree_with_arithmetic_done_otherwise(a: u128, b: u128) {
            let product = widening_mul(a, b);
            prop_assert_eq!(product.1, a.wrapping_mul(b));
            let expected = a.wrapping_rem(PRIME).wrapping_mul(b.wrapping_rem(PRIME));
            prop_assert_eq!(residue(product), expected.wrapping_rem(PRIME));
            prop_assert_eq!(product, widening_mul(b, a));
        }

        #[test]
        fn a_shift_is_a_product_with_a_power_of_two(a: u128, bits in 1_u32..128) {
            let product = widening_mul(a, 1 << bits);
            prop_assert_eq!(product, (a >> 128_u32.wrapping_sub(bits), a << bits));
        }
    }
}
