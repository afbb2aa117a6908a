//! Noting, giving back and fetching bytes.

use althing_frame::{Access, DispatchError, Rows, Tx};
use althing_primitives::{AccountId, Hash256, blake2_256};

use crate::{
    Bytes, Deposit, Error, Event, PINS, PREIMAGES, Proposal, STATUS, Status, deposit_for, pins,
};

/// Declare the rows of [`note`].
pub(crate) fn note_access(access: &mut Access, who: &AccountId, bytes: &Bytes) {
    let hash = blake2_256(bytes);
    pallet_balances::reserve_access(access, who);
    access.write(STATUS.key(&hash)).write(PREIMAGES.key(&hash));
}

/// Keep `bytes` under their hash, for a deposit of `who` (PR1 to PR3).
pub(crate) fn note(tx: &mut Tx<'_>, who: AccountId, bytes: &Bytes) -> Result<(), DispatchError> {
    if bytes.is_empty() {
        return Err(Error::Empty.into());
    }
    let hash = blake2_256(bytes);
    if let Some(status) = STATUS.get(tx, &hash)? {
        return Err(Error::AlreadyNoted { hash, who: status.deposit.who }.into());
    }
    // The type bounds the length to `BYTES_MAX`.
    let len = u32::try_from(bytes.len()).unwrap_or(Bytes::MAX);
    let amount = deposit_for(len);
    pallet_balances::reserve(tx, &who, amount)?;
    PREIMAGES.put(tx, &hash, bytes)?;
    STATUS.put(tx, &hash, &Status { len, deposit: Deposit { who, amount } })?;
    tx.emit(&Event::Noted { hash, len, who, deposit: amount });
    Ok(())
}

/// Declare the rows of [`unnote`].
pub(crate) fn unnote_access(access: &mut Access, who: &AccountId, hash: &Hash256) {
    pallet_balances::reserve_access(access, who);
    access.read(PINS.key(hash)).write(STATUS.key(hash)).write(PREIMAGES.key(hash));
}

/// Forget the bytes and free the deposit, unless someone relies on them (PR4).
pub(crate) fn unnote(tx: &mut Tx<'_>, who: AccountId, hash: Hash256) -> Result<(), DispatchError> {
    let Status { deposit, .. } = STATUS.get(tx, &hash)?.ok_or(Error::NotNoted { hash })?;
    if deposit.who != who {
        return Err(Error::NotTheNoter { hash, noter: deposit.who }.into());
    }
    let pins = pins(tx, &hash)?;
    if pins > 0 {
        return Err(Error::Pinned { hash, pins }.into());
    }
    pallet_balances::unreserve(tx, &who, deposit.amount)?;
    PREIMAGES.remove(tx, &hash)?;
    STATUS.remove(tx, &hash)?;
    tx.emit(&Event::Unnoted { hash, who, deposit: deposit.amount });
    Ok(())
}

/// The preimage of this hash with its length, for whoever knows the hash alone (PR5).
pub fn noted<R: Rows + ?Sized>(rows: &R, hash: &Hash256) -> Result<Proposal, DispatchError> {
    let status = STATUS.get(rows, hash)?.ok_or(Error::NotNoted { hash: *hash })?;
    Ok(Proposal::Preimage { hash: *hash, len: status.len })
}

/// Declare the rows of [`ensure_noted`].
pub fn ensure_noted_access(access: &mut Access, proposal: &Proposal) {
    if let Some((hash, _)) = proposal.preimage() {
        access.read(STATUS.key(&hash));
    }
}

/// Refuse a proposal whose bytes are missing or have another length than it says (PR5).
pub fn ensure_noted<R: Rows + ?Sized>(rows: &R, proposal: &Proposal) -> Result<(), DispatchError> {
    let Some((hash, said)) = proposal.preimage() else { return Ok(()) };
    let noted = STATUS.get(rows, &hash)?.ok_or(Error::NotNoted { hash })?.len;
    if said != noted {
        return Err(Error::WrongLength { hash, said, noted }.into());
    }
    Ok(())
}

/// Declare the rows of [`fetch`].
pub fn fetch_access(access: &mut Access, proposal: &Proposal) {
    ensure_noted_access(access, proposal);
    if let Some((hash, _)) = proposal.preimage() {
        access.read(PREIMAGES.key(&hash));
    }
}

/// The bytes of the call that `proposal` stands for (PR7).
pub fn fetch<R: Rows + ?Sized>(rows: &R, proposal: &Proposal) -> Result<Vec<u8>, DispatchError> {
    match proposal {
        Proposal::Inline(bytes) => Ok(bytes.to_vec()),
        Proposal::Preimage { hash, .. } => {
            ensure_noted(rows, proposal)?;
            let bytes = PREIMAGES.get(rows, hash)?.ok_or(Error::NotNoted { hash: *hash })?;
            Ok(bytes.into_inner())
        }
    }
}
