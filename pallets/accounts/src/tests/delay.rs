//! Changes of accounts with friends: announced, objected to, cancelled, in effect in the end.

use althing_primitives::Hash256;

use super::*;
use crate::{AGENDA, AGENDA_MAX, CHANGE_DEPOSIT, CHANGES, KeyEntry, PENDING, SEARCH_BLOCKS};

fn keys() -> (Key, Key, Key, Key) {
    let key = |seed| Key::new(ML_DSA_44, seed);
    (key(1), key(2), key(3), key(4))
}

#[test]
fn a_change_of_an_account_with_friends_waits_and_then_takes_effect() {
    let (key, ann, ben, new) = keys();
    let mut chain = befriended(&key, &[&ann, &ben], 2);
    let account = key.account();
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    let (author, effective_at) = (account, 1 + DELAY_FAST);
    let announced = Event::ChangeAnnounced { account, author, rotation_nonce: 2, effective_at };
    assert!(chain.has_event(&announced));
    assert_eq!(reserved(&chain, &account), CHANGE_DEPOSIT + new.deposit());
    while chain.block.number <= effective_at {
        find(&chain, &account, &key.named(), Authority::Everyday).unwrap();
        find(&chain, &account, &new.named(), Authority::Everyday).unwrap_err();
        assert_eq!(policy(&chain, &account).rotation_nonce, 1);
        finish(&mut chain);
    }
    find(&chain, &account, &key.named(), Authority::Everyday).unwrap_err();
    find(&chain, &account, &new.named(), Authority::Everyday).unwrap();
    let policy = policy(&chain, &account);
    assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_44, new.handle(), None)]);
    assert_eq!((policy.rotation_nonce, policy.recovery), (2, Some(friends(&[&ann, &ben], 2))));
    assert_eq!(reserved(&chain, &account), new.deposit());
    assert_eq!(CHANGES.get(&chain.rows, &account, &account).unwrap(), None);
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
}

#[test]
fn every_change_waits_also_the_one_that_dismisses_the_friends() {
    let (key, ann, _, new) = keys();
    let chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    let mut both = chain.clone();
    let call = new.add(&both, &account, None);
    apply(&mut both, account, call).unwrap();
    for _ in 0..=DELAY_FAST {
        finish(&mut both);
    }
    let calls = [
        (&chain, new.rotate(&chain, &account, &key)),
        (&chain, new.add(&chain, &account, None)),
        (&both, Call::RemoveKey { handle: key.handle() }),
        (&chain, Call::CommitNext { next: Some(Hash256([1; 32])) }),
        (&chain, set_policy(&chain, &account, draft(vec![owner(&key, 1)], 1), &[])),
    ];
    for (chain, call) in calls {
        let mut chain = chain.clone();
        let before = policy(&chain, &account);
        apply(&mut chain, account, call).unwrap();
        assert_eq!(policy(&chain, &account), before);
        for _ in 0..=DELAY_FAST {
            finish(&mut chain);
        }
        assert_ne!(policy(&chain, &account), before);
    }
}

#[test]
fn one_change_waits_at_a_time() {
    let (key, ann, _, new) = keys();
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call.clone()).unwrap();
    let pending = refused(Error::ChangePending { effective_at: 1 + DELAY_FAST });
    assert_eq!(apply(&mut chain, account, call), pending);
    assert_eq!(apply(&mut chain, account, Call::CommitNext { next: None }), pending);
}

#[test]
fn the_owners_cancel_their_change_and_have_its_deposit_back() {
    let (key, ann, _, new) = keys();
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    let none = refused(Error::NoChange { account });
    assert_eq!(apply(&mut chain, account, Call::CancelChange {}), none);
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    apply(&mut chain, account, Call::CancelChange {}).unwrap();
    assert!(chain.has_event(&Event::ChangeCancelled { account, by: account }));
    assert_eq!(reserved(&chain, &account), 0);
    assert_eq!(apply(&mut chain, account, Call::CancelChange {}), none);
    for _ in 0..=DELAY_FAST {
        finish(&mut chain);
    }
    assert_eq!(policy(&chain, &account).keys[0].handle, key.handle());
    assert_eq!(
        chain.rows.iter().filter(|(row, _)| row.as_bytes().starts_with(&AGENDA.prefix())).count(),
        0
    );
}

#[test]
fn as_many_friends_as_may_recover_the_account_stop_a_change() {
    let (key, ann, ben, new) = keys();
    let mut chain = befriended(&key, &[&ann, &ben], 2);
    let account = key.account();
    let object = || Call::Object { account };
    let none = refused(Error::NoChange { account });
    assert_eq!(apply(&mut chain, ann.account(), object()), none);
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    let who = new.account();
    let stranger = refused(Error::NotFriend { account, who });
    assert_eq!(apply(&mut chain, who, object()), stranger);
    let who = ann.account();
    apply(&mut chain, who, object()).unwrap();
    assert!(chain.has_event(&Event::Objected { account, friend: who, objections: 1 }));
    assert_eq!(apply(&mut chain, who, object()), refused(Error::SaidAlready { who }));
    assert!(PENDING.contains(&chain.rows, &account).unwrap());
    let by = ben.account();
    apply(&mut chain, by, object()).unwrap();
    assert!(chain.has_event(&Event::ChangeCancelled { account, by }));
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    assert_eq!(reserved(&chain, &account), 0);
}

#[test]
fn an_account_without_friends_changes_at_once_and_nobody_objects() {
    let (key, ann, _, new) = keys();
    let mut chain = chain(&[&key, &ann]);
    let account = key.account();
    let outcome = apply(&mut chain, ann.account(), Call::Object { account });
    assert_eq!(outcome, refused(Error::NoRecovery { account }));
    let outcome = apply(&mut chain, ann.account(), Call::Object { account: new.account() });
    assert_eq!(outcome, refused(Error::NoPolicy { account: new.account() }));
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    assert_eq!(policy(&chain, &account).keys[0].handle, new.handle());
}

#[test]
fn a_change_whose_scheme_closed_meanwhile_is_dropped() {
    let key = Key::new(ML_DSA_44, 1);
    let (ann, new) = (Key::new(ML_DSA_44, 2), Key::new(ML_DSA_65, 3));
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    set_state(&mut chain, ML_DSA_65, SchemeState::Deprecated);
    for _ in 0..=DELAY_FAST {
        finish(&mut chain);
    }
    assert!(chain.has_event(&Event::ChangeDropped { account, pallet: 4, error: 6 }));
    assert_eq!(policy(&chain, &account).keys[0].handle, key.handle());
    assert_eq!(reserved(&chain, &account), 0);
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
}

#[test]
fn a_change_that_would_leave_nobody_in_control_meanwhile_is_dropped() {
    let (key, ann) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let other = Key::new(ML_DSA_65, 3);
    let mut chain = chain(&[&key, &ann]);
    let account = key.account();
    let both = PolicyDraft {
        recovery: Some(friends(&[&ann], 1)),
        ..draft(vec![owner(&key, 1), owner(&other, 1)], 1)
    };
    let call = set_policy(&chain, &account, both, &[&other]);
    apply(&mut chain, account, call).unwrap();
    apply(&mut chain, account, Call::RemoveKey { handle: key.handle() }).unwrap();
    set_state(&mut chain, ML_DSA_65, SchemeState::Frozen);
    for _ in 0..=DELAY_FAST {
        finish(&mut chain);
    }
    assert!(chain.has_event(&Event::ChangeDropped { account, pallet: 4, error: 14 }));
    assert_eq!(policy(&chain, &account).keys.len(), 2);
}

#[test]
fn a_full_block_lets_a_change_wait_for_the_next_and_full_blocks_refuse_it() {
    let (key, ann, _, new) = keys();
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    // The rows alone: whose changes these are is of no interest to the one that finds no room.
    let others: Vec<_> = (0..AGENDA_MAX).map(|_| AccountId([7; 32])).collect();
    let fill = |chain: &mut TestChain, at| {
        let agenda = others.clone().try_into().unwrap();
        chain.apply_unrestricted(|tx| AGENDA.put(tx, &at, &agenda)).unwrap();
    };
    let first = 1 + DELAY_FAST;
    fill(&mut chain, first);
    let call = new.rotate(&chain, &account, &key);
    let mut spilled = chain.clone();
    spilled.apply(Origin::Signed(account), call.clone()).unwrap();
    let pending = PENDING.get(&spilled.rows, &account).unwrap().unwrap();
    assert_eq!(pending.effective_at, first + 1);

    let to = first + SEARCH_BLOCKS - 1;
    (first..=to).for_each(|at| fill(&mut chain, at));
    let root = chain.root();
    let outcome = chain.apply(Origin::Signed(account), call);
    assert_eq!(outcome, refused(Error::AgendaFull { from: first, to }));
    assert_eq!(chain.root(), root);
}

#[test]
fn who_cannot_set_the_deposit_aside_announces_nothing() {
    let (key, ann, _, new) = keys();
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    let call = new.rotate(&chain, &account, &key);
    let most = |tx: &mut althing_frame::Tx<'_>| {
        pallet_balances::burn(tx, &account, FUNDS - TOKEN, pallet_balances::Existence::AllowDeath)
    };
    chain.apply_unrestricted(most).unwrap();
    let outcome = apply(&mut chain, account, call);
    assert_eq!(outcome.unwrap_err().code(), "BAL-102");
}

/// Whether a change takes effect that keys under `signed` announce, if schemes are broken `before`
/// that, or while it waits. Else it is dropped.
fn takes_effect(signed: &[SchemeId], before: &[SchemeId], broken: &[SchemeId]) -> bool {
    let (key, ann) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let new = Key::new(ML_DSA_65, 3);
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    for scheme in before {
        break_scheme(&mut chain, *scheme);
    }
    finish(&mut chain);
    chain.joint = Some(Voice::of(signed.iter().copied()));
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    for scheme in broken {
        break_scheme(&mut chain, *scheme);
    }
    for _ in 0..=DELAY_FAST {
        finish(&mut chain);
    }
    assert!(!PENDING.contains(&chain.rows, &account).unwrap());
    let takes_effect = policy(&chain, &account).keys[0].handle == new.handle();
    let dropped = Event::ChangeDropped { account, pallet: 4, error: 33 };
    assert_eq!(chain.has_event(&dropped), !takes_effect);
    assert_eq!(reserved(&chain, &account), if takes_effect { new.deposit() } else { 0 });
    takes_effect
}

/// AC19: it may be the work of whoever broke the scheme.
#[test]
fn a_change_is_dropped_if_all_schemes_that_answer_for_it_are_broken_while_it_waits() {
    let slh = SchemeId::SLH_DSA_128S;
    assert!(!takes_effect(&[ML_DSA_44], &[], &[ML_DSA_44]));
    assert!(takes_effect(&[ML_DSA_44], &[], &[slh]));
    assert!(takes_effect(&[ML_DSA_44, slh], &[], &[ML_DSA_44]));
    assert!(takes_effect(&[ML_DSA_44, slh], &[], &[slh]));
    assert!(!takes_effect(&[ML_DSA_44, slh], &[], &[ML_DSA_44, slh]));
}

/// AC19: nobody else can bring the owners away from it, and their friends know what to look at.
#[test]
fn a_change_that_was_announced_under_a_broken_scheme_takes_effect() {
    assert!(takes_effect(&[ML_DSA_44], &[ML_DSA_44], &[]));
}

/// AC19: a freeze says nothing yet of what was signed before.
#[test]
fn a_change_takes_effect_though_the_scheme_that_answers_for_it_is_frozen() {
    let (key, ann, _, _) = keys();
    let new = Key::new(ML_DSA_65, 3);
    let mut chain = befriended(&key, &[&ann], 1);
    let account = key.account();
    chain.joint = Some(Voice::of([ML_DSA_44]));
    let call = new.rotate(&chain, &account, &key);
    apply(&mut chain, account, call).unwrap();
    set_state(&mut chain, ML_DSA_44, SchemeState::Frozen);
    for _ in 0..=DELAY_FAST {
        finish(&mut chain);
    }
    assert_eq!(policy(&chain, &account).keys[0].handle, new.handle());
}
