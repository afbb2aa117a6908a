//! Transfers between accounts.

use althing_frame::{Access, DispatchError, Tx};
use althing_primitives::{AccountId, Balance};
use pallet_system::account;

use crate::funds::{credit_to, debit, ensure_receivable, ensure_spendable};
use crate::{Event, Existence};

/// Declare the rows of [`transfer`] and [`transfer_all`].
pub fn transfer_access(access: &mut Access, from: &AccountId, to: &AccountId) {
    crate::withdraw_access(access, from);
    crate::deposit_access(access, to);
}

/// Move `amount` from the free funds of one account to those of another (B10 to B14).
pub fn transfer(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: &AccountId,
    amount: Balance,
    existence: Existence,
) -> Result<(), DispatchError> {
    let receiver = account(tx, to)?;
    ensure_receivable(&receiver.data, amount)?;
    if from == to {
        // An account that pays itself neither ends nor gains (B14).
        ensure_spendable(&receiver.data, amount, existence)?;
    } else {
        debit(tx, from, amount, existence)?;
        credit_to(tx, to, receiver, amount)?;
    }
    tx.emit(&Event::Transfer { from: *from, to: *to, amount });
    Ok(())
}

/// Move all that can be spent, and return how much that was (B15).
pub fn transfer_all(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: &AccountId,
    existence: Existence,
) -> Result<Balance, DispatchError> {
    let amount = crate::spendable(tx, from, existence)?;
    transfer(tx, from, to, amount, existence)?;
    Ok(amount)
}
