//! The invariants over the whole state, for tests and audits.

use std::collections::BTreeMap;

use althing_frame::{Fault, IterRows};
use althing_primitives::{Hash256, blake2_256};

use crate::{PINS, PREIMAGES, Proposal, Relied, STATUS};

/// How many pins each preimage must have, as counted by those who pin.
pub type Needed = BTreeMap<Hash256, u32>;

/// Count what one who pinned `proposal` with `relied` needs.
pub fn need(needed: &mut Needed, proposal: &Proposal, relied: &Relied) {
    let own = proposal.preimage().map(|(hash, _)| hash);
    for hash in own.into_iter().chain(relied.iter().copied()) {
        let pins = needed.entry(hash).or_default();
        *pins = pins.saturating_add(1);
    }
}

/// Verify PR-I1 to PR-I3.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    let preimages = PREIMAGES.list(rows)?;
    for (hash, bytes) in &preimages {
        if blake2_256(bytes) != *hash {
            return Err(Fault::Broken { invariant: "PR-I1: bytes are kept under their hash" });
        }
        let len = STATUS.get(rows, hash)?.map(|status| u64::from(status.len));
        if len != u64::try_from(bytes.len()).ok() {
            return Err(Fault::Broken { invariant: "PR-I2: the status tells the length" });
        }
    }
    if STATUS.list(rows)?.len() != preimages.len() {
        return Err(Fault::Broken { invariant: "PR-I2: a status has bytes" });
    }
    for (hash, pins) in PINS.list(rows)? {
        if pins == 0 || !PREIMAGES.contains(rows, &hash)? {
            return Err(Fault::Broken { invariant: "PR-I3: what is pinned is kept" });
        }
    }
    Ok(())
}
