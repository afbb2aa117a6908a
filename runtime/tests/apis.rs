//! The functions that clients call on a state.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_primitives::{Era, Extra, Extrinsic, Signature, SignedPart};
use althing_runtime::ApiError;
use chain::calls::{aye, remark, transfer};
use chain::{Chain, member};
use parity_scale_codec::{Compact, Decode, Encode};

/// `ValidTransaction`: priority, requires, provides, longevity, propagate.
type Valid = (u64, Vec<Vec<u8>>, Vec<Vec<u8>>, u64, bool);

fn call(chain: &Chain, name: &str, args: &[u8]) -> Vec<u8> {
    chain.runtime.call_api(&chain.parent(), name, args).unwrap()
}

fn validate(chain: &Chain, extrinsic: &[u8]) -> Vec<u8> {
    let mut args = vec![2];
    args.extend_from_slice(extrinsic);
    chain.header.hash().encode_to(&mut args);
    call(chain, "TaggedTransactionQueue_validate_transaction", &args)
}

/// Weight, class and fee.
fn info(chain: &Chain, extrinsic: &Extrinsic) -> (u64, u8, u128) {
    let mut args = extrinsic.bytes().to_vec();
    (extrinsic.bytes().len() as u32).encode_to(&mut args);
    let answer = call(chain, "TransactionPaymentApi_query_info", &args);
    let mut input = &answer[..];
    let (time, _): (Compact<u64>, Compact<u64>) = Decode::decode(&mut input).unwrap();
    let (class, fee) = Decode::decode(&mut input).unwrap();
    assert!(input.is_empty());
    (time.0, class, fee)
}

#[test]
fn metadata_comes_in_the_versions_listed_and_in_no_other() {
    let chain = Chain::dev();
    let versions = call(&chain, "Metadata_metadata_versions", &[]);
    assert_eq!(Vec::<u32>::decode(&mut &versions[..]).unwrap(), [14, 15, 16]);
    for version in [14_u32, 15, 16] {
        let answer = call(&chain, "Metadata_metadata_at_version", &version.encode());
        let bytes = Option::<Vec<u8>>::decode(&mut &answer[..]).unwrap().unwrap();
        assert_eq!(bytes, chain.runtime.metadata(version).unwrap());
        assert_eq!(&bytes[..5], [b'm', b'e', b't', b'a', version as u8]);
    }
    assert_eq!(call(&chain, "Metadata_metadata_at_version", &13_u32.encode()), [0]);
    let plain = call(&chain, "Metadata_metadata", &[]);
    assert_eq!(Vec::<u8>::decode(&mut &plain[..]).unwrap(), chain.runtime.metadata(14).unwrap());
}

#[test]
fn the_nonce_has_four_bytes() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    chain.block(vec![chain.next(bob, remark("one"))]);
    assert_eq!(call(&chain, "AccountNonceApi_account_nonce", &bob.account.0), 1_u32.to_le_bytes());
    assert_eq!(call(&chain, "AccountNonceApi_account_nonce", &[9; 32]), [0; 4]);
}

#[test]
fn a_valid_transaction_says_what_it_provides_and_requires() {
    let chain = Chain::dev();
    let bob = member("bob");
    let answer = validate(&chain, chain.next(bob, remark("now")).bytes());
    let mut input = &answer[1..];
    let (_, requires, provides, longevity, propagate) = Valid::decode(&mut input).unwrap();
    assert_eq!((answer[0], input.len()), (0, 0));
    assert_eq!(requires, Vec::<Vec<u8>>::new());
    assert_eq!(provides, [(bob.account, 0_u32).encode()]);
    assert_eq!((longevity, propagate), (63, true));
    let answer = validate(&chain, chain.signed(bob, 5, remark("later")).bytes());
    let (_, requires, ..) = Valid::decode(&mut &answer[1..]).unwrap();
    assert_eq!(requires, [(bob.account, 4_u32).encode()]);
}

#[test]
fn an_invalid_transaction_is_an_answer_and_not_an_error() {
    let mut chain = Chain::dev();
    let bob = member("bob");
    chain.block(vec![chain.next(bob, remark("one"))]);
    let refusal = |extrinsic: &Extrinsic| validate(&chain, extrinsic.bytes());
    assert_eq!(refusal(&chain.signed(bob, 0, remark("again"))), [1, 0, 3], "stale");
    let mut forged = chain.next(bob, remark("mine")).signed_part().unwrap().clone();
    forged.extra.tip = 1;
    let forged = Extrinsic::signed(forged, &remark("mine").encode());
    assert_eq!(refusal(&forged), [1, 0, 4], "bad proof");
    let undecodable = {
        let part = chain.next(bob, remark("x")).signed_part().unwrap().clone();
        Extrinsic::signed(part, &[250, 1, 2])
    };
    assert_eq!(refusal(&undecodable), [1, 0, 0], "call");
    assert_eq!(validate(&chain, &[4, 7]), [1, 0, 0], "envelope");
}

#[test]
fn a_classical_signature_is_priced_as_the_default_scheme_and_never_valid() {
    let chain = Chain::dev();
    let alice = member("alice");
    let extra = Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 };
    let with = |signature| {
        let part = SignedPart { account: alice.account, signature, extra };
        Extrinsic::signed(part, &transfer(&member("bob").account, 1).encode())
    };
    let real = with(Signature::Key {
        scheme: alice.scheme,
        public: alice.public.clone().try_into().unwrap(),
        signature: vec![0; 3309].try_into().unwrap(),
    });
    let expected = info(&chain, &real);
    let classical =
        [Signature::Ed25519([0; 64]), Signature::Sr25519([1; 64]), Signature::Ecdsa([0; 65])];
    for signature in classical {
        let question = with(signature);
        // The length prefix of the short one is as long as that of the real one.
        assert_eq!(info(&chain, &question), expected);
        assert_eq!(validate(&chain, question.bytes()), [1, 0, 4]);
    }
}

#[test]
fn what_is_asked_is_what_is_paid() {
    let mut chain = Chain::dev();
    for (name, call) in [("bob", remark("x")), ("alice", transfer(&member("bob").account, 2))] {
        let extrinsic = chain.next(member(name), call);
        let (time, class, fee) = info(&chain, &extrinsic);
        let mut args = extrinsic.bytes().to_vec();
        (extrinsic.bytes().len() as u32).encode_to(&mut args);
        let details = call_details(&chain, &args);
        let built = chain.block(vec![extrinsic]);
        let receipt = &built.receipts[1];
        assert_eq!((receipt.fee, receipt.weight.ref_time, 0), (fee, time, class));
        assert_eq!(details.0.unwrap(), fee);
    }
    let vote = chain.next(member("bob"), aye(0, 1));
    assert_eq!(info(&chain, &vote).1, 1, "votes are operational");
}

fn call_details(chain: &Chain, args: &[u8]) -> (Option<u128>, u128) {
    let answer = call(chain, "TransactionPaymentApi_query_fee_details", args);
    let (parts, tip): (Option<(u128, u128, u128)>, u128) =
        Decode::decode(&mut &answer[..]).unwrap();
    (parts.map(|(base, length, weight)| base + length + weight), tip)
}

#[test]
fn a_dry_run_answers_code_sentence_and_values() {
    let chain = Chain::dev();
    let mut args = member("alice").account.encode();
    transfer(&member("bob").account, 1_000_000).encode_to(&mut args);
    let answer = call(&chain, "AlthingApi_dry_run", &args);
    let mut input = &answer[..];
    assert_eq!(u8::decode(&mut input).unwrap(), 1);
    let error: [u8; 6] = Decode::decode(&mut input).unwrap();
    assert_eq!(error[..2], [3, pallet_balances::INDEX]);
    let (code, message): (String, String) = Decode::decode(&mut input).unwrap();
    assert!(code.starts_with("BAL-") && !message.is_empty());
    let values: Vec<(String, String)> = Decode::decode(&mut input).unwrap();
    assert!(values.iter().any(|(_, value)| value == "1000000000000000000"), "{values:?}");
}

#[test]
fn unknown_names_and_wrong_arguments_are_errors() {
    let chain = Chain::dev();
    let error =
        |name: &str, args: &[u8]| chain.runtime.call_api(&chain.parent(), name, args).unwrap_err();
    assert!(matches!(error("Core_execute_block", &[]), ApiError::Unknown { .. }));
    for name in [
        "Metadata_metadata_at_version",
        "AccountNonceApi_account_nonce",
        "TaggedTransactionQueue_validate_transaction",
        "TransactionPaymentApi_query_info",
        "TransactionPaymentApi_query_fee_details",
        "AlthingApi_dry_run",
    ] {
        assert!(matches!(error(name, &[1]), ApiError::Arguments { .. }), "{name}");
    }
}
