//! Free funds: what an account can spend, and how funds enter and leave it.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Balance};
use pallet_system::{AccountData, AccountInfo, account};

use crate::{EXISTENTIAL_DEPOSIT, Error, Event, TOTAL_ISSUANCE};

/// What an amount that overflows contradicts.
pub(crate) const OVERFLOW: Fault = Fault::Broken { invariant: "A4: issuance covers all funds" };

/// Whether an account may end when its funds leave it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Existence {
    /// The existential deposit stays.
    KeepAlive,
    /// The account may end; what is left below the existential deposit is burned (B13).
    AllowDeath,
}

/// All funds of `who`.
pub(crate) fn data<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<AccountData, Fault> {
    Ok(account(rows, who)?.data)
}

/// Free funds of `who`, locked ones included.
pub fn free<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<Balance, Fault> {
    Ok(data(rows, who)?.free)
}

/// Reserved funds of `who`.
pub fn reserved<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<Balance, Fault> {
    Ok(data(rows, who)?.reserved)
}

/// Free and reserved funds of `who` together.
pub fn total<R: Rows + ?Sized>(rows: &R, who: &AccountId) -> Result<Balance, Fault> {
    let data = data(rows, who)?;
    data.free.checked_add(data.reserved).ok_or(OVERFLOW)
}

/// How much of the free funds of `who` may leave (B11).
pub fn spendable<R: Rows + ?Sized>(
    rows: &R,
    who: &AccountId,
    existence: Existence,
) -> Result<Balance, Fault> {
    Ok(spendable_of(&data(rows, who)?, existence))
}

/// How much may leave the free funds of `who`, who stays alive, if `from_locked` of it may be locked
/// (B34).
pub fn spendable_with_locked<R: Rows + ?Sized>(
    rows: &R,
    who: &AccountId,
    from_locked: Balance,
) -> Result<Balance, Fault> {
    Ok(spendable_with_locked_of(&data(rows, who)?, from_locked))
}

fn spendable_with_locked_of(data: &AccountData, from_locked: Balance) -> Balance {
    // A lock may exceed what there is, so it is not the lock that is lowered.
    let kept_alive = data.free.saturating_sub(EXISTENTIAL_DEPOSIT);
    spendable_of(data, Existence::KeepAlive).saturating_add(from_locked).min(kept_alive)
}

pub(crate) fn spendable_of(data: &AccountData, existence: Existence) -> Balance {
    // Saturating is the rule: reserved funds count towards locks first, and nothing can be spent
    // where more must stay than is free.
    let locked = data.frozen.saturating_sub(data.reserved);
    let must_stay = match existence {
        Existence::AllowDeath if !data.is_bound() => locked,
        Existence::AllowDeath | Existence::KeepAlive => locked.max(EXISTENTIAL_DEPOSIT),
    };
    data.free.saturating_sub(must_stay)
}

/// Whether `needed` may leave the free funds (B11), with the rule that forbids it.
pub(crate) fn ensure_spendable(
    data: &AccountData,
    needed: Balance,
    existence: Existence,
) -> Result<(), Error> {
    let spendable = spendable_of(data, existence);
    if needed <= spendable {
        return Ok(());
    }
    if needed > data.free {
        return Err(Error::InsufficientBalance { needed, free: data.free });
    }
    let frozen = data.frozen;
    if frozen.saturating_sub(data.reserved) > EXISTENTIAL_DEPOSIT {
        return Err(Error::LiquidityRestrictions { needed, spendable, frozen });
    }
    Err(Error::Expendability { needed, spendable, minimum: EXISTENTIAL_DEPOSIT })
}

/// Whether `amount` may arrive (B12).
pub(crate) fn ensure_receivable(data: &AccountData, amount: Balance) -> Result<(), Error> {
    if data.is_funded() || amount >= EXISTENTIAL_DEPOSIT {
        return Ok(());
    }
    Err(Error::ExistentialDeposit { amount, minimum: EXISTENTIAL_DEPOSIT })
}

/// Add `amount` to the free funds, if the rules allow it (B12).
pub(crate) fn credit(
    tx: &mut Tx<'_>,
    who: &AccountId,
    amount: Balance,
) -> Result<(), DispatchError> {
    let info = account(tx, who)?;
    ensure_receivable(&info.data, amount)?;
    credit_to(tx, who, info, amount)
}

/// The same for an account whose row is `info`.
pub(crate) fn credit_to(
    tx: &mut Tx<'_>,
    who: &AccountId,
    info: AccountInfo,
    amount: Balance,
) -> Result<(), DispatchError> {
    let mut data = info.data;
    let is_new = !data.is_funded();
    data.free = data.free.checked_add(amount).ok_or(OVERFLOW)?;
    pallet_system::put_data(tx, who, info, data)?;
    if is_new {
        tx.emit(&Event::Endowed { account: *who, free_balance: data.free });
    }
    Ok(())
}

/// Take `amount` from the free funds, if the rules allow it (B11). What is left below the
/// existential deposit is burned (B13).
pub(crate) fn debit(
    tx: &mut Tx<'_>,
    who: &AccountId,
    amount: Balance,
    existence: Existence,
) -> Result<(), DispatchError> {
    let info = account(tx, who)?;
    ensure_spendable(&info.data, amount, existence)?;
    take(tx, who, info, amount)
}

/// Take `amount` from the free funds of an account whose row is `info` and which has that much.
fn take(
    tx: &mut Tx<'_>,
    who: &AccountId,
    info: AccountInfo,
    amount: Balance,
) -> Result<(), DispatchError> {
    let mut data = info.data;
    data.free = data.free.checked_sub(amount).ok_or(OVERFLOW)?;
    let dust = if data.free < EXISTENTIAL_DEPOSIT { data.free } else { 0 };
    data.free = data.free.checked_sub(dust).ok_or(OVERFLOW)?;
    pallet_system::put_data(tx, who, info, data)?;
    if dust > 0 {
        TOTAL_ISSUANCE.sub(tx, &dust)?;
        tx.emit(&Event::DustLost { account: *who, amount: dust });
    }
    Ok(())
}

/// Declare the rows of [`deposit`].
pub fn deposit_access(access: &mut Access, who: &AccountId) {
    pallet_system::put_data_access(access, who);
}

/// Move `amount` from a pot of the caller to the free funds of `who`. The caller lowers its pot;
/// the issuance does not change.
pub fn deposit(tx: &mut Tx<'_>, who: &AccountId, amount: Balance) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    credit(tx, who, amount)?;
    tx.emit(&Event::Deposit { who: *who, amount });
    Ok(())
}

/// Declare the rows of [`withdraw`].
pub fn withdraw_access(access: &mut Access, who: &AccountId) {
    pallet_system::put_data_access(access, who);
    access.add(TOTAL_ISSUANCE.key());
}

/// Move `amount` of the free funds of `who` to a pot of the caller. The caller raises its pot; the
/// issuance changes only by dust.
pub fn withdraw(
    tx: &mut Tx<'_>,
    who: &AccountId,
    amount: Balance,
    existence: Existence,
) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    debit(tx, who, amount, existence)?;
    tx.emit(&Event::Withdraw { who: *who, amount });
    Ok(())
}

/// The same from an account that stays alive, if `from_locked` of it may be locked (B34). The locks
/// stay as they are. It takes the rows of [`withdraw`].
pub fn withdraw_with_locked(
    tx: &mut Tx<'_>,
    who: &AccountId,
    amount: Balance,
    from_locked: Balance,
) -> Result<(), DispatchError> {
    if amount == 0 {
        return Ok(());
    }
    let info = account(tx, who)?;
    if amount > spendable_with_locked_of(&info.data, from_locked) {
        // Whoever is refused with locked funds is refused without them, and told why.
        ensure_spendable(&info.data, amount, Existence::KeepAlive)?;
    }
    take(tx, who, info, amount)?;
    tx.emit(&Event::Withdraw { who: *who, amount });
    Ok(())
}
