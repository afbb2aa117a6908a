//! The invariants over all rows, for audits and tests.

use std::collections::BTreeMap;

use althing_frame::{Fault, IterRows, Track};
use althing_primitives::{AccountId, Balance};
use pallet_voting::PollState;

use crate::{OPEN, OpenEntry, Status, TRACKS};

const LISTED: Fault = Fault::Broken { invariant: "R5: the open list names the open referenda" };
const SLOTS: Fault = Fault::Broken { invariant: "R6: a track decides as many as it has slots" };
const POLLS: Fault = Fault::Broken { invariant: "R8: a poll is open while its referendum is" };
const VOICES: Fault = Fault::Broken { invariant: "R12: critical referenda have critical polls" };
const DEPOSITS: Fault = Fault::Broken { invariant: "R9: deposits are reserved" };

/// Check R5, R6, R8, R9 and R12 over all rows.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let mut open = Vec::new();
    let mut deciding: BTreeMap<Track, u32> = BTreeMap::new();
    let mut deposits: BTreeMap<AccountId, Balance> = BTreeMap::new();
    for (index, referendum) in crate::list(rows)? {
        let track = referendum.track;
        if referendum.status.is_open() {
            open.push(OpenEntry { index, track });
        }
        if let Status::Deciding(_) = referendum.status {
            let count = deciding.entry(track).or_default();
            *count = count.saturating_add(1);
        }
        let poll = pallet_voting::poll(rows, index)?.ok_or(POLLS)?;
        if referendum.status.is_open() != (poll.state == PollState::Open) {
            return Err(POLLS);
        }
        if referendum.is_critical() != poll.is_critical {
            return Err(VOICES);
        }
        let both = [referendum.submission_deposit, referendum.decision_deposit];
        for deposit in both.into_iter().flatten() {
            let sum = deposits.entry(deposit.who).or_default();
            *sum = sum.checked_add(deposit.amount).ok_or(DEPOSITS)?;
        }
    }
    if *OPEN.get_or_default(rows)? != open {
        return Err(LISTED);
    }
    for (track, count) in deciding {
        if TRACKS.get(rows, &track)?.is_none_or(|info| count > info.max_deciding) {
            return Err(SLOTS);
        }
    }
    for (who, amount) in deposits {
        if pallet_balances::reserved(rows, &who)? < amount {
            return Err(DEPOSITS);
        }
    }
    Ok(())
}
