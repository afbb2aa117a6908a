//! The invariants over the whole state, for tests and audits.

use althing_frame::{Fault, IterRows};
use pallet_preimage::Needed;

use crate::agenda::PLACED;
use crate::{AGENDA, Enactment, NEXT_BLOCK, PLACES};

/// Verify SC-I1 to SC-I3.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let next = NEXT_BLOCK.get_or_default(rows)?;
    let mut tasks: usize = 0;
    for (at, agenda) in AGENDA.list(rows)? {
        if at < next {
            return Err(Fault::Broken { invariant: "SC-I2: nothing that is due is skipped" });
        }
        for task in agenda.iter() {
            if PLACES.get(rows, &task.id)? != Some(at) {
                return Err(PLACED);
            }
        }
        tasks = tasks.saturating_add(agenda.len());
    }
    if PLACES.list(rows)?.len() != tasks {
        return Err(PLACED);
    }
    for (hash, needed) in needed(rows)? {
        if pallet_preimage::pins(rows, &hash)? < needed {
            return Err(Fault::Broken { invariant: "SC-I3: what a task relies on is pinned" });
        }
    }
    Ok(())
}

/// How many pins the tasks on all agendas need. What waits for a retry has none (SC10).
pub fn needed(rows: &dyn IterRows) -> Result<Needed, Fault> {
    let mut needed = Needed::new();
    for (_, agenda) in AGENDA.list(rows)? {
        for task in agenda.iter() {
            let Enactment { proposal, relies_on, .. } = &task.enactment;
            pallet_preimage::need(&mut needed, proposal, relies_on);
        }
    }
    Ok(needed)
}
