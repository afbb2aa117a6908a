//! How fees are taken, and where they go (`specs/fees.md`, F10 to F14).

use althing_frame::{Access, BeforeError, DispatchError, Fault, Invalid, Sum, Tx};
use althing_primitives::{AccountId, Balance};
use pallet_balances::EXISTENTIAL_DEPOSIT;

use crate::Event;

/// Fees and tips of the block, before they are settled.
pub const FEE_POT: Sum<Balance> = Sum::new(crate::NAME, "FeePot");

/// What a transaction takes of its sender.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Charge {
    /// The fee, in the smallest unit.
    pub fee: Balance,
    /// The part of it that locked funds may pay (F15).
    pub fee_from_locked: Balance,
    /// The tip. It never comes from locked funds.
    pub tip: Balance,
}

impl Charge {
    /// Fee and tip.
    pub const fn total(&self) -> Balance {
        // A tip is any number the sender writes: the sum saturates at more than anyone has.
        self.fee.saturating_add(self.tip)
    }
}

/// Declare the rows of [`withdraw_fee`].
pub fn withdraw_fee_access(access: &mut Access, who: &AccountId) {
    pallet_balances::withdraw_access(access, who);
    access.add(FEE_POT.key());
}

/// Move fee and tip from `who` to the pot. The existential deposit stays (F10).
pub fn withdraw_fee(tx: &mut Tx<'_>, who: &AccountId, charge: &Charge) -> Result<(), BeforeError> {
    let (needed, from_locked) = (charge.total(), charge.fee_from_locked);
    let available = pallet_balances::spendable_with_locked(tx, who, from_locked)?;
    if needed > available {
        return Err(Invalid::Payment { who: *who, needed, available }.into());
    }
    pallet_balances::withdraw_with_locked(tx, who, needed, from_locked).map_err(fault)?;
    FEE_POT.add(tx, &needed)?;
    Ok(())
}

fn fault(error: DispatchError) -> BeforeError {
    match error {
        DispatchError::Fault(fault) => fault.into(),
        DispatchError::BadOrigin
        | DispatchError::Refused(_)
        | DispatchError::Undecodable
        | DispatchError::Exhausted => {
            Fault::Broken { invariant: "what is spendable can be withdrawn" }.into()
        }
    }
}

/// The event that says what was paid: after the call's events, before its outcome (F12).
pub fn paid(who: AccountId, fee: Balance, tip: Balance) -> Event {
    Event::TransactionFeePaid { who, actual_fee: fee.saturating_add(tip), tip }
}

/// Move the pot to the account `to` at the end of a block (F13). What could not begin an account
/// stays in the pot.
pub fn settle(tx: &mut Tx<'_>, to: &AccountId) -> Result<(), DispatchError> {
    let pot = FEE_POT.get(tx)?;
    let can_receive = pot >= EXISTENTIAL_DEPOSIT || pallet_balances::total(tx, to)? > 0;
    if pot == 0 || !can_receive {
        return Ok(());
    }
    pallet_balances::deposit(tx, to, pot)?;
    FEE_POT.put(tx, &0)?;
    Ok(())
}
