//! What became of each scheme, for ever (CR18).

use althing_frame::{Fault, IterRows, Tx};
use althing_primitives::{BlockNumber, SchemeId};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{HISTORY, SchemeState};

/// A scheme after one change of its record.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Step {
    /// The block that changed it.
    pub at: BlockNumber,
    /// Its state from then on.
    pub state: SchemeState,
}

/// Note that `scheme` is in `state` since this block, with which `epoch` begins.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    scheme: SchemeId,
    epoch: u32,
    state: SchemeState,
) -> Result<(), Fault> {
    let step = Step { at: tx.block().number, state };
    HISTORY.put(tx, &scheme, &epoch, &step)
}

/// Every change of `scheme` with the epoch that began with it, the first one first.
pub fn history<R: IterRows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
) -> Result<Vec<(u32, Step)>, Fault> {
    let mut steps = HISTORY.list_of(rows, &scheme)?;
    steps.sort_unstable_by_key(|(epoch, _)| *epoch);
    Ok(steps)
}

/// The state of `scheme` as block `height` left it; none before it was entered. Rows of any later
/// height give the same answer.
pub fn state_at<R: IterRows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    height: BlockNumber,
) -> Result<Option<SchemeState>, Fault> {
    let steps = history(rows, scheme)?;
    let step = steps.into_iter().rfind(|(_, step)| step.at <= height);
    Ok(step.map(|(_, step)| step.state))
}
