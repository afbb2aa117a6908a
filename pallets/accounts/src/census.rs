//! Count how much weight still needs a scheme that is to retire (`specs/crypto-registry.md`, CR20).
//!
//! The registry decides what is counted and what follows; here are the accounts and what they hold.
//! A chain with more accounts than one block counts is counted over several blocks, in the order of
//! the rows, each account as it stands when its turn comes.

use althing_frame::{DispatchError, Fault, Rows, Tx};
use althing_primitives::{AccountId, BlockNumber, SchemeId};
use pallet_crypto_registry::{Weights, census_advance, census_conclude, census_due, usable};

use crate::{POLICIES, Policy, Scopes};

/// How many accounts one block counts at most.
pub const POLICIES_PER_BLOCK: usize = 1024;

/// Go on with the count that is due, if there is one. Part of the lifecycle phase.
pub fn count(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    let now = tx.block().number;
    let Some((scheme, census)) = census_due(tx, now)? else { return Ok(()) };
    let mut others = usable(tx, now)?;
    others.retain(|other| *other != scheme);
    let page = POLICIES.keys_after(tx, census.cursor.as_ref(), POLICIES_PER_BLOCK)?;
    let mut weights = census.so_far;
    for account in &page {
        add(tx, &mut weights, account, (scheme, &others, now))?;
    }
    match page.last() {
        Some(last) if page.len() >= POLICIES_PER_BLOCK => {
            census_advance(tx, scheme, *last, weights)
        }
        Some(_) | None => census_conclude(tx, scheme, weights),
    }
}

fn add<R: Rows + ?Sized>(
    rows: &R,
    weights: &mut Weights,
    account: &AccountId,
    (scheme, others, now): (SchemeId, &[SchemeId], BlockNumber),
) -> Result<(), Fault> {
    // The list is the parent's: this block may have removed a policy.
    let Some(policy) = POLICIES.get(rows, account)? else { return Ok(()) };
    let weight = pallet_balances::total(rows, account)?;
    weights.add(weight, policy.needs(scheme, others, now));
    Ok(())
}

impl Policy {
    /// Whether the account cannot do without its keys under `scheme`: it has some, and its owners
    /// under `others` do not reach its threshold with one transaction in block `now`.
    pub fn needs(&self, scheme: SchemeId, others: &[SchemeId], now: BlockNumber) -> bool {
        let owners = || self.keys.iter().filter(|key| key.scopes.contain(Scopes::OWNER));
        if !owners().any(|key| key.scheme == scheme && key.is_live(now)) {
            return false;
        }
        let others = owners().filter(|key| key.is_live(now) && others.contains(&key.scheme));
        !self.is_reached_by(others)
    }
}

#[cfg(test)]
mod tests {
    use althing_primitives::KeyHandle;

    use super::*;
    use crate::KeyEntry;

    const OLD: SchemeId = SchemeId::SPHINCS_R3;
    const NEW: SchemeId = SchemeId::ML_DSA_65;

    fn policy(threshold: u16, keys: &[(SchemeId, Scopes, Option<BlockNumber>)]) -> Policy {
        let entry = |(at, (scheme, scopes, expires)): (u8, &(SchemeId, Scopes, _))| {
            let handle = KeyHandle::of(*scheme, &[at]);
            KeyEntry { scopes: *scopes, ..KeyEntry::owner(*scheme, handle, *expires) }
        };
        let keys: Vec<KeyEntry> = (0..).zip(keys).map(entry).collect();
        let keys = keys.try_into().unwrap();
        Policy { keys, threshold, next: None, rotation_nonce: 0, recovery: None }
    }

    #[test]
    fn who_cannot_act_without_a_scheme_needs_it() {
        let owner = |scheme| (scheme, Scopes::OWNER, None);
        let needs = |threshold, keys: &[_]| policy(threshold, keys).needs(OLD, &[NEW], 10);
        assert!(needs(1, &[owner(OLD)]));
        assert!(needs(2, &[owner(OLD), owner(NEW)]), "both must sign");
        assert!(!needs(1, &[owner(OLD), owner(NEW)]), "the new one can sign alone");
        assert!(!needs(2, &[owner(OLD), owner(NEW), owner(NEW)]));
        assert!(!needs(1, &[owner(NEW)]));
        assert!(needs(1, &[owner(OLD), (NEW, Scopes::VOTE, None)]), "a vote key owns nothing");
        assert!(!needs(1, &[owner(NEW), (OLD, Scopes::VOTE, None)]));
        assert!(needs(1, &[owner(OLD), (NEW, Scopes::OWNER, Some(10))]), "expired");
        assert!(needs(1, &[owner(OLD), owner(SchemeId::ML_DSA_44)]), "not usable");
        assert!(!needs(1, &[owner(SchemeId::ML_DSA_44)]), "stuck elsewhere");
    }

    #[test]
    fn who_reaches_the_threshold_with_too_many_signatures_only_needs_the_scheme() {
        let needs = |light: usize, threshold| {
            let mut keys = vec![(OLD, Scopes::OWNER, None)];
            keys.extend(vec![(NEW, Scopes::OWNER, None); light]);
            let mut policy = policy(threshold, &keys);
            policy.keys.as_mut_slice()[0].weight = 3;
            policy.needs(OLD, &[NEW], 10)
        };
        assert!(needs(6, 5), "a transaction carries four signatures");
        assert!(!needs(6, 4));
        assert!(!needs(4, 4));
        assert!(needs(3, 4));
    }
}
