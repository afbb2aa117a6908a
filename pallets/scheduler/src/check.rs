//! The invariants over the whole state, for tests and audits.

use std::collections::BTreeMap;

use althing_frame::{Fault, IterRows};
use pallet_preimage::Proposal;

use crate::agenda::PLACED;
use crate::{AGENDA, NEXT_BLOCK, PLACES};

/// Verify SC-I1 to SC-I3.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let next = NEXT_BLOCK.get_or_default(rows)?;
    let mut tasks: usize = 0;
    let mut pins = BTreeMap::<_, u32>::new();
    for (at, agenda) in AGENDA.list(rows)? {
        if at < next {
            return Err(Fault::Broken { invariant: "SC-I2: nothing that is due is skipped" });
        }
        for task in agenda.iter() {
            if PLACES.get(rows, &task.id)? != Some(at) {
                return Err(PLACED);
            }
            if let Proposal::Preimage { hash, .. } = task.enactment.proposal {
                let pins = pins.entry(hash).or_default();
                *pins = pins.saturating_add(1);
            }
        }
        tasks = tasks.saturating_add(agenda.len());
    }
    if PLACES.list(rows)?.len() != tasks {
        return Err(PLACED);
    }
    for (hash, needed) in pins {
        if pallet_preimage::pins(rows, &hash)? < needed {
            return Err(Fault::Broken { invariant: "SC-I3: the preimage of a task is pinned" });
        }
    }
    Ok(())
}
