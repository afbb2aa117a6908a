//! The invariants over all rows, for audits and tests.

use std::collections::BTreeMap;

use althing_frame::{Fault, IterRows};

use althing_primitives::SchemeId;

use crate::{BALLOTS, BALLOTS_MAX, Delegations, MEMBERS, POLLS, PollState, TALLIES, Tally, VOICES};

const TALLY: Fault = Fault::Broken { invariant: "A5: a tally is the sum of its ballots" };
const RECORD: Fault = Fault::Broken { invariant: "V4: records and ballots name each other" };

const VOICE: Fault = Fault::Broken { invariant: "V7: voices add up to the tally of their poll" };

/// Check over all rows that tallies are the sums of their ballots (A5), that records, ballots and
/// polls name each other (V4), and that the voices of critical polls are those of the records (V7).
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let mut sums: BTreeMap<u32, Tally> = BTreeMap::new();
    let mut spoken: BTreeMap<(u32, SchemeId), Tally> = BTreeMap::new();
    for (who, record) in MEMBERS.list(rows)? {
        let ballots = BALLOTS.list_of(rows, &who)?;
        if ballots.len() != record.ballots.len() || ballots.len() > BALLOTS_MAX as usize {
            return Err(RECORD);
        }
        for (referendum, ballot) in ballots {
            let held = record.held(referendum).ok_or(RECORD)?;
            if ballot.balance() != Ok(held.amount) {
                return Err(RECORD);
            }
            let counted = ballot.contribution(Delegations::default()).map_err(|_| TALLY)?;
            let sum = sums.entry(referendum).or_default();
            *sum = sum.checked_add(counted).map_err(|_| TALLY)?;
            let poll = POLLS.get(rows, &referendum)?.ok_or(RECORD)?;
            if poll.is_critical != held.voice.is_some() {
                return Err(VOICE);
            }
            if let (Some(voice), PollState::Open) = (held.voice, poll.state) {
                let sum = spoken.entry((referendum, voice)).or_default();
                *sum = sum.checked_add(counted).map_err(|_| VOICE)?;
            }
        }
    }
    spoken.retain(|_, sum| *sum != Tally::default());
    if VOICES.list(rows)?.into_iter().collect::<BTreeMap<_, _>>() != spoken {
        return Err(VOICE);
    }
    for (referendum, poll) in POLLS.list(rows)? {
        let sum = sums.remove(&referendum).unwrap_or_default();
        let expected = if poll.state == PollState::Open { sum } else { Tally::default() };
        if TALLIES.get(rows, &referendum)? != expected {
            return Err(TALLY);
        }
    }
    // What is left counts for polls that do not exist.
    if sums.is_empty() { Ok(()) } else { Err(RECORD) }
}
