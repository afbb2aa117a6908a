//! Every way in which a transaction is refused: with a code, the numbers, and an unchanged root.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_crypto::SchemeId;
use althing_executor::Executed;
use althing_frame::{DispatchError, Invalid, Track};
use althing_primitives::{
    AccountId, Era, Extra, Extrinsic, ExtrinsicError, Implicit, Signature, SignedPart, TOKEN,
};
use althing_runtime::{RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION};
use chain::calls::{aye, propose, remark, spend, transfer};
use chain::generated::unknown_handle;
use chain::{Chain, Wallet, member, members};
use parity_scale_codec::Encode;

/// Offer one extrinsic, expect that it is left out, and that the block is as if it had never been.
fn refusal(chain: &Chain, extrinsic: Extrinsic) -> Invalid {
    let offered = chain.try_block(vec![extrinsic], false);
    let empty = chain.try_block(Vec::new(), false);
    assert_eq!(offered.header, empty.header, "the root is unchanged");
    assert_eq!(offered.receipts.len(), 1);
    let [(0, invalid)] = &offered.refused[..] else { panic!("{:?}", offered.refused) };
    invalid.clone()
}

/// Run one call of bob, expect that a rule refuses it.
fn failure(chain: &Chain, call: RuntimeCall) -> DispatchError {
    let executed: Executed = chain.try_block(vec![chain.next(member("bob"), call)], false);
    assert_eq!(executed.refused, []);
    executed.receipts[1].outcome.clone().unwrap_err()
}

fn with_signature(extrinsic: &Extrinsic, signature: Signature) -> Extrinsic {
    let part = SignedPart { signature, ..extrinsic.signed_part().unwrap().clone() };
    Extrinsic::signed(part, extrinsic.call())
}

fn extra(era: Era, nonce: u32) -> Extra {
    Extra { era, nonce, tip: 0, metadata_hash_mode: 0 }
}

fn implicit(chain: &Chain) -> Implicit {
    Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis: chain.genesis,
        birth: chain.genesis,
        metadata_hash: None,
    }
}

#[test]
fn a_bad_signature() {
    let chain = Chain::dev();
    for name in ["alice", "bob", "carol", "dave"] {
        let good = chain.next(member(name), remark("mine"));
        let scheme = member(name).scheme;
        let mut part = good.signed_part().unwrap().clone();
        part.extra.nonce = 1;
        let forged = Extrinsic::signed(part, good.call());
        assert_eq!(refusal(&chain, forged), Invalid::BadSignature { scheme });
        let other = Extrinsic::signed(good.signed_part().unwrap().clone(), &remark("not").encode());
        assert_eq!(refusal(&chain, other), Invalid::BadSignature { scheme });
    }
}

#[test]
fn a_signature_for_another_chain_version_or_birth() {
    let chain = Chain::dev();
    let bob = member("bob");
    let right = implicit(&chain);
    let other = althing_primitives::Hash256([1; 32]);
    let wrong = [
        Implicit { genesis: other, ..right },
        Implicit { birth: other, ..right },
        Implicit { spec_version: SPEC_VERSION + 1, ..right },
        Implicit { transaction_version: TRANSACTION_VERSION + 1, ..right },
        Implicit { metadata_hash: Some(other), ..right },
    ];
    let scheme = bob.scheme;
    let sign = |implicit: &Implicit| {
        chain.signed_with(bob, extra(Era::Immortal, 0), implicit, remark("here"))
    };
    for implicit in &wrong {
        assert_eq!(refusal(&chain, sign(implicit)), Invalid::BadSignature { scheme });
    }
    assert_eq!(chain.try_block(vec![sign(&right)], false).refused, []);
}

#[test]
fn a_classical_signature_on_every_path() {
    let chain = Chain::dev();
    let good = chain.next(member("bob"), remark("classical"));
    for signature in
        [Signature::Ed25519([0; 64]), Signature::Sr25519([1; 64]), Signature::Ecdsa([2; 65])]
    {
        let question = with_signature(&good, signature);
        assert_eq!(refusal(&chain, question.clone()), Invalid::ClassicalSignature);
        // Not even a node that believes it has verified the bytes lets one in.
        assert_eq!(chain.try_block(vec![question.clone()], true).refused.len(), 1);
        let checked = chain.runtime.check_for_pool(&chain.parent(), &question);
        assert_eq!(checked.map(|_| ()), Err(Invalid::ClassicalSignature.into()));
    }
}

#[test]
fn a_wrong_scheme_or_key() {
    let chain = Chain::dev();
    let (alice, bob) = (member("alice"), member("bob"));
    let good = chain.next(bob, remark("x"));
    let bytes = |count: usize| vec![0; count].try_into().unwrap();
    let handle = bob.handle();
    // Under another scheme the same key is another key.
    let scheme = SchemeId::ML_DSA_65;
    let other = with_signature(&good, Signature::Handle { scheme, handle, signature: bytes(3309) });
    assert_eq!(refusal(&chain, other), Invalid::WrongKey { who: bob.account, handle });
    let scheme = SchemeId(999);
    let unknown = with_signature(&good, Signature::Handle { scheme, handle, signature: bytes(1) });
    assert_eq!(refusal(&chain, unknown), Invalid::UnknownScheme { scheme });
    let scheme = SchemeId::ML_KEM_768;
    let kem = with_signature(&good, Signature::Handle { scheme, handle, signature: bytes(1) });
    assert_eq!(refusal(&chain, kem), Invalid::UnknownScheme { scheme });
    let short = Signature::Handle { scheme: bob.scheme, handle, signature: bytes(2419) };
    let short = refusal(&chain, with_signature(&good, short));
    assert!(matches!(short, Invalid::WitnessSize { expected: 2420, found: 2419, .. }), "{short}");
    // Alice's key does not sign for bob, though the signature is right.
    let thief = Wallet::fresh(SchemeId::ML_DSA_44, 3).of_account(bob.account);
    let theft = refusal(&chain, chain.next(&thief, transfer(&alice.account, 1_000)));
    assert_eq!(theft, Invalid::WrongKey { who: bob.account, handle: thief.handle() });
}

#[test]
fn an_unknown_key() {
    let chain = Chain::dev();
    let bob = member("bob");
    let good = chain.next(bob, remark("x"));
    let signature = vec![0; 2420].try_into().unwrap();
    let handle = unknown_handle();
    let by_handle = Signature::Handle { scheme: bob.scheme, handle, signature };
    let unknown = with_signature(&good, by_handle.clone());
    assert_eq!(refusal(&chain, unknown), Invalid::WrongKey { who: bob.account, handle });
    // An account that the chain has no key of must send the key itself.
    let account = AccountId::from_key(handle, [0; 32]);
    let part = SignedPart { account, signature: by_handle, extra: extra(Era::Immortal, 0) };
    let first = Extrinsic::signed(part, &remark("x").encode());
    assert_eq!(refusal(&chain, first), Invalid::UnknownKey { handle });
}

#[test]
fn stale_and_future_nonces() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    chain.block(vec![chain.next(bob, remark("one")), chain.signed(bob, 1, remark("two"))]);
    assert_eq!(chain.nonce(&bob.account), 2);
    let stale = refusal(&chain, chain.signed(bob, 1, remark("again")));
    assert_eq!(stale, Invalid::Stale { found: 1, next: 2 });
    let future = refusal(&chain, chain.signed(bob, 1_000_000, remark("early")));
    assert_eq!(future, Invalid::Future { found: 1_000_000, next: 2 });
    let again = chain.signed(bob, 1, remark("again"));
    let pool = chain.runtime.check_for_pool(&chain.parent(), &again);
    assert_eq!(pool.map(|_| ()), Err(Invalid::Stale { found: 1, next: 2 }.into()));
}

#[test]
fn an_era_that_has_passed_or_has_not_begun() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    let early = chain.header.clone();
    let sign = |chain: &Chain, era| {
        let birth = early.hash();
        let implicit = Implicit { birth, ..implicit(chain) };
        chain.signed_with(bob, extra(era, 0), &implicit, remark("mortal"))
    };
    let short = sign(&chain, Era::mortal(4, 0));
    assert_eq!(chain.try_block(vec![short.clone()], false).refused, []);
    chain.pass(3);
    let now = chain.header.number + 1;
    assert_eq!(now, 4);
    let expired = refusal(&chain, short);
    assert_eq!(expired.code(), "TX-106", "{expired}");
    let ahead = sign(&chain, Era::mortal(64, 40));
    assert_eq!(refusal(&chain, ahead), Invalid::Expired { birth: 40, now });
}

#[test]
fn too_large_and_undecodable() {
    let max = althing_primitives::EXTRINSIC_BYTES_MAX;
    let found = max as usize + 1;
    assert_eq!(
        Extrinsic::decode(vec![0; found]).unwrap_err(),
        ExtrinsicError::TooLarge { found, max }
    );
    let chain = Chain::dev();
    let part = chain.next(member("bob"), remark("x")).signed_part().unwrap().clone();
    let call = remark("x").encode();
    let trailing = [call.as_slice(), &[0]].concat();
    for call in [&[250, 1][..], &[], &trailing, &call[..call.len() - 1]] {
        let undecodable = Extrinsic::signed(part.clone(), call);
        assert_eq!(refusal(&chain, undecodable), Invalid::Call);
    }
}

#[test]
fn a_fee_that_cannot_be_paid() {
    let mut chain = Chain::dev();
    let newcomer = Wallet::fresh(SchemeId::ML_DSA_44, 9);
    let nothing = refusal(&chain, chain.next(&newcomer, remark("free")));
    assert!(
        matches!(nothing, Invalid::Payment { who, available: 0, .. } if who == newcomer.account),
        "{nothing}"
    );
    let value = TOKEN / 20;
    let dest = newcomer.account.into();
    let little = pallet_balances::Call::TransferKeepAlive { dest, value };
    chain.block(vec![chain.next(member("alice"), little)]);
    let short = refusal(&chain, chain.next(&newcomer, remark("almost")));
    assert_eq!(short.code(), "TX-103", "the key's deposit counts too: {short}");
    let offered = chain.next(&newcomer, remark("almost"));
    let pool = chain.runtime.check_for_pool(&chain.parent(), &offered);
    assert!(matches!(
        pool,
        Err(althing_frame::BeforeError::Invalid(Invalid::Payment { needed, .. })) if needed > value
    ));
}

#[test]
fn a_tip_beyond_all_funds() {
    let chain = Chain::dev();
    let bob = member("bob");
    let generous = Extra { tip: u128::MAX, ..extra(Era::Immortal, 0) };
    let extrinsic = chain.signed_with(bob, generous, &implicit(&chain), remark("tip"));
    assert_eq!(refusal(&chain, extrinsic).code(), "TX-103");
}

#[test]
fn an_inherent_that_is_signed_and_a_call_that_is_not() {
    let chain = Chain::dev();
    let set = pallet_timestamp::Call::Set { now: chain.next_time() };
    assert_eq!(refusal(&chain, chain.next(member("bob"), set)).code(), "TX-115");
    assert_eq!(refusal(&chain, Extrinsic::bare(&remark("free").encode())).code(), "TX-115");
}

#[test]
fn metadata_hash_mode_on() {
    let chain = Chain::dev();
    let on = Extra { metadata_hash_mode: 1, ..extra(Era::Immortal, 0) };
    let extrinsic = chain.signed_with(member("bob"), on, &implicit(&chain), remark("x"));
    assert_eq!(refusal(&chain, extrinsic), Invalid::MetadataHash { found: 1 });
}

/// A chain with a referendum on `call` that everybody supports, some blocks later.
fn decided(track: Track, call: &RuntimeCall) -> Chain {
    let mut chain = Chain::dev();
    chain.block(vec![chain.next(member("alice"), propose(track, call))]);
    let votes = members()
        .iter()
        .map(|wallet| chain.proven(wallet, chain.nonce(&wallet.account), aye(0, 80_000)))
        .collect();
    chain.proven_block(votes);
    // Without any one scheme less is left, and it takes longer until that is enough.
    for _ in 0..30 {
        if pallet_scheduler::result_of(&chain.state, 0).unwrap().is_some() {
            break;
        }
        chain.pass(1);
    }
    chain.check();
    chain
}

#[test]
fn a_spend_over_the_cap_of_its_track() {
    let ivan = member("ivan").account;
    let chain = decided(Track::SmallTipper, &spend(&ivan, 9_000));
    let record = pallet_scheduler::result_of(&chain.state, 0).unwrap().unwrap();
    let pallet_scheduler::Outcome::Failed { code, .. } = record.outcome else { panic!() };
    assert_eq!(&code[..], b"TRE-101");
    assert!(chain.free(&ivan) <= 100_000 * TOKEN);
    assert!(chain.free(&pallet_treasury::account()) > 340_000 * TOKEN);
}

#[test]
fn a_vote_over_the_balance() {
    let mut chain = Chain::dev();
    let question = propose(Track::SmallSpender, &spend(&member("ivan").account, 5));
    chain.block(vec![chain.next(member("alice"), question)]);
    let error = failure(&chain, aye(0, 100_001));
    assert_eq!(error.code(), "VOT-103", "{error}");
    let values = &error.refusal().unwrap().values;
    assert_eq!(values[0], ("asked", (100_001 * TOKEN).to_string()));
}

#[test]
fn a_vote_on_a_closed_referendum() {
    let chain = decided(Track::SmallSpender, &spend(&member("ivan").account, 5));
    let error = failure(&chain, aye(0, 1));
    assert_eq!(error.code(), "VOT-102", "{error}");
}

#[test]
fn a_new_key_under_a_deprecated_scheme() {
    let scheme = SchemeId::ML_DSA_44;
    let deprecate = pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: None };
    let mut chain = decided(Track::CryptoSunset, &deprecate.into());
    let newcomer = Wallet::fresh(scheme, 21);
    chain.block(vec![chain.next(member("alice"), transfer(&newcomer.account, 10))]);
    let refused = refusal(&chain, chain.next(&newcomer, remark("hello")));
    let expected = Invalid::SchemeState { scheme, state: "deprecated", refused: "new keys" };
    assert_eq!(refused, expected);
    // Members who have such a key still act, but nobody can rotate to one.
    let bob = member("bob");
    let payload = pallet_accounts::possession_payload(
        &chain.genesis,
        &bob.account,
        0,
        scheme,
        &newcomer.public,
    );
    let rotate = pallet_accounts::Call::Rotate {
        replace: bob.handle(),
        scheme,
        public: newcomer.public.clone().try_into().unwrap(),
        proof: newcomer.signer.sign(&payload).unwrap().try_into().unwrap(),
    };
    let error = failure(&chain, rotate.into());
    assert_eq!(error.code(), "ACC-106", "{error}");
}

#[test]
fn a_member_rotates_away_from_a_deprecated_scheme_and_keeps_account_and_lock() {
    let scheme = SchemeId::SPHINCS_R3;
    let deprecate = pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: None };
    let mut chain = decided(Track::CryptoSunset, &deprecate.into());
    let dave = member("dave");
    let before = pallet_system::account(&chain.state, &dave.account).unwrap();
    assert!(before.data.frozen > 0);
    let new = Wallet::fresh(SchemeId::ML_DSA_65, 33).of_account(dave.account);
    let payload = pallet_accounts::possession_payload(
        &chain.genesis,
        &dave.account,
        0,
        new.scheme,
        &new.public,
    );
    let rotate = pallet_accounts::Call::Rotate {
        replace: dave.handle(),
        scheme: new.scheme,
        public: new.public.clone().try_into().unwrap(),
        proof: new.signer.sign(&payload).unwrap().try_into().unwrap(),
    };
    // In the block of the rotation the old key signs nothing after it.
    let rotation = chain.next(dave, rotate);
    let late = chain.signed(dave, before.nonce + 1, remark("too late"));
    let built = chain.block(vec![rotation, late]);
    assert_eq!(built.receipts[1].outcome, Ok(()));
    let handle = dave.handle();
    assert_eq!(built.refused, [(1, Invalid::WrongKey { who: dave.account, handle })]);
    let built = chain.block(vec![chain.next(&new, remark("with the new key"))]);
    assert_eq!(built.refused, []);
    let after = pallet_system::account(&chain.state, &dave.account).unwrap();
    assert_eq!((after.nonce, after.data.frozen), (before.nonce + 2, before.data.frozen));
    chain.check();
}
