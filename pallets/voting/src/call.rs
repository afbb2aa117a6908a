//! What members can ask of this pallet.

use althing_frame::{Access, Authority, CallClass, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::Weight;
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{Ballot, cast};

/// What members can ask.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Answer a referendum; the ballot replaces an earlier one.
    #[codec(index = 0)]
    Vote {
        /// The referendum.
        #[codec(compact)]
        referendum: u32,
        /// The answer.
        ballot: Ballot,
    },
    /// Take the ballot back.
    #[codec(index = 1)]
    RemoveVote {
        /// The referendum.
        #[codec(compact)]
        referendum: u32,
    },
    /// Settle ballots of closed polls and free what need not stay any more.
    #[codec(index = 2)]
    Unlock,
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Vote { .. } => "vote",
            Self::RemoveVote { .. } => "remove_vote",
            Self::Unlock => "unlock",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        // Anyone else is refused before a row is touched.
        let Ok(who) = origin.signed() else { return Ok(()) };
        match self {
            Self::Vote { referendum, .. } => {
                cast::vote_access(access, parent, &who, *referendum)?;
            }
            Self::RemoveVote { referendum } => {
                cast::remove_vote_access(access, parent, &who, *referendum)?;
            }
            Self::Unlock => cast::unlock_access(access, parent, &who)?,
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Vote { .. } | Self::RemoveVote { .. } => rows_weight(7, 7),
            // A poll for each ballot, and the ballots that are settled.
            Self::Unlock => rows_weight(324, 67),
        }
    }

    fn class(&self) -> CallClass {
        match self {
            Self::Vote { .. } | Self::RemoveVote { .. } => CallClass::Operational,
            Self::Unlock => CallClass::Normal,
        }
    }

    fn authority(&self) -> Authority {
        Authority::Vote
    }

    fn pays_from_locked(&self) -> bool {
        match self {
            Self::Vote { .. } => false,
            // What lets go of locked funds must not fail for want of free ones.
            Self::RemoveVote { .. } | Self::Unlock => true,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        let who = origin.signed()?;
        match self {
            Self::Vote { referendum, ballot } => cast::vote(tx, &who, *referendum, *ballot),
            Self::RemoveVote { referendum } => cast::remove_vote(tx, &who, *referendum),
            Self::Unlock => cast::unlock(tx, &who),
        }
    }
}
