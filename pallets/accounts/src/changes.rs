//! Changes of a policy by its member (AC7 to AC10): checks first, the costly proof last.

use althing_frame::{BeforeError, DispatchError, Fault, Invalid, Tx};
use althing_primitives::{AccountId, BlockNumber, KeyHandle, SchemeId};
use pallet_crypto_registry::{SchemeRecord, SchemeState, Use, limits, may};

use crate::{
    Error, Event, KEYS, KEYS_MAX, KeyEntry, POLICIES, Policy, StoredKey, key_deposit,
    possession::NewKey,
};

pub(crate) fn rotate(
    tx: &mut Tx<'_>,
    account: &AccountId,
    old: KeyHandle,
    new: NewKey<'_>,
) -> Result<(), DispatchError> {
    let mut policy = policy_of(tx, account)?;
    if policy.key(old).is_none() {
        return Err(Error::UnknownKey { handle: old.0 }.into());
    }
    let handle = check_new(tx, account, &policy, new)?;
    policy.rotation_nonce = next_nonce(&policy)?;
    for key in policy.keys.as_mut_slice().iter_mut().filter(|key| key.handle == old) {
        key.scheme = new.scheme;
        key.handle = handle;
    }
    POLICIES.put(tx, account, &policy)?;
    // The old deposit first: it may pay for the new one.
    forget(tx, account, old)?;
    keep(tx, account, handle, new)?;
    tx.emit(&Event::KeyRotated {
        account: *account,
        old,
        scheme: new.scheme,
        new: handle,
        rotation_nonce: policy.rotation_nonce,
    });
    Ok(())
}

pub(crate) fn add_key(
    tx: &mut Tx<'_>,
    account: &AccountId,
    new: NewKey<'_>,
    expires: Option<BlockNumber>,
) -> Result<(), DispatchError> {
    let mut policy = policy_of(tx, account)?;
    let now = tx.block().number;
    if let Some(expires) = expires.filter(|expires| *expires <= now) {
        return Err(Error::Expired { expires, now }.into());
    }
    let handle = check_new(tx, account, &policy, new)?;
    let entry = KeyEntry::owner(new.scheme, handle, expires);
    policy.rotation_nonce = next_nonce(&policy)?;
    policy.keys.try_push(entry).map_err(|_| Error::TooManyKeys { maximum: KEYS_MAX })?;
    POLICIES.put(tx, account, &policy)?;
    keep(tx, account, handle, new)?;
    tx.emit(&Event::KeyAdded {
        account: *account,
        scheme: new.scheme,
        handle,
        expires,
        rotation_nonce: policy.rotation_nonce,
    });
    Ok(())
}

pub(crate) fn remove_key(
    tx: &mut Tx<'_>,
    account: &AccountId,
    handle: KeyHandle,
) -> Result<(), DispatchError> {
    let mut policy = policy_of(tx, account)?;
    if policy.key(handle).is_none() {
        return Err(Error::UnknownKey { handle: handle.0 }.into());
    }
    policy.keys.retain(|key| key.handle != handle);
    if !is_controlled(tx, &policy)? {
        return Err(Error::LastKey { handle: handle.0 }.into());
    }
    policy.rotation_nonce = next_nonce(&policy)?;
    POLICIES.put(tx, account, &policy)?;
    forget(tx, account, handle)?;
    let rotation_nonce = policy.rotation_nonce;
    tx.emit(&Event::KeyRemoved { account: *account, handle, rotation_nonce });
    Ok(())
}

fn policy_of(tx: &Tx<'_>, account: &AccountId) -> Result<Policy, DispatchError> {
    Ok(POLICIES.get(tx, account)?.ok_or(Error::NoPolicy { account: *account })?)
}

fn next_nonce(policy: &Policy) -> Result<u32, Error> {
    let rotation_nonce = policy.rotation_nonce;
    rotation_nonce.checked_add(1).ok_or(Error::NonceExhausted { rotation_nonce })
}

/// The handle of `new` if it may enter the policy.
fn check_new(
    tx: &Tx<'_>,
    account: &AccountId,
    policy: &Policy,
    new: NewKey<'_>,
) -> Result<KeyHandle, DispatchError> {
    may_enrol(tx, account, new.scheme)?;
    let handle = KeyHandle::of(new.scheme, new.public);
    if policy.key(handle).is_some() {
        return Err(Error::KnownKey { handle: handle.0 }.into());
    }
    new.verify(tx.block(), account, policy.rotation_nonce)?;
    Ok(handle)
}

/// The record of `scheme` if its state lets keys enter policies.
pub(crate) fn enrollable(tx: &Tx<'_>, scheme: SchemeId) -> Result<SchemeRecord, DispatchError> {
    match may(tx, scheme, Use::Enrol, tx.block().number) {
        Ok(record) => Ok(record),
        Err(BeforeError::Fault(fault)) => Err(fault.into()),
        Err(BeforeError::Invalid(Invalid::SchemeState { scheme, state, .. })) => {
            let known = althing_crypto::scheme(scheme);
            let name = known.map_or("unknown", |known| known.name()).to_owned();
            Err(Error::SchemeState { scheme, name, state }.into())
        }
        Err(BeforeError::Invalid(_)) => Err(Error::UnknownScheme { scheme }.into()),
    }
}

fn may_enrol(tx: &Tx<'_>, account: &AccountId, scheme: SchemeId) -> Result<(), DispatchError> {
    let record = enrollable(tx, scheme)?;
    if record.state_at(tx.block().number) == SchemeState::Trial {
        let held = pallet_balances::total(tx, account)?;
        let maximum = limits(tx)?.trial_balance_max;
        if held > maximum {
            return Err(Error::TrialCap { scheme, held, maximum }.into());
        }
    }
    Ok(())
}

/// Whether a key is left that signs alone, for good, and under a scheme that still rotates.
fn is_controlled(tx: &Tx<'_>, policy: &Policy) -> Result<bool, Fault> {
    for key in policy.permanent() {
        match may(tx, key.scheme, Use::Rotate, tx.block().number) {
            Ok(_) => return Ok(true),
            Err(BeforeError::Invalid(_)) => {}
            Err(BeforeError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(false)
}

fn keep(
    tx: &mut Tx<'_>,
    account: &AccountId,
    handle: KeyHandle,
    new: NewKey<'_>,
) -> Result<(), DispatchError> {
    let size = Fault::Broken { invariant: "a key's size was checked before it is kept" };
    let public = new.public.to_vec().try_into().map_err(|_| size.clone())?;
    let bytes = u32::try_from(new.public.len()).map_err(|_| size)?;
    let deposit = key_deposit(bytes);
    pallet_balances::reserve(tx, account, deposit)?;
    Ok(KEYS.put(tx, account, &handle, &StoredKey { scheme: new.scheme, public, deposit })?)
}

fn forget(tx: &mut Tx<'_>, account: &AccountId, handle: KeyHandle) -> Result<(), DispatchError> {
    let broken = Fault::Broken { invariant: "AC-I1: a policy's keys are kept" };
    let stored = KEYS.get(tx, account, &handle)?.ok_or(broken)?;
    pallet_balances::unreserve(tx, account, stored.deposit)?;
    Ok(KEYS.remove(tx, account, &handle)?)
}
