//! What members and referenda ask of this pallet.

use althing_frame::{Access, Concern, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::Weight;
use pallet_system::limits::rows_weight;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::retry::{ask, ask_access};
use crate::{TaskId, cancel};

/// A row for each preimage that a task may rely on beside its own bytes. The cast widens.
const RELIED: u64 = pallet_preimage::RELIED_MAX as u64;

/// What members and referenda ask of this pallet.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Make sure that a task never runs. For referenda on the root track.
    #[codec(index = 0)]
    Cancel {
        /// The task.
        #[codec(compact)]
        task: TaskId,
    },
    /// Have a task whose preimage was missing run again. For anyone.
    #[codec(index = 1)]
    Retry {
        /// The task.
        #[codec(compact)]
        task: TaskId,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let call = match self {
            Self::Cancel { .. } => "cancel",
            Self::Retry { .. } => "retry",
        };
        (crate::NAME, call)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        match (self, origin) {
            (Self::Cancel { .. }, Origin::Track(_)) => access.make_exclusive(),
            (Self::Retry { task }, Origin::Signed(_)) => ask_access(access, parent, *task)?,
            // Dispatch refuses these for their origin, before it looks at a row.
            (Self::Cancel { .. }, Origin::None | Origin::Signed(_))
            | (Self::Retry { .. }, Origin::None | Origin::Track(_)) => {}
        }
        Ok(())
    }

    fn weight(&self) -> Weight {
        match self {
            Self::Cancel { .. } => rows_weight(4 + RELIED, 5 + RELIED),
            Self::Retry { .. } => rows_weight(2 + RELIED, 1),
        }
    }

    fn concern(&self) -> Concern {
        match self {
            Self::Cancel { task } => Concern::Task(*task),
            Self::Retry { .. } => Concern::Nothing,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        match self {
            Self::Cancel { task } => {
                origin.track(&[])?;
                cancel(tx, *task)
            }
            Self::Retry { task } => ask(tx, origin.signed()?, *task),
        }
    }
}
