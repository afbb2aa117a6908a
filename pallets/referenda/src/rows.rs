//! Referenda, and which of them are open.

use althing_frame::{Access, Fault, IterRows, Map, Rows, Track, Value};
use althing_primitives::{AccountId, Balance, BlockNumber, BoundedBytes, BoundedVec, SchemeId};
use pallet_preimage::{Deposit, Proposal, Relied};
use pallet_scheduler::TaskId;
use pallet_voting::Tally;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{CountedVoices, Deciding};

/// How many referenda can be open at a time (G73).
pub const OPEN_MAX: u32 = 512;
/// How many of them each track can always have (G73).
pub const OPEN_RESERVED: u32 = 16;

/// All referenda there ever were, by number.
pub const REFERENDA: Map<u32, Referendum> = Map::new(crate::NAME, "Referenda");
/// How many referenda there ever were: the number of the next one.
pub const COUNT: Value<u32> = Value::new(crate::NAME, "Count").with_default();
/// The referenda that have not ended, by number.
pub const OPEN: Value<BoundedVec<OpenEntry, OPEN_MAX>> =
    Value::new(crate::NAME, "Open").with_default();
/// Blocks after which a referendum without decision deposit ends.
pub const UNDECIDING_TIMEOUT: Value<BlockNumber> =
    Value::new(crate::NAME, "UndecidingTimeout").with_default();

/// How many schemes a proposal may be about (G91).
pub const AFFECTED_MAX: u32 = 8;
/// The schemes that a proposal is about.
pub type Affected = BoundedVec<SchemeId, AFFECTED_MAX>;

/// What people call a referendum.
pub type Title = BoundedBytes<128>;

/// A referendum that has not ended.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct OpenEntry {
    /// Its number.
    pub index: u32,
    /// Its track.
    pub track: Track,
}

/// When an approved call should run. It never runs before the track's least enactment period is
/// over.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Enactment {
    /// In this block.
    #[codec(index = 0)]
    At(BlockNumber),
    /// This many blocks after approval.
    #[codec(index = 1)]
    After(BlockNumber),
}

impl Enactment {
    /// The first block in which a call approved at `approved_at` may run (G55, G77).
    pub fn first_block(self, approved_at: BlockNumber, least: BlockNumber) -> BlockNumber {
        // Never in the block of approval. Saturating: what would come after the last block stays
        // there.
        let earliest = approved_at.saturating_add(least.max(1));
        match self {
            Self::At(block) => earliest.max(block),
            Self::After(blocks) => earliest.max(approved_at.saturating_add(blocks)),
        }
    }
}

/// A question, and what became of it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Referendum {
    /// The class of its rules, and the power its call runs with.
    pub track: Track,
    /// The call.
    pub proposal: Proposal,
    /// When the call should run.
    pub enactment: Enactment,
    /// What people call it.
    pub title: Title,
    /// Who asks.
    pub proposer: AccountId,
    /// Block of submission.
    pub submitted_at: BlockNumber,
    /// What was set aside to ask; none once it was given back or taken.
    pub submission_deposit: Option<Deposit>,
    /// What was set aside to have it decided.
    pub decision_deposit: Option<Deposit>,
    /// What having it decided takes.
    pub decision_price: Balance,
    /// The schemes whose fate its call decides, which do not count in it; an empty list if the call
    /// stops a decision about cryptography that names no scheme; none for all other calls.
    pub affected: Option<Affected>,
    /// The preimages that the call takes from the chain when it runs; pinned until the end.
    pub relies_on: Relied,
    /// Where it stands.
    pub status: Status,
    /// What was counted when it ended.
    pub count: Option<Count>,
    /// The voices of a critical referendum as they were counted when it ended.
    pub voices: CountedVoices,
}

impl Referendum {
    /// Whether it must stand without any one scheme (G90).
    pub fn is_critical(&self) -> bool {
        self.track.is_critical() || self.affected.is_some()
    }

    /// Whether it decides about cryptography, so that not every voice counts (G91).
    pub fn is_cryptographic(&self) -> bool {
        self.track.is_cryptographic() || self.affected.is_some()
    }
}

/// Where a referendum stands.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Status {
    /// Waits for the end of the prepare period, for its decision deposit, or both.
    #[codec(index = 0)]
    Preparing,
    /// Waits until its track has room.
    #[codec(index = 1)]
    Queued {
        /// Since this block.
        since: BlockNumber,
    },
    /// Is decided; confirming while it passes.
    #[codec(index = 2)]
    Deciding(Deciding),
    /// Has passed for the whole confirm period.
    #[codec(index = 3)]
    Approved {
        /// Block of approval.
        at: BlockNumber,
        /// Block for which the call was scheduled.
        enacts_at: BlockNumber,
        /// The scheduler's task. What came of it is `pallet_scheduler::result_of`.
        task: TaskId,
    },
    /// Has not passed in time.
    #[codec(index = 4)]
    Rejected {
        /// Block of rejection.
        at: BlockNumber,
    },
    /// Nobody has placed the decision deposit in time.
    #[codec(index = 5)]
    TimedOut {
        /// Block in which time was up.
        at: BlockNumber,
    },
    /// Was stopped; deposits went back.
    #[codec(index = 6)]
    Cancelled {
        /// Block in which it was stopped.
        at: BlockNumber,
    },
    /// Was stopped as abuse; deposits are lost.
    #[codec(index = 7)]
    Killed {
        /// Block in which it was stopped.
        at: BlockNumber,
    },
}

impl Status {
    /// Whether it has not ended.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Preparing | Self::Queued { .. } | Self::Deciding(_))
    }

    /// The word members read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Queued { .. } => "queued",
            Self::Deciding(Deciding { confirming_until: None, .. }) => "deciding",
            Self::Deciding(Deciding { confirming_until: Some(_), .. }) => "confirming",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::TimedOut { .. } => "timed-out",
            Self::Cancelled { .. } => "cancelled",
            Self::Killed { .. } => "killed",
        }
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Count {
    /// The sums of the ballots.
    pub tally: Tally,
    /// What support is measured against, before the least electorate is applied.
    pub electorate: Balance,
}

/// The referendum with this number, if there is one.
pub fn referendum<R: Rows + ?Sized>(rows: &R, index: u32) -> Result<Option<Referendum>, Fault> {
    REFERENDA.get(rows, &index)
}

/// Declare the row that [`referendum`] reads.
pub fn referendum_access(access: &mut Access, index: u32) {
    access.read(REFERENDA.key(&index));
}

/// All referenda, by number.
pub fn list(rows: &dyn IterRows) -> Result<Vec<(u32, Referendum)>, Fault> {
    let mut referenda = REFERENDA.list(rows)?;
    referenda.sort_by_key(|(index, _)| *index);
    Ok(referenda)
}

/// How many referenda are open on `track`, and how many more it can have (G73).
pub(crate) fn room(open: &[OpenEntry], track: Track) -> (u32, u32) {
    let on = |track| {
        u32::try_from(open.iter().filter(|entry| entry.track == track).count()).unwrap_or(OPEN_MAX)
    };
    let reserved = |track| OPEN_RESERVED.saturating_sub(on(track));
    let kept: u32 = Track::ALL
        .into_iter()
        .filter(|other| *other != track)
        .map(reserved)
        .fold(0, u32::saturating_add);
    let used = u32::try_from(open.len()).unwrap_or(OPEN_MAX);
    (on(track), OPEN_MAX.saturating_sub(used).saturating_sub(kept))
}
