//! Opening and closing polls, and who counts (rules G60, G61, G69). Only referenda do this.

use althing_frame::{DispatchError, Fault, Rows, Track, Tx};
use althing_primitives::{AccountId, Balance};

use crate::{ELECTORATE_MIN, POLLS, POTS, Poll, PollOutcome, PollState, TALLIES, Tally, voices};

/// Polls open once and close once.
const ONCE: Fault = Fault::Broken { invariant: "V5: a poll opens once and closes once" };

/// Let members answer `referendum`. A poll of a critical track is critical, and others may be.
pub fn open_poll(
    tx: &mut Tx<'_>,
    referendum: u32,
    track: Track,
    is_critical: bool,
) -> Result<(), DispatchError> {
    if POLLS.contains(tx, &referendum)? {
        return Err(ONCE.into());
    }
    let is_critical = is_critical || track.is_critical();
    POLLS.put(tx, &referendum, &Poll { track, is_critical, state: PollState::Open })?;
    Ok(())
}

/// End the poll in this block and return its final sum. Who wants to know its [`voices`](crate::voices)
/// asks before. From now on ballots stay as they are; each member settles theirs when they like.
pub fn close_poll(
    tx: &mut Tx<'_>,
    referendum: u32,
    outcome: PollOutcome,
) -> Result<Tally, DispatchError> {
    let mut poll = POLLS.get(tx, &referendum)?.ok_or(ONCE)?;
    if poll.state != PollState::Open {
        return Err(ONCE.into());
    }
    let tally = TALLIES.get(tx, &referendum)?;
    poll.state = PollState::Closed { at: tx.block().number, outcome };
    POLLS.put(tx, &referendum, &poll)?;
    TALLIES.put(tx, &referendum, &Tally::default())?;
    if poll.is_critical {
        voices::clear(tx, referendum)?;
    }
    Ok(tally)
}

/// Whether `who` is a pot: it belongs to nobody, so it neither votes nor counts.
pub fn is_pot<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<bool, Fault> {
    Ok(POTS.get_or_default(rows)?.contains(who))
}

/// All funds that members could put behind a ballot: the issuance without the pots.
pub fn electorate<R: Rows + ?Sized>(rows: &R) -> Result<Balance, Fault> {
    let mut electorate = pallet_balances::issuance(rows)?;
    for pot in POTS.get_or_default(rows)?.iter() {
        electorate = electorate
            .checked_sub(pallet_balances::total(rows, pot)?)
            .ok_or(Fault::Broken { invariant: "A4: issuance covers all funds" })?;
    }
    Ok(electorate)
}

/// The least electorate that support is measured against.
pub fn electorate_min<R: Rows + ?Sized>(rows: &R) -> Result<Balance, Fault> {
    ELECTORATE_MIN.get_or_default(rows)
}
