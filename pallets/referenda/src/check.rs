//! The invariants over all rows, for audits and tests.

use std::collections::BTreeMap;

use althing_frame::{Fault, IterRows, Track};
use althing_primitives::{AccountId, Balance};
use pallet_crypto_registry::{SCHEMES, Verifier};
use pallet_preimage::{PINS, Relied};
use pallet_voting::PollState;

use crate::{OPEN, OpenEntry, Status, TRACKS};

const LISTED: Fault = Fault::Broken { invariant: "R5: the open list names the open referenda" };
const SLOTS: Fault = Fault::Broken { invariant: "R6: a track decides as many as it has slots" };
const POLLS: Fault = Fault::Broken { invariant: "R8: a poll is open while its referendum is" };
const VOICES: Fault = Fault::Broken { invariant: "R12: critical referenda have critical polls" };
const PINNED: Fault =
    Fault::Broken { invariant: "R10: each pin is of one who relies on the bytes" };
const DEPOSITS: Fault = Fault::Broken { invariant: "R9: deposits are reserved" };

/// Check R5, R6, R8 to R10 and R12 over all rows.
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
    pinned(rows)
}

/// Each preimage has as many pins as open referenda, scheduled tasks and modules rely on it.
fn pinned(rows: &dyn IterRows) -> Result<(), Fault> {
    let mut needed = pallet_scheduler::needed(rows)?;
    for (_, referendum) in crate::list(rows)? {
        if referendum.status.is_open() {
            pallet_preimage::need(&mut needed, &referendum.proposal, &referendum.relies_on);
        }
    }
    for (_, record) in SCHEMES.list(rows)? {
        let Verifier::Module { code, signer, vectors, .. } = record.verifier else { continue };
        for hash in [Some(code), signer, Some(vectors)].into_iter().flatten() {
            let module = pallet_preimage::Proposal::Preimage { hash, len: 0 };
            pallet_preimage::need(&mut needed, &module, &Relied::new());
        }
    }
    if PINS.list(rows)?.into_iter().collect::<pallet_preimage::Needed>() != needed {
        return Err(PINNED);
    }
    Ok(())
}
