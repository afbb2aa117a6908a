//! Locks: funds that stay in an account for a reason, such as a ballot with conviction.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Balance, BoundedVec};

use crate::funds::data;
use crate::{Error, Event, LOCKS, LOCKS_MAX, Lock, LockId};

/// How much the lock `id` keeps in the account of `who`; 0 if there is none.
pub fn lock_of<R: Rows + ?Sized>(rows: &R, who: &AccountId, id: &LockId) -> Result<Balance, Fault> {
    let locks = LOCKS.get_or_default(rows, who)?;
    Ok(locks.iter().find(|lock| lock.id == *id).map_or(0, |lock| lock.amount))
}

/// Declare the rows of [`set_lock`] and [`remove_lock`].
pub fn lock_access(access: &mut Access, who: &AccountId) {
    access.write(LOCKS.key(who));
    pallet_system::put_data_access(access, who);
}

/// Let the lock `id` keep `amount` in the account of `who`, in place of what it kept before (B30).
/// A lock of nothing is removed.
pub fn set_lock(
    tx: &mut Tx<'_>,
    who: &AccountId,
    id: LockId,
    amount: Balance,
) -> Result<(), DispatchError> {
    if amount == 0 {
        return remove_lock(tx, who, &id);
    }
    if !data(tx, who)?.is_funded() {
        return Err(Error::DeadAccount { who: *who }.into());
    }
    let mut locks = LOCKS.get_or_default(tx, who)?;
    match locks.as_mut_slice().iter_mut().find(|lock| lock.id == id) {
        Some(lock) => lock.amount = amount,
        None => locks
            .try_push(Lock { id, amount })
            .map_err(|_| Error::TooManyLocks { max: LOCKS_MAX })?,
    }
    put_locks(tx, who, &locks)
}

/// Remove the lock `id`. There need not be one.
pub fn remove_lock(tx: &mut Tx<'_>, who: &AccountId, id: &LockId) -> Result<(), DispatchError> {
    let mut locks = LOCKS.get_or_default(tx, who)?;
    let count = locks.len();
    locks.retain(|lock| lock.id != *id);
    if locks.len() == count {
        return Ok(());
    }
    put_locks(tx, who, &locks)
}

fn put_locks(
    tx: &mut Tx<'_>,
    who: &AccountId,
    locks: &BoundedVec<Lock, LOCKS_MAX>,
) -> Result<(), DispatchError> {
    if locks.is_empty() {
        LOCKS.remove(tx, who)?;
    } else {
        LOCKS.put(tx, who, locks)?;
    }
    let info = pallet_system::account(tx, who)?;
    let mut data = info.data;
    let before = data.frozen;
    data.frozen = locks.iter().map(|lock| lock.amount).max().unwrap_or(0);
    if data.frozen == before {
        return Ok(());
    }
    pallet_system::put_data(tx, who, info, data)?;
    // Only one of the two differences is positive.
    let more = data.frozen.saturating_sub(before);
    let less = before.saturating_sub(data.frozen);
    tx.emit(&if more > 0 {
        Event::Locked { who: *who, amount: more }
    } else {
        Event::Unlocked { who: *who, amount: less }
    });
    Ok(())
}
