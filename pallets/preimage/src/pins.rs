//! Pins: while anyone relies on a preimage, it stays.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::Hash256;

use crate::{PINS, Proposal, ensure_noted, ensure_noted_access};

/// What an unpin without a pin contradicts, and a pin beyond counting.
const PAIRED: Fault = Fault::Broken { invariant: "PR-I3: each unpin follows its pin" };

/// How many rely on the preimage of this hash.
pub fn pins<R: Rows + ?Sized>(rows: &R, hash: &Hash256) -> Result<u32, Fault> {
    PINS.get_or_default(rows, hash)
}

/// Declare the rows of [`pin`].
pub fn pin_access(access: &mut Access, proposal: &Proposal) {
    ensure_noted_access(access, proposal);
    unpin_access(access, proposal);
}

/// Rely on the bytes of `proposal` until [`unpin`]: nobody can take them away (PR6). Refuses a
/// preimage that is missing or has another length (PR5).
pub fn pin(tx: &mut Tx<'_>, proposal: &Proposal) -> Result<(), DispatchError> {
    ensure_noted(tx, proposal)?;
    if let Some((hash, _)) = proposal.preimage() {
        let pins = pins(tx, &hash)?.checked_add(1).ok_or(PAIRED)?;
        PINS.put(tx, &hash, &pins)?;
    }
    Ok(())
}

/// Declare the rows of [`unpin`].
pub fn unpin_access(access: &mut Access, proposal: &Proposal) {
    if let Some((hash, _)) = proposal.preimage() {
        access.write(PINS.key(&hash));
    }
}

/// Rely no longer on the bytes of `proposal`. Each call answers one [`pin`] (PR6).
pub fn unpin(tx: &mut Tx<'_>, proposal: &Proposal) -> Result<(), DispatchError> {
    let Some((hash, _)) = proposal.preimage() else { return Ok(()) };
    match pins(tx, &hash)?.checked_sub(1) {
        None => Err(PAIRED.into()),
        Some(0) => Ok(PINS.remove(tx, &hash)?),
        Some(pins) => Ok(PINS.put(tx, &hash, &pins)?),
    }
}
