//! Reserved funds: deposits for what the chain keeps for a member.

use althing_frame::{Access, DispatchError, Tx};
use althing_primitives::{AccountId, Balance};

use pallet_system::{AccountData, AccountInfo, account};

use crate::funds::{OVERFLOW, credit, ensure_spendable};
use crate::{Error, Event, Existence, TOTAL_ISSUANCE};

/// Declare the rows of [`reserve`] and [`unreserve`].
pub fn reserve_access(access: &mut Access, who: &AccountId) {
    pallet_system::put_data_access(access, who);
}

/// Set `amount` of the free funds of `who` aside (B20). The existential deposit stays free.
pub fn reserve(tx: &mut Tx<'_>, who: &AccountId, amount: Balance) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    let info = account(tx, who)?;
    let mut data = info.data;
    // Locks bind free and reserved funds together, so they do not forbid a deposit.
    let unlocked = AccountData { frozen: 0, ..data };
    ensure_spendable(&unlocked, amount, Existence::KeepAlive)?;
    data.free = data.free.checked_sub(amount).ok_or(OVERFLOW)?;
    data.reserved = data.reserved.checked_add(amount).ok_or(OVERFLOW)?;
    pallet_system::put_data(tx, who, info, data)?;
    tx.emit(&Event::Reserved { who: *who, amount });
    Ok(())
}

/// Free `amount` of what `who` has reserved (B21).
pub fn unreserve(tx: &mut Tx<'_>, who: &AccountId, amount: Balance) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    let (info, mut data) = take_reserved(tx, who, amount)?;
    data.free = data.free.checked_add(amount).ok_or(OVERFLOW)?;
    pallet_system::put_data(tx, who, info, data)?;
    tx.emit(&Event::Unreserved { who: *who, amount });
    Ok(())
}

/// Declare the rows of [`slash_reserved`].
pub fn slash_reserved_access(access: &mut Access, who: &AccountId) {
    pallet_system::put_data_access(access, who);
    access.add(TOTAL_ISSUANCE.key());
}

/// Destroy `amount` of what `who` has reserved (B22).
pub fn slash_reserved(
    tx: &mut Tx<'_>,
    who: &AccountId,
    amount: Balance,
) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    let (info, data) = take_reserved(tx, who, amount)?;
    pallet_system::put_data(tx, who, info, data)?;
    TOTAL_ISSUANCE.sub(tx, &amount)?;
    tx.emit(&Event::Slashed { who: *who, amount });
    Ok(())
}

/// Declare the rows of [`repatriate_reserved`].
pub fn repatriate_reserved_access(access: &mut Access, from: &AccountId, to: &AccountId) {
    pallet_system::put_data_access(access, from);
    pallet_system::put_data_access(access, to);
}

/// Move `amount` of what `from` has reserved to the free funds of `to` (B23).
pub fn repatriate_reserved(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: &AccountId,
    amount: Balance,
) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    let (info, data) = take_reserved(tx, from, amount)?;
    pallet_system::put_data(tx, from, info, data)?;
    credit(tx, to, amount)?;
    tx.emit(&Event::ReserveRepatriated { from: *from, to: *to, amount });
    Ok(())
}

fn take_reserved(
    tx: &Tx<'_>,
    who: &AccountId,
    asked: Balance,
) -> Result<(AccountInfo, AccountData), DispatchError> {
    let info = account(tx, who)?;
    let mut data = info.data;
    let reserved = data.reserved;
    let rest = reserved.checked_sub(asked).ok_or(Error::ReservedShort { asked, reserved })?;
    data.reserved = rest;
    Ok((info, data))
}
