//! Which ballot keeps how much of a balance in place, and until when: what a member asks before
//! and after voting.

use althing_frame::{Fault, Rows};
use althing_primitives::{AccountId, Balance, BlockNumber};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{BALLOTS, LOCK_PERIOD, MEMBERS, POLLS, PollState, lock_after_poll};

/// One reason why balance stays in place. Reasons overlap: they do not add up.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct LockReason {
    /// The referendum; none for a ballot settled earlier.
    pub referendum: Option<u32>,
    /// How much stays.
    pub amount: Balance,
    /// Until when.
    pub end: LockEnd,
}

/// When balance is free again.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum LockEnd {
    /// When the ballot is removed, or some time after the poll has ended.
    #[codec(index = 0)]
    WhileOpen,
    /// From this block on.
    #[codec(index = 1)]
    At(BlockNumber),
}

/// Every reason why balance of `who` stays in place, ballots first.
pub fn locks<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<Vec<LockReason>, Fault> {
    let record = MEMBERS.get_or_default(rows, who)?;
    let period = LOCK_PERIOD.get_or_default(rows)?;
    let mut reasons = Vec::with_capacity(record.ballots.len());
    for held in record.ballots.iter() {
        let poll = POLLS.get(rows, &held.referendum)?;
        let ballot = BALLOTS.get(rows, who, &held.referendum)?;
        let end = match (poll.map(|poll| poll.state), ballot) {
            (Some(PollState::Closed { at, outcome }), Some(ballot)) => {
                let lock = lock_after_poll(ballot, outcome, at, period);
                LockEnd::At(lock.map_or(at, |lock| lock.until))
            }
            _ => LockEnd::WhileOpen,
        };
        reasons.push(LockReason { referendum: Some(held.referendum), amount: held.amount, end });
    }
    reasons.extend(record.ladder.steps().iter().map(|step| LockReason {
        referendum: None,
        amount: step.amount,
        end: LockEnd::At(step.until),
    }));
    Ok(reasons)
}
