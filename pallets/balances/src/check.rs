//! The invariants over the whole state, for tests and audits.

use althing_frame::{Fault, IterRows};
use althing_primitives::{AccountId, Balance};
use pallet_system::{ACCOUNT, AccountData};

use crate::{EXISTENTIAL_DEPOSIT, LOCKS, TOTAL_ISSUANCE};

/// Which invariant does not hold, and by how much.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Broken {
    /// A4: funds appeared or vanished.
    #[error("the issuance is {issuance}, but accounts and pots hold {held}")]
    Issuance {
        /// What the sum says.
        issuance: Balance,
        /// What there is.
        held: Balance,
    },
    /// A4: there are more funds than a balance can count.
    #[error("accounts and pots hold more than can be counted")]
    Uncountable,
    /// B-I1: an account should have ended.
    #[error("account {who} has {free} free and {reserved} reserved")]
    Remainder {
        /// The account.
        who: AccountId,
        /// Its free funds.
        free: Balance,
        /// Its reserved funds.
        reserved: Balance,
    },
    /// B-I2: what an account says of its locks is not what they are.
    #[error("account {who} has {frozen} frozen, but its locks say {locked}")]
    Locks {
        /// The account.
        who: AccountId,
        /// What the account says.
        frozen: Balance,
        /// What its locks say.
        locked: Balance,
    },
    /// A row does not decode.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Verify A4, B-I1 and B-I2. `pots` is what other pallets hold in sums outside accounts.
pub fn check(rows: &dyn IterRows, pots: Balance) -> Result<(), Broken> {
    check_issuance(rows, pots)?;
    check_remainders(rows)?;
    check_locks(rows)
}

/// Verify A4. `pots` is what other pallets hold in sums outside accounts.
pub fn check_issuance(rows: &dyn IterRows, pots: Balance) -> Result<(), Broken> {
    let mut held = pots;
    for (_, info) in ACCOUNT.list(rows)? {
        let AccountData { free, reserved, .. } = info.data;
        for part in [free, reserved] {
            held = held.checked_add(part).ok_or(Broken::Uncountable)?;
        }
    }
    let issuance = TOTAL_ISSUANCE.get(rows)?;
    if issuance == held { Ok(()) } else { Err(Broken::Issuance { issuance, held }) }
}

fn check_remainders(rows: &dyn IterRows) -> Result<(), Broken> {
    for (who, info) in ACCOUNT.list(rows)? {
        let AccountData { free, reserved, .. } = info.data;
        if info.data.is_funded() && free < EXISTENTIAL_DEPOSIT {
            return Err(Broken::Remainder { who, free, reserved });
        }
    }
    Ok(())
}

fn check_locks(rows: &dyn IterRows) -> Result<(), Broken> {
    for (who, info) in ACCOUNT.list(rows)? {
        let frozen = info.data.frozen;
        let locks = LOCKS.get_or_default(rows, &who)?;
        let locked = locks.iter().map(|lock| lock.amount).max().unwrap_or(0);
        if frozen != locked || (frozen > 0 && !info.data.is_funded()) {
            return Err(Broken::Locks { who, frozen, locked });
        }
    }
    for (who, locks) in LOCKS.list(rows)? {
        let frozen = pallet_system::account(rows, &who)?.data.frozen;
        let locked = locks.iter().map(|lock| lock.amount).max().unwrap_or(0);
        if frozen != locked {
            return Err(Broken::Locks { who, frozen, locked });
        }
    }
    Ok(())
}
