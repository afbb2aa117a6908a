//! Pins: while anyone relies on a preimage, it stays.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{BoundedVec, Hash256};

use crate::{Error, PINS, Proposal, STATUS, ensure_noted, ensure_noted_access, noted};

/// How many preimages a call may rely on beside its own bytes (PR11).
pub const RELIED_MAX: u32 = 4;

/// The preimages that a call names by their hashes: in ascending order, each once.
pub type Relied = BoundedVec<Hash256, RELIED_MAX>;

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
    match proposal.preimage() {
        Some((hash, _)) => hold(tx, &hash),
        None => Ok(()),
    }
}

/// Declare the rows of [`unpin`].
pub fn unpin_access(access: &mut Access, proposal: &Proposal) {
    if let Some((hash, _)) = proposal.preimage() {
        access.write(PINS.key(&hash));
    }
}

/// Rely no longer on the bytes of `proposal`. Each call answers one [`pin`] (PR6).
pub fn unpin(tx: &mut Tx<'_>, proposal: &Proposal) -> Result<(), DispatchError> {
    match proposal.preimage() {
        Some((hash, _)) => release(tx, &hash),
        None => Ok(()),
    }
}

/// What a call relies on, as rows keep it. Refuses more than [`RELIED_MAX`] (PR11).
pub fn relied(mut hashes: Vec<Hash256>) -> Result<Relied, Error> {
    hashes.sort_unstable();
    hashes.dedup();
    let found = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
    Relied::try_from(hashes).map_err(|_| Error::TooManyRelied { found, max: RELIED_MAX })
}

/// [`pin`] the bytes of `proposal`, and every preimage that its call relies on. On a refusal some
/// may be pinned: the caller drops its layer.
pub fn pin_with(
    tx: &mut Tx<'_>,
    proposal: &Proposal,
    relied: &Relied,
) -> Result<(), DispatchError> {
    pin(tx, proposal)?;
    for hash in relied.iter() {
        noted(tx, hash)?;
        hold(tx, hash)?;
    }
    Ok(())
}

/// Rely no longer on what one [`pin_with`] pinned.
pub fn unpin_with(
    tx: &mut Tx<'_>,
    proposal: &Proposal,
    relied: &Relied,
) -> Result<(), DispatchError> {
    unpin(tx, proposal)?;
    for hash in relied.iter() {
        release(tx, hash)?;
    }
    Ok(())
}

/// Declare the rows of [`ensure_noted_with`].
pub fn ensure_noted_with_access(access: &mut Access, proposal: &Proposal, relied: &Relied) {
    ensure_noted_access(access, proposal);
    for hash in relied.iter() {
        access.read(STATUS.key(hash));
    }
}

/// [`ensure_noted`] of the bytes of `proposal`, and of every preimage that its call relies on.
pub fn ensure_noted_with<R: Rows + ?Sized>(
    rows: &R,
    proposal: &Proposal,
    relied: &Relied,
) -> Result<(), DispatchError> {
    ensure_noted(rows, proposal)?;
    for hash in relied.iter() {
        noted(rows, hash)?;
    }
    Ok(())
}

fn hold(tx: &mut Tx<'_>, hash: &Hash256) -> Result<(), DispatchError> {
    let pins = pins(tx, hash)?.checked_add(1).ok_or(PAIRED)?;
    Ok(PINS.put(tx, hash, &pins)?)
}

fn release(tx: &mut Tx<'_>, hash: &Hash256) -> Result<(), DispatchError> {
    match pins(tx, hash)?.checked_sub(1) {
        None => Err(PAIRED.into()),
        Some(0) => Ok(PINS.remove(tx, hash)?),
        Some(pins) => Ok(PINS.put(tx, hash, &pins)?),
    }
}
