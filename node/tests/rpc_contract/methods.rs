//! Names, and what the node says of itself.

use serde_json::{Value, json};

use crate::raw::{self, Socket};
use crate::support::{Node, member};
use crate::{address, live};

/// All names but those of development chains.
const METHODS: &[&str] = &[
    "account_nextIndex",
    "accounts_account",
    "althing_blockReceipts",
    "althing_dryRun",
    "althing_explainBlock",
    "althing_info",
    "althing_readProof",
    "author_pendingExtrinsics",
    "author_submitAndWatchExtrinsic",
    "author_submitExtrinsic",
    "author_unwatchExtrinsic",
    "chain_getBlock",
    "chain_getBlockHash",
    "chain_getFinalisedHead",
    "chain_getFinalizedHead",
    "chain_getHead",
    "chain_getHeader",
    "chain_getRuntimeVersion",
    "chain_subscribeAllHeads",
    "chain_subscribeFinalisedHeads",
    "chain_subscribeFinalizedHeads",
    "chain_subscribeNewHead",
    "chain_subscribeNewHeads",
    "chain_subscribeRuntimeVersion",
    "chain_unsubscribeAllHeads",
    "chain_unsubscribeFinalisedHeads",
    "chain_unsubscribeFinalizedHeads",
    "chain_unsubscribeNewHead",
    "chain_unsubscribeNewHeads",
    "chain_unsubscribeRuntimeVersion",
    "crypto_canaries",
    "crypto_epoch",
    "crypto_history",
    "crypto_schemes",
    "gov_ballots",
    "gov_ballotsOf",
    "gov_referenda",
    "gov_referendum",
    "gov_tracks",
    "payment_queryInfo",
    "rpc_methods",
    "state_call",
    "state_callAt",
    "state_getKeysPaged",
    "state_getKeysPagedAt",
    "state_getMetadata",
    "state_getRuntimeVersion",
    "state_getStorage",
    "state_getStorageAt",
    "state_getStorageHash",
    "state_getStorageHashAt",
    "state_getStorageSize",
    "state_getStorageSizeAt",
    "state_queryStorageAt",
    "state_subscribeRuntimeVersion",
    "state_subscribeStorage",
    "state_unsubscribeRuntimeVersion",
    "state_unsubscribeStorage",
    "subscribe_newHead",
    "system_accountNextIndex",
    "system_chain",
    "system_chainType",
    "system_health",
    "system_localListenAddresses",
    "system_localPeerId",
    "system_name",
    "system_nodeRoles",
    "system_properties",
    "system_syncState",
    "system_version",
    "treasury_status",
    "unsubscribe_newHead",
];

#[test]
fn every_name_is_listed_once_and_in_order() {
    let node = Node::dev([]);
    let listed = raw::call(node.text("http"), "rpc_methods", &json!([]));
    let mut expected = METHODS.to_vec();
    expected.extend([
        "dev_explainBlock",
        "dev_members",
        "dev_mine",
        "dev_passReferendum",
        "dev_setTime",
    ]);
    expected.sort_unstable();
    assert_eq!(listed["result"], json!({ "methods": expected }));
    assert!(!METHODS.iter().any(|name| name.contains("_v1_")), "no family is half there");
}

#[test]
fn other_chains_have_no_development_methods() {
    let (node, _folder) = live();
    let http = node.text("http");
    assert_eq!(raw::call(http, "rpc_methods", &json!([]))["result"], json!({ "methods": METHODS }));
    for method in ["dev_mine", "dev_passReferendum", "dev_members", "dev_setTime"] {
        assert_eq!(raw::call(http, method, &json!([]))["error"]["code"], -32601, "{method}");
    }
    assert_eq!(raw::call(http, "system_chainType", &json!([]))["result"], "Live");
    let info = raw::call(http, "althing_info", &json!([]));
    assert_eq!(info["result"]["development"], false);
}

#[tokio::test]
async fn the_node_says_what_it_is() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    assert_eq!(rpc.ask("system_chain", json!([])).await, "Althing Development");
    assert_eq!(rpc.ask("system_name", json!([])).await, "Althing Node");
    let version = rpc.ask("system_version", json!([])).await;
    assert_eq!(version.as_str().unwrap().split('.').count(), 3);
    assert_eq!(rpc.ask("system_chainType", json!([])).await, "Development");
    let properties = json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "ALT" });
    assert_eq!(rpc.ask("system_properties", json!([])).await, properties);
    let health = json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false });
    assert_eq!(rpc.ask("system_health", json!([])).await, health);
    assert_eq!(rpc.ask("system_nodeRoles", json!([])).await, json!(["Authority"]));
    assert!(rpc.ask("system_localPeerId", json!([])).await.is_string());
    assert!(rpc.ask("system_localListenAddresses", json!([])).await.is_array());
    let sync = json!({ "startingBlock": 0, "currentBlock": 0, "highestBlock": 0 });
    assert_eq!(rpc.ask("system_syncState", json!([])).await, sync);
}

#[test]
fn aliases_answer_what_the_first_name_answers() {
    let node = Node::dev([]);
    let http = node.text("http");
    let alice = address(&member("alice").account);
    let code = "0x3a636f6465";
    for (names, params) in [
        (["system_accountNextIndex", "account_nextIndex"], json!([alice])),
        (["chain_getBlockHash", "chain_getHead"], json!([0])),
        (["chain_getFinalizedHead", "chain_getFinalisedHead"], json!([])),
        (["state_getRuntimeVersion", "chain_getRuntimeVersion"], json!([])),
        (["state_call", "state_callAt"], json!(["Core_version", "0x"])),
        (["state_getStorage", "state_getStorageAt"], json!([code])),
        (["state_getStorageHash", "state_getStorageHashAt"], json!([code])),
        (["state_getStorageSize", "state_getStorageSizeAt"], json!([code])),
        (["state_getKeysPaged", "state_getKeysPagedAt"], json!([null, 10])),
    ] {
        let [first, second] = names.map(|name| raw::call(http, name, &params));
        assert!(!first["result"].is_null(), "{names:?}: {first}");
        assert_eq!(first, second, "{names:?}");
    }
}

#[test]
fn one_port_answers_both_ways_and_echoes_ids() {
    let node = Node::dev([]);
    let http = node.text("http");
    let message = br#"{"jsonrpc":"2.0","id":"a text","method":"system_chain","more":1}"#;
    let expected = json!({ "jsonrpc": "2.0", "id": "a text", "result": "Althing Development" });
    let answer = raw::post(http, &[], message).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), expected);
    let mut socket = Socket::open(http);
    socket.send(raw::TEXT, message).unwrap();
    assert_eq!(socket.json(), expected);
}

#[test]
fn nothing_is_answered_as_null() {
    let node = Node::dev([]);
    let message = br#"{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":["0x00"]}"#;
    let answer = raw::post(node.text("http"), &[], message).unwrap();
    assert_eq!(answer.body, r#"{"jsonrpc":"2.0","id":1,"result":null}"#);
}

#[test]
fn batches_are_answered_as_batches_up_to_a_limit() {
    let node = Node::dev([]);
    let http = node.text("http");
    let one = |id: usize| json!({ "jsonrpc": "2.0", "id": id, "method": "chain_getBlockHash" });
    let batch = |count| Value::from((0..count).map(one).collect::<Vec<_>>()).to_string();
    let answer = raw::post(http, &[], batch(100).as_bytes()).unwrap();
    let answers: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answers.len(), 100);
    assert!(answers.iter().all(|answer| answer["result"] == node.text("genesis")));
    let answer = raw::post(http, &[], batch(101).as_bytes()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap()["error"]["code"], -32010);
}
