//! What happens to tasks.

use althing_frame::DispatchError;
use althing_primitives::{AccountId, BlockNumber};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use crate::TaskId;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// A task stands on an agenda.
    #[codec(index = 0)]
    Scheduled {
        /// Which.
        task: TaskId,
        /// The referendum that decided it.
        referendum: Option<u32>,
        /// The block in which it is due.
        at: BlockNumber,
    },
    /// A task's turn came. If its call failed, nothing else has changed.
    #[codec(index = 1)]
    Enacted {
        /// Which.
        task: TaskId,
        /// The referendum that decided it.
        referendum: Option<u32>,
        /// How its call ended.
        result: Result<(), DispatchError>,
    },
    /// A task will not run.
    #[codec(index = 2)]
    Cancelled {
        /// Which.
        task: TaskId,
        /// The referendum that had decided it.
        referendum: Option<u32>,
    },
    /// A task whose preimage was missing runs again in this block's lifecycle phase.
    #[codec(index = 3)]
    RetryAsked {
        /// Which.
        task: TaskId,
        /// Who asked.
        by: AccountId,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
