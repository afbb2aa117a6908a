//! What must hold of all policies, for audits and tests.

use althing_frame::{Fault, IterRows};
use althing_primitives::{AccountId, KeyHandle};

use crate::{AGENDA, CHANGES, KEYS, PENDING, POLICIES, Policy, RECOVERIES};

/// Which invariant of the accounts does not hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Flaw {
    /// A row could not be read.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// AC-I1.
    #[error("AC-I1: the policy of {account} and its kept keys differ")]
    Keys {
        /// The account.
        account: AccountId,
    },
    /// AC-I1.
    #[error("AC-I1: {rows} keys are kept, the policies have {entries}")]
    Orphans {
        /// Rows of keys.
        rows: usize,
        /// Entries of policies.
        entries: usize,
    },
    /// AC-I2.
    #[error("AC-I2: no keys control {account} for good")]
    Uncontrolled {
        /// The account.
        account: AccountId,
    },
    /// AC-I6.
    #[error("AC-I6: the change of {account} that waits is not kept, placed once or allowed")]
    Pending {
        /// The account.
        account: AccountId,
    },
    /// AC-I7.
    #[error("AC-I7: a recovery of {account} is not that of a friend who has set a deposit aside")]
    Recovery {
        /// The account.
        account: AccountId,
    },
}

/// Verify AC-I1, AC-I2, AC-I6 and AC-I7 over the whole state.
pub fn check(rows: &dyn IterRows) -> Result<(), Flaw> {
    let mut entries = 0_usize;
    for (account, policy) in POLICIES.list(rows)? {
        let mut listed: Vec<_> = policy.keys.iter().map(|key| (key.handle, key.scheme)).collect();
        listed.sort_unstable();
        let kept = KEYS.list_of(rows, &account)?;
        let is_whole =
            kept.iter().all(|(handle, key)| *handle == KeyHandle::of(key.scheme, &key.public));
        let kept: Vec<_> = kept.into_iter().map(|(handle, key)| (handle, key.scheme)).collect();
        if !is_whole || kept != listed {
            return Err(Flaw::Keys { account });
        }
        if policy.threshold == 0 || !policy.is_reached_by(policy.permanent()) {
            return Err(Flaw::Uncontrolled { account });
        }
        entries = entries.saturating_add(listed.len());
    }
    let kept = rows.rows_with_prefix(&KEYS.prefix()).len();
    if kept != entries {
        return Err(Flaw::Orphans { rows: kept, entries });
    }
    check_pending(rows)?;
    check_recoveries(rows)
}

/// AC-I6: a change that waits is kept, follows the present policy, has one place on the agenda, and
/// the account has friends who may object.
fn check_pending(rows: &dyn IterRows) -> Result<(), Flaw> {
    let mut places: Vec<_> = AGENDA
        .list(rows)?
        .into_iter()
        .flat_map(|(at, agenda)| agenda.into_inner().into_iter().map(move |account| (account, at)))
        .collect();
    places.sort_unstable();
    let mut expected = Vec::new();
    for (account, pending) in PENDING.list(rows)? {
        let change = CHANGES.get(rows, &account, &pending.author)?;
        let follows = |policy: &Policy| {
            let next = policy.rotation_nonce.checked_add(1);
            policy.recovery.is_some()
                && change.is_some_and(|change| Some(change.policy.rotation_nonce) == next)
        };
        if !POLICIES.get(rows, &account)?.as_ref().is_some_and(follows) {
            return Err(Flaw::Pending { account });
        }
        expected.push((account, pending.effective_at));
    }
    expected.sort_unstable();
    if places == expected {
        return Ok(());
    }
    let odd = places.iter().find(|place| !expected.contains(place));
    let odd = odd.or(expected.iter().find(|place| !places.contains(place)));
    // Equal sets of different length: an account that stands in a block twice.
    let odd = odd.or(places.first());
    odd.map_or(Ok(()), |(account, _)| Err(Flaw::Pending { account: *account }))
}

/// AC-I7: a proposed recovery is one of a friend of the account, and kept against a deposit.
fn check_recoveries(rows: &dyn IterRows) -> Result<(), Flaw> {
    for (account, recoveries) in RECOVERIES.list(rows)? {
        let policy = POLICIES.get(rows, &account)?;
        let recovery = policy.and_then(|policy| policy.recovery);
        for proposal in recoveries.iter() {
            let proposer = &proposal.proposer;
            let is_friend = recovery.as_ref().is_some_and(|one| one.friends.contains(proposer));
            let change = CHANGES.get(rows, &account, proposer)?;
            let held = pallet_balances::reserved(rows, proposer)?;
            if !is_friend || change.is_none_or(|change| change.deposit > held) {
                return Err(Flaw::Recovery { account });
            }
        }
    }
    Ok(())
}
