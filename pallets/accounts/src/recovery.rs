//! What friends can do for an account: object to a change, and recover it (AC20 to AC22).

use althing_frame::{Access, DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, Balance, BoundedVec, Hash256, SchemeId, TOKEN};
use pallet_crypto_registry::{IDS, LIMITS, may_access};

use crate::apply::{await_turn, put_recoveries, void_pending};
use crate::changes::policy_of;
use crate::draft::{self, PolicyDraft, Proofs};
use crate::{
    Approval, CHANGES, Error, Event, Families, PENDING, POLICIES, Policy, RECOVERIES, Recoveries,
    Recovery, RecoveryProposal, Word,
};

/// What a friend sets aside for a proposed recovery, besides the deposits of its keys.
pub const RECOVERY_DEPOSIT: Balance = TOKEN;

/// From how many families approvals must come where more than one is needed.
pub const FAMILIES_MIN: u32 = 2;

const LISTED: Fault = Fault::Broken { invariant: "AC-I7: a proposed recovery is kept" };

/// Declare the rows that friends of `account` touch, those of their own deposits aside.
pub(crate) fn friends_access(
    parent: &dyn Rows,
    access: &mut Access,
    account: &AccountId,
) -> Result<(), Fault> {
    access.read(POLICIES.key(account));
    crate::escape::void_access(parent, access, account)
}

/// Declare the rows of all schemes.
pub(crate) fn schemes_access(parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
    for scheme in IDS.get_or_default(parent)?.iter() {
        may_access(access, *scheme);
    }
    access.read(LIMITS.key());
    Ok(())
}

/// The policy of `account` and who may recover it, if `who` may have a say in it.
fn as_friend(
    tx: &Tx<'_>,
    account: &AccountId,
    who: &AccountId,
) -> Result<(Policy, Recovery), DispatchError> {
    let policy = policy_of(tx, account)?;
    let recovery = policy.recovery.clone().ok_or(Error::NoRecovery { account: *account })?;
    if !recovery.friends.contains(who) {
        return Err(Error::NotFriend { account: *account, who: *who }.into());
    }
    Ok((policy, recovery))
}

pub(crate) fn object(
    tx: &mut Tx<'_>,
    who: &AccountId,
    account: &AccountId,
) -> Result<(), DispatchError> {
    let (_, recovery) = as_friend(tx, account, who)?;
    let mut pending = PENDING.get(tx, account)?.ok_or(Error::NoChange { account: *account })?;
    if pending.objections.contains(who) {
        return Err(Error::SaidAlready { who: *who }.into());
    }
    pending.objections.try_push(*who).map_err(|_| Error::SaidAlready { who: *who })?;
    let objections = pending.objections.len() as u64;
    tx.emit(&Event::Objected { account: *account, friend: *who, objections });
    if objections < u64::from(recovery.threshold) {
        return Ok(PENDING.put(tx, account, &pending)?);
    }
    void_pending(tx, account)?;
    forget_recovery(tx, account, &pending.author)?;
    tx.emit(&Event::ChangeCancelled { account: *account, by: *who });
    Ok(())
}

fn forget_recovery(
    tx: &mut Tx<'_>,
    account: &AccountId,
    proposer: &AccountId,
) -> Result<(), DispatchError> {
    let mut recoveries = RECOVERIES.get_or_default(tx, account)?;
    recoveries.retain(|recovery| recovery.proposer != *proposer);
    put_recoveries(tx, account, &recoveries)
}

pub(crate) fn cancel_change(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DispatchError> {
    let pending = PENDING.get(tx, account)?.filter(|pending| pending.author == *account);
    pending.ok_or(Error::NoChange { account: *account })?;
    void_pending(tx, account)?;
    tx.emit(&Event::ChangeCancelled { account: *account, by: *account });
    Ok(())
}

pub(crate) fn propose(
    tx: &mut Tx<'_>,
    who: &AccountId,
    account: &AccountId,
    (draft, proofs): (&PolicyDraft, &Proofs),
) -> Result<(), DispatchError> {
    let (policy, _) = as_friend(tx, account, who)?;
    let draft_hash = draft.hash();
    let mut recoveries = RECOVERIES.get_or_default(tx, account)?;
    let is_same = |one: &RecoveryProposal| one.draft_hash == draft_hash;
    if recoveries.iter().any(is_same) || CHANGES.get(tx, account, who)?.is_some() {
        return Err(Error::ProposedAlready { account: *account }.into());
    }
    let mut change = draft::change(tx, account, &policy, (draft, proofs))?;
    change.deposit = change.key_deposits().saturating_add(RECOVERY_DEPOSIT);
    change.word = Word::of(tx)?;
    pallet_balances::reserve(tx, who, change.deposit)?;
    CHANGES.put(tx, account, who, &change)?;
    let proposal = RecoveryProposal { proposer: *who, draft_hash, approvals: BoundedVec::new() };
    recoveries.try_push(proposal).map_err(|_| LISTED)?;
    let deposit = change.deposit;
    let (account, proposer) = (*account, *who);
    tx.emit(&Event::RecoveryProposed { account, proposer, draft_hash, deposit });
    RECOVERIES.put(tx, &account, &recoveries)?;
    approve(tx, who, &account, draft_hash)
}

pub(crate) fn approve(
    tx: &mut Tx<'_>,
    who: &AccountId,
    account: &AccountId,
    draft_hash: Hash256,
) -> Result<(), DispatchError> {
    let (_, recovery) = as_friend(tx, account, who)?;
    let word = Word::of(tx)?;
    let families = word.families(tx)?;
    let pending = PENDING.get(tx, account)?;
    if let Some(pending) = pending.filter(|pending| pending.author != *account) {
        return Err(Error::ChangePending { effective_at: pending.effective_at }.into());
    }
    let mut recoveries = RECOVERIES.get_or_default(tx, account)?;
    let proposal = recoveries.as_mut_slice().iter_mut().find(|one| one.draft_hash == draft_hash);
    let proposal = proposal.ok_or(Error::UnknownRecovery { draft_hash })?;
    if proposal.has(who) {
        return Err(Error::SaidAlready { who: *who }.into());
    }
    let approval = Approval { friend: *who, families, word };
    proposal.approvals.try_push(approval).map_err(|_| Error::SaidAlready { who: *who })?;
    let approvals = proposal.approvals.len() as u64;
    let is_enough = suffices(&recovery, proposal.approvals.iter());
    let proposer = proposal.proposer;
    put_recoveries(tx, account, &recoveries)?;
    tx.emit(&Event::RecoveryApproved { account: *account, friend: *who, draft_hash, approvals });
    if is_enough { await_recovery(tx, account, &proposer) } else { Ok(()) }
}

/// Whether the friends have decided: enough of them, and not all on one assumption (AC21).
fn suffices<'a>(
    recovery: &Recovery,
    approvals: impl Iterator<Item = &'a Approval> + Clone,
) -> bool {
    let families = if recovery.threshold < 2 { 0 } else { FAMILIES_MIN };
    approvals.clone().count() >= usize::from(recovery.threshold)
        && Families::of_all(approvals) >= families
}

/// A scheme that was broken since, if those who have broken schemes could have forged alone what the
/// friends decided when `author` proposed it (AC21).
pub(crate) fn fallen(
    tx: &Tx<'_>,
    account: &AccountId,
    (policy, author): (&Policy, &AccountId),
) -> Result<Option<SchemeId>, Fault> {
    let recoveries = RECOVERIES.get_or_default(tx, account)?;
    let proposal = recoveries.iter().find(|one| one.proposer == *author).ok_or(LISTED)?;
    let recovery = policy.recovery.as_ref().ok_or(LISTED)?;
    let (mut scheme, mut forgeable) = (None, Vec::new());
    for approval in proposal.approvals.iter() {
        if let Some(fallen) = approval.word.fallen(tx)? {
            scheme = scheme.or(Some(fallen));
            forgeable.push(approval);
        }
    }
    Ok(scheme.filter(|_| suffices(recovery, forgeable.iter().copied())))
}

/// Announce the recovery. So many friends object to any change the present keys wanted.
fn await_recovery(
    tx: &mut Tx<'_>,
    account: &AccountId,
    proposer: &AccountId,
) -> Result<(), DispatchError> {
    void_pending(tx, account)?;
    // Its rows belong to the proposer, so only its nonce is known here.
    let policy = policy_of(tx, account)?;
    let rotation_nonce = crate::changes::next_nonce(&policy)?;
    await_turn(tx, account, (proposer, rotation_nonce))
}

pub(crate) fn cancel(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DispatchError> {
    let recoveries: Recoveries = RECOVERIES.get_or_default(tx, account)?;
    if recoveries.is_empty() {
        return Err(Error::NoRecoveryProposed { account: *account }.into());
    }
    RECOVERIES.remove(tx, account)?;
    if PENDING.get(tx, account)?.is_some_and(|pending| pending.author != *account) {
        void_pending(tx, account)?;
    }
    tx.emit(&Event::RecoveryCancelled { account: *account });
    Ok(())
}

pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    who: &AccountId,
    account: &AccountId,
) -> Result<(), DispatchError> {
    let pending = PENDING.get(tx, account)?.filter(|pending| pending.author == *who);
    if let Some(pending) = pending {
        return Err(Error::ChangePending { effective_at: pending.effective_at }.into());
    }
    let change = CHANGES.get(tx, account, who)?.filter(|_| who != account);
    let change = change.ok_or(Error::NoRecoveryProposed { account: *account })?;
    pallet_balances::unreserve(tx, who, change.deposit)?;
    CHANGES.remove(tx, account, who)?;
    forget_recovery(tx, account, who)?;
    let deposit = change.deposit;
    tx.emit(&Event::RecoveryWithdrawn { account: *account, proposer: *who, deposit });
    Ok(())
}
