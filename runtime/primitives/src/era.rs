//! How long a signature lives.

use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, Output};
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

use crate::BlockNumber;

/// The window of blocks in which an extrinsic may be included.
///
/// Encodes as one byte (immortal) or two: the low four bits are `log2(period) - 1`, the rest is
/// the phase divided by `max(period >> 12, 1)`, as Substrate clients do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Era {
    /// Valid for ever.
    Immortal,
    /// Valid for `period` blocks from the last block whose number is `phase` modulo `period`.
    Mortal {
        /// Length in blocks, a power of two from 4 to 65,536.
        period: u32,
        /// Position of the birth block in its period.
        phase: u32,
    },
}

impl Era {
    /// An era of about `period` blocks that begins at `current`.
    pub fn mortal(period: u32, current: BlockNumber) -> Self {
        let period = period.clamp(4, 1 << 16).next_power_of_two().min(1 << 16);
        let quantum = (period >> 12).max(1);
        // Period is at least 4 and quantum at least 1, so neither division can fail.
        let phase = current.checked_rem(period).unwrap_or(0);
        let phase = phase.checked_div(quantum).unwrap_or(0).saturating_mul(quantum);
        Self::Mortal { period, phase }
    }

    /// The block whose hash a signer names, when the chain stands at `current`.
    pub fn birth(self, current: BlockNumber) -> BlockNumber {
        match self {
            Self::Immortal => 0,
            Self::Mortal { period, phase } => current
                .max(phase)
                .saturating_sub(phase)
                .checked_div(period)
                .unwrap_or(0)
                .saturating_mul(period)
                .saturating_add(phase),
        }
    }

    /// The first block in which the extrinsic is no longer valid, when the chain stands at
    /// `current`.
    pub fn death(self, current: BlockNumber) -> BlockNumber {
        match self {
            Self::Immortal => BlockNumber::MAX,
            Self::Mortal { period, .. } => self.birth(current).saturating_add(period),
        }
    }
}

impl Encode for Era {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        match *self {
            Self::Immortal => out.push_byte(0),
            Self::Mortal { period, phase } => {
                let quantum = (period >> 12).max(1);
                let low = period.trailing_zeros().saturating_sub(1).clamp(1, 15);
                let high = phase.checked_div(quantum).unwrap_or(0) << 4;
                // Both parts fit: low is 4 bits, phase / quantum at most 12.
                let word = u16::try_from(low | high).unwrap_or(u16::MAX);
                word.encode_to(out);
            }
        }
    }
}

impl Decode for Era {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let first = input.read_byte()?;
        if first == 0 {
            return Ok(Self::Immortal);
        }
        let word = u32::from(u16::from_le_bytes([first, input.read_byte()?]));
        let period = 2_u32 << (word & 0b1111);
        let quantum = (period >> 12).max(1);
        let phase = (word >> 4).saturating_mul(quantum);
        if period < 4 || phase >= period {
            return Err("phase of a mortal era is outside its period".into());
        }
        Ok(Self::Mortal { period, phase })
    }
}

impl DecodeWithMemTracking for Era {}

// Explorers and polkadot.js know the era as this 256-variant enum.
impl TypeInfo for Era {
    type Identity = Self;

    fn type_info() -> Type {
        let mut variants = Variants::new().variant("Immortal", |v| v.index(0));
        for index in 1..=u8::MAX {
            let name: &'static str = MORTAL_NAMES.get(usize::from(index)).copied().unwrap_or("");
            variants = variants.variant(name, |v| {
                v.index(index).fields(Fields::unnamed().field(|f| f.ty::<u8>()))
            });
        }
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "generic", "era", "Era"]))
            .variant(variants)
    }
}

static MORTAL_NAMES: [&str; 256] = include!("era_names.in");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_byte_era_round_trips_or_is_refused() {
        for word in 1..=u16::MAX {
            let bytes = word.to_le_bytes();
            if let Ok(era) = Era::decode(&mut &bytes[..])
                && era != Era::Immortal
            {
                assert_eq!(era.encode(), bytes);
            }
        }
    }

    #[test]
    fn a_mortal_era_is_born_at_or_before_the_current_block() {
        let era = Era::mortal(64, 1000);
        assert_eq!(era.birth(1000), 1000);
        assert_eq!(era.birth(1063), 1000);
        assert_eq!(era.death(1063), 1064);
        assert_eq!(era.birth(1064), 1064);
    }
}
