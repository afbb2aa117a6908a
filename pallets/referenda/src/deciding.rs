//! When a referendum passes, confirms, and may be enacted (rules G50 to G57).
//!
//! A referendum passes while both of its shares meet their thresholds. It is approved once it has
//! passed without interruption for the confirm period. All of this is a function of block numbers
//! and shares, so the same code moves referenda and answers forecasts.

use althing_primitives::BlockNumber;
use pallet_voting::Ratio;
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::curve::Curve;

/// What a referendum needs to pass at each moment of its decision period.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Thresholds {
    /// Required share of ayes among weighed votes.
    pub approval: Curve,
    /// Required share of the electorate that said aye or abstained.
    pub support: Curve,
}

/// How long things take, in blocks.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Timing {
    /// Length of the decision period.
    pub decision: BlockNumber,
    /// How long a referendum must pass without interruption.
    pub confirm: BlockNumber,
    /// Least time from approval to enactment.
    pub min_enactment: BlockNumber,
}

/// The two shares that are held against the thresholds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Share of ayes among weighed votes.
    pub approval: Ratio,
    /// Share of the electorate that said aye or abstained.
    pub support: Ratio,
}

/// A referendum being decided.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Deciding {
    /// Block at which deciding began.
    pub since: BlockNumber,
    /// Block at which it is approved if it passes until then; none while it does not pass.
    pub confirming_until: Option<BlockNumber>,
}

/// What one look at a referendum found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress {
    /// It does not pass, and there is time left.
    Waiting,
    /// It passes as of this block.
    ConfirmStarted,
    /// It still passes.
    Confirming,
    /// It has ceased to pass, and there is time left.
    ConfirmAborted,
    /// It has passed for the whole confirm period.
    Approved,
    /// It does not pass, and the decision period is over.
    Rejected,
}

/// What becomes of a referendum if no ballot changes any more.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Projection {
    /// It is approved.
    #[codec(index = 0)]
    Approved {
        /// First block of the confirm period that ends in approval.
        passes_at: BlockNumber,
        /// Block of approval.
        approved_at: BlockNumber,
        /// First block at which it may be enacted.
        enacts_from: BlockNumber,
    },
    /// It is rejected.
    #[codec(index = 1)]
    Rejected {
        /// Block of rejection.
        at: BlockNumber,
    },
}

impl Thresholds {
    /// Whether both shares are enough after `elapsed` of `decision` blocks.
    pub fn passes(&self, elapsed: BlockNumber, decision: BlockNumber, now: Standing) -> bool {
        self.approval.passes(elapsed, decision, now.approval)
            && self.support.passes(elapsed, decision, now.support)
    }

    /// The earliest block of the decision period at which constant shares pass, if any.
    ///
    /// Either share passes from its own first block on, so both do from the later one on.
    pub fn first_passing(&self, decision: BlockNumber, now: Standing) -> Option<BlockNumber> {
        let approval = self.approval.first_passing(decision, now.approval)?;
        let support = self.support.first_passing(decision, now.support)?;
        Some(approval.max(support))
    }
}

impl Deciding {
    /// Deciding that begins at `since`.
    pub const fn new(since: BlockNumber) -> Self {
        Self { since, confirming_until: None }
    }

    /// Blocks since deciding began.
    pub const fn elapsed(&self, now: BlockNumber) -> BlockNumber {
        now.saturating_sub(self.since)
    }

    /// Look at the referendum at block `now` and move it on.
    ///
    /// Passing is looked at before the end of the decision period, so that a referendum may begin
    /// to confirm at the very last block and be approved after it.
    pub fn advance(&mut self, now: BlockNumber, passing: bool, timing: &Timing) -> Progress {
        if passing {
            return self.confirm(now, timing);
        }
        let was_confirming = self.confirming_until.take().is_some();
        if self.elapsed(now) >= timing.decision {
            Progress::Rejected
        } else if was_confirming {
            Progress::ConfirmAborted
        } else {
            Progress::Waiting
        }
    }

    /// What becomes of the referendum if its shares stay as they are at block `now`.
    pub fn project(
        &self,
        now: BlockNumber,
        thresholds: &Thresholds,
        timing: &Timing,
        standing: Standing,
    ) -> Projection {
        let end = self.since.saturating_add(timing.decision);
        let Some(first) = thresholds.first_passing(timing.decision, standing) else {
            return Projection::Rejected { at: end.max(now) };
        };
        let first = self.since.saturating_add(first);
        // Past the end it can only go on confirming: a first pass found there came too late.
        let confirming = self.confirming_until.filter(|_| first <= now);
        let approved_at = match confirming {
            Some(until) => until.max(now),
            None => first.max(now).saturating_add(timing.confirm),
        };
        Projection::Approved {
            passes_at: confirming
                .map_or(first.max(now), |until| until.saturating_sub(timing.confirm)),
            approved_at,
            enacts_from: approved_at.saturating_add(timing.min_enactment),
        }
    }

    /// The next block at which the referendum must be looked at if its shares stay as they are.
    pub fn next_look(
        &self,
        now: BlockNumber,
        thresholds: &Thresholds,
        timing: &Timing,
        standing: Standing,
    ) -> BlockNumber {
        match self.project(now, thresholds, timing, standing) {
            Projection::Approved { passes_at, .. } if passes_at > now => passes_at,
            Projection::Approved { approved_at, .. } => approved_at,
            Projection::Rejected { at } => at,
        }
    }

    /// Saturating on purpose: a period that would end after the last block number never ends.
    fn confirm(&mut self, now: BlockNumber, timing: &Timing) -> Progress {
        let started = self.confirming_until.is_none();
        let until = self.confirming_until.unwrap_or(now.saturating_add(timing.confirm));
        self.confirming_until = Some(until);
        if now >= until {
            Progress::Approved
        } else if started {
            Progress::ConfirmStarted
        } else {
            Progress::Confirming
        }
    }
}
