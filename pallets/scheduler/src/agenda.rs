//! Placing tasks on agendas and taking them off.

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::BlockNumber;

use crate::record::record;
use crate::{
    AGENDA, Agenda, Enactment, Error, Event, NEXT_BLOCK, NEXT_TASK, Outcome, PLACES, RETRIES, Task,
    TaskId, retry,
};

/// How many agendas are searched for room (SC3). All open referenda fit into eight of them.
pub const SEARCH_BLOCKS: BlockNumber = 256;

/// What a task that is not where it should be contradicts.
pub(crate) const PLACED: Fault = Fault::Broken { invariant: "SC-I1: a task is where its row says" };

/// Where a task was placed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placement {
    /// Its id.
    pub task: TaskId,
    /// The block in which it is due.
    pub at: BlockNumber,
}

/// Have `enactment` run at `not_before`, or at the first block after it that has room (SC1 to
/// SC3). Pins its preimage and those that it relies on until then (SC10). On a refusal nothing has
/// changed.
///
/// Which agenda has room shows only when it is looked at, so there is no access to declare: for
/// the lifecycle phase and for calls that run alone.
pub fn schedule(
    tx: &mut Tx<'_>,
    not_before: BlockNumber,
    enactment: Enactment,
) -> Result<Placement, DispatchError> {
    tx.layered(|tx| {
        pallet_preimage::pin_with(tx, &enactment.proposal, &enactment.relies_on)?;
        let id = NEXT_TASK.get_or_default(tx)?;
        let next = id.checked_add(1).ok_or(Fault::Broken { invariant: "task ids fit u32" })?;
        NEXT_TASK.put(tx, &next)?;
        let referendum = enactment.referendum;
        let at = place(tx, not_before, Task { id, enactment })?;
        tx.emit(&Event::Scheduled { task: id, referendum, at });
        Ok(Placement { task: id, at })
    })
}

/// Put `task` on the first agenda with room. What it relies on is pinned already.
pub(crate) fn place(
    tx: &mut Tx<'_>,
    not_before: BlockNumber,
    task: Task,
) -> Result<BlockNumber, DispatchError> {
    // Agendas before the cursor are never looked at again (SC-I2).
    let from = not_before.max(tx.block().number).max(NEXT_BLOCK.get_or_default(tx)?);
    let (at, mut agenda) = find_room(tx, from)?;
    let id = task.id;
    agenda.try_push(task).map_err(|_| PLACED)?;
    AGENDA.put(tx, &at, &agenda)?;
    PLACES.put(tx, &id, &at)?;
    Ok(at)
}

fn find_room<R: Rows + ?Sized>(
    rows: &R,
    from: BlockNumber,
) -> Result<(BlockNumber, Agenda), DispatchError> {
    let to = from.saturating_add(SEARCH_BLOCKS.saturating_sub(1));
    for at in from..=to {
        let agenda = AGENDA.get_or_default(rows, &at)?;
        if agenda.len() < Agenda::MAX as usize {
            return Ok((at, agenda));
        }
    }
    Err(Error::NoRoom { from, to }.into())
}

/// Take the task off the agenda of block `at`.
pub(crate) fn displace(
    tx: &mut Tx<'_>,
    at: BlockNumber,
    id: TaskId,
) -> Result<Task, DispatchError> {
    let mut agenda = AGENDA.get_or_default(tx, &at)?;
    let position = agenda.iter().position(|task| task.id == id).ok_or(PLACED)?;
    let task = agenda.remove(position).ok_or(PLACED)?;
    if agenda.is_empty() {
        AGENDA.remove(tx, &at)?;
    } else {
        AGENDA.put(tx, &at, &agenda)?;
    }
    PLACES.remove(tx, &id)?;
    Ok(task)
}

/// The task with this id, if it waits for its block or for a retry.
pub fn waiting<R: Rows + ?Sized>(rows: &R, id: TaskId) -> Result<Option<Task>, Fault> {
    if let Some(at) = PLACES.get(rows, &id)? {
        let agenda = AGENDA.get_or_default(rows, &at)?;
        return Ok(agenda.iter().find(|task| task.id == id).cloned());
    }
    let retries = RETRIES.get_or_default(rows)?;
    Ok(retries.iter().find(|retry| retry.task.id == id).map(|retry| retry.task.clone()))
}

/// Make sure that the task never runs, whether it waits for its block or for a retry (SC9).
///
/// Where the task stands shows only when it is looked at, so there is no access to declare.
pub fn cancel(tx: &mut Tx<'_>, id: TaskId) -> Result<(), DispatchError> {
    let task = match PLACES.get(tx, &id)? {
        Some(at) => {
            let task = displace(tx, at, id)?;
            let Enactment { proposal, relies_on, .. } = &task.enactment;
            pallet_preimage::unpin_with(tx, proposal, relies_on)?;
            task
        }
        None => retry::withdraw(tx, id)?.ok_or(Error::UnknownTask { task: id })?,
    };
    record(tx, &task, Outcome::Cancelled)?;
    tx.emit(&Event::Cancelled { task: id, referendum: task.enactment.referendum });
    Ok(())
}
