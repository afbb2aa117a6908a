//! A proof of possession serves one key, account, rotation nonce and chain.

use althing_primitives::Hash256;

use super::*;

fn rotate_with(old: &Key, new: &Key, proof: Vec<u8>) -> Call {
    Call::Rotate {
        replace: old.handle(),
        scheme: new.scheme,
        public: new.pair.public.clone().try_into().unwrap(),
        proof: proof.try_into().unwrap(),
    }
}

#[test]
fn the_payload_is_the_specified_bytes() {
    let (genesis, account) = (Hash256([1; 32]), AccountId([2; 32]));
    let payload = possession_payload(&genesis, &account, 3, SchemeId(4), &[5; 65]);
    let mut expected = b"althing:rotate-pop:v1".to_vec();
    expected.extend([1; 32]);
    expected.extend([2; 32]);
    expected.extend([3, 0, 0, 0]);
    expected.extend([4, 0]);
    // The length of the key, SCALE compact: 65 * 4 + 1.
    expected.extend([0x05, 0x01]);
    expected.extend([5; 65]);
    assert_eq!(payload, expected);
}

#[test]
fn a_proof_for_something_else_is_refused() {
    let (old, new, other) =
        (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2), Key::new(ML_DSA_44, 3));
    let mut chain = chain(&[&old, &other]);
    let (account, genesis) = (old.account(), chain.block.genesis_hash);
    let public = &new.pair.public;
    let payload = |genesis: &Hash256, account: &AccountId, nonce, scheme, public: &[u8]| {
        possession_payload(genesis, account, nonce, scheme, public)
    };
    let wrong = [
        ("account", payload(&genesis, &other.account(), 0, ML_DSA_44, public)),
        ("nonce", payload(&genesis, &account, 1, ML_DSA_44, public)),
        ("chain", payload(&Hash256([2; 32]), &account, 0, ML_DSA_44, public)),
        ("scheme", payload(&genesis, &account, 0, ML_DSA_65, public)),
        ("key", payload(&genesis, &account, 0, ML_DSA_44, &other.pair.public)),
    ];
    let bad = refused(Error::BadProof { scheme: ML_DSA_44, rotation_nonce: 0 });
    for (what, payload) in wrong {
        let call = rotate_with(&old, &new, new.sign(&payload));
        assert_eq!(apply(&mut chain, account, call), bad, "{what}");
    }
    let right = payload(&genesis, &account, 0, ML_DSA_44, public);
    let by_another_key = rotate_with(&old, &new, other.sign(&right));
    assert_eq!(apply(&mut chain, account, by_another_key), bad);
    let untagged = rotate_with(&old, &new, new.sign(&right[21..]));
    assert_eq!(apply(&mut chain, account, untagged), bad);
    let call = rotate_with(&old, &new, new.sign(&right));
    apply(&mut chain, account, call).unwrap();
}

#[test]
fn a_proof_serves_once() {
    let (key, other) = (Key::new(ML_DSA_44, 1), Key::new(ML_DSA_44, 2));
    let mut chain = chain(&[&key]);
    let account = key.account();
    let add = other.add(&chain, &account, None);
    apply(&mut chain, account, add.clone()).unwrap();
    apply(&mut chain, account, Call::RemoveKey { handle: other.handle() }).unwrap();
    let outcome = apply(&mut chain, account, add);
    assert_eq!(outcome, refused(Error::BadProof { scheme: ML_DSA_44, rotation_nonce: 2 }));
}

#[test]
fn keys_and_proofs_of_wrong_size_are_refused() {
    let key = Key::new(ML_DSA_44, 1);
    let mut chain = chain(&[&key]);
    let account = key.account();
    let scheme = ML_DSA_65;
    let add = |public: usize, proof: usize| Call::AddKey {
        scheme,
        public: vec![0; public].try_into().unwrap(),
        proof: vec![0; proof].try_into().unwrap(),
        expires: None,
    };
    let error = Error::KeySize { scheme, expected: 1952, found: 1953 };
    assert_eq!(apply(&mut chain, account, add(1953, 3309)), refused(error));
    let error = Error::ProofSize { scheme, expected: 3309, found: 0 };
    assert_eq!(apply(&mut chain, account, add(1952, 0)), refused(error));
    let error = Error::BadProof { scheme, rotation_nonce: 0 };
    assert_eq!(apply(&mut chain, account, add(1952, 3309)), refused(error));
}

#[test]
fn a_kem_or_an_unknown_scheme_enters_no_policy() {
    let key = Key::new(ML_DSA_44, 1);
    let mut chain = chain(&[&key]);
    for scheme in [SchemeId::ML_KEM_768, SchemeId(7)] {
        let call = Call::AddKey {
            scheme,
            public: vec![0; 1184].try_into().unwrap(),
            proof: Vec::new().try_into().unwrap(),
            expires: None,
        };
        let outcome = apply(&mut chain, key.account(), call);
        assert_eq!(outcome, refused(Error::UnknownScheme { scheme }));
    }
}
