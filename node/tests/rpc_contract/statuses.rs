//! What becomes of a transaction, as `author_submitAndWatchExtrinsic` tells it.

use althing_primitives::{Era, Extra, Implicit};
use althing_runtime::{SPEC_VERSION, TRANSACTION_VERSION};
use jsonrpsee_core::client::Subscription;
use serde_json::{Value, json};

use crate::raw::Socket;
use crate::support::{Node, Rpc, calls, hex, item, member};

const WATCH: (&str, &str) = ("author_submitAndWatchExtrinsic", "author_unwatchExtrinsic");

async fn watch(rpc: &Rpc, bytes: impl AsRef<[u8]>) -> Subscription<Value> {
    rpc.follow(WATCH, json!([hex(bytes)])).await.unwrap()
}

#[test]
fn ready_then_in_a_block_then_final_and_the_block_can_be_read() {
    let node = Node::dev([]);
    let http = node.text("http");
    let alice = member("alice");
    let mut reader = Socket::open(http);
    for nonce in 0..10 {
        let bytes = hex(alice.signed(node.genesis(), nonce, calls::remark("here")).bytes());
        let mut socket = Socket::open(http);
        let asked = socket.begin(WATCH.0, &json!([bytes]));
        let reply = socket.json();
        assert_eq!(reply["id"], asked);
        let id = reply["result"].clone();
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let message = socket.json();
            assert_eq!(message["method"], "author_extrinsicUpdate");
            assert_eq!(message["params"]["subscription"], id);
            let status = message["params"]["result"].clone();
            // Both clients fetch the block, its body and its rows at this moment.
            if let Some(block) = status["inBlock"].as_str().or(status["finalized"].as_str()) {
                let body = reader.ask("chain_getBlock", &json!([block]))["result"].clone();
                let extrinsics = body["block"]["extrinsics"].as_array().unwrap();
                assert!(extrinsics.contains(&json!(bytes)), "the block holds it");
                let events = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";
                let events = reader.ask("state_getStorage", &json!([events, block]));
                assert!(events["result"].is_string());
                let head = reader.ask("chain_getFinalizedHead", &json!([]));
                assert_eq!(head["result"], block);
            }
            statuses.push(status);
        }
        let block = &statuses[1]["inBlock"];
        assert!(block.is_string());
        let expected = [json!("ready"), json!({ "inBlock": block }), json!({ "finalized": block })];
        assert_eq!(statuses, expected);
    }
}

#[tokio::test]
async fn a_gap_is_waited_for_and_then_all_go() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let bob = member("bob");
    let sign = |nonce| bob.signed(node.genesis(), nonce, calls::remark("here"));
    let mut late = watch(&rpc, sign(1).bytes()).await;
    assert_eq!(item(&mut late).await.unwrap(), "future");
    rpc.submit_and_wait(&sign(0)).await.unwrap();
    assert_eq!(item(&mut late).await.unwrap(), "ready");
    assert!(item(&mut late).await.unwrap()["inBlock"].is_string());
    assert!(item(&mut late).await.unwrap()["finalized"].is_string());
}

#[tokio::test]
async fn a_better_offer_takes_the_place() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let bob = member("bob");
    let offer = |tip| {
        let extra = Extra { era: Era::Immortal, nonce: 0, tip, metadata_hash_mode: 0 };
        let implicit = Implicit {
            spec_version: SPEC_VERSION,
            transaction_version: TRANSACTION_VERSION,
            genesis: node.genesis(),
            birth: node.genesis(),
            metadata_hash: None,
        };
        bob.signed_with(extra, &implicit, &calls::remark("here"))
    };
    let mut first = watch(&rpc, offer(10).bytes()).await;
    assert_eq!(item(&mut first).await.unwrap(), "ready");
    let again = rpc.refusal("author_submitExtrinsic", json!([hex(offer(10).bytes())])).await;
    assert_eq!((&again["code"], &again["data"]["code"]), (&json!(1013), &json!("POOL-101")));
    let low = rpc.refusal("author_submitExtrinsic", json!([hex(offer(9).bytes())])).await;
    assert_eq!((&low["code"], &low["data"]["code"]), (&json!(1014), &json!("POOL-104")));
    let better = offer(11);
    rpc.submit(&better).await.unwrap();
    assert_eq!(item(&mut first).await.unwrap(), json!({ "usurped": hex(better.hash()) }));
}

#[tokio::test]
async fn what_is_refused_is_an_error_and_not_a_subscription() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let refusal = rpc.refusal(WATCH.0, json!(["0x00"])).await;
    assert_eq!(refusal["code"], 1001, "{refusal}");
    let refusal = rpc.refusal(WATCH.0, json!([])).await;
    assert_eq!(refusal["code"], -32602, "{refusal}");
}
