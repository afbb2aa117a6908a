//! Sums as vectors of 128-bit lanes, so that the executor can add them without their types.

use parity_scale_codec::{Decode, Encode};

use crate::rows::Scratch;

/// The most lanes a sum may have.
const LANES_MAX: usize = 4;

/// A value made of `u128` lanes only, encoded as 16 little-endian bytes each, such as a balance or
/// a tally.
pub trait LaneSum: Decode + Default + Encode {
    /// How many lanes; at most four.
    const LANES: usize;
}

impl LaneSum for u128 {
    const LANES: usize = 1;
}

/// Bytes that are not whole lanes, too many of them, or two sums with different numbers of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sum of {found} bytes where up to four lanes of 16 were expected")]
pub struct LaneError {
    /// How many bytes there were.
    pub found: usize,
}

/// Lanes without their type. Addition is modulo 2^128 in each, which makes it a commutative group:
/// the order of additions cannot show, and a subtraction may come before the addition it undoes.
/// The pallets' invariants keep every settled lane far from the modulus.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Lanes {
    count: usize,
    /// Lanes from `count` on are zero.
    lanes: [u128; LANES_MAX],
}

impl Lanes {
    /// The lanes of `sum`.
    pub fn of<T: LaneSum>(sum: &T) -> Result<Self, LaneError> {
        let mut scratch = Scratch::new();
        sum.encode_to(&mut scratch);
        Self::from_bytes(scratch.bytes())
    }

    /// One lane.
    pub const fn single(lane: u128) -> Self {
        Self { count: 1, lanes: [lane, 0, 0, 0] }
    }

    /// Lanes from the bytes of a row.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LaneError> {
        let (chunks, rest) = bytes.as_chunks::<16>();
        if !rest.is_empty() || chunks.len() > LANES_MAX {
            return Err(LaneError { found: bytes.len() });
        }
        let mut lanes = [0; LANES_MAX];
        for (lane, chunk) in lanes.iter_mut().zip(chunks) {
            *lane = u128::from_le_bytes(*chunk);
        }
        Ok(Self { count: chunks.len(), lanes })
    }

    /// The bytes of the row, or `None` when all lanes are zero.
    pub fn to_bytes(&self) -> Option<crate::RowValue> {
        if self.lanes.iter().all(|lane| *lane == 0) {
            return None;
        }
        let mut bytes = [0; LANES_MAX * 16];
        let (chunks, _) = bytes.as_chunks_mut::<16>();
        for (chunk, lane) in chunks.iter_mut().zip(self.lanes) {
            *chunk = lane.to_le_bytes();
        }
        bytes.get(..self.count.saturating_mul(16)).map(Into::into)
    }

    /// Add `other` lane by lane, modulo 2^128.
    pub fn add(&mut self, other: &Self) -> Result<(), LaneError> {
        if self.count == 0 {
            *self = *other;
            return Ok(());
        }
        if other.count != self.count {
            return Err(LaneError { found: other.count.saturating_mul(16) });
        }
        for (mine, theirs) in self.lanes.iter_mut().zip(other.lanes) {
            *mine = mine.wrapping_add(theirs);
        }
        Ok(())
    }

    /// The lanes that undo these.
    pub fn negated(mut self) -> Self {
        for lane in &mut self.lanes {
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
        let mut sum = five.negated();
        sum.add(&five).unwrap();
        assert_eq!(sum.to_bytes(), None);
    }

    #[test]
    fn ragged_bytes_and_too_many_lanes_are_refused() {
        assert_eq!(Lanes::from_bytes(&[0; 17]), Err(LaneError { found: 17 }));
        assert_eq!(Lanes::from_bytes(&[0; 80]), Err(LaneError { found: 80 }));
    }

    #[test]
    fn lanes_are_the_bytes_of_the_sum() {
        let bytes: Vec<u8> = (1..=48).collect();
        let lanes = Lanes::from_bytes(&bytes).unwrap();
        assert_eq!(lanes.to_bytes().as_deref(), Some(&bytes[..]));
    }
}
