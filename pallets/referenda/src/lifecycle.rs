//! What happens to open referenda at the end of each block (rules G50 to G56, G76, G77).
//!
//! Every open referendum is looked at in every block. There are no alarms to set, to lose or to
//! fill up, and no queue that could disagree with the referenda in it: who waits for a slot and who
//! holds one is what their status says.

use std::collections::BTreeMap;

use althing_frame::{DispatchError, Fault, Track, Tx};
use althing_primitives::{Balance, BlockNumber};
use pallet_scheduler::Placement;

use crate::ending::finish;
use crate::{
    Deciding, Event, OPEN, OpenEntry, Progress, REFERENDA, Referendum, Status, TRACKS, TrackInfo,
    UNDECIDING_TIMEOUT, counting, outlook,
};

/// What an entry without its referendum or its track contradicts.
const LISTED: Fault = Fault::Broken { invariant: "R5: the open list names the open referenda" };

/// What is the same for every referendum of a block.
#[derive(Clone, Copy, Debug)]
struct Look {
    now: BlockNumber,
    timeout: BlockNumber,
    electorate: Balance,
    electorate_min: Balance,
}

/// Move every open referendum on, then fill the slots that are free. Runs after the last extrinsic
/// of a block and before the scheduler.
pub fn on_finalize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let open = OPEN.get_or_default(tx)?;
    if open.is_empty() {
        return Ok(());
    }
    let look = Look {
        now: tx.block().number,
        timeout: UNDECIDING_TIMEOUT.get_or_default(tx)?,
        electorate: pallet_voting::electorate(tx)?,
        electorate_min: pallet_voting::electorate_min(tx)?,
    };
    let mut lanes: BTreeMap<Track, Lane> = BTreeMap::new();
    for OpenEntry { index, track } in open.iter().copied() {
        let status = advance(tx, index, &look)?;
        let lane = lanes.entry(track).or_default();
        match status {
            Status::Queued { .. } => lane.waiting.push(index),
            Status::Deciding(_) => lane.deciding = lane.deciding.saturating_add(1),
            Status::Preparing
            | Status::Approved { .. }
            | Status::Rejected { .. }
            | Status::TimedOut { .. }
            | Status::Cancelled { .. }
            | Status::Killed { .. } => {}
        }
    }
    for (track, lane) in lanes {
        if !lane.waiting.is_empty() {
            fill(tx, track, lane, &look)?;
        }
    }
    Ok(())
}

/// Who holds and who waits for the slots of a track.
#[derive(Debug, Default)]
struct Lane {
    deciding: u32,
    waiting: Vec<u32>,
}

/// Move one referendum on, and say where it stands afterwards.
fn advance(tx: &mut Tx<'_>, index: u32, look: &Look) -> Result<Status, DispatchError> {
    let mut referendum = REFERENDA.get(tx, &index)?.ok_or(LISTED)?;
    match referendum.status {
        Status::Preparing => prepare(tx, index, &mut referendum, look)?,
        Status::Queued { .. } => {}
        Status::Deciding(deciding) => decide(tx, index, &mut referendum, deciding, look)?,
        Status::Approved { .. }
        | Status::Rejected { .. }
        | Status::TimedOut { .. }
        | Status::Cancelled { .. }
        | Status::Killed { .. } => return Err(LISTED.into()),
    }
    Ok(referendum.status)
}

fn prepare(
    tx: &mut Tx<'_>,
    index: u32,
    referendum: &mut Referendum,
    look: &Look,
) -> Result<(), DispatchError> {
    let waited = look.now.saturating_sub(referendum.submitted_at);
    if referendum.decision_deposit.is_none() {
        if waited >= look.timeout {
            let at = look.now;
            let count = finish(tx, index, referendum, Status::TimedOut { at })?;
            tx.emit(&Event::TimedOut { index, tally: count.tally });
        }
        return Ok(());
    }
    if waited >= info(tx, referendum.track)?.prepare_period {
        referendum.status = Status::Queued { since: look.now };
        REFERENDA.put(tx, &index, referendum)?;
    }
    Ok(())
}

/// Give the free slots of the track to those with the most ayes that stand without any one scheme;
/// among equals the first submitted goes first.
fn fill(tx: &mut Tx<'_>, track: Track, lane: Lane, look: &Look) -> Result<(), DispatchError> {
    let free = info(tx, track)?.max_deciding.saturating_sub(lane.deciding);
    let mut waiting = Vec::with_capacity(lane.waiting.len());
    for index in lane.waiting {
        if free == 0 {
            // Nobody moves up, so nobody is counted.
            waiting.push((0, index));
            continue;
        }
        let referendum = REFERENDA.get(tx, &index)?.ok_or(LISTED)?;
        waiting.push((counting::count(tx, (index, &referendum), look.now)?.least.ayes, index));
    }
    waiting.sort_by_key(|(ayes, index)| (core::cmp::Reverse(*ayes), *index));
    for (place, (_, index)) in (0_u32..).zip(waiting) {
        let mut referendum = REFERENDA.get(tx, &index)?.ok_or(LISTED)?;
        if place < free {
            let deciding = Deciding::new(look.now);
            referendum.status = Status::Deciding(deciding);
            REFERENDA.put(tx, &index, &referendum)?;
            let (proposal, tally) = (referendum.proposal.hash(), pallet_voting::tally(tx, index)?);
            tx.emit(&Event::DecisionStarted { index, track, proposal, tally });
            decide(tx, index, &mut referendum, deciding, look)?;
        } else if referendum.status == (Status::Queued { since: look.now }) {
            tx.emit(&Event::Queued { index, track });
        }
    }
    Ok(())
}

fn decide(
    tx: &mut Tx<'_>,
    index: u32,
    referendum: &mut Referendum,
    mut deciding: Deciding,
    look: &Look,
) -> Result<(), DispatchError> {
    let info = info(tx, referendum.track)?;
    let counting = counting::count(tx, (index, referendum), look.now)?;
    let standing = outlook::standing(counting.least, look.electorate, look.electorate_min)?;
    let elapsed = deciding.elapsed(look.now);
    let passing = info.thresholds().passes(elapsed, info.decision_period, standing);
    let progress = deciding.advance(look.now, passing, &info.timing());
    let event = match progress {
        Progress::Waiting | Progress::Confirming => return Ok(()),
        Progress::ConfirmStarted => Event::ConfirmStarted { index },
        Progress::ConfirmAborted => Event::ConfirmAborted { index },
        Progress::Approved => return approve(tx, index, referendum, &info),
        Progress::Rejected => {
            let at = look.now;
            let count = finish(tx, index, referendum, Status::Rejected { at })?;
            tx.emit(&Event::Rejected { index, tally: count.tally });
            return Ok(());
        }
    };
    referendum.status = Status::Deciding(deciding);
    REFERENDA.put(tx, &index, referendum)?;
    tx.emit(&event);
    Ok(())
}

/// Hand the call to the scheduler. If that has no place for it the referendum stays as it is and
/// tries again in the next block, and every one after it while it passes.
fn approve(
    tx: &mut Tx<'_>,
    index: u32,
    referendum: &mut Referendum,
    info: &TrackInfo,
) -> Result<(), DispatchError> {
    let at = tx.block().number;
    let first = referendum.enactment.first_block(at, info.min_enactment_period);
    let enactment = pallet_scheduler::Enactment {
        proposal: referendum.proposal.clone(),
        track: referendum.track,
        referendum: Some(index),
        relies_on: referendum.relies_on.clone(),
    };
    // The task pins before the referendum unpins: there is no moment in which nobody relies on them.
    let Placement { task, at: enacts_at } = match pallet_scheduler::schedule(tx, first, enactment) {
        Ok(placement) => placement,
        Err(error) if error.is_bug() => return Err(error),
        Err(_) => {
            tx.emit(&Event::EnactmentDelayed { index });
            return Ok(());
        }
    };
    let count = finish(tx, index, referendum, Status::Approved { at, enacts_at, task })?;
    tx.emit(&Event::Approved { index, tally: count.tally, enacts_at });
    Ok(())
}

fn info(tx: &Tx<'_>, track: Track) -> Result<TrackInfo, DispatchError> {
    Ok(TRACKS.get(tx, &track)?.ok_or(LISTED)?)
}
