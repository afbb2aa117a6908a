//! What must hold of all policies, for audits and tests.

use althing_frame::{Fault, IterRows};
use althing_primitives::{AccountId, KeyHandle};

use crate::{KEYS, POLICIES};

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
    #[error("AC-I2: no key controls {account} alone and for good")]
    Uncontrolled {
        /// The account.
        account: AccountId,
    },
}

/// Verify AC-I1 and AC-I2 over the whole state.
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
        if policy.permanent().next().is_none() {
            return Err(Flaw::Uncontrolled { account });
        }
        entries = entries.saturating_add(listed.len());
    }
    let rows = rows.rows_with_prefix(&KEYS.prefix()).len();
    if rows != entries {
        return Err(Flaw::Orphans { rows, entries });
    }
    Ok(())
}
