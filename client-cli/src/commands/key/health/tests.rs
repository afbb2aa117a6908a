//! What is found, and the command against it.

use althing_primitives::Hash256;
use zeroize::Zeroizing;

use super::*;
use crate::{
    chain::{
        policy::{Friends, Scopes},
        replies::Scheme,
    },
    key::{Key, scheme_named},
    keystore::{Hardness, Password},
    reserve::ReserveRoot,
};

fn registry(states: &[(&str, &str)]) -> Registry {
    let scheme = |(id, name): (u16, &str)| {
        let state: &str =
            states.iter().find(|(one, _)| *one == name).map_or("active", |(_, state)| state);
        Scheme {
            id,
            name: name.to_owned(),
            kind: "signature".to_owned(),
            family: "lattice".to_owned(),
            state: match state {
                "kept though broken" => "active".to_owned(),
                "frozen for good" => "frozen".to_owned(),
                state => state.to_owned(),
            },
            broken: ["kept though broken", "frozen for good"].contains(&state).then_some(90),
            since: 0,
            sunset_at: (state == "deprecated").then_some(500),
            frozen_until: (state == "frozen").then_some(300),
            retiring: None,
            public_bytes: 0,
            signature_bytes: 0,
        }
    };
    let all = [(2, "ml-dsa-44"), (3, "ml-dsa-65"), (4, "slh-dsa-sha2-128s")];
    Registry { schemes: all.into_iter().map(scheme).collect(), now: 100 }
}

/// An account with these keys, all in its file, committed to its reserve.
fn account(schemes: &[&str]) -> (AccountFile, Policy) {
    let password = Password::new(Zeroizing::new("secret".to_owned())).unwrap();
    let make = |name: &&str| Key::without_words(scheme_named(name).unwrap()).unwrap();
    let keys: Vec<Key> = schemes.iter().map(make).collect();
    let mut file = AccountFile::new(&KeyName::new("me").unwrap(), keys[0].account());
    for key in &keys {
        file.add(key, Status::Current, &password, Hardness::Light).unwrap();
    }
    let reserve = ReserveRoot::random().unwrap().reserve(0).unwrap();
    file.add_reserve(&reserve, &password, Hardness::Light).unwrap();
    let entry = |key: &Key| PolicyKey {
        scheme: key.scheme().id().0,
        handle: key.handle(),
        weight: 1,
        scopes: Scopes::OWNER,
        limit: 0,
        expires: None,
    };
    let policy = Policy {
        keys: keys.iter().map(entry).collect(),
        threshold: 1,
        next: Some(reserve.commitment()),
        recovery: None,
        rotation_nonce: 0,
    };
    (file, policy)
}

fn fixes(file: &AccountFile, policy: &Policy, registry: &Registry) -> Vec<(bool, String)> {
    let found = findings(file, Some(policy), registry);
    found.into_iter().map(|finding| (finding.urgent, finding.fix)).collect()
}

#[test]
fn an_account_that_is_well_needs_nothing() {
    let (file, policy) = account(&["ml-dsa-65"]);
    assert_eq!(fixes(&file, &policy, &registry(&[])), []);
}

#[test]
fn a_deprecated_scheme_is_left_by_a_rotation_that_keeps_what_is_well() {
    let old = registry(&[("ml-dsa-44", "deprecated")]);
    let (file, policy) = account(&["ml-dsa-44"]);
    let rotate = "althing key rotate me --to-scheme ml-dsa-65".to_owned();
    assert_eq!(fixes(&file, &policy, &old), [(true, rotate)]);
    let message = &findings(&file, Some(&policy), &old)[0].message;
    assert!(
        message.contains("ml-dsa-44 is deprecated until block 500 (in 400 blocks)"),
        "{message}"
    );
    let (file, policy) = account(&["slh-dsa-sha2-128s", "ml-dsa-44"]);
    let rotate = "althing key rotate me --to-scheme slh-dsa-sha2-128s+ml-dsa-65".to_owned();
    assert_eq!(fixes(&file, &policy, &old), [(true, rotate)]);
}

#[test]
fn a_frozen_or_retired_scheme_is_left_by_the_reserve_if_there_is_one() {
    for state in ["frozen", "retired"] {
        let fallen = registry(&[("ml-dsa-65", state)]);
        let (file, mut policy) = account(&["ml-dsa-65"]);
        assert_eq!(fixes(&file, &policy, &fallen), [(true, "althing key escape me".to_owned())]);
        policy.next = None;
        let found = fixes(&file, &policy, &fallen);
        assert_eq!(found.len(), 2);
        assert!(!found[0].1.contains("escape"), "{found:?}");
        policy.recovery = Some(Friends { friends: Vec::new(), threshold: 1 });
        let friends = fixes(&file, &policy, &fallen).remove(0).1;
        assert_eq!(friends, "althing recovery ask --help");
    }
}

#[test]
fn a_broken_scheme_is_left_whatever_state_it_is_kept_in() {
    let kept = registry(&[("ml-dsa-44", "kept though broken")]);
    let (file, mut policy) = account(&["ml-dsa-44"]);
    let rotate = "althing key rotate me --to-scheme ml-dsa-65".to_owned();
    assert_eq!(fixes(&file, &policy, &kept), [(true, rotate)]);
    let fallen = registry(&[("ml-dsa-44", "frozen for good")]);
    assert_eq!(fixes(&file, &policy, &fallen), [(true, "althing key escape me".to_owned())]);
    policy.next = None;
    let found = findings(&file, Some(&policy), &fallen);
    assert!(found[0].message.contains("until it is retired, for it was proved to be broken"));
    assert!(found[0].fix.contains("rescue"), "nobody waits for it: {}", found[0].fix);
    // Nobody moves to a broken one either.
    let (file, policy) = account(&["ml-dsa-44"]);
    let both = registry(&[("ml-dsa-44", "deprecated"), ("ml-dsa-65", "kept though broken")]);
    let rotate = "althing key rotate me --to-scheme slh-dsa-sha2-128s".to_owned();
    assert_eq!(fixes(&file, &policy, &both), [(true, rotate)]);
}

#[test]
fn a_trial_and_a_missing_reserve_are_worth_a_look_only() {
    let (file, mut policy) = account(&["ml-dsa-65"]);
    let trial = registry(&[("ml-dsa-65", "trial")]);
    assert!(!fixes(&file, &policy, &trial)[0].0);
    policy.next = None;
    let found = fixes(&file, &policy, &registry(&[]));
    assert_eq!(found, [(false, "althing key commit-next me".to_owned())]);
}

#[test]
fn a_reserve_that_is_not_here_is_urgent() {
    let (file, mut policy) = account(&["ml-dsa-65"]);
    policy.next = Some(Hash256([9; 32]));
    let found = fixes(&file, &policy, &registry(&[]));
    assert_eq!(found, [(true, "althing key commit-next me".to_owned())]);
}

#[test]
fn expired_keys_and_keys_of_others_are_told() {
    let (file, mut policy) = account(&["ml-dsa-65", "ml-dsa-44"]);
    policy.keys[1].scopes = Scopes::VOTE;
    policy.keys[1].expires = Some(100);
    let found = fixes(&file, &policy, &registry(&[]));
    assert!(!found[0].0 && found[0].1.starts_with("althing key remove me 0x"), "{found:?}");
    let (other, _) = account(&["ml-dsa-44"]);
    let found = findings(&other, Some(&policy), &registry(&[]));
    assert!(found.iter().any(|one| one.urgent && one.message.contains("none of its keys")));
}

#[test]
fn a_key_that_never_signed_is_told_by_the_state_of_its_scheme() {
    let (file, _) = account(&["ml-dsa-44"]);
    assert_eq!(findings(&file, None, &registry(&[])), []);
    let found = findings(&file, None, &registry(&[("ml-dsa-44", "deprecated")]));
    assert!(found[0].urgent);
    assert_eq!(found[0].fix, "althing key rotate me --to-scheme ml-dsa-65");
    for (state, wait) in [("frozen", true), ("retired", false)] {
        let found = findings(&file, None, &registry(&[("ml-dsa-44", state)]));
        assert!(found[0].fix.contains("accounts.rescue"), "{found:?}");
        assert_eq!(found[0].message.contains("wait until then"), wait, "{found:?}");
    }
}

#[test]
fn a_change_is_held_up_only_if_no_key_that_is_here_can_sign_it() {
    let (file, policy) = account(&["ml-dsa-65", "ml-dsa-44"]);
    let known = Known { name: "me", file: Some(&file), policy: Some(&policy) };
    let fallen = registry(&[("ml-dsa-44", "frozen")]);
    assert_eq!(known.held_up_by(&fallen), None, "the other one signs alone");
    let rotate = "althing key rotate me --to-scheme ml-dsa-65+slh-dsa-sha2-128s";
    assert_eq!(known.way_out(2, &fallen).command, rotate);
    let both = Policy { threshold: 2, ..policy.clone() };
    let known = Known { policy: Some(&both), ..known };
    assert_eq!(known.held_up_by(&fallen), Some(2));
    assert_eq!(known.refusal(2, &fallen).fix, ["althing key escape me"]);
    let reserve_too = registry(&[("ml-dsa-44", "frozen"), ("slh-dsa-sha2-128s", "retired")]);
    assert!(known.refusal(2, &reserve_too).fix[0].contains("rescue"));
    let unused = Known { policy: None, ..known };
    assert_eq!(unused.held_up_by(&registry(&[("ml-dsa-65", "deprecated")])), None);
    assert_eq!(unused.held_up_by(&registry(&[("ml-dsa-65", "retired")])), Some(3));
    let dave = Known { name: "dave", file: None, policy: None };
    assert_eq!(dave.way_out(1, &registry(&[])).command, "althing key new mine");
}
