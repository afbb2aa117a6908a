//! Which key a transaction names, and whether it may sign (AC3 to AC5).
//!
//! [`resolve`] asks the parent's rows, so that all transactions of a block can be resolved and
//! their signatures verified at once, with the keys that [`witness_keys`] gives. [`authorise`] asks
//! again at the transaction's turn, because an earlier transaction of the block may have changed
//! the policy.

use althing_frame::{
    Access, Admission, Authority, BeforeError, DispatchError, Fault, Invalid, Rows, Tx, Voice,
    WitnessKey,
};
use althing_primitives::{
    AccountId, Balance, BlockNumber, Circumstances, Hash256, KeyHandle, Part, SchemeId, Signature,
    SignerKey,
};
use pallet_crypto_registry::{
    EPOCH, SCHEMES, SchemeRecord, SchemeState, Use, code_for, limits, may, may_access,
};

use crate::escape::{opens, take_over, take_over_access};
use crate::{Demand, Event, KEYS, KeyEntry, POLICIES, Policy, StoredKey, key_deposit};

/// The keys that a transaction names, found in the parent's rows or in the transaction itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resolved {
    /// The keys, in the order of the witness.
    pub signers: Vec<SignerKey>,
    /// Under which rules they must have signed.
    pub circumstances: Circumstances,
    /// Who answers for it.
    pub voice: Voice,
    /// Reference time of verifying all signatures, in picoseconds.
    pub verify_weight: u64,
    /// What the transaction sets aside besides its fee: the key's deposit at first use, else 0.
    pub deposit: Balance,
    /// Whether the owners sign it, and no key with fewer rights.
    pub by_owners: bool,
}

/// Find the keys with which `account` signed, if they may sign for `demand` in block `now`.
pub fn resolve<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    signature: &Signature,
    demand: impl Into<Demand>,
    now: BlockNumber,
) -> Result<Resolved, BeforeError> {
    let demand = demand.into();
    let authority = demand.authority;
    let parts = signature.parts();
    let Some(first) = parts.first() else { return Err(Invalid::ClassicalSignature.into()) };
    let policy = POLICIES.get(rows, account)?;
    let wanted = match (&policy, authority) {
        (None, _) => first_wanted(rows, first.key.scheme, authority, now)?,
        (Some(_), Authority::Policy | Authority::Rotation | Authority::Escape { .. }) => {
            Use::Rotate
        }
        (
            Some(_),
            Authority::Owners | Authority::Vote | Authority::Transfer(_) | Authority::Everyday,
        ) => Use::Call,
    };
    let is_capped = wanted != Use::Rotate && authority != Authority::Rotation;
    let mut records = Vec::with_capacity(parts.len());
    for part in &parts {
        records.push(fits(rows, account, part, (wanted, is_capped), now)?);
    }
    let signers: Vec<SignerKey> = parts.iter().map(|part| part.key).collect();
    let wrong = Invalid::WrongKey { who: *account, handle: first.key.handle };
    let (deposit, by_owners) = match (&policy, authority) {
        (None, _) => (first_use(account, &parts, wanted)?, true),
        (Some(policy), Authority::Escape { salt }) => {
            (escaping(rows, account, policy, (&parts, salt))?.ok_or(wrong)?, true)
        }
        (Some(policy), _) => {
            let entries = policy.signers(&signers, demand, now).ok_or(wrong)?;
            (0, entries.iter().all(|key| key.is_owner()))
        }
    };
    let circumstances = under(rows, policy.as_ref())?;
    let weights =
        signers.iter().zip(&records).map(|(key, record)| record.verify_weight(key.scheme));
    let verify_weight = weights.fold(0_u64, u64::saturating_add);
    let states = signers.iter().zip(&records);
    let voice = voice(states.map(|(key, record)| (key.scheme, record)), now);
    Ok(Resolved { signers, circumstances, voice, verify_weight, deposit, by_owners })
}

/// Under which rules `account` signs, as these rows stand.
pub fn circumstances<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
) -> Result<Circumstances, Fault> {
    under(rows, POLICIES.get(rows, account)?.as_ref())
}

fn under<R: Rows + ?Sized>(rows: &R, policy: Option<&Policy>) -> Result<Circumstances, Fault> {
    let policy = policy.map_or(0, |policy| policy.rotation_nonce);
    Ok(Circumstances { epoch: EPOCH.get_or_default(rows)?, policy })
}

/// The schemes that answer for a transaction (AC14). No signer is superfluous, so whoever wants to
/// forge it must break every scheme that signed. A scheme that is not active is taken for broken.
fn voice<'a>(
    signed: impl Iterator<Item = (SchemeId, &'a SchemeRecord)> + Clone,
    now: BlockNumber,
) -> Voice {
    let active = signed.clone().filter(|(_, record)| record.counts_about_cryptography(now));
    let voice = Voice::of(active.map(|(scheme, _)| scheme));
    if !voice.schemes().is_empty() {
        return voice;
    }
    Voice::of(signed.map(|(scheme, _)| scheme).take(1))
}

/// The schemes that would answer for a transaction signed under `schemes` in block `now`, those that
/// the chain does not know left out.
pub fn voice_of<R: Rows + ?Sized>(
    rows: &R,
    schemes: &[SchemeId],
    now: BlockNumber,
) -> Result<Voice, Fault> {
    let mut known = Vec::with_capacity(schemes.len());
    for scheme in schemes {
        known.extend(SCHEMES.get(rows, scheme)?.map(|record| (*scheme, record)));
    }
    Ok(voice(known.iter().map(|(scheme, record)| (*scheme, record)), now))
}

/// The keys under which the signatures of a [resolved](resolve) transaction are to be verified:
/// its own, or those kept for the account. Who has verified them before does not need this.
pub fn witness_keys<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    signature: &Signature,
) -> Result<Vec<WitnessKey>, Fault> {
    let broken = Fault::Broken { invariant: "AC-I1: a policy's keys are kept" };
    let key = |part: Part<'_>| {
        let SignerKey { scheme, handle } = part.key;
        let public = match part.public {
            Some(public) => public.to_vec(),
            None => KEYS.get(rows, account, &handle)?.ok_or(broken.clone())?.public.into_inner(),
        };
        Ok(WitnessKey { scheme, public, voted_in: code_for(rows, scheme)? })
    };
    signature.parts().into_iter().map(key).collect()
}

/// Whether the scheme's state, the account's funds (unless it leaves the scheme) and the sizes of a
/// part allow the use.
fn fits<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    part: &Part<'_>,
    (wanted, is_capped): (Use, bool),
    now: BlockNumber,
) -> Result<SchemeRecord, BeforeError> {
    let scheme = part.key.scheme;
    let record = may(rows, scheme, wanted, now)?;
    let state = record.state_at(now);
    if state == SchemeState::Trial
        && is_capped
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
    if let Some(public) = part.public {
        size("public keys", record.public_bytes, public.len())?;
    }
    size("signatures", record.signature_bytes, part.signature.len())?;
    Ok(record)
}

/// What a key that signs for an account without policy is wanted for. It is enrolled, unless its
/// scheme takes no new keys and the call puts other keys in its place.
fn first_wanted<R: Rows + ?Sized>(
    rows: &R,
    scheme: SchemeId,
    authority: Authority,
    now: BlockNumber,
) -> Result<Use, Fault> {
    if authority != Authority::Rotation {
        return Ok(Use::Enrol);
    }
    match may(rows, scheme, Use::Enrol, now) {
        Ok(_) => Ok(Use::Enrol),
        Err(BeforeError::Invalid(_)) => Ok(Use::Rotate),
        Err(BeforeError::Fault(fault)) => Err(fault),
    }
}

/// What the key takes beyond the deposits it frees, if it is the one to which the account is
/// committed.
fn escaping<R: Rows + ?Sized>(
    rows: &R,
    account: &AccountId,
    policy: &Policy,
    (parts, salt): (&[Part<'_>], [u8; 32]),
) -> Result<Option<Balance>, Fault> {
    let [Part { key, public: Some(public), .. }] = parts else { return Ok(None) };
    if !opens(policy, key.scheme, public, &salt) {
        return Ok(None);
    }
    if policy.key(key.handle).is_some() {
        return Ok(Some(0));
    }
    let mut freed: Balance = 0;
    for old in policy.keys.iter() {
        let stored = KEYS.get(rows, account, &old.handle)?;
        freed = freed.saturating_add(stored.map_or(0, |stored| stored.deposit));
    }
    Ok(Some(deposit_of(public).saturating_sub(freed)))
}

/// The deposit of the one key that makes the account, if this is it.
fn first_use(account: &AccountId, parts: &[Part<'_>], wanted: Use) -> Result<Balance, BeforeError> {
    let [Part { key, public, .. }] = parts else {
        let first = parts.first().map(|part| part.key.handle);
        let handle = first.unwrap_or(KeyHandle(Hash256::default()));
        return Err(Invalid::WrongKey { who: *account, handle }.into());
    };
    let handle = key.handle;
    if AccountId::from_key(handle, [0; 32]) != *account {
        return Err(Invalid::WrongKey { who: *account, handle }.into());
    }
    let public = public.ok_or(Invalid::UnknownKey { handle })?;
    Ok(if wanted == Use::Enrol { deposit_of(public) } else { 0 })
}

fn deposit_of(public: &[u8]) -> Balance {
    // Public keys have at most 8 KiB by their type.
    key_deposit(u32::try_from(public.len()).unwrap_or(u32::MAX))
}

/// Declare the rows of [`authorise`], as the parent's rows stand.
pub fn authorise_access(
    parent: &dyn Rows,
    access: &mut Access,
    account: &AccountId,
    (signers, authority): (&[SignerKey], Authority),
) -> Result<(), Fault> {
    let Some(policy) = POLICIES.get(parent, account)? else {
        access.write(POLICIES.key(account));
        for signer in signers {
            access.write(KEYS.key(account, &signer.handle));
            if authority == Authority::Rotation {
                may_access(access, signer.scheme);
            }
        }
        pallet_balances::reserve_access(access, account);
        return Ok(());
    };
    if let (Authority::Escape { .. }, [signer]) = (authority, signers) {
        return take_over_access(parent, access, (account, &policy), &signer.handle);
    }
    access.read(POLICIES.key(account));
    Ok(())
}

/// Let the keys of `signature` sign for `account` at the transaction's turn: enrol the key if the
/// account has no policy yet, let the one take over to which it is committed, and refuse keys that
/// an earlier transaction of the block removed, or that signed under another policy. The caller
/// has [resolved](resolve) the keys and knows that the signatures are good.
pub fn authorise(
    tx: &mut Tx<'_>,
    account: &AccountId,
    admission: &Admission,
    signature: &Signature,
) -> Result<(), BeforeError> {
    let now = tx.block().number;
    let Admission { signers, authority, circumstances, tip, .. } = admission;
    let demand = Demand { authority: *authority, tip: *tip };
    let broken = Fault::Broken { invariant: "a signed transaction has a key" };
    let SignerKey { scheme, handle } = *signers.first().ok_or(broken)?;
    let wrong = Invalid::WrongKey { who: *account, handle };
    let Some(policy) = POLICIES.get(tx, account)? else {
        if AccountId::from_key(handle, [0; 32]) != *account {
            return Err(wrong.into());
        }
        return match first_wanted(tx, scheme, *authority, now)? {
            Use::Enrol => enrol_against_deposit(tx, account, handle, signature),
            Use::Call | Use::Rotate => Ok(()),
        };
    };
    let escape = match (authority, signature) {
        (Authority::Escape { salt }, Signature::Key { scheme, public, .. }) => {
            opens(&policy, *scheme, public, salt).then_some((*scheme, &public[..]))
        }
        _ => None,
    };
    if escape.is_none() && policy.signers(signers, demand, now).is_none() {
        return Err(wrong.into());
    }
    if policy.rotation_nonce != circumstances.policy {
        let (epoch, policy) = (circumstances.epoch, policy.rotation_nonce);
        return Err(Invalid::Outdated { epoch, policy }.into());
    }
    match escape {
        None => Ok(()),
        Some((scheme, public)) => {
            let outcome = take_over(tx, account, &policy, (scheme, public));
            affordable(tx, account, deposit_of(public), outcome)
        }
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
    let outcome = pallet_balances::reserve(tx, account, deposit);
    affordable(tx, account, deposit, outcome)?;
    Ok(enrol(tx, account, handle, (*scheme, public), deposit)?)
}

/// A step that only the funds of `account` could refuse, as an answer to its transaction.
fn affordable(
    tx: &Tx<'_>,
    account: &AccountId,
    needed: Balance,
    outcome: Result<(), DispatchError>,
) -> Result<(), BeforeError> {
    match outcome {
        Ok(()) => Ok(()),
        Err(DispatchError::Fault(fault)) => Err(fault.into()),
        Err(
            DispatchError::Refused(_)
            | DispatchError::BadOrigin
            | DispatchError::Undecodable
            | DispatchError::Exhausted,
        ) => {
            let keep = pallet_balances::EXISTENTIAL_DEPOSIT;
            let available = pallet_balances::free(tx, account)?.saturating_sub(keep);
            Err(Invalid::Payment { who: *account, needed, available }.into())
        }
    }
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
    let mut policy = Policy::none();
    let full = Fault::Broken { invariant: "an empty policy takes a key" };
    policy.keys.try_push(KeyEntry::owner(scheme, handle, None)).map_err(|_| full)?;
    let public = public.to_vec().try_into().map_err(|_| size)?;
    POLICIES.put(tx, account, &policy)?;
    KEYS.put(tx, account, &handle, &StoredKey { scheme, public, deposit })?;
    tx.emit(&Event::KeyEnrolled { account: *account, scheme, handle, deposit });
    Ok(())
}
