//! `state_*` reads.

use althing_primitives::{RuntimeVersion, blake2_256, to_ss58};
use parity_scale_codec::{Compact, Decode, DecodeAll, Encode};
use serde_json::{Value, json};

use crate::address;
use crate::support::{Node, Rpc, calls, hex, member};

/// Weight, class, fee.
type Info = (Compact<u64>, Compact<u64>, u8, u128);

const CODE: &str = "0x3a636f6465";
const ACCOUNTS: &str = "0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9";
const EVENTS: &str = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";
const NUMBER: &str = "0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac";

async fn function(rpc: &Rpc, name: &str, arguments: &[u8]) -> Vec<u8> {
    let answer = rpc.ask("state_call", json!([name, hex(arguments)])).await;
    const_hex::decode(answer.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn rows_are_read_whole_hashed_and_measured() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let value = rpc.ask("state_getStorage", json!([CODE])).await;
    let bytes = const_hex::decode(value.as_str().unwrap()).unwrap();
    assert!(!bytes.is_empty(), "clients refuse a chain without a runtime");
    assert_eq!(value, value.as_str().unwrap().to_lowercase());
    let hashed = rpc.ask("state_getStorageHash", json!([CODE])).await;
    assert_eq!(hashed, hex(blake2_256(&bytes)));
    assert_eq!(rpc.ask("state_getStorageSize", json!([CODE])).await, bytes.len());
    for method in ["state_getStorage", "state_getStorageHash", "state_getStorageSize"] {
        assert_eq!(rpc.ask(method, json!(["0x00"])).await, Value::Null, "{method}");
    }
    let genesis = node.text("genesis");
    for at in [Value::Null, genesis.into(), genesis.trim_start_matches("0x").into()] {
        assert_eq!(rpc.ask("state_getStorage", json!([&CODE[2..], at])).await, value);
    }
}

#[tokio::test]
async fn keys_come_in_pages_in_ascending_order() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let page = |prefix: Value, count: u32, start: Value| {
        let keys = rpc.ask("state_getKeysPaged", json!([prefix, count, start]));
        async { keys.await.as_array().unwrap().clone() }
    };
    let all = page(Value::Null, 1000, Value::Null).await;
    assert!(all.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()), "ascending");
    let mut walked: Vec<Value> = Vec::new();
    loop {
        let start = walked.last().cloned().unwrap_or_default();
        let next = page(Value::Null, 7, start).await;
        walked.extend(next.iter().cloned());
        if next.len() < 7 {
            break;
        }
    }
    assert_eq!(walked, all, "a page begins after its start key");
    let accounts = page(ACCOUNTS.into(), 1000, Value::Null).await;
    assert_eq!(accounts.len(), 11, "ten members and the treasury");
    let missing = format!("{ACCOUNTS}00");
    assert_eq!(page(ACCOUNTS.into(), 1000, missing.into()).await, accounts);
    assert_eq!(page("".into(), 1000, Value::Null).await, all);
    assert_eq!(page("0x".into(), 0, Value::Null).await, Vec::<Value>::new());
    let refusal = rpc.refusal("state_getKeysPaged", json!([null, 1001])).await;
    assert_eq!(refusal["code"], 4002);
}

#[tokio::test]
async fn a_query_answers_in_the_order_asked() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let code = rpc.ask("state_getStorage", json!([CODE])).await;
    let keys = json!([[NUMBER, "0x00", CODE, "00"]]);
    let answer = rpc.ask("state_queryStorageAt", keys).await;
    let sets = answer.as_array().unwrap();
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0]["block"], node.text("genesis"));
    let changes = sets[0]["changes"].as_array().unwrap();
    assert_eq!(changes[0][0], NUMBER);
    assert_eq!(changes[1..], [json!(["0x00", null]), json!([CODE, code]), json!(["0x00", null])]);
    let many = vec![NUMBER; 1000];
    let answer = rpc.ask("state_queryStorageAt", json!([many])).await;
    assert_eq!(answer[0]["changes"].as_array().unwrap().len(), 1000);
    let refusal = rpc.refusal("state_queryStorageAt", json!([vec![NUMBER; 1001]])).await;
    assert_eq!(refusal["code"], 4002);
}

#[tokio::test]
async fn a_long_value_is_not_shown_a_thousand_times() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let alice = member("alice");
    let bytes: pallet_preimage::Bytes = vec![7; 200_000].try_into().unwrap();
    let key = pallet_preimage::PREIMAGES.key(&blake2_256(&bytes));
    let keep = pallet_preimage::Call::Note { bytes };
    rpc.submit_and_wait(&alice.signed(node.genesis(), 0, keep)).await.unwrap();
    let key = hex(key);
    let one = rpc.ask("state_queryStorageAt", json!([[key]])).await;
    assert!(one[0]["changes"][0][1].is_string());
    let refusal = rpc.refusal("state_queryStorageAt", json!([vec![key.clone(); 1000]])).await;
    assert_eq!(refusal["code"], -32008);
    let follow = ("state_subscribeStorage", "state_unsubscribeStorage");
    assert!(rpc.follow(follow, json!([vec![key; 1000]])).await.is_err());
}

#[tokio::test]
async fn metadata_comes_in_three_versions_however_nothing_is_written() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    for nothing in ["0x", ""] {
        let answer = rpc.ask("state_call", json!(["Metadata_metadata_versions", nothing])).await;
        assert_eq!(answer, hex(vec![14_u32, 15, 16].encode()));
    }
    for version in [14_u32, 15, 16] {
        let name = "Metadata_metadata_at_version";
        let answer = function(&rpc, name, &version.encode()).await;
        let bytes = Option::<Vec<u8>>::decode_all(&mut &answer[..]).unwrap().unwrap();
        assert_eq!(bytes[..5], [b'm', b'e', b't', b'a', version as u8]);
        if version == 14 {
            assert_eq!(rpc.ask("state_getMetadata", json!([])).await, hex(&bytes), "not wrapped");
            let wrapped = function(&rpc, "Metadata_metadata", &[]).await;
            assert_eq!(Vec::<u8>::decode_all(&mut &wrapped[..]).unwrap(), bytes);
        }
    }
}

#[tokio::test]
async fn the_version_is_the_same_wherever_it_is_asked() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let json = rpc.ask("state_getRuntimeVersion", json!([])).await;
    let scale = function(&rpc, "Core_version", &[]).await;
    let version = RuntimeVersion::decode(&mut &scale[..]).unwrap();
    assert_eq!(json["specName"], version.spec_name);
    assert_eq!(json["implName"], version.impl_name);
    assert_eq!(json["specVersion"], version.spec_version);
    assert_eq!(json["transactionVersion"], version.transaction_version);
    assert_eq!(json["stateVersion"], version.system_version);
    let apis = json["apis"].as_array().unwrap();
    for (id, least) in [
        ("0xdf6acb689907609b", 5),
        ("0x37e397fc7c91f5e4", 2),
        ("0xd2bc9897eed08f15", 3),
        ("0xbc9d89904f5b923f", 1),
        ("0x37c8bb1350a9a2a8", 4),
    ] {
        assert!(apis.contains(&json!([id, least])), "{id}");
    }
    let metadata = rpc.ask("state_getMetadata", json!([])).await;
    let constant = hex(&scale);
    assert!(metadata.as_str().unwrap().contains(&constant[2..]), "System.Version");
}

#[tokio::test]
async fn functions_that_do_not_exist_or_cannot_be_read_are_errors() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    for (name, arguments) in [
        ("Core_execute_block", "0x"),
        ("", "0x"),
        ("AccountNonceApi_account_nonce", "0x00"),
        ("Metadata_metadata_at_version", ""),
        ("TransactionPaymentApi_query_info", "0xffffffff"),
    ] {
        let refusal = rpc.refusal("state_call", json!([name, arguments])).await;
        assert_eq!(refusal["code"], 4003, "{name}: {refusal}");
    }
}

#[tokio::test]
async fn nonces_count_what_waits_and_have_four_bytes_on_chain() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let bob = member("bob");
    for nonce in [0, 1, 3] {
        let extrinsic = bob.signed(node.genesis(), nonce, calls::remark("here"));
        rpc.submit(&extrinsic).await.unwrap();
    }
    let account = bob.account.encode();
    let on_chain = function(&rpc, "AccountNonceApi_account_nonce", &account).await;
    assert_eq!(on_chain, 0_u32.to_le_bytes());
    let public = hex(&account);
    for form in [address(&bob.account), to_ss58(&bob.account, 0), public] {
        assert_eq!(rpc.ask("system_accountNextIndex", json!([form])).await, 2, "up to the gap");
    }
    rpc.mine(1).await;
    let on_chain = function(&rpc, "AccountNonceApi_account_nonce", &account).await;
    assert_eq!(on_chain, 2_u32.to_le_bytes());
    let next = rpc.ask("system_accountNextIndex", json!([address(&bob.account)])).await;
    assert_eq!(next, 2, "the gap is still there");
}

#[tokio::test]
async fn a_made_up_classical_signature_is_priced_like_a_real_one() {
    use althing_primitives::{Era, Extra, Extrinsic, Signature, SignedPart};
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let (alice, bob) = (member("alice"), member("bob"));
    let call = calls::transfer(&bob.account, 1);
    let extra = Extra { era: Era::Immortal, nonce: 0, tip: 0, metadata_hash_mode: 0 };
    let question = Signature::Sr25519([1; 64]);
    let part = SignedPart { account: alice.account, signature: question, extra };
    let question = Extrinsic::signed(part, &call.encode());
    let info = rpc.ask("payment_queryInfo", json!([hex(question.bytes())])).await;
    let asked: u128 = info["partialFee"].as_str().unwrap().parse().unwrap();
    assert_eq!(info["class"], "normal");
    assert!(info["weight"]["ref_time"].as_u64().unwrap() > 0);
    let mut arguments = question.bytes().to_vec();
    (question.bytes().len() as u32).encode_to(&mut arguments);
    let scale = function(&rpc, "TransactionPaymentApi_query_info", &arguments).await;
    let (.., fee) = Info::decode_all(&mut &scale[..]).unwrap();
    assert_eq!(fee, asked, "both ways of asking agree");

    let real = alice.signed(node.genesis(), 0, call);
    rpc.submit_and_wait(&real).await.unwrap();
    let (_, head, _) = rpc.head().await;
    let receipts = rpc.ask("althing_blockReceipts", json!([hex(head)])).await;
    let paid: u128 = receipts[1]["fee"].as_str().unwrap().parse().unwrap();
    // The question is about a first use, which carries the key.
    assert!((paid..2 * paid).contains(&asked), "asked {asked}, paid {paid}");
    let refusal = rpc.refusal("author_submitExtrinsic", json!([hex(question.bytes())])).await;
    assert_eq!((&refusal["code"], &refusal["data"]["code"]), (&json!(1010), &json!("TX-108")));
}

#[tokio::test]
async fn the_last_event_of_an_extrinsic_is_its_outcome() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let (alice, bob) = (member("alice"), member("bob"));
    // More than alice has: it is included and fails.
    let attempts =
        [(calls::transfer(&bob.account, 1), 0), (calls::transfer(&bob.account, 200_000), 1)];
    for (nonce, (call, outcome)) in (0..).zip(attempts) {
        rpc.submit_and_wait(&alice.signed(node.genesis(), nonce, call)).await.unwrap();
        let events = rpc.storage(&const_hex::decode(EVENTS).unwrap()).await.unwrap();
        // Phase `ApplyExtrinsic(1)` before every event, the pallet's and event's index after it.
        let phase = [0, 1, 0, 0, 0];
        let at = events.windows(phase.len()).rposition(|window| window == phase).unwrap();
        assert_eq!(events[at + phase.len()..][..2], [0, outcome], "System.Extrinsic...");
        let fee = [0, 1, 0, 0, 0, 3, 0];
        assert!(
            events[..at].windows(fee.len()).any(|window| window == fee),
            "the fee comes before"
        );
    }
}

#[tokio::test]
async fn a_row_is_proven_against_the_state_root() {
    use althing_primitives::state_proof::StateProof;
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let answer = rpc.ask("althing_readProof", json!([[CODE, "0x00"]])).await;
    assert_eq!(answer["at"], node.text("genesis"));
    let (_, _, root) = rpc.head().await;
    let code = rpc.storage(&const_hex::decode(CODE).unwrap()).await.unwrap();
    let proof = |at: usize| {
        let bytes = const_hex::decode(answer["proof"][at].as_str().unwrap()).unwrap();
        StateProof::from_bytes(&bytes).unwrap()
    };
    proof(0).verify(&root, b":code", Some(&code)).unwrap();
    proof(1).verify(&root, &[0], None).unwrap();
    assert!(proof(0).verify(&root, b":code", None).is_err());
}
