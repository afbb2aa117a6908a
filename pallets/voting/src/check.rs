//! The invariants over all rows, for audits and tests.

use std::collections::BTreeMap;

use althing_frame::{Fault, IterRows};

use crate::{BALLOTS, BALLOTS_MAX, Delegations, MEMBERS, POLLS, PollState, TALLIES, Tally};

const TALLY: Fault = Fault::Broken { invariant: "A5: a tally is the sum of its ballots" };
const RECORD: Fault = Fault::Broken { invariant: "V4: records and ballots name each other" };

/// Check over all rows that tallies are the sums of their ballots (A5), and that records, ballots
/// and polls name each other (V4).
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let mut sums: BTreeMap<u32, Tally> = BTreeMap::new();
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
        }
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
