//! Rotation, further keys, removal.

use althing_frame::Call as _;

use super::*;
use crate::{KEYS_MAX, KeyEntry};

#[test]
fn rotation_keeps_account_balance_lock_and_nonce() {
    let (old, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&old]);
    let account = old.account();
    chain
        .apply_unrestricted(|tx| {
            pallet_balances::set_lock(tx, &account, *b"althvote", 3 * TOKEN)?;
            pallet_system::use_nonce(tx, &account, 0).unwrap();
            Ok::<_, DispatchError>(())
        })
        .unwrap();
    chain.take_events();
    let before = pallet_system::account(&chain.rows, &account).unwrap();
    let call = new.rotate(&chain, &account, &old);
    apply(&mut chain, account, call).unwrap();

    let after = pallet_system::account(&chain.rows, &account).unwrap();
    assert_eq!(after.nonce, before.nonce);
    assert_eq!(after.data.frozen, 3 * TOKEN);
    assert_eq!(after.data.free + after.data.reserved, FUNDS);
    assert_eq!(after.data.reserved, new.deposit());
    let lock = pallet_balances::lock_of(&chain.rows, &account, b"althvote").unwrap();
    assert_eq!(lock, 3 * TOKEN);
    let policy = policy(&chain, &account);
    assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_65, new.handle(), None)]);
    assert_eq!(policy.rotation_nonce, 1);
    let (old, new) = (old.handle(), new.handle());
    let scheme = ML_DSA_65;
    let event = Event::KeyRotated { account, old, scheme, new, rotation_nonce: 1 };
    assert!(chain.has_event(&event));
}

#[test]
fn the_old_key_is_inert_and_forgotten() {
    let (old, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&old]);
    let (who, handle) = (old.account(), old.handle());
    let call = new.rotate(&chain, &who, &old);
    apply(&mut chain, who, call).unwrap();
    for witness in [old.witness(), old.named()] {
        for wanted in [Authority::Policy, Authority::Vote, Authority::Everyday] {
            let outcome = find(&chain, &who, &witness, wanted);
            assert_eq!(outcome, Err(Invalid::WrongKey { who, handle }));
        }
    }
    assert_eq!(KEYS.get(&chain.rows, &who, &handle).unwrap(), None);
    find(&chain, &who, &new.named(), Authority::Everyday).unwrap();
}

#[test]
fn the_old_deposit_pays_for_the_new_key() {
    let (first, old) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[]);
    let account = first.account();
    let least = old.deposit() + pallet_balances::EXISTENTIAL_DEPOSIT;
    fund(&mut chain, account, least);
    let parent = chain.clone();
    let resolved = find(&chain, &account, &first.witness(), Authority::Everyday).unwrap();
    turn(&mut chain, &parent, &account, (&resolved, &first.witness())).unwrap();
    let call = old.rotate(&chain, &account, &first);
    apply(&mut chain, account, call).unwrap();
    let new = Key::new(ML_DSA_44, 3);
    let call = new.rotate(&chain, &account, &old);
    apply(&mut chain, account, call).unwrap();
    assert_eq!(reserved(&chain, &account), new.deposit());
    let call = Key::new(ML_DSA_44, 4).add(&chain, &account, None);
    let outcome = apply(&mut chain, account, call);
    assert_eq!(outcome.unwrap_err().code(), "BAL-102");
}

#[test]
fn every_scheme_can_follow_every_other() {
    let keys = [
        Key::new(ML_DSA_44, 1),
        Key::new(SchemeId::SLH_DSA_128S, 2),
        Key { scheme: SchemeId::SPHINCS_R3, pair: althing_crypto::signing::dev_sphincs_r3() },
        Key::new(ML_DSA_65, 3),
    ];
    let mut chain = chain(&[&keys[0]]);
    let account = keys[0].account();
    for (old, new) in keys.iter().zip(&keys[1..]) {
        let call = new.rotate(&chain, &account, old);
        apply(&mut chain, account, call).unwrap();
        assert_eq!(reserved(&chain, &account), new.deposit());
    }
    assert_eq!(policy(&chain, &account).rotation_nonce, 3);
}

#[test]
fn a_rotation_needs_a_scheme_that_takes_new_keys() {
    let (old, new) = (Key::new(ML_DSA_65, 1), Key::new(ML_DSA_44, 2));
    let account = old.account();
    for state in
        [SchemeState::Proposed, SchemeState::Deprecated, SchemeState::Frozen, SchemeState::Retired]
    {
        let mut chain = chain(&[&old]);
        set_state(&mut chain, ML_DSA_44, state);
        let error =
            Error::SchemeState { scheme: ML_DSA_44, name: "ml-dsa-44".into(), state: state.name() };
        for call in [new.rotate(&chain, &account, &old), new.add(&chain, &account, None)] {
            assert_eq!(apply(&mut chain, account, call), refused(error.clone()));
        }
    }
    let mut chain = chain(&[&old]);
    set_state(&mut chain, ML_DSA_44, SchemeState::Trial);
    let call = new.rotate(&chain, &account, &old);
    apply(&mut chain, account, call).unwrap();
}

/// AC12
#[test]
fn a_scheme_that_was_voted_in_is_refused_by_the_name_in_its_record() {
    let (old, new) = (Key::new(ML_DSA_65, 1), Key::new(ML_DSA_44, 2));
    let (mut chain, account, scheme) = (chain(&[&old]), old.account(), SchemeId(256));
    let mut record = SCHEMES.get(&chain.rows, &ML_DSA_44).unwrap().unwrap();
    record.name = b"toy-sig".to_vec().try_into().unwrap();
    record.state = SchemeState::Deprecated;
    chain.apply_unrestricted(|tx| SCHEMES.put(tx, &scheme, &record)).unwrap();
    let Call::Rotate { replace, public, proof, .. } = new.rotate(&chain, &account, &old) else {
        panic!()
    };
    let call = Call::Rotate { replace, scheme, public, proof };
    let (name, state) = ("toy-sig".to_owned(), "deprecated");
    assert_eq!(
        apply(&mut chain, account, call),
        refused(Error::SchemeState { scheme, name, state })
    );
}

#[test]
fn the_refusal_of_a_scheme_names_it_and_the_way_out() {
    let state = "deprecated";
    let name = "sphincs+-sha2-128s-r3".to_owned();
    let error = Error::SchemeState { scheme: SchemeId(1), name, state };
    let sentence = "scheme 1 (sphincs+-sha2-128s-r3) is deprecated and takes no new keys: \
                    choose an active scheme";
    assert_eq!(error.to_string(), sentence);
    assert_eq!(error.values()[2], ("state", "deprecated".to_owned()));
}

#[test]
fn a_trial_scheme_takes_no_account_above_its_cap() {
    let (old, new) = (Key::new(ML_DSA_65, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[&old]);
    let account = old.account();
    set_state(&mut chain, ML_DSA_44, SchemeState::Trial);
    let (held, maximum) = (FUNDS, FUNDS - 1);
    let limits = Limits { trial_balance_max: maximum, ..Limits::FAST };
    chain.apply_unrestricted(|tx| pallet_crypto_registry::LIMITS.put(tx, &limits)).unwrap();
    let call = new.rotate(&chain, &account, &old);
    let error = Error::TrialCap { scheme: ML_DSA_44, held, maximum };
    assert_eq!(apply(&mut chain, account, call), refused(error));
}

#[test]
fn keys_that_are_not_there_or_there_already_are_refused() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let unknown = refused(Error::UnknownKey { handle: other.handle().0 });
    let call = other.rotate(&chain, &account, &other);
    assert_eq!(apply(&mut chain, account, call), unknown);
    let call = Call::RemoveKey { handle: other.handle() };
    assert_eq!(apply(&mut chain, account, call), unknown);
    let known = refused(Error::KnownKey { handle: key.handle().0 });
    let call = key.rotate(&chain, &account, &key);
    assert_eq!(apply(&mut chain, account, call), known);
    let call = key.add(&chain, &account, None);
    assert_eq!(apply(&mut chain, account, call), known);
}

#[test]
fn an_account_without_policy_has_nothing_to_change() {
    let mut chain = chain(&[]);
    let account = AccountId([9; 32]);
    let call = Call::RemoveKey { handle: Key::new(ML_DSA_44, 1).handle() };
    assert_eq!(apply(&mut chain, account, call), refused(Error::NoPolicy { account }));
}

#[test]
fn only_members_change_their_keys() {
    let key = Key::new(ML_DSA_44, 1);
    for origin in [Origin::None, Origin::Track(althing_frame::Track::Root)] {
        let call = Call::RemoveKey { handle: key.handle() };
        assert_eq!(chain(&[&key]).apply(origin, call), Err(DispatchError::BadOrigin));
    }
}

#[test]
fn an_added_key_signs_until_it_expires_and_its_deposit_comes_back() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let call = other.add(&chain, &account, Some(1));
    let error = Error::Expired { expires: 1, now: 1 };
    assert_eq!(apply(&mut chain, account, call), refused(error));
    let call = other.add(&chain, &account, Some(10));
    apply(&mut chain, account, call).unwrap();
    assert_eq!(reserved(&chain, &account), other.deposit());
    find(&chain, &account, &other.named(), Authority::Everyday).unwrap();
    chain.block.number = 10;
    find(&chain, &account, &other.named(), Authority::Everyday).unwrap_err();
    let handle = other.handle();
    apply(&mut chain, account, Call::RemoveKey { handle }).unwrap();
    assert_eq!(reserved(&chain, &account), 0);
    assert!(chain.has_event(&Event::KeyRemoved { account, handle, rotation_nonce: 2 }));
}

#[test]
fn a_member_may_leave_its_first_key_behind() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let call = other.add(&chain, &account, None);
    apply(&mut chain, account, call).unwrap();
    apply(&mut chain, account, Call::RemoveKey { handle: key.handle() }).unwrap();
    find(&chain, &account, &other.named(), Authority::Everyday).unwrap();
    find(&chain, &account, &key.named(), Authority::Everyday).unwrap_err();
}

#[test]
fn the_last_key_for_good_stays() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let remove = Call::RemoveKey { handle: key.handle() };
    let last = refused(Error::LastKey { handle: key.handle().0 });
    assert_eq!(apply(&mut chain, account, remove.clone()), last);
    let call = other.add(&chain, &account, Some(10));
    apply(&mut chain, account, call).unwrap();
    assert_eq!(apply(&mut chain, account, remove), last);
}

#[test]
fn a_key_under_a_dead_scheme_does_not_count_as_one_that_stays() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let call = other.add(&chain, &account, None);
    apply(&mut chain, account, call).unwrap();
    set_state(&mut chain, ML_DSA_65, SchemeState::Retired);
    let remove = Call::RemoveKey { handle: key.handle() };
    let last = refused(Error::LastKey { handle: key.handle().0 });
    assert_eq!(apply(&mut chain, account, remove.clone()), last);
    set_state(&mut chain, ML_DSA_65, SchemeState::Deprecated);
    apply(&mut chain, account, remove).unwrap();
}

#[test]
fn a_policy_holds_eight_keys() {
    let keys: Vec<_> = (1..=9).map(|seed| Key::new(ML_DSA_44, seed)).collect();
    let mut chain = chain(&[&keys[0]]);
    let account = keys[0].account();
    for key in &keys[1..8] {
        let call = key.add(&chain, &account, None);
        apply(&mut chain, account, call).unwrap();
    }
    let call = keys[8].add(&chain, &account, None);
    let full = Error::TooManyKeys { maximum: KEYS_MAX };
    assert_eq!(apply(&mut chain, account, call), refused(full));
    let call = keys[8].rotate(&chain, &account, &keys[3]);
    apply(&mut chain, account, call).unwrap();
    assert_eq!(policy(&chain, &account).keys[3].handle, keys[8].handle());
}

#[test]
fn one_key_may_serve_two_accounts_and_leave_one_of_them() {
    let (alice, bob) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[&alice, &bob]);
    let call = alice.add(&chain, &bob.account(), None);
    apply(&mut chain, bob.account(), call).unwrap();
    find(&chain, &bob.account(), &alice.named(), Authority::Everyday).unwrap();
    let handle = alice.handle();
    apply(&mut chain, bob.account(), Call::RemoveKey { handle }).unwrap();
    find(&chain, &alice.account(), &alice.named(), Authority::Everyday).unwrap();
    find(&chain, &bob.account(), &alice.named(), Authority::Everyday).unwrap_err();
}

#[test]
fn the_last_rotation_nonce_is_not_passed() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let mut policy = policy(&chain, &account);
    policy.rotation_nonce = u32::MAX;
    chain.apply_unrestricted(|tx| POLICIES.put(tx, &account, &policy)).unwrap();
    let call = other.add(&chain, &account, None);
    let error = Error::NonceExhausted { rotation_nonce: u32::MAX };
    assert_eq!(apply(&mut chain, account, call), refused(error));
}

#[test]
fn changes_of_two_members_do_not_conflict() {
    let (alice, bob) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let (chain, new) = (chain(&[&alice, &bob]), Key::new(ML_DSA_65, 3));
    let declared = |key: &Key| {
        let mut access = Access::new();
        let call = new.rotate(&chain, &key.account(), key);
        call.access(&Origin::Signed(key.account()), &chain.rows, &mut access).unwrap();
        access
    };
    let (one, other) = (declared(&alice), declared(&bob));
    assert!(!one.conflicts(&other));
}

#[test]
fn a_rotation_weighs_its_proof() {
    let key = Key::new(ML_DSA_65, 1);
    let chain = chain(&[&key]);
    let rotate = key.rotate(&chain, &key.account(), &key).weight();
    let remove = Call::RemoveKey { handle: key.handle() }.weight();
    let verify = althing_crypto::scheme(ML_DSA_65).unwrap().verify_weight();
    assert_eq!(rotate.ref_time, remove.ref_time + verify);
}
