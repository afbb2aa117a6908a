//! Making and destroying funds.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Balance};

use crate::funds::{credit, debit};
use crate::{Error, Event, Existence, TOTAL_ISSUANCE};

/// All funds there are.
pub fn issuance<R: Rows + ?Sized>(rows: &R) -> Result<Balance, Fault> {
    TOTAL_ISSUANCE.get(rows)
}

/// Declare the rows of [`mint`].
pub fn mint_access(access: &mut Access, who: &AccountId) {
    pallet_system::put_data_access(access, who);
    access.write(TOTAL_ISSUANCE.key());
}

/// Make `amount` and give it to `who` (B4).
pub fn mint(tx: &mut Tx<'_>, who: &AccountId, amount: Balance) -> Result<(), DispatchError> {
    let issuance = issuance(tx)?;
    if issuance.checked_add(amount).is_none() {
        return Err(Error::IssuanceOverflow { issuance, amount }.into());
    }
    credit(tx, who, amount)?;
    TOTAL_ISSUANCE.add(tx, &amount)?;
    tx.emit(&Event::Minted { who: *who, amount });
    Ok(())
}

/// Declare the rows of [`burn`].
pub fn burn_access(access: &mut Access, who: &AccountId) {
    crate::withdraw_access(access, who);
}

/// Destroy `amount` of the free funds of `who` (B4).
pub fn burn(
    tx: &mut Tx<'_>,
    who: &AccountId,
    amount: Balance,
    existence: Existence,
) -> Result<(), DispatchError> {
    debit(tx, who, amount, existence)?;
    TOTAL_ISSUANCE.sub(tx, &amount)?;
    tx.emit(&Event::Burned { who: *who, amount });
    Ok(())
}
