//! Accounts that have never signed, under schemes that would not have them stay.

use althing_frame::Call as _;
use pallet_crypto_registry::LIMITS;

use super::admission::newcomer;
use super::*;
use crate::KeyEntry;

/// An account made by a key of `scheme`, funded, never used, whose scheme takes no new keys.
fn latecomer(key: &Key) -> (TestChain, AccountId) {
    let (mut chain, account) = newcomer(key);
    set_state(&mut chain, key.scheme, SchemeState::Deprecated);
    (chain, account)
}

#[test]
fn an_unused_account_under_a_deprecated_scheme_begins_with_its_rotation() {
    let (old, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let (mut chain, account) = latecomer(&old);
    let rotate = new.rotate(&chain, &account, &old);
    let set = set_policy(&chain, &account, draft(vec![owner(&new, 1)], 1), &[&new]);
    for call in [rotate, set] {
        let mut chain = chain.clone();
        let authority = call.authority();
        let resolved = find(&chain, &account, &old.witness(), authority).unwrap();
        assert_eq!(resolved.deposit, 0);
        let parent = chain.clone();
        let witness = old.witness();
        turn_for(&mut chain, &parent, &account, (&resolved, &witness), authority).unwrap();
        // The old key does not enter a policy, not even for a moment.
        assert!(!POLICIES.contains(&chain.rows, &account).unwrap());
        apply(&mut chain, account, call).unwrap();
        let policy = policy(&chain, &account);
        assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_65, new.handle(), None)]);
        assert_eq!((policy.threshold, policy.rotation_nonce), (1, 1));
        assert_eq!(reserved(&chain, &account), new.deposit());
        find(&chain, &account, &old.witness(), Authority::Everyday).unwrap_err();
    }
    // Whoever fails to rotate stays where they were.
    let keep = set_policy(&chain, &account, draft(vec![owner(&old, 1)], 1), &[&old]);
    let outcome = apply(&mut chain, account, keep);
    assert_eq!(outcome.unwrap_err().code(), "ACC-106");
    let foreign = new.rotate(&chain, &account, &new);
    let outcome = apply(&mut chain, account, foreign);
    assert_eq!(outcome, refused(Error::UnknownKey { handle: new.handle().0 }));
}

#[test]
fn an_unused_account_under_a_deprecated_scheme_begins_with_nothing_else() {
    let (old, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let (mut chain, account) = latecomer(&old);
    let uses = [Authority::Policy, Authority::Vote, Authority::Everyday, Authority::Transfer(1)];
    for authority in uses {
        let outcome = find(&chain, &account, &old.witness(), authority);
        assert_eq!(outcome.unwrap_err().code(), "TX-111");
    }
    let outcome = find(&chain, &account, &old.named(), Authority::Rotation);
    assert_eq!(outcome, Err(Invalid::UnknownKey { handle: old.handle() }));
    let outcome = find(&chain, &account, &other.witness(), Authority::Rotation);
    assert_eq!(outcome.unwrap_err().code(), "TX-112");
    for state in [SchemeState::Frozen, SchemeState::Retired, SchemeState::Proposed] {
        set_state(&mut chain, ML_DSA_44, state);
        let outcome = find(&chain, &account, &old.witness(), Authority::Rotation);
        assert_eq!(outcome.unwrap_err().code(), "TX-111");
    }
}

/// AC3: an account that was sent too much before its first use is not stuck.
#[test]
fn an_unused_account_above_the_cap_of_a_trial_begins_with_its_rotation_and_nothing_else() {
    let (old, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let (mut chain, account) = newcomer(&old);
    set_state(&mut chain, ML_DSA_44, SchemeState::Trial);
    let limits = Limits { trial_balance_max: FUNDS - 1, ..Limits::FAST };
    chain.apply_unrestricted(|tx| LIMITS.put(tx, &limits)).unwrap();
    let others = [Authority::Policy, Authority::Vote, Authority::Everyday, Authority::Transfer(1)];
    for authority in others {
        let outcome = find(&chain, &account, &old.witness(), authority);
        assert_eq!(outcome.unwrap_err().code(), "TX-111");
    }
    let rotate = new.rotate(&chain, &account, &old);
    let set = set_policy(&chain, &account, draft(vec![owner(&new, 1)], 1), &[&new]);
    let keep = draft(vec![owner(&old, 1), owner(&new, 1)], 2);
    let keep = set_policy(&chain, &account, keep, &[&new]);
    for (call, keys) in [(rotate, 1), (set, 1), (keep, 2)] {
        let mut chain = chain.clone();
        let authority = call.authority();
        let witness = old.witness();
        let resolved = find(&chain, &account, &witness, authority).unwrap();
        let parent = chain.clone();
        turn_for(&mut chain, &parent, &account, (&resolved, &witness), authority).unwrap();
        // It is enrolled like any other, and signs nothing but rotations.
        find(&chain, &account, &old.named(), Authority::Everyday).unwrap_err();
        find(&chain, &account, &old.named(), Authority::Rotation).unwrap();
        apply(&mut chain, account, call).unwrap();
        let policy = policy(&chain, &account);
        assert_eq!((policy.keys.len(), policy.rotation_nonce), (keys, 1));
        find(&chain, &account, &old.named(), Authority::Everyday).unwrap_err();
    }
}

#[test]
fn a_policy_can_be_tried_out_before_the_first_use() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let (mut chain, account) = newcomer(&key);
    let both = draft(vec![owner(&key, 1), owner(&other, 1)], 2);
    let call = set_policy(&chain, &account, both, &[&other]);
    chain.clone().apply(Origin::Signed(account), call.clone()).unwrap();
    let parent = chain.clone();
    let resolved = find(&chain, &account, &key.witness(), Authority::Rotation).unwrap();
    let transaction = (&resolved, &key.witness());
    turn_for(&mut chain, &parent, &account, transaction, Authority::Rotation).unwrap();
    apply(&mut chain, account, call).unwrap();
    assert_eq!(policy(&chain, &account).threshold, 2);
}
