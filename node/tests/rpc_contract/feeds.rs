//! Subscriptions, message by message.

use serde_json::{Value, json};

use crate::raw::Socket;
use crate::support::{Node, calls, hex, item, member, number};

/// Subscribe, notification, unsubscribe; first names and aliases.
const HEADS: [(&str, &str, &str); 6] = [
    ("chain_subscribeNewHeads", "chain_newHead", "chain_unsubscribeNewHeads"),
    ("chain_subscribeNewHead", "chain_newHead", "chain_unsubscribeNewHead"),
    ("subscribe_newHead", "chain_newHead", "unsubscribe_newHead"),
    ("chain_subscribeAllHeads", "chain_allHead", "chain_unsubscribeAllHeads"),
    ("chain_subscribeFinalizedHeads", "chain_finalizedHead", "chain_unsubscribeFinalizedHeads"),
    ("chain_subscribeFinalisedHeads", "chain_finalizedHead", "chain_unsubscribeFinalisedHeads"),
];

fn is_notification(message: &Value, method: &str, id: &Value) -> bool {
    message["jsonrpc"] == "2.0"
        && message["method"] == method
        && message["params"]["subscription"] == *id
        && message.get("id").is_none()
}

/// Subscribe: the very next message is the reply, with an id that is a text.
fn subscribe(socket: &mut Socket, method: &str, params: &Value) -> Value {
    let asked = socket.begin(method, params);
    let reply = socket.json();
    assert_eq!(reply["id"], asked, "the reply goes out before the first item: {reply}");
    assert!(reply["result"].is_string(), "{reply}");
    reply["result"].clone()
}

#[test]
fn heads_begin_with_the_current_one_and_go_on_with_each() {
    let node = Node::dev(["--seal", "manual"]);
    let http = node.text("http");
    Socket::open(http).ask("dev_mine", &json!([3]));
    for (begin, notification, end) in HEADS {
        let mut socket = Socket::open(http);
        let id = subscribe(&mut socket, begin, &json!([]));
        let first = socket.json();
        assert!(is_notification(&first, notification, &id), "{begin}: {first}");
        let mut height = number(&first["params"]["result"]);
        socket.ask("dev_mine", &json!([3]));
        for _ in 0..3 {
            let head = socket.json();
            assert!(is_notification(&head, notification, &id), "{begin}: {head}");
            height += 1;
            assert_eq!(number(&head["params"]["result"]), height, "{begin}: one after the other");
        }
        assert_eq!(socket.ask(end, &json!([id]))["result"], true, "{end}");
        assert_eq!(socket.ask(end, &json!([id]))["result"], false, "{end}: it is over");
    }
}

#[test]
fn ending_what_never_began_is_no_error() {
    let node = Node::dev([]);
    let mut socket = Socket::open(node.text("http"));
    for method in [
        "chain_unsubscribeNewHeads",
        "chain_unsubscribeNewHead",
        "unsubscribe_newHead",
        "chain_unsubscribeAllHeads",
        "chain_unsubscribeFinalizedHeads",
        "chain_unsubscribeFinalisedHeads",
        "state_unsubscribeStorage",
        "state_unsubscribeRuntimeVersion",
        "chain_unsubscribeRuntimeVersion",
        "author_unwatchExtrinsic",
    ] {
        for params in [json!(["nothing"]), json!([7]), json!([])] {
            assert_eq!(socket.ask(method, &params)["result"], false, "{method} {params}");
        }
    }
}

#[test]
fn the_version_is_reported_once() {
    let node = Node::dev([]);
    let mut socket = Socket::open(node.text("http"));
    let expected = socket.ask("state_getRuntimeVersion", &json!([]))["result"].clone();
    for (begin, end) in [
        ("state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion"),
        ("chain_subscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion"),
    ] {
        let id = subscribe(&mut socket, begin, &json!([]));
        let first = socket.json();
        assert!(is_notification(&first, "state_runtimeVersion", &id), "{first}");
        assert_eq!(first["params"]["result"], expected);
        assert_eq!(socket.ask(end, &json!([id]))["result"], true);
    }
}

#[test]
fn rows_are_shown_all_at_once_and_then_as_they_change() {
    let node = Node::dev(["--seal", "manual"]);
    let http = node.text("http");
    let (alice, bob) = (member("alice"), member("bob"));
    let account = hex(pallet_system::ACCOUNT.key(&bob.account));
    let mut socket = Socket::open(http);
    let id = subscribe(&mut socket, "state_subscribeStorage", &json!([[account, "0x00"]]));
    let first = socket.json();
    assert!(is_notification(&first, "state_storage", &id), "{first}");
    let set = &first["params"]["result"];
    assert_eq!(set["block"], node.text("genesis"));
    assert_eq!(set["changes"][0][0], account);
    assert!(set["changes"][0][1].is_string());
    assert_eq!(set["changes"][1], json!(["0x00", null]), "absent is null");

    // An empty block changes neither; the next one changes one of them.
    let mut other = Socket::open(http);
    other.ask("dev_mine", &json!([1]));
    let extrinsic = alice.signed(node.genesis(), 0, calls::transfer(&bob.account, 5));
    other.ask("author_submitExtrinsic", &json!([hex(extrinsic.bytes())]));
    let head = other.ask("dev_mine", &json!([1]))["result"]["hash"].clone();
    let second = socket.json();
    let set = &second["params"]["result"];
    assert_eq!(set["block"], head, "the empty block was passed over");
    let now = other.ask("state_getStorage", &json!([account]))["result"].clone();
    assert_eq!(set["changes"], json!([[account, now]]));
    assert_eq!(socket.ask("state_unsubscribeStorage", &json!([id]))["result"], true);
}

#[tokio::test]
async fn following_every_row_is_refused() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    for params in [json!([]), json!([[]]), json!([null])] {
        let refusal = rpc.refusal("state_subscribeStorage", params).await;
        assert_eq!(refusal["code"], -32602);
    }
    let refusal = rpc.refusal("state_subscribeStorage", json!([vec!["0x00"; 1025]])).await;
    assert_eq!(refusal["code"], 4002);
}

#[tokio::test]
async fn whoever_reads_late_misses_no_head() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let mut heads = rpc.heads().await.unwrap();
    let other = node.connect().await;
    other.mine(600).await;
    for expected in 0..=600 {
        assert_eq!(number(&item(&mut heads).await.unwrap()), expected);
    }
}

#[test]
fn subscriptions_need_a_connection_that_lasts() {
    let node = Node::dev([]);
    let answer = crate::raw::call(node.text("http"), "chain_subscribeNewHeads", &json!([]));
    assert!(answer["error"]["code"].is_number(), "{answer}");
}
