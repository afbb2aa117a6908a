//! Block 0, and what an audit finds.

use super::*;
use crate::{Flaw, metadata, witness_keys};

#[test]
fn members_of_genesis_sign_by_handle_and_owe_no_deposit() {
    let (alice, bob) = (Key::new(ML_DSA_65, 1), Key::new(ML_DSA_44, 2));
    let chain = chain(&[&alice, &bob]);
    check(&chain.rows).unwrap();
    for key in [alice, bob] {
        let resolved = find(&chain, &key.account(), &key.named(), Authority::Everyday).unwrap();
        let keys = witness_keys(&chain.rows, &key.account(), &key.named()).unwrap();
        assert_eq!((&keys[0].public, resolved.deposit), (&key.pair.public, 0));
        assert_eq!(reserved(&chain, &key.account()), 0);
    }
}

#[test]
fn a_genesis_that_breaks_a_rule_is_refused() {
    let key = Key::new(ML_DSA_44, 1);
    let mut chain = chain(&[]);
    let mut build = |members: Vec<EnrolledKey>| {
        chain.apply_unrestricted(|tx| Genesis { members, delay: DELAY_FAST }.build(tx))
    };
    let twice = refused(Error::KnownKey { handle: key.handle().0 });
    assert_eq!(build(vec![key.enrolled(), key.enrolled()]), twice);
    let (scheme, expected) = (ML_DSA_44, 1312);
    let short = EnrolledKey { scheme, public: vec![0; 32] };
    assert_eq!(build(vec![short]), refused(Error::KeySize { scheme, expected, found: 32 }));
    let scheme = SchemeId::ML_KEM_768;
    let kem = EnrolledKey { scheme, public: vec![0; 1184] };
    assert_eq!(build(vec![kem]), refused(Error::UnknownScheme { scheme }));
    set_state(&mut chain, ML_DSA_44, SchemeState::Deprecated);
    let members = vec![key.enrolled()];
    let outcome = chain.apply_unrestricted(|tx| Genesis { members, delay: DELAY_FAST }.build(tx));
    assert_eq!(outcome.unwrap_err().code(), "ACC-106");
}

#[test]
fn a_state_that_breaks_an_invariant_is_found() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let account = key.account();
    let mut lost = chain(&[&key]);
    lost.apply_unrestricted(|tx| KEYS.remove(tx, &account, &key.handle())).unwrap();
    assert_eq!(check(&lost.rows), Err(Flaw::Keys { account }));

    let mut orphan = chain(&[&key]);
    let stored = KEYS.get(&orphan.rows, &account, &key.handle()).unwrap().unwrap();
    let stranger = other.account();
    orphan.apply_unrestricted(|tx| KEYS.put(tx, &stranger, &key.handle(), &stored)).unwrap();
    assert_eq!(check(&orphan.rows), Err(Flaw::Orphans { rows: 2, entries: 1 }));

    let mut swapped = chain(&[&key]);
    let mut wrong = stored;
    wrong.public = other.pair.public.clone().try_into().unwrap();
    swapped.apply_unrestricted(|tx| KEYS.put(tx, &account, &key.handle(), &wrong)).unwrap();
    assert_eq!(check(&swapped.rows), Err(Flaw::Keys { account }));
}

#[test]
fn metadata_says_what_there_is() {
    let metadata = metadata();
    assert_eq!((metadata.name, metadata.index), ("Accounts", 4));
    let names: Vec<_> = metadata.storage.iter().map(|entry| entry.name).collect();
    let expected = ["Policies", "Keys", "Pending", "Changes", "Recoveries", "Agenda", "Delay"];
    assert_eq!(names, expected);
}
