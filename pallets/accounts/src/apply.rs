//! How a policy gives way to the next one: at once, or announced and after a delay (AC18, AC19).

use althing_frame::{DispatchError, Fault, Tx};
use althing_primitives::{AccountId, Balance, BoundedVec, KeyHandle, TOKEN};
use pallet_balances::EXISTENTIAL_DEPOSIT;

use crate::changes::{is_controlled, may_enrol};
use crate::{
    CHANGES, Change, Error, Event, KEYS, PENDING, POLICIES, Pending, Policy, RECOVERIES, StoredKey,
    Word, agenda, recovery,
};

/// What an account sets aside while its change waits, besides the deposits of new keys.
pub const CHANGE_DEPOSIT: Balance = TOKEN;

const KEPT: Fault = Fault::Broken { invariant: "AC-I1: a policy's keys are kept" };
const WAITING: Fault = Fault::Broken { invariant: "AC-I6: an announced change is kept" };

/// Let `change` follow `before`: at once if nobody could object, else after the delay.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    account: &AccountId,
    before: &Policy,
    change: Change,
    event: &Event,
) -> Result<(), DispatchError> {
    if before.recovery.is_some() {
        return announce(tx, account, change);
    }
    replace(tx, account, before, &change)?;
    tx.emit(event);
    Ok(())
}

fn announce(tx: &mut Tx<'_>, account: &AccountId, mut change: Change) -> Result<(), DispatchError> {
    if let Some(Pending { effective_at, .. }) = PENDING.get(tx, account)? {
        return Err(Error::ChangePending { effective_at }.into());
    }
    change.deposit = change.key_deposits().saturating_add(CHANGE_DEPOSIT);
    change.word = Word::of(tx)?;
    pallet_balances::reserve(tx, account, change.deposit)?;
    CHANGES.put(tx, account, account, &change)?;
    await_turn(tx, account, (account, change.policy.rotation_nonce))
}

/// Give the change that `author` wrote its place on the agenda, for everybody to see.
pub(crate) fn await_turn(
    tx: &mut Tx<'_>,
    account: &AccountId,
    (author, rotation_nonce): (&AccountId, u32),
) -> Result<(), DispatchError> {
    let effective_at = agenda::place(tx, account)?;
    let pending = Pending { author: *author, effective_at, objections: BoundedVec::new() };
    PENDING.put(tx, account, &pending)?;
    let (account, author) = (*account, *author);
    tx.emit(&Event::ChangeAnnounced { account, author, rotation_nonce, effective_at });
    Ok(())
}

impl Change {
    /// What its new keys cost.
    pub(crate) fn key_deposits(&self) -> Balance {
        self.keys.iter().fold(0, |sum, key| sum.saturating_add(key.deposit))
    }

    /// The same, at nobody's cost.
    pub(crate) fn without_deposits(mut self) -> Self {
        self.keys.as_mut_slice().iter_mut().for_each(|key| key.deposit = 0);
        self
    }
}

/// Put the policy of `change` in the place of `before`. Keys that go give their deposits back
/// before new ones take theirs.
pub(crate) fn replace(
    tx: &mut Tx<'_>,
    account: &AccountId,
    before: &Policy,
    change: &Change,
) -> Result<(), DispatchError> {
    leave(tx, account, before, change)?;
    enter(tx, account, change)
}

fn leave(
    tx: &mut Tx<'_>,
    account: &AccountId,
    before: &Policy,
    change: &Change,
) -> Result<(), DispatchError> {
    // A key that signed for an account without policy is not kept.
    if !POLICIES.contains(tx, account)? {
        return Ok(());
    }
    for key in before.keys.iter().filter(|key| change.policy.key(key.handle).is_none()) {
        let stored = KEYS.get(tx, account, &key.handle)?.ok_or(KEPT)?;
        pallet_balances::unreserve(tx, account, stored.deposit)?;
        KEYS.remove(tx, account, &key.handle)?;
    }
    Ok(())
}

fn enter(tx: &mut Tx<'_>, account: &AccountId, change: &Change) -> Result<(), DispatchError> {
    for key in change.keys.iter() {
        pallet_balances::reserve(tx, account, key.deposit)?;
        KEYS.put(tx, account, &handle_of(key), key)?;
    }
    Ok(POLICIES.put(tx, account, &change.policy)?)
}

fn handle_of(key: &StoredKey) -> KeyHandle {
    KeyHandle::of(key.scheme, &key.public)
}

/// Let no change of `account` take effect that waits, nor any recovery that is proposed. Friends
/// fetch their deposits themselves.
pub(crate) fn void(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DispatchError> {
    void_pending(tx, account)?;
    Ok(RECOVERIES.remove(tx, account)?)
}

/// Let the announced change not take effect, if there is one.
pub(crate) fn void_pending(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DispatchError> {
    let Some(pending) = PENDING.get(tx, account)? else { return Ok(()) };
    agenda::displace(tx, account, pending.effective_at)?;
    PENDING.remove(tx, account)?;
    if pending.author == *account {
        let change = CHANGES.get(tx, account, account)?.ok_or(WAITING)?;
        pallet_balances::unreserve(tx, account, change.deposit)?;
        CHANGES.remove(tx, account, account)?;
    }
    Ok(())
}

/// Let the changes take effect whose block this is. One that the rules forbid by now is dropped.
pub fn on_finalize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    for account in agenda::take(tx)?.iter() {
        match tx.layered(|tx| take_effect(tx, account)) {
            Err(DispatchError::Refused(refusal)) => {
                let (pallet, error) = (refusal.pallet, refusal.index);
                drop_pending(tx, account)?;
                tx.emit(&Event::ChangeDropped { account: *account, pallet, error });
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Take the waiting change away; its author has the deposit back.
fn take_change(tx: &mut Tx<'_>, account: &AccountId) -> Result<(AccountId, Change), DispatchError> {
    let author = PENDING.get(tx, account)?.ok_or(WAITING)?.author;
    let change = CHANGES.get(tx, account, &author)?.ok_or(WAITING)?;
    PENDING.remove(tx, account)?;
    CHANGES.remove(tx, account, &author)?;
    Ok((author, change))
}

fn drop_pending(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DispatchError> {
    let (author, change) = take_change(tx, account)?;
    pallet_balances::unreserve(tx, &author, change.deposit)?;
    let mut recoveries = RECOVERIES.get_or_default(tx, account)?;
    recoveries.retain(|recovery| recovery.proposer != author);
    put_recoveries(tx, account, &recoveries)
}

/// Keep the list of proposed recoveries, or no row if it is empty.
pub(crate) fn put_recoveries(
    tx: &mut Tx<'_>,
    account: &AccountId,
    recoveries: &crate::Recoveries,
) -> Result<(), DispatchError> {
    if recoveries.is_empty() {
        return Ok(RECOVERIES.remove(tx, account)?);
    }
    Ok(RECOVERIES.put(tx, account, recoveries)?)
}

fn take_effect(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DispatchError> {
    let (author, change) = take_change(tx, account)?;
    let before = POLICIES.get(tx, account)?.ok_or(WAITING)?;
    if before.rotation_nonce.checked_add(1) != Some(change.policy.rotation_nonce) {
        return Err(WAITING.into());
    }
    // Schemes may have changed since the change was announced: those that answer for it too.
    let fallen = if author == *account {
        change.word.fallen(tx)?
    } else {
        recovery::fallen(tx, account, (&before, &author))?
    };
    if let Some(scheme) = fallen {
        return Err(Error::FallenWord { scheme }.into());
    }
    for key in change.keys.iter() {
        may_enrol(tx, account, key.scheme)?;
    }
    if !is_controlled(tx, &change.policy)? {
        return Err(
            Error::Unreachable { threshold: change.policy.threshold.into(), reachable: 0 }.into()
        );
    }
    leave(tx, account, &before, &change)?;
    if author == *account {
        pallet_balances::unreserve(tx, account, change.deposit)?;
    } else {
        pay_for_recovery(tx, account, (&author, &change))?;
    }
    enter(tx, account, &change)?;
    RECOVERIES.remove(tx, account)?;
    tx.emit(&Event::policy_set(account, &change.policy));
    Ok(())
}

/// Give the friend's deposit back, less what `account` lacks for the deposits of its new keys.
fn pay_for_recovery(
    tx: &mut Tx<'_>,
    account: &AccountId,
    (author, change): (&AccountId, &Change),
) -> Result<(), DispatchError> {
    let needed = change.key_deposits().saturating_add(EXISTENTIAL_DEPOSIT);
    let lent = if pallet_balances::free(tx, account)? < needed { needed } else { 0 };
    pallet_balances::repatriate_reserved(tx, author, account, lent)?;
    pallet_balances::unreserve(tx, author, change.deposit.saturating_sub(lent))
}
