//! Changes of a policy by its owners (AC8 to AC10, AC15, AC16): checks first, the costly proof last.

use althing_frame::{BeforeError, DispatchError, Fault, Invalid, Rows, Tx};
use althing_primitives::{AccountId, BlockNumber, BoundedVec, Hash256, KeyHandle, SchemeId};
use pallet_crypto_registry::{SCHEMES, SchemeRecord, SchemeState, Use, limits, may};

use crate::apply::settle;
use crate::draft::{self, KeyDraft, PolicyDraft, Proofs};
use crate::{
    Change, Error, Event, KEYS_MAX, KeyEntry, POLICIES, Policy, StoredKey, Word, key_deposit,
    possession::NewKey,
};

pub(crate) fn rotate(
    tx: &mut Tx<'_>,
    account: &AccountId,
    old: KeyHandle,
    new: NewKey<'_>,
) -> Result<(), DispatchError> {
    let before = policy_or_unused(tx, account, Some(old))?;
    if before.key(old).is_none() {
        return Err(Error::UnknownKey { handle: old.0 }.into());
    }
    let handle = check_new(tx, account, &before, new)?;
    let mut policy = after(&before)?;
    for key in policy.keys.as_mut_slice().iter_mut().filter(|key| key.handle == old) {
        key.scheme = new.scheme;
        key.handle = handle;
    }
    let (scheme, rotation_nonce) = (new.scheme, policy.rotation_nonce);
    let event = Event::KeyRotated { account: *account, old, scheme, new: handle, rotation_nonce };
    settle(tx, account, &before, with_key(policy, new)?, &event)
}

pub(crate) fn add_key(
    tx: &mut Tx<'_>,
    account: &AccountId,
    new: NewKey<'_>,
    expires: Option<BlockNumber>,
) -> Result<(), DispatchError> {
    let before = policy_of(tx, account)?;
    let now = tx.block().number;
    if let Some(expires) = expires.filter(|expires| *expires <= now) {
        return Err(Error::Expired { expires, now }.into());
    }
    let handle = check_new(tx, account, &before, new)?;
    let mut policy = after(&before)?;
    let entry = KeyEntry::owner(new.scheme, handle, expires);
    policy.keys.try_push(entry).map_err(|_| Error::TooManyKeys { maximum: KEYS_MAX })?;
    let (scheme, rotation_nonce) = (new.scheme, policy.rotation_nonce);
    let event = Event::KeyAdded { account: *account, scheme, handle, expires, rotation_nonce };
    settle(tx, account, &before, with_key(policy, new)?, &event)
}

pub(crate) fn remove_key(
    tx: &mut Tx<'_>,
    account: &AccountId,
    handle: KeyHandle,
) -> Result<(), DispatchError> {
    let before = policy_of(tx, account)?;
    if before.key(handle).is_none() {
        return Err(Error::UnknownKey { handle: handle.0 }.into());
    }
    let mut policy = after(&before)?;
    policy.keys.retain(|key| key.handle != handle);
    if !is_controlled(tx, &policy)? {
        return Err(Error::LastKey { handle: handle.0 }.into());
    }
    let rotation_nonce = policy.rotation_nonce;
    let event = Event::KeyRemoved { account: *account, handle, rotation_nonce };
    settle(tx, account, &before, Change::of(policy), &event)
}

pub(crate) fn set_policy(
    tx: &mut Tx<'_>,
    account: &AccountId,
    draft: &PolicyDraft,
    proofs: &Proofs,
) -> Result<(), DispatchError> {
    // Who tries this call out before the first use finds no policy, yet the key would be in it.
    let mut first = draft.keys.iter().filter(|key| makes(key.handle(), account));
    let first = first.find(|key| enrollable(tx, key.scheme).is_ok());
    let before = policy_or_unused(tx, account, first.map(KeyDraft::handle))?;
    let change = draft::change(tx, account, &before, (draft, proofs))?;
    let event = Event::policy_set(account, &change.policy);
    settle(tx, account, &before, change, &event)
}

pub(crate) fn commit_next(
    tx: &mut Tx<'_>,
    account: &AccountId,
    next: Option<Hash256>,
) -> Result<(), DispatchError> {
    let before = policy_of(tx, account)?;
    let policy = Policy { next, ..after(&before)? };
    let rotation_nonce = policy.rotation_nonce;
    let event = Event::NextCommitted { account: *account, next, rotation_nonce };
    settle(tx, account, &before, Change::of(policy), &event)
}

impl Change {
    /// To `policy`, without new keys.
    pub(crate) fn of(policy: Policy) -> Self {
        Self { policy, keys: BoundedVec::new(), deposit: 0, word: Word::none() }
    }
}

pub(crate) fn policy_of<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
) -> Result<Policy, DispatchError> {
    Ok(POLICIES.get(rows, account)?.ok_or(Error::NoPolicy { account: *account })?)
}

/// The policy that a rotation may replace. An account whose scheme takes no new keys has none: its
/// key signs this once (AC3), and its place is the one of `key`, if that made the account.
fn policy_or_unused(
    tx: &Tx<'_>,
    account: &AccountId,
    key: Option<KeyHandle>,
) -> Result<Policy, DispatchError> {
    if let Some(policy) = POLICIES.get(tx, account)? {
        return Ok(policy);
    }
    let mut unused = Policy::none();
    if let Some(handle) = key.filter(|key| makes(*key, account)) {
        // The scheme of a key that goes is of no interest.
        let full = |_| Error::TooManyKeys { maximum: KEYS_MAX };
        unused.keys.try_push(KeyEntry::owner(SchemeId::JOINT, handle, None)).map_err(full)?;
    }
    Ok(unused)
}

/// Whether the account is the one of this key.
fn makes(key: KeyHandle, account: &AccountId) -> bool {
    AccountId::from_key(key, [0; 32]) == *account
}

/// The same policy, changed once more.
fn after(before: &Policy) -> Result<Policy, Error> {
    Ok(Policy { rotation_nonce: next_nonce(before)?, ..before.clone() })
}

pub(crate) fn next_nonce(policy: &Policy) -> Result<u32, Error> {
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
    let record = may_enrol(tx, account, new.scheme)?;
    let handle = new.handle();
    if policy.key(handle).is_some() {
        return Err(Error::KnownKey { handle: handle.0 }.into());
    }
    new.verify_alone(tx, &record, (account, policy.rotation_nonce))?;
    Ok(handle)
}

/// The record of `scheme` if its state lets keys enter policies.
pub(crate) fn enrollable(tx: &Tx<'_>, scheme: SchemeId) -> Result<SchemeRecord, DispatchError> {
    match may(tx, scheme, Use::Enrol, tx.block().number) {
        Ok(record) => Ok(record),
        Err(BeforeError::Fault(fault)) => Err(fault.into()),
        Err(BeforeError::Invalid(Invalid::SchemeState { scheme, state, .. })) => {
            // The registry has a state for it, so it has a name too.
            let name = SCHEMES.get(tx, &scheme)?.map_or_else(String::new, |record| record.name());
            Err(Error::SchemeState { scheme, name, state }.into())
        }
        Err(BeforeError::Invalid(_)) => Err(Error::UnknownScheme { scheme }.into()),
    }
}

/// The same for a key of `account`, which may hold too much for a scheme on trial.
pub(crate) fn may_enrol(
    tx: &Tx<'_>,
    account: &AccountId,
    scheme: SchemeId,
) -> Result<SchemeRecord, DispatchError> {
    let record = enrollable(tx, scheme)?;
    if record.state_at(tx.block().number) == SchemeState::Trial {
        let held = pallet_balances::total(tx, account)?;
        let maximum = limits(tx)?.trial_balance_max;
        if held > maximum {
            return Err(Error::TrialCap { scheme, held, maximum }.into());
        }
    }
    Ok(record)
}

/// The keys that control the account for good and whose schemes still rotate.
pub(crate) fn controlling<'a>(tx: &Tx<'_>, policy: &'a Policy) -> Result<Vec<&'a KeyEntry>, Fault> {
    rotating(tx, policy.permanent())
}

/// Those of `keys` whose schemes still rotate.
pub(crate) fn rotating<'a>(
    tx: &Tx<'_>,
    keys: impl Iterator<Item = &'a KeyEntry>,
) -> Result<Vec<&'a KeyEntry>, Fault> {
    let mut able = Vec::new();
    for key in keys {
        match may(tx, key.scheme, Use::Rotate, tx.block().number) {
            Ok(_) => able.push(key),
            Err(BeforeError::Invalid(_)) => {}
            Err(BeforeError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(able)
}

/// Whether keys are left that sign together, for good, and under schemes that still rotate.
pub(crate) fn is_controlled(tx: &Tx<'_>, policy: &Policy) -> Result<bool, Fault> {
    Ok(policy.is_reached_by(controlling(tx, policy)?.into_iter()))
}

/// `new` as the chain keeps it.
pub(crate) fn stored(new: NewKey<'_>) -> Result<StoredKey, Fault> {
    let size = Fault::Broken { invariant: "a key's size was checked before it is kept" };
    let public = new.public.to_vec().try_into().map_err(|_| size.clone())?;
    let bytes = u32::try_from(new.public.len()).map_err(|_| size)?;
    Ok(StoredKey { scheme: new.scheme, public, deposit: key_deposit(bytes) })
}

/// The change to `policy`, in which `new` is new.
pub(crate) fn with_key(policy: Policy, new: NewKey<'_>) -> Result<Change, DispatchError> {
    let mut change = Change::of(policy);
    let full = |_| Error::TooManyKeys { maximum: KEYS_MAX };
    change.keys.try_push(stored(new)?).map_err(full)?;
    Ok(change)
}
