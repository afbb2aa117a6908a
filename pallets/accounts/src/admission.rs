//! Which key a transaction names, and whether it may sign (AC3 to AC5).
//!
//! [`resolve`] asks the parent's rows, so that all transactions of a block can be resolved and
//! their signatures verified at once, with the key that [`public_key`] gives. [`authorise`] asks again at the transaction's turn, because
//! an earlier transaction of the block may have removed the key.

use althing_frame::{Access, BeforeError, Call, DispatchError, Fault, Invalid, Rows, Tx};
use althing_primitives::{
    AccountId, Balance, BlockNumber, BoundedVec, KeyHandle, SchemeId, Signature,
};
use pallet_crypto_registry::{SchemeState, Use, limits, may};

use crate::{Event, KEYS, KeyEntry, POLICIES, Policy, StoredKey, key_deposit};

/// The key that a transaction names, found in the parent's rows or in the transaction itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resolved {
    /// The scheme.
    pub scheme: SchemeId,
    /// The key's handle.
    pub handle: KeyHandle,
    /// What the transaction sets aside besides its fee: the key's deposit at first use, else 0.
    pub deposit: Balance,
}

/// What `call` needs its key for.
pub fn use_of(call: &dyn Call) -> Use {
    if call.name().0 == crate::NAME { Use::Rotate } else { Use::Call }
}

/// Find the key with which `account` signed, if it may sign for `wanted` in block `now`.
pub fn resolve<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    signature: &Signature,
    wanted: Use,
    now: BlockNumber,
) -> Result<Resolved, BeforeError> {
    let scheme = signature.scheme().ok_or(Invalid::ClassicalSignature)?;
    match POLICIES.get(rows, account)? {
        None => {
            fits(rows, account, signature, Use::Enrol, now)?;
            first_use(account, scheme, signature)
        }
        Some(policy) => {
            fits(rows, account, signature, wanted, now)?;
            later_use(account, &policy, signature, now)
        }
    }
}

/// The public key that a [resolved](resolve) transaction names: its own, or the one kept for it.
/// Who has verified the signature before does not need it.
pub fn public_key<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    handle: KeyHandle,
    signature: &Signature,
) -> Result<Vec<u8>, Fault> {
    match signature {
        Signature::Key { public, .. } => Ok(public.to_vec()),
        Signature::Handle { .. }
        | Signature::Ed25519(_)
        | Signature::Sr25519(_)
        | Signature::Ecdsa(_) => {
            let broken = Fault::Broken { invariant: "AC-I1: a policy's keys are kept" };
            Ok(KEYS.get(rows, account, &handle)?.ok_or(broken)?.public.into_inner())
        }
    }
}

/// Whether the scheme's state, the account's funds and the witness's sizes allow the use.
fn fits<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    signature: &Signature,
    wanted: Use,
    now: BlockNumber,
) -> Result<(), BeforeError> {
    let scheme = signature.scheme().ok_or(Invalid::ClassicalSignature)?;
    let record = may(rows, scheme, wanted, now)?;
    let state = record.state_at(now);
    if state == SchemeState::Trial
        && wanted != Use::Rotate
        && pallet_balances::total(rows, account)? > limits(rows)?.trial_balance_max
    {
        let refused = "accounts that hold more than its trial allows";
        return Err(Invalid::SchemeState { scheme, state: state.name(), refused }.into());
    }
    let size = |part, expected: u32, found: usize| {
        let (expected, found) = (u64::from(expected), found as u64);
        if expected == found {
            return Ok(());
        }
        Err(Invalid::WitnessSize { scheme, part, expected, found })
    };
    if let Signature::Key { public, .. } = signature {
        size("public keys", record.public_bytes, public.len())?;
    }
    size("signatures", record.signature_bytes, signature.signature().len())?;
    Ok(())
}

fn first_use(
    account: &AccountId,
    scheme: SchemeId,
    signature: &Signature,
) -> Result<Resolved, BeforeError> {
    let handle = signature.handle().ok_or(Invalid::ClassicalSignature)?;
    if AccountId::from_key(handle, [0; 32]) != *account {
        return Err(Invalid::WrongKey { who: *account, handle }.into());
    }
    let Signature::Key { public, .. } = signature else {
        return Err(Invalid::UnknownKey { handle }.into());
    };
    Ok(Resolved { scheme, handle, deposit: deposit_of(public) })
}

fn later_use(
    account: &AccountId,
    policy: &Policy,
    signature: &Signature,
    now: BlockNumber,
) -> Result<Resolved, BeforeError> {
    let handle = signature.handle().ok_or(Invalid::ClassicalSignature)?;
    // The scheme is the policy's word; what the transaction says must agree with it.
    let key = policy
        .signer(handle, now)
        .filter(|key| signature.scheme() == Some(key.scheme))
        .ok_or(Invalid::WrongKey { who: *account, handle })?;
    Ok(Resolved { scheme: key.scheme, handle, deposit: 0 })
}

fn deposit_of(public: &[u8]) -> Balance {
    // Public keys have at most 8 KiB by their type.
    key_deposit(u32::try_from(public.len()).unwrap_or(u32::MAX))
}

/// Declare the rows of [`authorise`], as the parent's rows stand.
pub fn authorise_access<R: Rows + ?Sized>(
    parent: &R,
    access: &mut Access,
    account: &AccountId,
    handle: KeyHandle,
) -> Result<(), Fault> {
    if POLICIES.contains(parent, account)? {
        access.read(POLICIES.key(account));
    } else {
        access.write(POLICIES.key(account)).write(KEYS.key(account, &handle));
        pallet_balances::reserve_access(access, account);
    }
    Ok(())
}

/// Let the key of `signature` sign for `account` at the transaction's turn: enrol it if the account
/// has no policy yet, and refuse it if an earlier transaction of the block removed it. The caller
/// has [resolved](resolve) the key and knows that the signature is good.
pub fn authorise(
    tx: &mut Tx<'_>,
    account: &AccountId,
    handle: KeyHandle,
    signature: &Signature,
) -> Result<(), BeforeError> {
    let now = tx.block().number;
    let wrong = Invalid::WrongKey { who: *account, handle };
    match POLICIES.get(tx, account)? {
        Some(policy) if policy.signer(handle, now).is_some() => Ok(()),
        Some(_) => Err(wrong.into()),
        None if AccountId::from_key(handle, [0; 32]) != *account => Err(wrong.into()),
        None => enrol_against_deposit(tx, account, handle, signature),
    }
}

fn enrol_against_deposit(
    tx: &mut Tx<'_>,
    account: &AccountId,
    handle: KeyHandle,
    signature: &Signature,
) -> Result<(), BeforeError> {
    // An account without policy has no kept key that a handle could name.
    let Signature::Key { scheme, public, .. } = signature else {
        return Err(Invalid::UnknownKey { handle }.into());
    };
    let deposit = deposit_of(public);
    match pallet_balances::reserve(tx, account, deposit) {
        Ok(()) => {}
        Err(DispatchError::Fault(fault)) => return Err(fault.into()),
        Err(
            DispatchError::Refused(_)
            | DispatchError::BadOrigin
            | DispatchError::Undecodable
            | DispatchError::Exhausted,
        ) => {
            let keep = pallet_balances::EXISTENTIAL_DEPOSIT;
            let available = pallet_balances::free(tx, account)?.saturating_sub(keep);
            return Err(Invalid::Payment { who: *account, needed: deposit, available }.into());
        }
    }
    Ok(enrol(tx, account, handle, (*scheme, public), deposit)?)
}

/// Write the first policy of `account`: this key alone.
pub(crate) fn enrol(
    tx: &mut Tx<'_>,
    account: &AccountId,
    handle: KeyHandle,
    (scheme, public): (SchemeId, &[u8]),
    deposit: Balance,
) -> Result<(), Fault> {
    let size = Fault::Broken { invariant: "a key's size was checked before it is enrolled" };
    let mut policy =
        Policy { keys: BoundedVec::new(), threshold: 1, next: None, rotation_nonce: 0 };
    let full = Fault::Broken { invariant: "an empty policy takes a key" };
    policy.keys.try_push(KeyEntry::owner(scheme, handle, None)).map_err(|_| full)?;
    let public = public.to_vec().try_into().map_err(|_| size)?;
    POLICIES.put(tx, account, &policy)?;
    KEYS.put(tx, account, &handle, &StoredKey { scheme, public, deposit })?;
    tx.emit(&Event::KeyEnrolled { account: *account, scheme, handle, deposit });
    Ok(())
}
