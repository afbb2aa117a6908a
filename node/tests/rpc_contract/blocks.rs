//! `chain_*` reads.

use althing_primitives::{Digest, DigestItem, Hash256, Header};
use parity_scale_codec::{DecodeAll, Encode};
use serde_json::{Value, json};

use crate::support::{Node, calls, hash, hex, member, number};

const UNKNOWN: &str = "0x0101010101010101010101010101010101010101010101010101010101010101";

/// A header from its JSON form.
pub(crate) fn header(json: &Value) -> Header {
    let field = |name: &str| hash(json[name].as_str().unwrap());
    let item = |log: &Value| {
        let bytes = const_hex::decode(log.as_str().unwrap()).unwrap();
        DigestItem::decode_all(&mut &bytes[..]).unwrap()
    };
    let logs: Vec<_> = json["digest"]["logs"].as_array().unwrap().iter().map(item).collect();
    Header {
        parent_hash: field("parentHash"),
        number: number(json),
        state_root: field("stateRoot"),
        extrinsics_root: field("extrinsicsRoot"),
        digest: Digest { logs: logs.try_into().unwrap() },
    }
}

#[tokio::test]
async fn a_header_encodes_to_the_bytes_that_were_hashed() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    rpc.mine(17).await;
    for height in [0, 1, 17] {
        let at = rpc.ask("chain_getBlockHash", json!([height])).await;
        let json = rpc.ask("chain_getHeader", json!([at])).await;
        assert_eq!(json["number"], format!("{height:#x}"), "no leading zeros");
        let header = header(&json);
        assert_eq!(althing_primitives::blake2_256(&header.encode()), hash(at.as_str().unwrap()));
    }
}

#[tokio::test]
async fn heights_are_asked_for_in_every_form() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let head = rpc.mine(20).await["hash"].clone();
    let genesis = Value::from(node.text("genesis"));
    let at = |height: Value| rpc.ask("chain_getBlockHash", json!([height]));
    assert_eq!(at(json!(0)).await, genesis);
    assert_eq!(at(json!("0x0")).await, genesis);
    assert_eq!(at(json!(20)).await, head);
    assert_eq!(at(json!("0x14")).await, head);
    assert_eq!(at(json!("0x00000014")).await, head);
    assert_eq!(at(Value::Null).await, head);
    assert_eq!(rpc.ask("chain_getBlockHash", json!([])).await, head);
    assert_eq!(at(json!([0, "0x14", null, 99])).await, json!([genesis, head, head, null]));
    assert_eq!(at(json!([])).await, json!([]));
    for beyond in [json!(21), json!(u64::MAX), json!("0xffffffffffffffff")] {
        assert_eq!(at(beyond).await, Value::Null);
    }
    for wrong in [json!(-1), json!("20"), json!("0xzz"), json!(true), json!({}), json!([[0]])] {
        let refusal = rpc.refusal("chain_getBlockHash", json!([wrong])).await;
        assert_eq!(refusal["code"], -32602, "{wrong}");
    }
    let refusal = rpc.refusal("chain_getBlockHash", json!([vec![0; 1001]])).await;
    assert_eq!(refusal["code"], 4002);
}

#[tokio::test]
async fn blocks_hold_extrinsics_as_they_were_sent() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let (alice, bob) = (member("alice"), member("bob"));
    let extrinsic = alice.signed(node.genesis(), 0, calls::transfer(&bob.account, 1));
    let submitted = rpc.submit(&extrinsic).await.unwrap();
    assert_eq!(submitted, hex(extrinsic.hash()), "the hash is that of all bytes");
    let pending = rpc.ask("author_pendingExtrinsics", json!([])).await;
    assert_eq!(pending, json!([hex(extrinsic.bytes())]));
    let head = rpc.mine(1).await["hash"].clone();
    let block = rpc.ask("chain_getBlock", json!([head])).await;
    assert_eq!(block["justifications"], Value::Null);
    assert!(block.as_object().unwrap().contains_key("justifications"));
    let extrinsics = block["block"]["extrinsics"].as_array().unwrap();
    assert_eq!(extrinsics.len(), 2, "the time comes first");
    assert_eq!(extrinsics[1], hex(extrinsic.bytes()));
    assert_eq!(block["block"]["header"], rpc.ask("chain_getHeader", json!([head])).await);
    assert_eq!(rpc.ask("chain_getBlock", json!([])).await, block);
    assert_eq!(rpc.ask("author_pendingExtrinsics", json!([])).await, json!([]));
}

#[tokio::test]
async fn unknown_blocks_are_null_and_their_rows_an_error() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    for method in ["chain_getHeader", "chain_getBlock"] {
        assert_eq!(rpc.ask(method, json!([UNKNOWN])).await, Value::Null);
    }
    for (method, params) in [
        ("state_getStorage", json!(["0x00", UNKNOWN])),
        ("state_getStorageHash", json!(["0x00", UNKNOWN])),
        ("state_queryStorageAt", json!([["0x00"], UNKNOWN])),
        ("state_getKeysPaged", json!([null, 1, null, UNKNOWN])),
        ("state_getMetadata", json!([UNKNOWN])),
        ("state_getRuntimeVersion", json!([UNKNOWN])),
        ("state_call", json!(["Core_version", "0x", UNKNOWN])),
        ("treasury_status", json!([UNKNOWN])),
        ("gov_referenda", json!([UNKNOWN])),
    ] {
        let refusal = rpc.refusal(method, params).await;
        assert_eq!(refusal["code"], 4003, "{method}: {refusal}");
        assert!(refusal["message"].as_str().unwrap().starts_with("Client error: "), "{refusal}");
    }
}

#[tokio::test]
async fn the_finalized_head_is_the_best_one_and_genesis_answers_all_this() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let genesis = Value::from(node.text("genesis"));
    assert_eq!(rpc.ask("chain_getFinalizedHead", json!([])).await, genesis);
    assert_eq!(rpc.ask("chain_getHeader", json!([])).await["number"], "0x0");
    let block = rpc.ask("chain_getBlock", json!([])).await;
    assert_eq!(block["block"]["extrinsics"], json!([]));
    let zero = hex(Hash256::default());
    assert_eq!(block["block"]["header"]["parentHash"], zero);
    let head = rpc.mine(3).await["hash"].clone();
    assert_eq!(rpc.ask("chain_getFinalizedHead", json!([])).await, head);
}

#[tokio::test]
async fn rows_of_old_blocks_are_gone_and_their_headers_are_not() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    rpc.mine(300).await;
    let old = rpc.ask("chain_getBlockHash", json!([10])).await;
    let refusal = rpc.refusal("state_getStorage", json!(["0x00", old])).await;
    assert_eq!(refusal["code"], 4003);
    assert!(rpc.ask("chain_getBlock", json!([old])).await.is_object());
    // polkadot.js asks for the version of the parent of every block that it decodes.
    assert!(rpc.ask("state_getRuntimeVersion", json!([old])).await.is_object());
    let genesis = node.text("genesis");
    assert!(rpc.ask("state_getStorage", json!(["0x3a636f6465", genesis])).await.is_string());
}
