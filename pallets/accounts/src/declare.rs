//! The rows that each call touches.

use althing_frame::{Access, Fault, Origin, Rows};
use althing_primitives::{AccountId, KeyHandle, SchemeId};
use pallet_crypto_registry::{LIMITS, SCHEMES, may_access, voted_in_access};

use crate::escape::void_access;
use crate::recovery::{friends_access, schemes_access};
use crate::{CHANGES, Call, KEYS, PENDING, POLICIES, Policy, PolicyDraft, RECOVERIES, rescue};

/// Declare the rows of `call`.
///
/// A transaction is refused if the policy under which it was signed has changed since the parent,
/// so calls of an account about itself find the parent's policy, or none and the key of its first
/// use, whose row is declared where it is enrolled.
pub(crate) fn rows(
    call: &Call,
    origin: &Origin,
    parent: &dyn Rows,
    access: &mut Access,
) -> Result<(), Fault> {
    if let Call::Rescue { account, scheme, public, .. } = call {
        if origin.track(&[rescue::TRACK]).is_ok() {
            own(parent, access, account)?;
            enrol(parent, access, account, (*scheme, public))?;
            schemes_access(parent, access)?;
        }
        return Ok(());
    }
    let Ok(who) = origin.signed() else { return Ok(()) };
    match call {
        Call::Rotate { scheme, public, .. } | Call::AddKey { scheme, public, .. } => {
            own(parent, access, &who)?;
            enrol(parent, access, &who, (*scheme, public))?;
        }
        Call::RemoveKey { .. } => {
            own(parent, access, &who)?;
            schemes_access(parent, access)?;
        }
        Call::SetPolicy { draft, .. } => {
            own(parent, access, &who)?;
            for key in draft.keys.iter() {
                access.write(KEYS.key(&who, &key.handle()));
            }
            drafted(parent, access, draft)?;
        }
        Call::CommitNext { .. } => own(parent, access, &who)?,
        Call::Escape { .. } => {
            access.write(POLICIES.key(&who));
        }
        Call::CancelChange {} | Call::CancelRecovery {} => void_access(parent, access, &who)?,
        Call::Object { account } => friends_access(parent, access, account)?,
        Call::ProposeRecovery { account, draft, .. } => {
            friends_access(parent, access, account)?;
            access.write(CHANGES.key(account, &who));
            pallet_balances::reserve_access(access, &who);
            drafted(parent, access, draft)?;
        }
        Call::ApproveRecovery { account, .. } => {
            friends_access(parent, access, account)?;
            schemes_access(parent, access)?;
        }
        Call::WithdrawRecovery { account } => {
            access.read(PENDING.key(account)).write(CHANGES.key(account, &who));
            access.write(RECOVERIES.key(account));
            pallet_balances::reserve_access(access, &who);
        }
        Call::Rescue { .. } => {}
    }
    Ok(())
}

/// The rows of a change of the account's own policy, those of new keys aside.
fn own(parent: &dyn Rows, access: &mut Access, account: &AccountId) -> Result<(), Fault> {
    access.write(POLICIES.key(account));
    pallet_balances::reserve_access(access, account);
    let Some(policy) = POLICIES.get(parent, account)? else { return Ok(()) };
    old_keys(access, account, &policy);
    if policy.recovery.is_some() {
        void_access(parent, access, account)?;
    }
    Ok(())
}

fn old_keys(access: &mut Access, account: &AccountId, policy: &Policy) {
    for key in policy.keys.iter() {
        access.write(KEYS.key(account, &key.handle));
    }
}

/// The rows of all schemes, and of those that a draft names and nobody knows.
fn drafted(parent: &dyn Rows, access: &mut Access, draft: &PolicyDraft) -> Result<(), Fault> {
    for key in draft.keys.iter() {
        verifier_access(parent, access, key.scheme)?;
    }
    schemes_access(parent, access)
}

fn enrol(
    parent: &dyn Rows,
    access: &mut Access,
    account: &AccountId,
    (scheme, public): (SchemeId, &[u8]),
) -> Result<(), Fault> {
    access.write(KEYS.key(account, &KeyHandle::of(scheme, public))).read(LIMITS.key());
    verifier_access(parent, access, scheme)
}

/// The rows that a proof of possession under `scheme` is verified by.
fn verifier_access(parent: &dyn Rows, access: &mut Access, scheme: SchemeId) -> Result<(), Fault> {
    may_access(access, scheme);
    if let Some(record) = SCHEMES.get(parent, &scheme)? {
        voted_in_access(access, &record);
    }
    Ok(())
}
