//! How much longer a member is ready to stand by a ballot, and what that weighs (rules G20 to
//! G22).

use althing_primitives::Balance;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::tally::TallyError;

/// Weight of a ballot against the time its balance stays locked after the poll.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub enum Conviction {
    /// A tenth of a vote per unit, no lock.
    #[default]
    #[codec(index = 0)]
    None,
    /// One vote per unit, locked one period.
    #[codec(index = 1)]
    Locked1x,
    /// Two votes per unit, locked two periods.
    #[codec(index = 2)]
    Locked2x,
    /// Three votes per unit, locked four periods.
    #[codec(index = 3)]
    Locked3x,
    /// Four votes per unit, locked eight periods.
    #[codec(index = 4)]
    Locked4x,
    /// Five votes per unit, locked sixteen periods.
    #[codec(index = 5)]
    Locked5x,
    /// Six votes per unit, locked thirty-two periods.
    #[codec(index = 6)]
    Locked6x,
}

impl Conviction {
    /// Every conviction, from the lightest.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Locked1x,
        Self::Locked2x,
        Self::Locked3x,
        Self::Locked4x,
        Self::Locked5x,
        Self::Locked6x,
    ];

    /// Votes per unit of balance; none for the conviction that weighs a tenth.
    pub const fn multiplier(self) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Locked1x => Some(1),
            Self::Locked2x => Some(2),
            Self::Locked3x => Some(3),
            Self::Locked4x => Some(4),
            Self::Locked5x => Some(5),
            Self::Locked6x => Some(6),
        }
    }

    /// How many lock periods the balance stays locked after the poll.
    pub const fn lock_periods(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Locked1x => 1,
            Self::Locked2x => 2,
            Self::Locked3x => 4,
            Self::Locked4x => 8,
            Self::Locked5x => 16,
            Self::Locked6x => 32,
        }
    }

    /// Votes that `balance` weighs: its tenth rounded down, or a whole multiple.
    pub fn votes(self, balance: Balance) -> Result<u128, TallyError> {
        let Some(multiplier) = self.multiplier() else {
            return Ok(balance / 10);
        };
        balance
            .checked_mul(u128::from(multiplier))
            .ok_or(TallyError::TooManyVotes { balance, conviction: self })
    }
}
