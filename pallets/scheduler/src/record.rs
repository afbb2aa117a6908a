//! How enactments ended, for everyone who asks later.

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::{BlockNumber, BoundedBytes};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{RESULTS, Task, TaskId};

/// How an enactment ended.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct EnactmentRecord {
    /// Which task it was.
    pub task: TaskId,
    /// The block in which it ended.
    pub block: BlockNumber,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an enactment.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Outcome {
    /// The call took effect.
    #[codec(index = 0)]
    Enacted,
    /// The call was refused and changed nothing.
    #[codec(index = 1)]
    Failed {
        /// Public code of the refusal, such as `TRE-101`.
        code: BoundedBytes<16>,
        /// The last block in which anyone may ask for a retry, if it can be retried.
        retry_until: Option<BlockNumber>,
    },
    /// The task was cancelled before it was due.
    #[codec(index = 2)]
    Cancelled,
}

impl EnactmentRecord {
    /// Whether the call took effect.
    pub fn is_enacted(&self) -> bool {
        self.outcome == Outcome::Enacted
    }
}

impl Outcome {
    /// The outcome of `result`, with the last block for a retry if there can be one.
    pub(crate) fn of(result: &Result<(), DispatchError>, retry_until: Option<BlockNumber>) -> Self {
        match result {
            Ok(()) => Self::Enacted,
            Err(error) => {
                // Codes are far shorter than the bound; a longer one would be left out.
                let code = error.code().as_bytes().to_vec().try_into().unwrap_or_default();
                Self::Failed { code, retry_until }
            }
        }
    }
}

/// How the enactment of `referendum` ended; `None` while it has not.
pub fn result_of<R: Rows + ?Sized>(
    rows: &R,
    referendum: u32,
) -> Result<Option<EnactmentRecord>, Fault> {
    RESULTS.get(rows, &referendum)
}

/// Note how `task` ended (SC7).
pub(crate) fn record(tx: &mut Tx<'_>, task: &Task, outcome: Outcome) -> Result<(), Fault> {
    let Some(referendum) = task.enactment.referendum else { return Ok(()) };
    let block = tx.block().number;
    RESULTS.put(tx, &referendum, &EnactmentRecord { task: task.id, block, outcome })
}
