//! What ballots add up to (rules G30 to G38).
//!
//! A tally is three sums. A ballot contributes to each of them independently of every other
//! ballot, so contributions may be added and taken back in any order.

use althing_frame::LaneSum;
use althing_primitives::Balance;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::conviction::Conviction;
use crate::ratio::Ratio;

/// Totals of one poll. Always 48 bytes: the lanes in this order, little-endian.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct Tally {
    /// Votes for, weighed by conviction.
    pub ayes: u128,
    /// Votes against, weighed by conviction.
    pub nays: u128,
    /// Balance that said aye or abstained, not weighed.
    pub support: Balance,
}

impl LaneSum for Tally {
    const LANES: usize = 3;
}

/// One member's answer in one poll.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Ballot {
    /// All of `balance` on one side.
    #[codec(index = 0)]
    Standard {
        /// For or against.
        aye: bool,
        /// Balance put behind it.
        balance: Balance,
        /// How long it stays locked afterwards.
        conviction: Conviction,
    },
    /// Balance on both sides, without conviction.
    #[codec(index = 1)]
    Split {
        /// Balance for.
        aye: Balance,
        /// Balance against.
        nay: Balance,
    },
    /// Balance on both sides and on neither, without conviction.
    #[codec(index = 2)]
    SplitAbstain {
        /// Balance for.
        aye: Balance,
        /// Balance against.
        nay: Balance,
        /// Balance that only supports the question being decided.
        abstain: Balance,
    },
}

/// What others have delegated to a member: it follows the member's standard ballots.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct Delegations {
    /// Votes, weighed by each delegator's own conviction.
    pub votes: u128,
    /// Balance, not weighed.
    pub capital: Balance,
}

/// Why a sum of votes does not exist.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TallyError {
    /// The weight of one ballot is above 128 bits.
    #[error("{balance} with conviction {conviction:?} weighs more than 128 bits hold")]
    TooManyVotes {
        /// Balance of the ballot.
        balance: Balance,
        /// Its conviction.
        conviction: Conviction,
    },
    /// A sum is above 128 bits.
    #[error("{left} + {right} votes are more than 128 bits hold")]
    Overflow {
        /// First addend.
        left: u128,
        /// Second addend.
        right: u128,
    },
    /// More is taken from a tally than was ever added to it.
    #[error("a tally lane of {lane} cannot give back {taken}")]
    Underflow {
        /// What the lane holds.
        lane: u128,
        /// What was to be taken.
        taken: u128,
    },
}

impl Tally {
    /// The lanes of the sum row, in the order in which they are encoded.
    pub const fn lanes(self) -> [u128; 3] {
        [self.ayes, self.nays, self.support]
    }

    /// The tally that a sum row holds.
    pub const fn from_lanes([ayes, nays, support]: [u128; 3]) -> Self {
        Self { ayes, nays, support }
    }

    /// Lanes that take this contribution back when they are added to a sum row.
    ///
    /// Sum rows add modulo 2^128, so the negative of a lane is its two's complement: wrapping is
    /// the meaning here, not an accident.
    pub const fn negated_lanes(self) -> [u128; 3] {
        [self.ayes.wrapping_neg(), self.nays.wrapping_neg(), self.support.wrapping_neg()]
    }

    /// Lanes that replace the contribution `before` by this one.
    pub const fn lanes_replacing(self, before: Self) -> [u128; 3] {
        [
            self.ayes.wrapping_sub(before.ayes),
            self.nays.wrapping_sub(before.nays),
            self.support.wrapping_sub(before.support),
        ]
    }

    /// The exact sum.
    pub fn checked_add(self, other: Self) -> Result<Self, TallyError> {
        Ok(Self {
            ayes: add(self.ayes, other.ayes)?,
            nays: add(self.nays, other.nays)?,
            support: add(self.support, other.support)?,
        })
    }

    /// The exact difference.
    pub fn checked_sub(self, other: Self) -> Result<Self, TallyError> {
        Ok(Self {
            ayes: subtract(self.ayes, other.ayes)?,
            nays: subtract(self.nays, other.nays)?,
            support: subtract(self.support, other.support)?,
        })
    }

    /// Share of the weighed votes that are ayes; zero while nobody has voted.
    pub fn approval(self) -> Result<Ratio, TallyError> {
        let total = add(self.ayes, self.nays)?;
        Ok(Ratio::new(self.ayes, total).unwrap_or(Ratio::ZERO))
    }

    /// Share of the electorate that said aye or abstained.
    ///
    /// The denominator never falls below `electorate_min`, so that a shrunken electorate cannot
    /// turn a few units into a large share. An empty electorate supports nothing.
    pub fn support_of(self, electorate: Balance, electorate_min: Balance) -> Ratio {
        if electorate == 0 {
            return Ratio::ZERO;
        }
        Ratio::new(self.support, electorate.max(electorate_min)).unwrap_or(Ratio::ZERO)
    }
}

impl Ballot {
    /// Balance that the ballot uses, and that must be locked while it counts.
    pub fn balance(self) -> Result<Balance, TallyError> {
        match self {
            Self::Standard { balance, .. } => Ok(balance),
            Self::Split { aye, nay } => add(aye, nay),
            Self::SplitAbstain { aye, nay, abstain } => add(add(aye, nay)?, abstain),
        }
    }

    /// What the ballot adds to its poll, together with what is delegated to its member.
    ///
    /// Delegations follow a standard ballot only: a split one does not say which side they are on.
    pub fn contribution(self, delegated: Delegations) -> Result<Tally, TallyError> {
        match self {
            Self::Standard { aye, balance, conviction } => {
                let votes = add(conviction.votes(balance)?, delegated.votes)?;
                let capital = add(balance, delegated.capital)?;
                Ok(Tally::on_side(aye, votes, capital))
            }
            Self::Split { aye, nay } => split(aye, nay, 0),
            Self::SplitAbstain { aye, nay, abstain } => split(aye, nay, abstain),
        }
    }

    /// What `delegated` adds to, or withdraws from, the poll in which this ballot was cast.
    ///
    /// This is the difference that delegating, undelegating or voting oneself makes; the
    /// ballot's own part is left out.
    pub const fn carried(self, delegated: Delegations) -> Tally {
        match self {
            Self::Standard { aye, .. } => Tally::on_side(aye, delegated.votes, delegated.capital),
            Self::Split { .. } | Self::SplitAbstain { .. } => Tally::from_lanes([0, 0, 0]),
        }
    }
}

impl Tally {
    /// `votes` on one side; only ayes support.
    const fn on_side(aye: bool, votes: u128, capital: Balance) -> Self {
        if aye {
            Self { ayes: votes, nays: 0, support: capital }
        } else {
            Self { ayes: 0, nays: votes, support: 0 }
        }
    }
}

impl Delegations {
    /// What one delegator's balance is worth.
    pub fn of(balance: Balance, conviction: Conviction) -> Result<Self, TallyError> {
        Ok(Self { votes: conviction.votes(balance)?, capital: balance })
    }

    /// The exact sum.
    pub fn checked_add(self, other: Self) -> Result<Self, TallyError> {
        Ok(Self {
            votes: add(self.votes, other.votes)?,
            capital: add(self.capital, other.capital)?,
        })
    }

    /// The exact difference.
    pub fn checked_sub(self, other: Self) -> Result<Self, TallyError> {
        Ok(Self {
            votes: subtract(self.votes, other.votes)?,
            capital: subtract(self.capital, other.capital)?,
        })
    }
}

fn split(aye: Balance, nay: Balance, abstain: Balance) -> Result<Tally, TallyError> {
    // The unweighed sum must exist even where no lane needs it: it is what gets locked.
    add(add(aye, nay)?, abstain)?;
    Ok(Tally {
        ayes: Conviction::None.votes(aye)?,
        nays: Conviction::None.votes(nay)?,
        support: add(aye, abstain)?,
    })
}

fn add(left: u128, right: u128) -> Result<u128, TallyError> {
    left.checked_add(right).ok_or(TallyError::Overflow { left, right })
}

fn subtract(lane: u128, taken: u128) -> Result<u128, TallyError> {
    lane.checked_sub(taken).ok_or(TallyError::Underflow { lane, taken })
}
