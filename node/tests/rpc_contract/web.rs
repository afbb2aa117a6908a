//! Which web pages may ask, and how requests that are none are answered.

use serde_json::json;

use crate::live;
use crate::raw::{Socket, call, exchange, post};
use crate::support::Node;

const HEALTH: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"system_health"}"#;
const STRANGER: &str = "Origin: https://evil.example";

#[test]
fn a_development_chain_answers_every_page() {
    let node = Node::dev([]);
    let http = node.text("http");
    let answer = post(http, &[STRANGER, "Host: evil.example"], HEALTH).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.head.to_lowercase().contains("access-control-allow-origin: *"), "{answer:?}");
    assert!(Socket::try_open(http, &[STRANGER]).is_ok());
}

#[test]
fn other_chains_answer_pages_of_this_machine_only() {
    let (node, _folder) = live();
    let http = node.text("http");
    assert!(http.starts_with("http://127.0.0.1:"), "nobody else can reach it unless told");
    let origins = ["http://localhost:3000", "http://127.0.0.1:80", "https://polkadot.js.org"];
    for origin in origins.map(|origin| format!("Origin: {origin}")) {
        assert_eq!(post(http, &[&origin], HEALTH).unwrap().status, 200, "{origin}");
        assert!(Socket::try_open(http, &[&origin]).is_ok(), "{origin}");
    }
    for origin in [STRANGER, "Origin: null", "Origin: http://localhost.evil.example"] {
        assert_eq!(post(http, &[origin], HEALTH).unwrap().status, 403, "{origin}");
        let refused = Socket::try_open(http, &[origin]).err().expect("no upgrade");
        assert_eq!(refused.status, 403, "{origin}");
    }
    // A page that made its own name point here.
    let rebound = ["Host: evil.example"];
    assert_eq!(post(http, &rebound, HEALTH).unwrap().status, 403);
    assert_eq!(Socket::try_open(http, &rebound).err().expect("no upgrade").status, 403);
    assert_eq!(post(http, &["Host: localhost:9944"], HEALTH).unwrap().status, 200);
    assert_eq!(call(http, "system_health", &json!([]))["result"]["shouldHavePeers"], true);
}

#[test]
fn browsers_may_ask_beforehand() {
    let node = Node::dev([]);
    let http = node.text("http");
    let host = format!("Host: {}", http.strip_prefix("http://").unwrap());
    let lines = [
        "OPTIONS / HTTP/1.1",
        &host,
        "Origin: http://localhost:3000",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: content-type",
        "Connection: close",
    ];
    let answer = exchange(http, &lines, b"").unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.head.to_lowercase().contains("access-control-allow-headers: *"), "{answer:?}");
}

#[test]
fn what_is_no_call_is_refused_by_http() {
    let node = Node::dev([]);
    let http = node.text("http");
    let host = format!("Host: {}", http.strip_prefix("http://").unwrap());
    let get = exchange(http, &["GET / HTTP/1.1", &host, "Connection: close"], b"").unwrap();
    assert_eq!(get.status, 405);
    let text = ["POST / HTTP/1.1", &host, "Content-Type: text/plain", "Content-Length: 49"];
    assert_eq!(exchange(http, &text, HEALTH).unwrap().status, 415, "pages can send that unasked");
}
