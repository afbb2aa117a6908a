//! A referendum gives a stranded account a new key.

use althing_frame::Track;
use althing_primitives::Hash256;

use super::*;
use crate::KeyEntry;

const SUNSET: Origin = Origin::Track(Track::CryptoSunset);

fn rescue(chain: &TestChain, account: AccountId, new: &Key) -> Call {
    let nonce = POLICIES.get(&chain.rows, &account).unwrap().map_or(0, |one| one.rotation_nonce);
    let (genesis, public) = (&chain.block.genesis_hash, &new.pair.public);
    let proof = new.sign(&possession_payload(genesis, &account, nonce, new.scheme, public));
    Call::Rescue {
        account,
        scheme: new.scheme,
        public: public.clone().try_into().unwrap(),
        proof: proof.try_into().unwrap(),
    }
}

fn try_rescue(
    chain: &mut TestChain,
    origin: Origin,
    account: AccountId,
    new: &Key,
) -> Result<(), DispatchError> {
    let before = chain.root();
    let call = rescue(chain, account, new);
    let outcome = chain.apply(origin, call);
    assert_eq!(outcome.is_err(), before == chain.root());
    check(&chain.rows).unwrap();
    outcome
}

#[test]
fn a_stranded_account_gets_a_key_by_referendum() {
    for state in [SchemeState::Frozen, SchemeState::Retired] {
        let (lost, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
        let mut chain = chain(&[&lost]);
        let account = lost.account();
        set_state(&mut chain, ML_DSA_44, state);
        try_rescue(&mut chain, SUNSET, account, &new).unwrap();
        let policy = policy(&chain, &account);
        assert_eq!(*policy.keys, [KeyEntry::owner(ML_DSA_65, new.handle(), None)]);
        assert_eq!((policy.threshold, policy.rotation_nonce), (1, 1));
        assert_eq!(reserved(&chain, &account), new.deposit());
        let (scheme, handle) = (ML_DSA_65, new.handle());
        assert!(chain.has_event(&Event::Rescued { account, scheme, handle, rotation_nonce: 1 }));
        find(&chain, &account, &new.named(), Authority::Everyday).unwrap();
    }
}

#[test]
fn only_the_two_tracks_rescue() {
    let (lost, new) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let mut chain = chain(&[&lost]);
    let account = lost.account();
    set_state(&mut chain, ML_DSA_44, SchemeState::Retired);
    let origins =
        Track::ALL.map(Origin::Track).into_iter().chain([Origin::None, Origin::Signed(account)]);
    for origin in origins {
        let mut chain = chain.clone();
        let expected = match origin {
            Origin::Track(Track::Root | Track::CryptoSunset) => Ok(()),
            _ => Err(DispatchError::BadOrigin),
        };
        assert_eq!(try_rescue(&mut chain, origin, account, &new), expected);
    }
}

#[test]
fn an_account_with_another_way_out_is_told_which() {
    let (key, new, ann) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2), Key::new(ML_DSA_65, 3));
    let chain = chain(&[&key, &ann]);
    let account = key.account();
    let way = |chain: &TestChain| {
        let mut chain = chain.clone();
        let error = try_rescue(&mut chain, SUNSET, account, &new).unwrap_err();
        assert_eq!(error.code(), "ACC-131");
        error.refusal().unwrap().values[1].1.clone()
    };
    assert!(way(&chain).contains("rotate"));
    let mut deprecated = chain.clone();
    set_state(&mut deprecated, ML_DSA_44, SchemeState::Deprecated);
    assert!(way(&deprecated).contains("rotate"));
    let with = |next, recovery| {
        let mut chain = chain.clone();
        let draft = PolicyDraft { next, recovery, ..draft(vec![owner(&key, 1)], 1) };
        let call = set_policy(&chain, &account, draft, &[]);
        apply(&mut chain, account, call).unwrap();
        set_state(&mut chain, ML_DSA_44, SchemeState::Retired);
        chain
    };
    assert!(way(&with(Some(Hash256([1; 32])), None)).contains("escape"));
    assert!(way(&with(None, Some(friends(&[&ann], 1)))).contains("friends"));
}

#[test]
fn a_hybrid_of_which_one_half_fell_is_stranded() {
    let (one, two) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2));
    let new = Key::new(ML_DSA_65, 3);
    let mut chain = chain(&[&one]);
    let account = one.account();
    let call =
        set_policy(&chain, &account, draft(vec![owner(&one, 1), owner(&two, 1)], 2), &[&two]);
    apply(&mut chain, account, call).unwrap();
    set_state(&mut chain, ML_DSA_44, SchemeState::Retired);
    try_rescue(&mut chain, SUNSET, account, &new).unwrap();
    assert_eq!(policy(&chain, &account).rotation_nonce, 2);
}

#[test]
fn an_account_without_policy_is_rescued_by_root_alone() {
    let new = Key::new(ML_DSA_65, 2);
    let mut chain = chain(&[]);
    let account = AccountId([9; 32]);
    let none = refused(Error::NoPolicy { account });
    assert_eq!(try_rescue(&mut chain, SUNSET, account, &new), none);
    // Without funds there is no deposit either.
    try_rescue(&mut chain, Origin::Track(Track::Root), account, &new).unwrap();
    assert_eq!(reserved(&chain, &account), 0);
    assert_eq!(policy(&chain, &account).keys[0].handle, new.handle());
}

#[test]
fn a_rescue_needs_a_new_key_with_its_proof_under_an_open_scheme() {
    let (lost, new, other) =
        (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_65, 2), Key::new(ML_DSA_65, 3));
    let mut chain = chain(&[&lost, &other]);
    let account = lost.account();
    set_state(&mut chain, ML_DSA_44, SchemeState::Retired);
    // Proven for another account.
    let Call::Rescue { scheme, public, proof, .. } = rescue(&chain, other.account(), &new) else {
        unreachable!()
    };
    let root = chain.root();
    let outcome = chain.apply(SUNSET, Call::Rescue { account, scheme, public, proof });
    assert_eq!(outcome, refused(Error::BadProof { scheme, rotation_nonce: 0 }));
    assert_eq!(chain.root(), root);
    set_state(&mut chain, ML_DSA_65, SchemeState::Deprecated);
    let outcome = try_rescue(&mut chain, SUNSET, account, &new);
    assert_eq!(outcome.unwrap_err().code(), "ACC-106");
}
