//! Who signs: one of several keys, several together, and keys with fewer rights.

use althing_primitives::{BoundedVec, Hash256, SignerKey};

use super::*;
use crate::KeyEntry;

fn handle(byte: u8) -> KeyHandle {
    KeyHandle(Hash256([byte; 32]))
}

fn entry(byte: u8, weight: u16) -> KeyEntry {
    KeyEntry { weight, ..KeyEntry::owner(ML_DSA_44, handle(byte), None) }
}

fn signer(byte: u8) -> SignerKey {
    SignerKey { scheme: ML_DSA_44, handle: handle(byte) }
}

fn policy_of(keys: Vec<KeyEntry>, threshold: u16) -> Policy {
    let keys = keys.try_into().unwrap();
    Policy { keys, threshold, ..Policy::none() }
}

/// Whether these keys sign together, in this order.
fn sign(policy: &Policy, keys: &[u8]) -> bool {
    let signers: Vec<_> = keys.iter().copied().map(signer).collect();
    policy.signers(&signers, Authority::Everyday, 1).is_some()
}

#[test]
fn any_one_of_several_sufficient_keys_signs_and_no_two() {
    let policy = policy_of(vec![entry(1, 1), entry(2, 1), entry(3, 1)], 1);
    for key in 1..=3 {
        assert!(sign(&policy, &[key]));
    }
    assert!(!sign(&policy, &[1, 2]));
    assert!(!sign(&policy, &[]));
    assert!(!sign(&policy, &[4]));
}

#[test]
fn keys_that_must_sign_together_do_so_whole_in_order_and_once_each() {
    let hybrid = policy_of(vec![entry(1, 1), entry(2, 1)], 2);
    assert!(sign(&hybrid, &[1, 2]));
    for wrong in [&[1][..], &[2], &[2, 1], &[1, 1], &[2, 2], &[1, 2, 2], &[1, 1, 2], &[1, 3]] {
        assert!(!sign(&hybrid, wrong), "{wrong:?}");
    }
}

#[test]
fn weights_reach_the_threshold_without_a_superfluous_key() {
    let policy = policy_of(vec![entry(1, 3), entry(2, 2), entry(3, 1), entry(4, 1)], 4);
    for right in [&[1, 2][..], &[1, 3], &[1, 4], &[2, 3, 4]] {
        assert!(sign(&policy, right), "{right:?}");
    }
    for wrong in [&[1][..], &[2, 3], &[1, 2, 3], &[1, 3, 4], &[1, 2, 3, 4], &[3, 1]] {
        assert!(!sign(&policy, wrong), "{wrong:?}");
    }
}

#[test]
fn weights_do_not_overflow() {
    let keys = (1..=8).map(|byte| entry(byte, u16::MAX)).collect();
    let policy = policy_of(keys, u16::MAX);
    assert!(sign(&policy, &[3]));
    assert!(!sign(&policy, &[1, 2, 3, 4]));
    assert_eq!(Policy::reach(policy.permanent()), 4 * u32::from(u16::MAX));
}

/// AC4
#[test]
fn a_tip_counts_towards_the_limit_and_no_other_scope_pays_one() {
    let demand = |authority, tip| Demand { authority, tip };
    let transfer = |amount, tip| demand(Authority::Transfer(amount), tip);
    for (amount, tip, allowed) in [
        (5, 0, true),
        (3, 2, true),
        (0, 5, true),
        (3, 3, false),
        (0, 6, false),
        (5, Balance::MAX, false),
        (Balance::MAX, 1, false),
    ] {
        assert_eq!(Scopes::TRANSFER.allow(transfer(amount, tip), 5), allowed, "{amount} {tip}");
    }
    // Nothing overflows where everything is allowed.
    assert!(!Scopes::TRANSFER.allow(transfer(Balance::MAX, Balance::MAX), Balance::MAX));
    let every = Scopes(Scopes::TRANSFER.0 | Scopes::VOTE.0 | Scopes::SESSION.0);
    for authority in [Authority::Vote, Authority::Everyday] {
        assert!(every.allow(authority, 5));
        assert!(!every.allow(demand(authority, 1), 5), "the limit is that of transfers");
    }
    let owner = policy_of(vec![entry(1, 1)], 1);
    assert!(owner.signers(&[signer(1)], demand(Authority::Vote, Balance::MAX), 1).is_some());
}

#[test]
fn a_key_under_another_scheme_or_expired_signs_nothing_in_company_either() {
    let mut policy = policy_of(vec![entry(1, 1), entry(2, 1)], 2);
    let renamed = [signer(1), SignerKey { scheme: ML_DSA_65, ..signer(2) }];
    assert!(policy.signers(&renamed, Authority::Everyday, 1).is_none());
    policy.keys.as_mut_slice()[1].expires = Some(5);
    let signers = [signer(1), signer(2)];
    assert!(policy.signers(&signers, Authority::Everyday, 4).is_some());
    assert!(policy.signers(&signers, Authority::Everyday, 5).is_none());
}

#[test]
fn a_key_with_fewer_rights_signs_alone_for_these_and_for_nothing_else() {
    let scoped = |scopes, limit| KeyEntry { scopes, limit, ..entry(1, 1) };
    let signs = |key: &KeyEntry, authority| {
        let policy = policy_of(vec![key.clone(), entry(2, 1)], 1);
        policy.signers(&[signer(1)], authority, 1).is_some()
    };
    let escape = Authority::Escape { salt: [0; 32] };
    let all = [
        Authority::Policy,
        Authority::Rotation,
        escape,
        Authority::Vote,
        Authority::Everyday,
        Authority::Transfer(10),
        Authority::Transfer(11),
    ];
    let rights = |key: &KeyEntry| all.map(|authority| signs(key, authority));
    let (no, yes) = (false, true);
    assert_eq!(rights(&scoped(Scopes::VOTE, 0)), [no, no, no, yes, no, no, no]);
    assert_eq!(rights(&scoped(Scopes::SESSION, 0)), [no, no, no, yes, yes, no, no]);
    assert_eq!(rights(&scoped(Scopes::TRANSFER, 10)), [no, no, no, no, no, yes, no]);
    assert_eq!(rights(&scoped(Scopes(6), 11)), [no, no, no, yes, no, yes, yes]);
    // For an escape the policy has a commitment, no key.
    assert_eq!(rights(&scoped(Scopes::OWNER, 0)), [yes, yes, no, yes, yes, yes, yes]);
}

#[test]
fn a_key_with_fewer_rights_counts_for_nothing_among_owners() {
    let vote = KeyEntry { scopes: Scopes::VOTE, ..entry(2, 1) };
    let policy = policy_of(vec![entry(1, 1), vote, entry(3, 1)], 2);
    let signs = |keys: &[u8]| {
        let signers: Vec<_> = keys.iter().copied().map(signer).collect();
        policy.signers(&signers, Authority::Vote, 1).is_some()
    };
    assert!(signs(&[1, 3]));
    assert!(signs(&[2]));
    assert!(!signs(&[1, 2]));
    assert!(!signs(&[1, 2, 3]));
    assert_eq!(Policy::reach(policy.permanent()), 2);
}

#[test]
fn four_keys_sign_a_transaction_so_four_must_reach_the_threshold() {
    let policy = policy_of((1..=5).map(|byte| entry(byte, 1)).collect(), 5);
    assert!(!policy.is_reached_by(policy.permanent()));
    let policy = Policy { threshold: 4, ..policy };
    assert!(policy.is_reached_by(policy.permanent()));
}

#[test]
fn policies_without_keys_sign_nothing() {
    let policy = Policy { keys: BoundedVec::new(), ..Policy::none() };
    assert!(!sign(&policy, &[]));
    assert!(!sign(&policy, &[1]));
}

#[test]
fn the_quorum_is_the_fewest_owners_and_signs() {
    let brief = KeyEntry { expires: Some(5), ..entry(4, 9) };
    let vote = KeyEntry { scopes: Scopes::VOTE, ..entry(5, 9) };
    let policy = policy_of(vec![entry(1, 1), entry(2, 2), entry(3, 2), brief, vote], 4);
    let quorum =
        |now| -> Vec<u8> { policy.quorum(now).iter().map(|key| key.handle.0.0[0]).collect() };
    assert_eq!(quorum(4), [4]);
    assert_eq!(quorum(5), [2, 3]);
    for now in [4, 5] {
        let signers: Vec<_> = quorum(now).into_iter().map(signer).collect();
        assert!(policy.signers(&signers, Authority::Rotation, now).is_some());
    }
    let unreachable = Policy { threshold: 6, ..policy.clone() };
    assert_eq!(unreachable.quorum(5), Vec::<&KeyEntry>::new());
}
