//! The invariants over the whole state, for tests and audits.

use althing_frame::{Fault, IterRows};

use crate::REPORTS;

/// Verify CA-I2.
pub fn check(rows: &dyn IterRows) -> Result<(), Fault> {
    if REPORTS.get(rows)?.is_some() {
        return Err(Fault::Broken { invariant: "CA-I2: no report waits between blocks" });
    }
    Ok(())
}
