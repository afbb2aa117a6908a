//! What clients are told of this pallet.

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

use crate::{
    BALLOTS, BALLOTS_MAX, Call, ELECTORATE_MIN, Error, Event, LADDER_STEPS_MAX, LOCK_ID,
    LOCK_PERIOD, MEMBERS, POLLS, POTS, TALLIES, VOICES,
};

/// The pallet's metadata.
pub fn metadata() -> PalletMetadata {
    let steps_max = u32::try_from(LADDER_STEPS_MAX).unwrap_or(u32::MAX);
    PalletMetadata {
        name: crate::NAME,
        index: crate::INDEX,
        storage: vec![
            POLLS.entry_optional("Polls by referendum."),
            TALLIES.entry("Sums of the ballots of open polls."),
            VOICES.entry("The same of critical polls, by the scheme that answers for the ballots."),
            BALLOTS.entry_optional("Ballots by member and referendum."),
            MEMBERS.entry("What each member holds behind ballots, and until when."),
            POTS.entry("Accounts that belong to nobody: they do not vote and do not count."),
            LOCK_PERIOD.entry("Blocks in one period of conviction."),
            ELECTORATE_MIN.entry("The least electorate that support is measured against."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("MaxBallots", &BALLOTS_MAX, "How many ballots a member may have."),
            constant("MaxLockSteps", &steps_max, "How many locks of past polls can overlap."),
            constant("LockId", &LOCK_ID, "Under this id ballots lock balances."),
        ],
        docs: "Ballots, tallies, and the balances behind them.",
    }
}
