//! Sums as vectors of 128-bit lanes, so that the executor can add them without their types.

use parity_scale_codec::{Decode, Encode};

/// A value made of `u128` lanes only, encoded as 16 little-endian bytes each, such as a balance or
/// a tally.
pub trait LaneSum: Decode + Default + Encode {
    /// How many lanes.
    const LANES: usize;
}

impl LaneSum for u128 {
    const LANES: usize = 1;
}

/// Bytes that are not whole lanes, or two sums with different numbers of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sum of {found} bytes where lanes of 16 were expected")]
pub struct LaneError {
    /// How many bytes there were.
    pub found: usize,
}

/// Lanes without their type. Addition is modulo 2^128 in each, which makes it a commutative group:
/// the order of additions cannot show, and a subtraction may come before the addition it undoes.
/// The pallets' invariants keep every settled lane far from the modulus.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lanes(Vec<u128>);

impl Lanes {
    /// The lanes of `sum`.
    pub fn of<T: LaneSum>(sum: &T) -> Result<Self, LaneError> {
        Self::from_bytes(&sum.encode())
    }

    /// Lanes from the bytes of a row.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LaneError> {
        let (lanes, rest) = bytes.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(LaneError { found: bytes.len() });
        }
        Ok(Self(lanes.iter().map(|lane| u128::from_le_bytes(*lane)).collect()))
    }

    /// The bytes of the row, or `None` when all lanes are zero.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        if self.0.iter().all(|lane| *lane == 0) {
            return None;
        }
        Some(self.0.iter().flat_map(|lane| lane.to_le_bytes()).collect())
    }

    /// Add `other` lane by lane, modulo 2^128.
    pub fn add(&mut self, other: &Self) -> Result<(), LaneError> {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return Ok(());
        }
        if self.0.len() != other.0.len() {
            return Err(LaneError { found: other.0.len().saturating_mul(16) });
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = mine.wrapping_add(*theirs);
        }
        Ok(())
    }

    /// The lanes that undo these.
    pub fn negated(mut self) -> Self {
        for lane in &mut self.0 {
            *lane = lane.wrapping_neg();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtraction_may_come_first() {
        let five = Lanes::of(&5_u128).unwrap();
        let mut sum = five.clone().negated();
        sum.add(&five).unwrap();
        assert_eq!(sum.to_bytes(), None);
    }

    #[test]
    fn ragged_bytes_are_refused() {
        assert_eq!(Lanes::from_bytes(&[0; 17]), Err(LaneError { found: 17 }));
    }
}
