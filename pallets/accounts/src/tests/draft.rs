//! Whole policies: what they may be, and what follows when one is set.

use althing_primitives::Hash256;

use super::*;
use crate::KeyEntry;

const SLH: SchemeId = SchemeId::SLH_DSA_128S;

#[test]
fn a_policy_is_replaced_as_a_whole() {
    let (old, kept, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_65, 3));
    let mut chain = chain(&[&old]);
    let account = old.account();
    let call = kept.add(&chain, &account, None);
    apply(&mut chain, account, call).unwrap();
    let session = KeyDraft { scopes: Scopes(12), expires: Some(50), ..owner(&new, 7) };
    let draft =
        PolicyDraft { next: Some(Hash256([9; 32])), ..draft(vec![owner(&kept, 2), session], 2) };
    let call = set_policy(&chain, &account, draft, &[&new]);
    apply(&mut chain, account, call).unwrap();

    let policy = policy(&chain, &account);
    let first = KeyEntry { weight: 2, ..KeyEntry::owner(ML_DSA_44, kept.handle(), None) };
    let second = KeyEntry {
        scheme: ML_DSA_65,
        handle: new.handle(),
        weight: 7,
        scopes: Scopes(12),
        limit: 0,
        expires: Some(50),
    };
    assert_eq!(*policy.keys, [first, second]);
    assert_eq!((policy.threshold, policy.rotation_nonce), (2, 2));
    assert_eq!((policy.next, policy.recovery), (Some(Hash256([9; 32])), None));
    assert_eq!(KEYS.get(&chain.rows, &account, &old.handle()).unwrap(), None);
    assert_eq!(reserved(&chain, &account), kept.deposit() + new.deposit());
    let keys = vec![kept.handle(), new.handle()].try_into().unwrap();
    assert!(chain.has_event(&Event::PolicySet { account, keys, threshold: 2, rotation_nonce: 2 }));
    find(&chain, &account, &new.named(), Authority::Vote).unwrap();
    find(&chain, &account, &new.named(), Authority::Transfer(1)).unwrap_err();
}

#[test]
fn two_keys_of_two_families_may_be_needed_together() {
    let (lattice, hash) = (Key::new(ML_DSA_65, 1), Key::new(SLH, 2));
    let mut chain = chain(&[&lattice]);
    let account = lattice.account();
    let hybrid = draft(vec![owner(&lattice, 1), owner(&hash, 1)], 2);
    let call = set_policy(&chain, &account, hybrid, &[&hash]);
    apply(&mut chain, account, call).unwrap();
    let part = |key: &Key| althing_primitives::JointPart {
        scheme: key.scheme,
        handle: key.handle(),
        signature: key.blank(),
    };
    let joint = |parts: &[&Key]| {
        let parts: Vec<_> = parts.iter().map(|key| part(key)).collect();
        Signature::Joint { parts: parts.try_into().unwrap() }
    };
    let resolved = find(&chain, &account, &joint(&[&lattice, &hash]), Authority::Everyday).unwrap();
    assert_eq!(resolved.voice.scheme(), SchemeId::JOINT);
    assert_eq!(resolved.voice.schemes().len(), 2);
    assert_eq!(resolved.signers.len(), 2);
    for stripped in [lattice.named(), hash.named(), joint(&[&lattice]), joint(&[&hash, &lattice])] {
        let outcome = find(&chain, &account, &stripped, Authority::Everyday);
        assert_eq!(outcome.unwrap_err().code(), "TX-112");
    }
    // When one of the two falls, the other one answers alone.
    set_state(&mut chain, ML_DSA_65, SchemeState::Deprecated);
    let resolved = find(&chain, &account, &joint(&[&lattice, &hash]), Authority::Everyday).unwrap();
    assert_eq!(resolved.voice.schemes(), [SLH]);
    set_state(&mut chain, ML_DSA_65, SchemeState::Frozen);
    let outcome = find(&chain, &account, &joint(&[&lattice, &hash]), Authority::Policy);
    assert_eq!(outcome.unwrap_err().code(), "TX-111");
}

#[test]
fn a_policy_that_breaks_a_rule_is_refused() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    chain.block.number = 5;
    let handle = key.handle().0;
    let (k, o) = (|| owner(&key, 1), || owner(&other, 1));
    let scoped = |scopes, limit| KeyDraft { scopes: Scopes(scopes), limit, ..o() };
    let bad = |scopes, limit| Error::BadScopes { handle: other.handle().0, scopes, limit };
    let weightless = KeyDraft { weight: 0, ..k() };
    let late = KeyDraft { expires: Some(5), ..k() };
    let brief = KeyDraft { expires: Some(6), ..k() };
    let cases = [
        (draft(vec![], 1), Error::Unreachable { threshold: 1, reachable: 0 }),
        (draft(vec![k()], 0), Error::Unreachable { threshold: 0, reachable: 1 }),
        (draft(vec![k()], 2), Error::Unreachable { threshold: 2, reachable: 1 }),
        (draft(vec![brief], 1), Error::Unreachable { threshold: 1, reachable: 0 }),
        (draft(vec![scoped(4, 0)], 1), Error::Unreachable { threshold: 1, reachable: 0 }),
        (draft(vec![weightless], 1), Error::NoWeight { handle }),
        (draft(vec![k(), k()], 1), Error::KnownKey { handle }),
        (draft(vec![late], 1), Error::Expired { expires: 5, now: 5 }),
        (draft(vec![k(), scoped(0, 0)], 1), bad(0, 0)),
        (draft(vec![k(), scoped(3, 0)], 1), bad(3, 0)),
        (draft(vec![k(), scoped(16, 0)], 1), bad(16, 0)),
        (draft(vec![k(), scoped(4, 1)], 1), bad(4, 1)),
        (draft(vec![k(), scoped(1, 1)], 1), bad(1, 1)),
        (draft(vec![k(), scoped(8, 0)], 1), Error::EndlessSession { handle: other.handle().0 }),
    ];
    for (draft, error) in cases {
        let is_new = |one: &KeyDraft| one.handle() == other.handle();
        let new: &[&Key] = if draft.keys.iter().any(is_new) { &[&other] } else { &[] };
        let call = set_policy(&chain, &account, draft, new);
        assert_eq!(apply(&mut chain, account, call), refused(error));
    }
}

#[test]
fn friends_are_others_each_once_and_enough_of_them() {
    let (key, ann, ben) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_44, 3));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let cases = [
        (friends(&[&ann, &key], 1), Error::OwnFriend { account }),
        (friends(&[&ann, &ben, &ann], 1), Error::FriendTwice { friend: ann.account() }),
        (friends(&[&ann, &ben], 0), Error::FriendThreshold { threshold: 0, friends: 2 }),
        (friends(&[&ann, &ben], 3), Error::FriendThreshold { threshold: 3, friends: 2 }),
        (friends(&[], 1), Error::FriendThreshold { threshold: 1, friends: 0 }),
    ];
    for (recovery, error) in cases {
        let recovery = Some(recovery);
        let draft = PolicyDraft { recovery, ..draft(vec![owner(&key, 1)], 1) };
        let call = set_policy(&chain, &account, draft, &[]);
        assert_eq!(apply(&mut chain, account, call), refused(error));
    }
}

#[test]
fn every_new_key_proves_possession_over_the_same_bytes_in_order() {
    let (key, one, two) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_44, 3));
    let mut chain = chain(&[&key, &one]);
    let account = key.account();
    let wanted = draft(vec![owner(&one, 1), owner(&key, 1), owner(&two, 1)], 1);
    let with = |proofs: Proofs| Call::SetPolicy { draft: wanted.clone(), proofs };
    for few in [&[][..], &[&one], &[&one, &key, &two]] {
        let call = with(proofs(&chain, &account, &wanted, few));
        let error = Error::ProofCount { expected: 2, found: few.len() as u64 };
        assert_eq!(apply(&mut chain, account, call), refused(error));
    }
    let bad = refused(Error::BadProof { scheme: ML_DSA_44, rotation_nonce: 0 });
    let other = draft(vec![owner(&key, 1), owner(&one, 1), owner(&two, 1)], 1);
    let alone = {
        let genesis = &chain.block.genesis_hash;
        let sign = |key: &Key| {
            let public = &key.pair.public;
            key.sign(&possession_payload(genesis, &account, 0, ML_DSA_44, public))
        };
        let proofs: Vec<_> = [&one, &two].map(|key| sign(key).try_into().unwrap()).into();
        proofs.try_into().unwrap()
    };
    let wrong = [
        proofs(&chain, &account, &wanted, &[&two, &one]),
        proofs(&chain, &account, &wanted, &[&one, &one]),
        proofs(&chain, &account, &other, &[&one, &two]),
        proofs(&chain, &one.account(), &wanted, &[&one, &two]),
        alone,
    ];
    for proofs in wrong {
        assert_eq!(apply(&mut chain, account, with(proofs)), bad);
    }
    let call = with(proofs(&chain, &account, &wanted, &[&one, &two]));
    apply(&mut chain, account, call.clone()).unwrap();
    // The proofs are of no use again, the number of new keys least of all.
    let error = Error::ProofCount { expected: 0, found: 2 };
    assert_eq!(apply(&mut chain, account, call), refused(error));
}

#[test]
fn keys_of_a_draft_have_the_right_size_and_an_open_scheme() {
    let key = Key::new(ML_DSA_44, 1);
    let mut chain = chain(&[&key]);
    let account = key.account();
    let call = |scheme, public: usize, proof: usize| {
        let new =
            KeyDraft { scheme, public: vec![1; public].try_into().unwrap(), ..owner(&key, 1) };
        let proofs = vec![vec![0; proof].try_into().unwrap()].try_into().unwrap();
        Call::SetPolicy { draft: draft(vec![owner(&key, 1), new], 1), proofs }
    };
    let scheme = ML_DSA_65;
    let error = Error::KeySize { scheme, expected: 1952, found: 1 };
    assert_eq!(apply(&mut chain, account, call(scheme, 1, 3309)), refused(error));
    let error = Error::ProofSize { scheme, expected: 3309, found: 1 };
    assert_eq!(apply(&mut chain, account, call(scheme, 1952, 1)), refused(error));
    let scheme = SchemeId(400);
    let error = Error::UnknownScheme { scheme };
    assert_eq!(apply(&mut chain, account, call(scheme, 32, 64)), refused(error));
    set_state(&mut chain, ML_DSA_65, SchemeState::Deprecated);
    let outcome = apply(&mut chain, account, call(ML_DSA_65, 1952, 3309));
    assert_eq!(outcome.unwrap_err().code(), "ACC-106");
}

#[test]
fn a_kept_key_under_a_dead_scheme_does_not_reach_the_threshold() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let call = other.add(&chain, &account, None);
    apply(&mut chain, account, call).unwrap();
    set_state(&mut chain, ML_DSA_65, SchemeState::Retired);
    let call = set_policy(&chain, &account, draft(vec![owner(&other, 1)], 1), &[]);
    let error = Error::Unreachable { threshold: 1, reachable: 0 };
    assert_eq!(apply(&mut chain, account, call), refused(error));
}

#[test]
fn a_key_may_leave_only_while_the_others_reach_the_threshold() {
    let (one, two, three) =
        (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_65, 3));
    let mut chain = chain(&[&one]);
    let account = one.account();
    let all = draft(vec![owner(&one, 1), owner(&two, 1), owner(&three, 1)], 2);
    let call = set_policy(&chain, &account, all, &[&two, &three]);
    apply(&mut chain, account, call).unwrap();
    apply(&mut chain, account, Call::RemoveKey { handle: one.handle() }).unwrap();
    let outcome = apply(&mut chain, account, Call::RemoveKey { handle: two.handle() });
    assert_eq!(outcome, refused(Error::LastKey { handle: two.handle().0 }));
}

#[test]
fn changes_of_two_members_without_friends_do_not_conflict() {
    use althing_frame::Call as _;
    let (alice, bob, new) =
        (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_65, 3));
    let chain = chain(&[&alice, &bob]);
    let declared = |key: &Key| {
        let mut access = Access::new();
        let call = set_policy(&chain, &key.account(), draft(vec![owner(&new, 1)], 1), &[&new]);
        call.access(&Origin::Signed(key.account()), &chain.rows, &mut access).unwrap();
        access
    };
    assert!(!declared(&alice).conflicts(&declared(&bob)));
}

#[test]
fn a_policy_weighs_its_proofs() {
    use althing_frame::Call as _;
    let key = Key::new(ML_DSA_65, 1);
    let chain = chain(&[&key]);
    let weigh = |keys: &[&Key]| {
        let drafts = keys.iter().map(|key| owner(key, 1)).collect();
        set_policy(&chain, &key.account(), draft(drafts, 1), keys).weight().ref_time
    };
    let verify = |scheme| althing_crypto::scheme(scheme).unwrap().verify_weight();
    let (other, hash) = (Key::new(ML_DSA_65, 2), Key::new(SLH, 3));
    assert_eq!(weigh(&[&other]) - weigh(&[]), verify(ML_DSA_65));
    assert_eq!(weigh(&[&other, &hash]) - weigh(&[]), verify(ML_DSA_65) + verify(SLH));
}
