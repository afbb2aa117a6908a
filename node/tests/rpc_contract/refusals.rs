//! Transactions that are refused on entry: code, reason, and a chain that stays as it was.

use althing_crypto::signing::signing_scheme;
use althing_frame::Track;
use althing_primitives::{
    AccountId, Circumstances, EXTRINSIC_BYTES_MAX, Era, Extra, Extrinsic, Hash256, Implicit,
    KeyHandle, SchemeId, Signature, SignedPart, SignerKey, signing_payload, statement,
};
use althing_runtime::{RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use parity_scale_codec::{Compact, Encode};
use serde_json::{Value, json};

use crate::TOKEN;
use crate::support::{Member, Node, Rpc, Update, calls, hex, member};

const PLAIN: Extra = Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 };

fn implicit(genesis: Hash256) -> Implicit {
    Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis,
        birth: genesis,
        metadata_hash: None,
    }
}

/// Offer bytes that must be refused with these codes and leave head and root as they are.
async fn refused(rpc: &Rpc, bytes: &[u8], (code, public): (i32, &str)) -> Value {
    let before = rpc.head().await;
    let refusal = rpc.refusal("author_submitExtrinsic", json!([hex(bytes)])).await;
    assert_eq!(refusal["code"], code, "{refusal}");
    assert_eq!(refusal["data"]["code"], public, "{refusal}");
    let sentence = refusal["data"]["message"].as_str().unwrap();
    assert!(sentence.len() > 10 && !sentence.contains("0x0000"), "a reason to read: {sentence}");
    assert_eq!(rpc.ask("author_pendingExtrinsics", json!([])).await, json!([]));
    assert_eq!(rpc.head().await, before, "nothing has changed");
    refusal
}

/// `call` under a signature of someone else's making.
fn with(account: AccountId, signature: Signature, extra: Extra, call: &RuntimeCall) -> Extrinsic {
    Extrinsic::signed(SignedPart { account, signature, extra }, &call.encode())
}

fn by_handle(scheme: SchemeId, handle: KeyHandle, signature: Vec<u8>) -> Signature {
    Signature::Handle { scheme, handle, signature: signature.try_into().unwrap() }
}

/// A key nobody has enrolled, under a published seed.
fn stranger(scheme: SchemeId, seed: u8) -> Member {
    let signing = signing_scheme(scheme).unwrap();
    let pair = signing.generate_from_seed(&vec![seed; signing.sizes().seed.unwrap()]).unwrap();
    let signer = signing.signer(&pair.secret).unwrap();
    let account = AccountId::from_key(KeyHandle::of(scheme, &pair.public), [0; 32]);
    Member { account, scheme, public: pair.public, signer }
}

/// The first transaction of a key: it carries the key.
fn first_use(who: &Member, account: AccountId, genesis: Hash256, call: &RuntimeCall) -> Extrinsic {
    let payload = signing_payload(&call.encode(), &PLAIN, &implicit(genesis));
    let key = SignerKey { scheme: who.scheme, handle: who.handle() };
    let payload = statement(&account, Circumstances::default(), &[key], &payload);
    let signature = Signature::Key {
        scheme: who.scheme,
        public: who.public.clone().try_into().unwrap(),
        signature: who.signer.sign(&payload).unwrap().try_into().unwrap(),
    };
    with(account, signature, PLAIN, call)
}

#[tokio::test]
async fn a_bad_signature_is_refused_and_remembered() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let (alice, bob) = (member("alice"), member("bob"));
    let call = calls::transfer(&bob.account, 1);
    let good = alice.signed(node.genesis(), 0, call.clone());
    let part = good.signed_part().unwrap().clone();
    let tampered = Extrinsic::signed(part.clone(), &calls::transfer(&bob.account, 2).encode());
    refused(&rpc, tampered.bytes(), (1010, "TX-107")).await;
    refused(&rpc, tampered.bytes(), (1012, "POOL-102")).await;
    let elsewhere = alice.signed(Hash256([7; 32]), 0, call.clone());
    refused(&rpc, elsewhere.bytes(), (1010, "TX-107")).await;
    let (scheme, handle) = (alice.scheme, alice.handle());
    let mut signature = part.signature.signature().to_vec();
    signature[100] ^= 1;
    let flipped = with(alice.account, by_handle(scheme, handle, signature.clone()), PLAIN, &call);
    refused(&rpc, flipped.bytes(), (1010, "TX-107")).await;
    let short = by_handle(scheme, handle, signature[1..].to_vec());
    refused(&rpc, with(alice.account, short, PLAIN, &call).bytes(), (1010, "TX-109")).await;
    let update = rpc.submit_and_wait(&good).await.unwrap();
    assert!(matches!(update, Update::Finalized(_)), "the good one is not held liable");
}

#[tokio::test]
async fn keys_that_are_not_the_accounts_are_refused() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let (alice, erin, bob) = (member("alice"), member("erin"), member("bob"));
    let call = calls::transfer(&bob.account, 1);
    let payload = signing_payload(&call.encode(), &PLAIN, &implicit(node.genesis()));
    let key = SignerKey { scheme: alice.scheme, handle: alice.handle() };
    let payload = statement(&alice.account, Circumstances::default(), &[key], &payload);
    let signature = alice.signer.sign(&payload).unwrap();
    // Erin's key is of the same scheme, bob's is not, and nobody has the last two.
    let wrong = by_handle(erin.scheme, erin.handle(), erin.signer.sign(&payload).unwrap());
    refused(&rpc, with(alice.account, wrong, PLAIN, &call).bytes(), (1010, "TX-112")).await;
    let wrong = by_handle(bob.scheme, bob.handle(), bob.signer.sign(&payload).unwrap());
    refused(&rpc, with(alice.account, wrong, PLAIN, &call).bytes(), (1010, "TX-112")).await;
    let wrong = by_handle(bob.scheme, alice.handle(), bob.signer.sign(&payload).unwrap());
    refused(&rpc, with(alice.account, wrong, PLAIN, &call).bytes(), (1010, "TX-112")).await;
    let wrong = by_handle(SchemeId(999), alice.handle(), signature.clone());
    refused(&rpc, with(alice.account, wrong, PLAIN, &call).bytes(), (1010, "TX-110")).await;
    let new = stranger(SchemeId::ML_DSA_44, 9);
    let unknown = by_handle(new.scheme, new.handle(), new.signer.sign(&payload).unwrap());
    refused(&rpc, with(new.account, unknown, PLAIN, &call).bytes(), (1010, "TX-113")).await;
    let theirs = first_use(&new, alice.account, node.genesis(), &call);
    refused(&rpc, theirs.bytes(), (1010, "TX-112")).await;
    for classical in [Signature::Ed25519([1; 64]), Signature::Sr25519([1; 64])] {
        let classical = with(alice.account, classical, PLAIN, &call);
        refused(&rpc, classical.bytes(), (1010, "TX-108")).await;
    }
}

#[tokio::test]
async fn nonces_and_eras_have_their_bounds() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let bob = member("bob");
    let call = calls::remark("here");
    rpc.submit_and_wait(&bob.signed(node.genesis(), 0, call.clone())).await.unwrap();
    let sign = |nonce| bob.signed(node.genesis(), nonce, calls::remark("again"));
    refused(&rpc, sign(0).bytes(), (1010, "TX-105")).await;
    refused(&rpc, sign(1_000_000).bytes(), (1016, "POOL-107")).await;
    refused(&rpc, sign(u32::MAX).bytes(), (1016, "POOL-107")).await;
    // Born at block 0 and dead at block 4. An era only says where in its period it began, so what
    // is wrong by now is the block that was signed.
    rpc.mine(11).await;
    let extra = Extra { era: Era::mortal(4, 0), nonce: 1, ..PLAIN };
    let old = bob.signed_with(extra, &implicit(node.genesis()), &call);
    refused(&rpc, old.bytes(), (1010, "TX-107")).await;
    let extra = Extra { era: Era::mortal(64, 60), nonce: 1, ..PLAIN };
    let unborn = bob.signed_with(extra, &implicit(node.genesis()), &call);
    refused(&rpc, unborn.bytes(), (1010, "TX-106")).await;
    let extra = Extra { nonce: 1, metadata_hash_mode: 1, ..PLAIN };
    let hashed = bob.signed_with(extra, &implicit(node.genesis()), &call);
    refused(&rpc, hashed.bytes(), (1010, "TX-116")).await;
}

#[tokio::test]
async fn what_waits_until_its_era_ends_is_told_so() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let bob = member("bob");
    // It waits for nonce 0, which never comes.
    let extra = Extra { era: Era::mortal(4, 0), nonce: 1, ..PLAIN };
    let waiting = bob.signed_with(extra, &implicit(node.genesis()), &calls::remark("late"));
    let (update, _) = tokio::join!(rpc.submit_and_wait(&waiting), async {
        while rpc.ask("author_pendingExtrinsics", json!([])).await == json!([]) {
            tokio::task::yield_now().await;
        }
        rpc.mine(6).await
    });
    assert_eq!(update.unwrap(), Update::Gone("invalid".to_owned()));
}

#[tokio::test]
async fn bytes_that_are_no_transaction_are_refused() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let alice = member("alice");
    let good = alice.signed(node.genesis(), 0, calls::remark("here"));
    refused(&rpc, &[], (1001, "TX-101")).await;
    refused(&rpc, &good.bytes()[..good.bytes().len() - 1], (1001, "TX-101")).await;
    refused(&rpc, &[0xff; 64], (1001, "TX-101")).await;
    refused(&rpc, &[8, 0x44, 0], (1001, "TX-101")).await;
    let part = good.signed_part().unwrap().clone();
    let nonsense = Extrinsic::signed(part, &[250, 1, 2]);
    refused(&rpc, nonsense.bytes(), (1010, "TX-102")).await;
    let bare = Extrinsic::bare(&calls::remark("here").encode());
    refused(&rpc, bare.bytes(), (1010, "POOL-103")).await;
    let mut long = Compact(EXTRINSIC_BYTES_MAX).encode();
    long.resize(long.len() + EXTRINSIC_BYTES_MAX as usize, 0x84);
    let refusal = refused(&rpc, &long, (1001, "TX-101")).await;
    assert_eq!(refusal["message"], "Extrinsic has invalid format");
    for text in [json!("0x0"), json!("zz"), json!(7), json!(null), json!(["0x00"])] {
        let refusal = rpc.refusal("author_submitExtrinsic", json!([text])).await;
        assert_eq!(refusal["code"], -32602, "{text}");
    }
}

#[tokio::test]
async fn who_cannot_pay_is_refused_with_the_amounts() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let bob = member("bob");
    let extra = Extra { tip: 200_000 * TOKEN, ..PLAIN };
    let generous = bob.signed_with(extra, &implicit(node.genesis()), &calls::remark("here"));
    let refusal = refused(&rpc, generous.bytes(), (1010, "TX-103")).await;
    assert_eq!(refusal["message"], "Invalid Transaction");
    let new = stranger(SchemeId::ML_DSA_44, 9);
    let poor = first_use(&new, new.account, node.genesis(), &calls::remark("here"));
    refused(&rpc, poor.bytes(), (1010, "TX-103")).await;
}

#[tokio::test]
async fn new_keys_of_a_deprecated_scheme_are_refused() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let new = stranger(SchemeId::ML_DSA_44, 9);
    let alice = member("alice");
    let deprecate =
        pallet_crypto_registry::Call::Deprecate { scheme: SchemeId::ML_DSA_44, sunset_after: None };
    let sign = |nonce, call| alice.signed(node.genesis(), nonce, call);
    let funds = calls::transfer(&new.account, 100);
    rpc.submit_and_wait(&sign(0, funds)).await.unwrap();
    let ask = calls::propose(Track::CryptoSunset, &deprecate.into());
    rpc.submit_and_wait(&sign(1, ask)).await.unwrap();
    rpc.submit_and_wait(&sign(2, calls::vote(0, true, 90_000))).await.unwrap();
    // Three schemes: it must stand without any one of them.
    for name in ["carol", "dave"] {
        let vote = member(name).signed(node.genesis(), 0, calls::vote(0, true, 90_000));
        rpc.submit_and_wait(&vote).await.unwrap();
    }
    let passed = rpc.ask("dev_passReferendum", json!([0])).await;
    assert_eq!(passed["status"], "enacted");
    let late = first_use(&new, new.account, node.genesis(), &calls::remark("here"));
    let refusal = refused(&rpc, late.bytes(), (1010, "TX-111")).await;
    let sentence = refusal["data"]["message"].as_str().unwrap();
    assert!(sentence.contains("deprecated"), "{sentence}");
    // Who has a key of the scheme goes on.
    let call = calls::remark("still here");
    let bob = member("bob").signed_at_epoch(node.genesis(), (0, 1), call);
    assert!(matches!(rpc.submit_and_wait(&bob).await.unwrap(), Update::Finalized(_)));
}
