//! A second chance for tasks whose preimage was missing.
//!
//! A pinned preimage cannot go away, so this should never be needed. But should one be lost, a
//! decision of the members is not lost with it: whoever has the bytes notes them and asks.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, BlockNumber};

use crate::agenda::place;
use crate::{Enactment, Error, Event, RETRIES, Retries, Retry, Task, TaskId};

/// How many tasks may wait for a retry. One more takes the place of the oldest.
pub const RETRIES_MAX: u32 = 64;

/// For how many blocks a task may be retried: two weeks of blocks of six seconds.
pub const RETRY_PERIOD: BlockNumber = 14 * 14_400;

/// Declare the rows of [`ask`], as far as the parent state tells.
pub(crate) fn ask_access<R: Rows + ?Sized>(
    access: &mut Access,
    parent: &R,
    id: TaskId,
) -> Result<(), Fault> {
    access.write(RETRIES.key());
    // Tasks join the list in the lifecycle phase only, so the parent state has all of them.
    let retries = RETRIES.get_or_default(parent)?;
    if let Some(retry) = retries.iter().find(|retry| retry.task.id == id) {
        let Enactment { proposal, relies_on, .. } = &retry.task.enactment;
        pallet_preimage::ensure_noted_with_access(access, proposal, relies_on);
    }
    Ok(())
}

/// Ask that the task runs again in this block (SC8).
pub(crate) fn ask(tx: &mut Tx<'_>, by: AccountId, id: TaskId) -> Result<(), DispatchError> {
    let mut retries = RETRIES.get_or_default(tx)?;
    let found = retries.as_mut_slice().iter_mut().find(|retry| retry.task.id == id);
    let retry = found.ok_or(Error::NotRetryable { task: id })?;
    let Enactment { proposal, relies_on, .. } = &retry.task.enactment;
    pallet_preimage::ensure_noted_with(tx, proposal, relies_on)?;
    retry.asked = true;
    RETRIES.put(tx, &retries)?;
    tx.emit(&Event::RetryAsked { task: id, by });
    Ok(())
}

/// Let `task` be retried, and say until when.
pub(crate) fn offer(tx: &mut Tx<'_>, task: &Task) -> Result<BlockNumber, Fault> {
    let until = tx.block().number.saturating_add(RETRY_PERIOD);
    let mut retries = RETRIES.get_or_default(tx)?;
    let retry = Retry { task: task.clone(), until, asked: false };
    if let Err(retry) = retries.try_push(retry) {
        retries.remove(0);
        // Just made room: a list of `RETRIES_MAX` lost one.
        retries.try_push(retry).map_err(|_| Fault::Broken { invariant: "retries have room" })?;
    }
    RETRIES.put(tx, &retries)?;
    Ok(until)
}

/// Take the task off the list.
pub(crate) fn withdraw(tx: &mut Tx<'_>, id: TaskId) -> Result<Option<Task>, Fault> {
    let mut retries = RETRIES.get_or_default(tx)?;
    let Some(position) = retries.iter().position(|retry| retry.task.id == id) else {
        return Ok(None);
    };
    let withdrawn = retries.remove(position);
    store(tx, &retries)?;
    Ok(withdrawn.map(|retry| retry.task))
}

/// Put the tasks that somebody asked for on an agenda, and forget those whose time is over. A task
/// that finds no room stays asked for; one whose preimage went away again waits as before.
pub(crate) fn place_asked(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let now = tx.block().number;
    let before = RETRIES.get_or_default(tx)?;
    let mut after = Retries::new();
    for mut retry in before.iter().cloned() {
        if retry.asked && place_again(tx, now, &mut retry)? {
            continue;
        }
        if retry.asked || retry.until > now {
            // No longer than the list it replaces.
            after.try_push(retry).map_err(|_| Fault::Broken { invariant: "retries have room" })?;
        }
    }
    if after != before {
        store(tx, &after)?;
    }
    Ok(())
}

/// Whether the task is on an agenda again.
fn place_again(
    tx: &mut Tx<'_>,
    now: BlockNumber,
    retry: &mut Retry,
) -> Result<bool, DispatchError> {
    let Enactment { proposal, relies_on, .. } = &retry.task.enactment;
    match pallet_preimage::ensure_noted_with(tx, proposal, relies_on) {
        Ok(()) => {}
        Err(error) if error.is_bug() => return Err(error),
        Err(_) => {
            retry.asked = false;
            return Ok(false);
        }
    }
    let placed = tx.layered(|tx| {
        pallet_preimage::pin_with(tx, proposal, relies_on)?;
        place(tx, now, retry.task.clone())
    });
    match placed {
        Ok(_) => Ok(true),
        Err(error) if error.is_bug() => Err(error),
        Err(_) => Ok(false),
    }
}

fn store(tx: &mut Tx<'_>, retries: &Retries) -> Result<(), Fault> {
    if retries.is_empty() { RETRIES.remove(tx) } else { RETRIES.put(tx, retries) }
}
