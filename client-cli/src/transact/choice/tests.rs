//! Which keys sign.

use althing_primitives::Hash256;

use super::*;
use crate::key::scheme_named;

fn handle(byte: u8) -> KeyHandle {
    KeyHandle(Hash256([byte; 32]))
}

fn owner(byte: u8, weight: u16) -> PolicyKey {
    let (scopes, limit, expires) = (Scopes::OWNER, 0, None);
    PolicyKey { scheme: 3, handle: handle(byte), weight, scopes, limit, expires }
}

fn limited(byte: u8, scopes: Scopes, limit: Balance) -> PolicyKey {
    PolicyKey { scopes, limit, ..owner(byte, 1) }
}

fn ring(keys: &[PolicyKey], threshold: u16, held: &[u8]) -> Ring {
    ring_in(keys, threshold, held, &[])
}

fn ring_in(keys: &[PolicyKey], threshold: u16, held: &[u8], fallen: &[u8]) -> Ring {
    let policy =
        Policy { keys: keys.to_vec(), threshold, next: None, recovery: None, rotation_nonce: 0 };
    let scheme = scheme_named("ml-dsa-65").unwrap();
    let is = |list: &[u8], handle: KeyHandle| list.contains(&handle.0.0[0]);
    Ring::of(policy, |handle| is(held, handle).then_some(scheme), &|handle| !is(fallen, handle))
}

fn chosen(ring: &Ring, need: Need) -> Option<Vec<u8>> {
    let keys = ring.choose(need, 10)?;
    Some(keys.iter().map(|key| key.handle.0.0[0]).collect())
}

#[test]
fn the_fewest_owners_sign_in_the_order_of_the_policy() {
    let keys = [owner(1, 1), owner(2, 1), owner(3, 2), owner(4, 1)];
    assert_eq!(chosen(&ring(&keys, 2, &[1, 2, 3, 4]), Need::Owners), Some(vec![3]));
    assert_eq!(chosen(&ring(&keys, 2, &[4, 2, 1]), Need::Owners), Some(vec![1, 2]));
    assert_eq!(chosen(&ring(&keys, 3, &[1, 2, 3, 4]), Need::Everyday), Some(vec![1, 3]));
    assert_eq!(chosen(&ring(&keys, 3, &[1, 2]), Need::Owners), None);
}

#[test]
fn no_more_keys_sign_than_a_transaction_may_carry() {
    let keys: Vec<_> = (1..=5).map(|byte| owner(byte, 1)).collect();
    assert_eq!(chosen(&ring(&keys, 4, &[1, 2, 3, 4, 5]), Need::Vote), Some(vec![1, 2, 3, 4]));
    assert_eq!(chosen(&ring(&keys, 5, &[1, 2, 3, 4, 5]), Need::Vote), None);
}

#[test]
fn a_key_with_fewer_rights_signs_what_it_may_and_nothing_else() {
    let keys = [
        owner(1, 1),
        limited(2, Scopes::VOTE, 0),
        limited(3, Scopes::TRANSFER, 50),
        limited(4, Scopes::SESSION, 0),
    ];
    let away = |held: &[u8], need| chosen(&ring(&keys, 1, held), need);
    assert_eq!(away(&[2], Need::Vote), Some(vec![2]));
    assert_eq!(away(&[2], Need::Everyday), None);
    assert_eq!(away(&[3], Need::Transfer(50)), Some(vec![3]));
    assert_eq!(away(&[3], Need::Transfer(51)), None);
    assert_eq!(away(&[3], Need::Vote), None);
    assert_eq!(away(&[4], Need::Vote), Some(vec![4]));
    assert_eq!(away(&[4], Need::Transfer(1)), None);
    assert_eq!(away(&[2, 3, 4], Need::Owners), None);
    assert_eq!(away(&[1, 2], Need::Vote), Some(vec![1]), "an owner comes first");
}

#[test]
fn expired_keys_do_not_sign_and_fallen_schemes_come_last() {
    let mut old = owner(1, 1);
    old.expires = Some(10);
    assert_eq!(chosen(&ring(&[old.clone(), owner(2, 1)], 1, &[1, 2]), Need::Vote), Some(vec![2]));
    assert_eq!(chosen(&ring(&[old], 1, &[1]), Need::Vote), None);
    let keys = [owner(1, 1), owner(2, 1), limited(3, Scopes::VOTE, 0)];
    assert_eq!(chosen(&ring_in(&keys, 1, &[1, 2], &[1]), Need::Owners), Some(vec![2]));
    assert_eq!(chosen(&ring_in(&keys, 2, &[1, 2, 3], &[1]), Need::Vote), Some(vec![3]));
    // The chain knows best why it refuses.
    assert_eq!(chosen(&ring_in(&keys, 2, &[1, 2], &[1, 2]), Need::Owners), Some(vec![1, 2]));
}

#[test]
fn what_is_missing_is_named() {
    let ring = ring(&[owner(1, 1), owner(2, 1)], 2, &[1]);
    let error = refuse("me", &ring, Need::Vote, 10);
    assert_eq!(error.code, "KEY-326");
    let missing = error.details["missing"][0].as_str().unwrap();
    assert!(missing.contains(&"02".repeat(32)) && missing.starts_with("ml-dsa-65"), "{missing}");
    let limited = super::tests::ring(&[owner(1, 1), limited(2, Scopes::VOTE, 0)], 1, &[2]);
    let error = refuse("me", &limited, Need::Transfer(5), 10);
    assert_eq!(error.code, "KEY-327");
    assert!(error.message.contains("its rights are vote"), "{}", error.message);
}

#[test]
fn a_joint_witness_has_a_part_for_each_key_and_a_single_one_none() {
    let keys = ring(&[owner(1, 1), owner(2, 1)], 2, &[1, 2]).choose(Need::Vote, 10).unwrap();
    let witness = blank_witness(&keys).unwrap();
    assert_eq!(witness.signers(), [keys[0].signer(), keys[1].signer()]);
    assert!(matches!(witness, Signature::Joint { .. }));
    assert!(matches!(blank_witness(&keys[..1]).unwrap(), Signature::Handle { .. }));
    let new = [SignKey { kept: false, ..keys[0] }];
    assert!(matches!(blank_witness(&new).unwrap(), Signature::Key { .. }));
}
