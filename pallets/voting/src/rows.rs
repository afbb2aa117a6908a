//! Polls, tallies, ballots, and what members hold behind their ballots.

use althing_frame::{DoubleMap, Fault, Map, Rows, SumMap, Track, Value};
use althing_primitives::{
    AccountId, Balance, Blake2_128Concat, BlockNumber, BoundedVec, SchemeId, Twox64Concat,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{Ballot, LockLadder, PollOutcome, Tally};

/// How many ballots a member may have at a time, those of closed polls not yet settled included
/// (G66).
pub const BALLOTS_MAX: u32 = 256;
/// How many accounts can be left out of the electorate (G69).
pub const POTS_MAX: u32 = 16;

/// The polls by referendum.
pub const POLLS: Map<u32, Poll> = Map::new(crate::NAME, "Polls");
/// Sums of the ballots of open polls.
pub const TALLIES: SumMap<u32, Tally> = SumMap::new(crate::NAME, "Tallies");
/// The same of critical polls, kept apart by the scheme that answers for the ballots.
pub const VOICES: SumMap<(u32, SchemeId), Tally> = SumMap::new(crate::NAME, "Voices");
/// Ballots by member and referendum.
pub const BALLOTS: DoubleMap<AccountId, u32, Ballot, Blake2_128Concat, Twox64Concat> =
    DoubleMap::new(crate::NAME, "Ballots");
/// What each member holds behind ballots, and until when.
pub const MEMBERS: Map<AccountId, MemberRecord, Blake2_128Concat> =
    Map::new(crate::NAME, "Members").with_default();
/// Accounts that belong to nobody: they do not vote and do not count.
pub const POTS: Value<BoundedVec<AccountId, POTS_MAX>> =
    Value::new(crate::NAME, "Pots").with_default();
/// Blocks in one period of conviction.
pub const LOCK_PERIOD: Value<BlockNumber> = Value::new(crate::NAME, "LockPeriod").with_default();
/// The least electorate that support is measured against.
pub const ELECTORATE_MIN: Value<Balance> = Value::new(crate::NAME, "ElectorateMin").with_default();

/// A question that members answer, or have answered.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Poll {
    /// The class of its rules.
    pub track: Track,
    /// Whether it must stand without any one scheme, so that its ballots are kept apart (G90).
    pub is_critical: bool,
    /// Whether ballots still count.
    pub state: PollState,
}

/// Whether ballots still count.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum PollState {
    /// They do.
    #[codec(index = 0)]
    Open,
    /// They do not any more.
    #[codec(index = 1)]
    Closed {
        /// Block in which it ended.
        at: BlockNumber,
        /// Who has won.
        outcome: PollOutcome,
    },
}

/// What a member holds behind one ballot.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Held {
    /// The referendum.
    pub referendum: u32,
    /// The balance of the ballot.
    pub amount: Balance,
    /// Block in which the ballot took its present form.
    pub cast_at: BlockNumber,
    /// The voice under which it was cast; none where the poll does not tell them apart.
    pub voice: Option<SchemeId>,
}

/// All that keeps a member's balance in place.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct MemberRecord {
    /// Ballots that were neither removed nor settled.
    pub ballots: BoundedVec<Held, BALLOTS_MAX>,
    /// Locks that settled ballots have left.
    pub ladder: LockLadder,
}

impl MemberRecord {
    /// What is held behind the ballot on `referendum`, if there is one.
    pub fn held(&self, referendum: u32) -> Option<&Held> {
        self.ballots.iter().find(|held| held.referendum == referendum)
    }

    /// How much must stay in the account at block `now`: ballots and locks overlap (G65).
    pub fn locked_at(&self, now: BlockNumber) -> Balance {
        let behind_ballots = self.ballots.iter().map(|held| held.amount).max().unwrap_or(0);
        behind_ballots.max(self.ladder.locked_at(now))
    }
}

/// The poll of `referendum`, if there is one.
pub fn poll<R: Rows + ?Sized>(rows: &R, referendum: u32) -> Result<Option<Poll>, Fault> {
    POLLS.get(rows, &referendum)
}

/// The sum of the ballots on `referendum`; nothing once its poll is closed.
pub fn tally<R: Rows + ?Sized>(rows: &R, referendum: u32) -> Result<Tally, Fault> {
    TALLIES.get(rows, &referendum)
}

/// The ballot of `who` on `referendum`, if there is one.
pub fn ballot<R: Rows + ?Sized>(
    rows: &R,
    who: &AccountId,
    referendum: u32,
) -> Result<Option<Ballot>, Fault> {
    BALLOTS.get(rows, who, &referendum)
}

/// All that keeps the balance of `who` in place.
pub fn member<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<MemberRecord, Fault> {
    MEMBERS.get_or_default(rows, who)
}
