//! What happened to ballots: enough to rebuild every tally without reading state.

use althing_primitives::{AccountId, Balance, SchemeId};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use crate::Ballot;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// A ballot counts.
    #[codec(index = 0)]
    Voted {
        /// The member.
        who: AccountId,
        /// The referendum.
        referendum: u32,
        /// What counts now.
        ballot: Ballot,
        /// What it replaces.
        previous: Option<Ballot>,
        /// The voice under which it was cast; none where the poll does not tell them apart.
        voice: Option<SchemeId>,
    },
    /// A ballot is gone; if the poll was open it does not count any more.
    #[codec(index = 1)]
    VoteRemoved {
        /// The member.
        who: AccountId,
        /// The referendum.
        referendum: u32,
        /// What is gone.
        ballot: Ballot,
    },
    /// Locks were worked out anew.
    #[codec(index = 2)]
    Unlocked {
        /// The member.
        who: AccountId,
        /// How much still has to stay.
        locked: Balance,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
