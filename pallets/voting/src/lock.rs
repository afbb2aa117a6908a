//! How balance that was locked by conviction becomes free again (rules G40 to G44).
//!
//! Locks of one balance overlap, they do not add up: what is locked at a block is the largest
//! amount among the locks still running. A ladder keeps exactly the steps of that function, so a
//! long lock of a small amount never prolongs a short lock of a large one.

use althing_primitives::{Balance, BlockNumber};
use parity_scale_codec::{Compact, Decode, Encode, Error, Input};
use scale_info::TypeInfo;

use crate::conviction::Conviction;
use crate::tally::Ballot;

/// Steps that one ladder can hold.
pub const LADDER_STEPS_MAX: usize = 64;

/// `amount` is locked at every block before `until`.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct LockStep {
    /// How much stays locked.
    pub amount: Balance,
    /// First block at which it is free.
    pub until: BlockNumber,
}

/// Locks of one balance: later steps hold strictly less.
#[derive(Clone, Debug, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct LockLadder(Vec<LockStep>);

/// The ladder has no room for one more step. Free what has expired, or wait for the next step.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a lock until block {until} does not fit: all {LADDER_STEPS_MAX} steps are in use")]
pub struct LadderFull {
    /// End of the lock that was refused.
    pub until: BlockNumber,
}

/// How a poll ended, as far as locks care.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum PollOutcome {
    /// The ayes have it.
    #[codec(index = 0)]
    Approved,
    /// The nays have it.
    #[codec(index = 1)]
    Rejected,
    /// Cancelled, killed or timed out: nobody has won, nobody stays locked.
    #[codec(index = 2)]
    Void,
}

impl LockLadder {
    /// No locks.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The steps, soonest to end first, amounts strictly falling.
    pub fn steps(&self) -> &[LockStep] {
        &self.0
    }

    /// What is still locked at `block`.
    pub fn locked_at(&self, block: BlockNumber) -> Balance {
        self.0.iter().find(|step| step.until > block).map_or(0, |step| step.amount)
    }

    /// Lock `amount` at every block before `until`, next to what is locked already.
    ///
    /// Steps that the new lock covers go; a lock that is itself covered changes nothing. On error
    /// the ladder is as before.
    pub fn add(&mut self, lock: LockStep) -> Result<(), LadderFull> {
        let covers = |a: &LockStep, b: &LockStep| a.amount >= b.amount && a.until >= b.until;
        if lock.amount == 0 || self.0.iter().any(|step| covers(step, &lock)) {
            return Ok(());
        }
        let kept = self.0.iter().filter(|step| !covers(&lock, step)).count();
        if kept >= LADDER_STEPS_MAX {
            return Err(LadderFull { until: lock.until });
        }

        self.0.retain(|step| !covers(&lock, step));
        let place = self.0.partition_point(|step| step.until < lock.until);
        self.0.insert(place, lock);
        Ok(())
    }

    /// Drop the steps that have ended by `block`.
    pub fn expire(&mut self, block: BlockNumber) {
        self.0.retain(|step| step.until > block);
    }

    /// Whether nothing is or will be locked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the steps are in order and fall strictly, which every decoded ladder must.
    fn is_falling(&self) -> bool {
        self.0.is_sorted_by(|a, b| a.until < b.until && a.amount > b.amount)
            && self.0.last().is_none_or(|step| step.amount > 0)
    }
}

impl Decode for LockLadder {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let Compact(length) = Compact::<u32>::decode(input)?;
        let length = usize::try_from(length).map_err(|_| Error::from("lock ladder too long"))?;
        if length > LADDER_STEPS_MAX {
            return Err("lock ladder too long".into());
        }
        let mut steps = Vec::with_capacity(length);
        for _ in 0..length {
            steps.push(LockStep::decode(input)?);
        }
        let ladder = Self(steps);
        if !ladder.is_falling() {
            return Err("lock ladder does not fall".into());
        }
        Ok(ladder)
    }
}

/// The lock that a ballot leaves behind when its poll ends, if any.
///
/// Only the winning side of a standard ballot with conviction stays locked, from the end of the
/// poll for as many periods as the conviction says.
pub fn lock_after_poll(
    ballot: Ballot,
    outcome: PollOutcome,
    ended_at: BlockNumber,
    lock_period: BlockNumber,
) -> Option<LockStep> {
    let Ballot::Standard { aye, balance, conviction } = ballot else {
        return None;
    };
    let won = match outcome {
        PollOutcome::Approved => aye,
        PollOutcome::Rejected => !aye,
        PollOutcome::Void => false,
    };
    if !won || conviction == Conviction::None {
        return None;
    }
    // Saturating on purpose: a lock that would end after the last block number ends there.
    let length = conviction.lock_periods().saturating_mul(lock_period);
    Some(LockStep { amount: balance, until: ended_at.saturating_add(length) })
}
