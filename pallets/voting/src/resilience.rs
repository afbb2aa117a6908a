//! Whether a result would stand without the ayes of any one scheme (rules G90 and G93).
//!
//! Whoever has broken a scheme in secret can cast ballots under it for everyone who uses it. Those
//! must never be what a decision rests on, so the ayes of each scheme are taken away in turn, with
//! the support they lend. The nays stay: to take them away would let a forger's friends pass what
//! honest members refuse.
//!
//! A decision needs approval and support, each at its own threshold, whichever scheme is taken away.
//! Approval is least without the scheme with the most ayes, support without the one with the most
//! support. So one tally, with the most ayes and the most support of any scheme taken away, meets
//! both thresholds if and only if all the others do, and forecasts need no second formula.

use althing_primitives::SchemeId;
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::tally::{Tally, TallyError};

/// The ballots of a poll that were cast under one scheme, or under several together.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Voice {
    /// The scheme; [`SchemeId::JOINT`] if no single one could have cast them.
    pub scheme: SchemeId,
    /// What its ballots add up to.
    pub tally: Tally,
}

/// What a poll comes to, as it is and at its weakest.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Resilience {
    /// The sum of the voices.
    pub counted: Tally,
    /// What is left of each sum in the worst case: the ayes and the support without the scheme that
    /// has the most of them, and all nays.
    pub least: Tally,
    /// The scheme with the most ayes, the lowest of several; none if no single scheme has any.
    pub weakest: Option<SchemeId>,
}

impl Resilience {
    /// A poll whose voices are not told apart: it rests on none.
    pub const fn whole(tally: Tally) -> Self {
        Self { counted: tally, least: tally, weakest: None }
    }

    /// Add up `voices`. Their order does not matter.
    pub fn of(voices: impl IntoIterator<Item = Voice>) -> Result<Self, TallyError> {
        let mut counted = Tally::default();
        let (mut ayes, mut support, mut weakest) = (0, 0, None);
        for Voice { scheme, tally } in voices {
            counted = counted.checked_add(tally)?;
            if scheme == SchemeId::JOINT {
                continue;
            }
            support = tally.support.max(support);
            let is_lower = weakest.is_none_or(|lowest| scheme < lowest);
            if tally.ayes > ayes || (tally.ayes == ayes && ayes > 0 && is_lower) {
                (ayes, weakest) = (tally.ayes, Some(scheme));
            }
        }
        let least = counted.checked_sub(Tally { ayes, nays: 0, support })?;
        Ok(Self { counted, least, weakest })
    }
}
