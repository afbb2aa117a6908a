//! The key to which an account committed itself takes over (AC17), whatever became of the others.

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Hash256, KeyHandle, SchemeId};

use crate::apply::{replace, void};
use crate::changes::{policy_of, with_key};
use crate::possession::NewKey;
use crate::{
    CHANGES, Change, Error, Event, KEYS, KeyEntry, PENDING, POLICIES, Policy, RECOVERIES, agenda,
    next_commitment,
};

/// Whether the key opens the commitment of `policy`.
pub(crate) fn opens(policy: &Policy, scheme: SchemeId, public: &[u8], salt: &[u8; 32]) -> bool {
    policy.next == Some(next_commitment(scheme, public, salt))
}

/// Declare the rows of [`take_over`].
pub(crate) fn take_over_access(
    parent: &dyn Rows,
    access: &mut Access,
    (account, policy): (&AccountId, &Policy),
    handle: &KeyHandle,
) -> Result<(), Fault> {
    access.write(POLICIES.key(account)).write(KEYS.key(account, handle));
    for key in policy.keys.iter() {
        access.write(KEYS.key(account, &key.handle));
    }
    pallet_balances::reserve_access(access, account);
    if policy.recovery.is_some() {
        void_access(parent, access, account)?;
    }
    Ok(())
}

/// Declare the rows of `apply::void` and of announcing a change of `account` by itself.
pub(crate) fn void_access(
    parent: &dyn Rows,
    access: &mut Access,
    account: &AccountId,
) -> Result<(), Fault> {
    access.write(PENDING.key(account)).write(CHANGES.key(account, account));
    access.write(RECOVERIES.key(account));
    pallet_balances::reserve_access(access, account);
    agenda::access(parent, access, account)
}

/// Make this key the only one of `account`. The caller knows that it opens the commitment and has
/// signed. The commitment, spent now, stays until the call puts another in its place.
pub(crate) fn take_over(
    tx: &mut Tx<'_>,
    account: &AccountId,
    before: &Policy,
    (scheme, public): (SchemeId, &[u8]),
) -> Result<(), DispatchError> {
    let key = NewKey { scheme, public, proof: &[] };
    let handle = key.handle();
    // The last number may repeat: there is no key left that could have signed under it.
    let rotation_nonce = before.rotation_nonce.saturating_add(1);
    let (next, recovery) = (before.next, before.recovery.clone());
    let mut policy = Policy { next, recovery, rotation_nonce, ..Policy::none() };
    let entry = KeyEntry::owner(scheme, handle, None);
    policy.keys.try_push(entry).map_err(|_| Error::TooManyKeys { maximum: 0 })?;
    let change =
        if before.key(handle).is_some() { Change::of(policy) } else { with_key(policy, key)? };
    if before.recovery.is_some() {
        void(tx, account)?;
    }
    replace(tx, account, before, &change)?;
    tx.emit(&Event::Escaped { account: *account, scheme, handle, rotation_nonce });
    Ok(())
}

/// What is left to do for the call: commit to another key. Its key has taken over already, when
/// the transaction was authorised.
pub(crate) fn renew(
    tx: &mut Tx<'_>,
    account: &AccountId,
    next: Option<Hash256>,
) -> Result<(), DispatchError> {
    let policy = policy_of(tx, account)?;
    if policy.next.is_none() {
        return Err(Error::NoCommitment { account: *account }.into());
    }
    let rotation_nonce = policy.rotation_nonce;
    POLICIES.put(tx, account, &Policy { next, ..policy })?;
    tx.emit(&Event::NextCommitted { account: *account, next, rotation_nonce });
    Ok(())
}
