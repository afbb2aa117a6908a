//! Paying into the pot.

use althing_frame::{Access, DispatchError, Tx};
use althing_primitives::{AccountId, Balance};
use pallet_balances::{EXISTENTIAL_DEPOSIT, Existence};

use crate::{Error, Event, RECEIVED};

/// Declare the rows of [`deposit`].
pub(crate) fn deposit_access(access: &mut Access, from: &AccountId) {
    pallet_balances::withdraw_access(access, from);
    access.add(RECEIVED.key());
}

/// Give `amount` of the funds of `from` to the pot, which has them at the end of the block (TR13).
pub(crate) fn deposit(
    tx: &mut Tx<'_>,
    from: AccountId,
    amount: Balance,
) -> Result<(), DispatchError> {
    let minimum = EXISTENTIAL_DEPOSIT;
    if amount < minimum {
        return Err(Error::DepositTooSmall { amount, minimum }.into());
    }
    pallet_balances::withdraw(tx, &from, amount, Existence::KeepAlive)?;
    RECEIVED.add(tx, &amount)?;
    tx.emit(&Event::Received { from, amount });
    Ok(())
}
