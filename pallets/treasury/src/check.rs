//! The invariants over the whole state, for tests and audits.

use althing_frame::{Fault, IterRows};

use crate::{NEXT_SPEND, OPENING, PAYABLE, PENDING, QUEUE, RECEIVED};

/// Verify TR-I1 and TR-I5.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let queue = QUEUE.get_or_default(rows)?;
    let next = NEXT_SPEND.get_or_default(rows)?;
    let mut pending: Vec<_> = PENDING.list(rows)?.into_iter().map(|(id, _)| id).collect();
    pending.sort_unstable();
    if *queue != *pending || queue.last().is_some_and(|last| *last >= next) {
        return Err(Fault::Broken { invariant: "TR-I1: the queue names the pending spends" });
    }
    let in_flight = (OPENING.get(rows)?, PAYABLE.get(rows)?, RECEIVED.get(rows)?);
    if in_flight == (None, 0, 0) {
        Ok(())
    } else {
        Err(Fault::Broken { invariant: "TR-I5: nothing is under way between blocks" })
    }
}
