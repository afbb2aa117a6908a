//! What happened to referenda.

use althing_frame::Track;
use althing_primitives::{AccountId, Balance, BlockNumber, Hash256};
use pallet_voting::Tally;
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// A question was asked.
    #[codec(index = 0)]
    Submitted {
        /// Its number.
        index: u32,
        /// Its track.
        track: Track,
        /// Who asks.
        proposer: AccountId,
        /// BLAKE2b-256 of the call.
        proposal: Hash256,
        /// What was set aside to ask.
        deposit: Balance,
    },
    /// Someone pays to have it decided.
    #[codec(index = 1)]
    DecisionDepositPlaced {
        /// The referendum.
        index: u32,
        /// Who pays.
        who: AccountId,
        /// What was set aside.
        amount: Balance,
    },
    /// It is being decided.
    #[codec(index = 2)]
    DecisionStarted {
        /// The referendum.
        index: u32,
        /// Its track.
        track: Track,
        /// BLAKE2b-256 of the call.
        proposal: Hash256,
        /// What was counted so far.
        tally: Tally,
    },
    /// It passes from this block on.
    #[codec(index = 3)]
    ConfirmStarted {
        /// The referendum.
        index: u32,
    },
    /// It does not pass any more.
    #[codec(index = 4)]
    ConfirmAborted {
        /// The referendum.
        index: u32,
    },
    /// It has passed for the whole confirm period.
    #[codec(index = 5)]
    Approved {
        /// The referendum.
        index: u32,
        /// What was counted.
        tally: Tally,
        /// Block for which the call is scheduled.
        enacts_at: BlockNumber,
    },
    /// It has not passed in time.
    #[codec(index = 6)]
    Rejected {
        /// The referendum.
        index: u32,
        /// What was counted.
        tally: Tally,
    },
    /// Nobody paid to have it decided.
    #[codec(index = 7)]
    TimedOut {
        /// The referendum.
        index: u32,
        /// What was counted.
        tally: Tally,
    },
    /// It was stopped.
    #[codec(index = 8)]
    Cancelled {
        /// The referendum.
        index: u32,
        /// What was counted.
        tally: Tally,
    },
    /// It was stopped as abuse.
    #[codec(index = 9)]
    Killed {
        /// The referendum.
        index: u32,
        /// What was counted.
        tally: Tally,
    },
    /// A deposit went back.
    #[codec(index = 10)]
    DepositRefunded {
        /// The referendum.
        index: u32,
        /// To whom.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// A deposit was taken.
    #[codec(index = 11)]
    DepositSlashed {
        /// The referendum.
        index: u32,
        /// From whom.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// It is ready, and its track has no room yet.
    #[codec(index = 12)]
    Queued {
        /// The referendum.
        index: u32,
        /// Its track.
        track: Track,
    },
    /// It was approved, but its call could not be scheduled: this is tried again in each block.
    #[codec(index = 13)]
    EnactmentDelayed {
        /// The referendum.
        index: u32,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
