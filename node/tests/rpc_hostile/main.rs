//! Nothing that comes over the wire harms a node (A7): it refuses, stays up, and stays small.
//!
//! The node is a process of its own: a panic in any task of it would be seen in what it writes, and
//! what it takes of memory is its own. `ALTHING_FUZZ_CASES` and `ALTHING_FUZZ_SEED` ask for more,
//! and for other, input.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../raw/mod.rs"]
mod raw;
#[path = "../support/mod.rs"]
mod support;

mod random;
mod target;

use std::io::Write;
use std::time::{Duration, Instant};

use parity_scale_codec::Encode;
use random::{Random, cases, names, parameters};
use raw::{BINARY, Socket, TEXT};
use serde_json::{Value, json};
use support::{calls, hex, member};
use target::Target;

#[test]
fn every_method_survives_wrong_parameters() {
    let mut target = Target::new(&[]);
    let methods = target.attack("rpc_methods", &json!([]))["result"]["methods"].clone();
    let methods: Vec<&str> =
        methods.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for method in &methods {
        for params in parameters() {
            target.attack(method, &params);
        }
    }
    let mut random = Random::new(1);
    for _ in 0..cases(1_000) {
        let count = random.below(5);
        let params: Vec<Value> = (0..count).map(|_| random.json(3)).collect();
        let method = *random.pick(&methods);
        target.attack(method, &params.into());
    }
    for name in names() {
        assert_eq!(target.attack(&name, &json!([]))["error"]["code"], -32601, "{name:.20}");
    }
    target.end();
}

#[test]
fn spoilt_transactions_are_refused_and_spoilt_calls_do_no_harm() {
    let mut target = Target::new(&[]);
    let genesis = target.node.genesis();
    let (alice, bob) = (member("alice"), member("bob"));
    let mut nonce = 0;
    let mut random = Random::new(2);
    let functions = [
        "Metadata_metadata_at_version",
        "AccountNonceApi_account_nonce",
        "TaggedTransactionQueue_validate_transaction",
        "TransactionPaymentApi_query_info",
        "TransactionPaymentApi_query_fee_details",
        "AlthingApi_dry_run",
    ];
    for case in 0..cases(1_500) {
        let call = match random.below(4) {
            0 => calls::transfer(&bob.account, 1),
            1 => calls::remark("here"),
            2 => calls::propose(althing_frame::Track::SmallTipper, &calls::remark("x")),
            _ => calls::vote(0, true, 1),
        };
        match random.below(4) {
            0 => {
                let call = random.spoilt(&call.encode());
                target.attack("althing_dryRun", &json!([hex(alice.account.0), hex(call)]));
            }
            1 => {
                let mut input = random.bytes(2);
                input.extend(alice.signed(genesis, 0, call).bytes().iter());
                input.extend(random.bytes(36));
                let (name, input) = (random.pick(&functions), random.spoilt(&input));
                target.attack("state_call", &json!([name, hex(input)]));
            }
            2 => {
                let bytes = random.spoilt(alice.signed(genesis, 0, call).bytes());
                target.attack("payment_queryInfo", &json!([hex(bytes)]));
            }
            _ => {
                let bytes = random.spoilt(bob.signed(genesis, nonce, call).bytes());
                let answer = target.attack("author_submitExtrinsic", &json!([hex(&bytes)]));
                assert!(answer["error"].is_object(), "a signature fits nothing else: {bytes:?}");
            }
        }
        // Good ones still pass between the bad ones.
        if case % 250 == 0 {
            let good = bob.signed(genesis, nonce, calls::remark("good"));
            let answer = target.attack("author_submitExtrinsic", &json!([hex(good.bytes())]));
            assert_eq!(answer["result"], hex(good.hash()), "{answer}");
            nonce += 1;
        }
    }
    let address = hex(alice.account.0);
    let answer = target.attack("system_accountNextIndex", &json!([address]));
    assert_eq!(answer["result"], 0, "nothing spoilt passed for alice's");
    target.end();
}

/// Messages that are no calls.
fn broken_messages(random: &mut Random) -> Vec<Vec<u8>> {
    let good = br#"{"jsonrpc":"2.0","id":1,"method":"system_chain","params":[]}"#;
    let mut messages: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "7",
        "\"text\"",
        "{}",
        "[]",
        "[[]]",
        "[1,2,3]",
        "{\"jsonrpc\":\"2.0\"}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"system_chain\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"system_chain\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1e400,\"method\":\"system_chain\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"system_chain\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"system_chain\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"state_call\",\"params\":[",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    messages.push(b"[".repeat(200_000));
    messages.push(b"{\"a\":".repeat(200_000));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    messages.push(nested.clone().into_bytes());
    for method in ["chain_getBlockHash", "state_getStorage", "state_queryStorageAt"] {
        let call = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{nested}}}"#);
        messages.push(call.into_bytes());
    }
    messages.push(b"\"\xff\xfe\xfd\"".to_vec());
    messages.push([&good[..20], &[0xff, 0xc0, 0x80], &good[20..]].concat());
    let batch =
        |count: usize| [b"[", &[&good[..], b","].concat().repeat(count)[..], b"7]"].concat();
    messages.extend([batch(99), batch(100), batch(5_000)]);
    for _ in 0..cases(300) {
        messages.push(random.spoilt(good));
    }
    messages
}

#[test]
fn broken_messages_end_a_connection_at_most() {
    let mut target = Target::new(&[]);
    let mut random = Random::new(3);
    for message in broken_messages(&mut random) {
        let answer = raw::post(target.http(), &[], &message).unwrap();
        let status = answer.status;
        assert!(status < 500, "{status}: {:.80}", String::from_utf8_lossy(&message));
        for kind in [TEXT, BINARY] {
            let mut socket = Socket::open(target.http());
            // A call behind it is answered, unless what came before ended the connection.
            if socket.send(kind, &message).is_ok() && std::str::from_utf8(&message).is_ok() {
                socket.begin("system_health", &json!([]));
                while let Ok(answer) = socket.message() {
                    if String::from_utf8(answer).unwrap().contains("isSyncing") {
                        break;
                    }
                }
            }
        }
        target.healthy();
    }
    target.end();
}

#[test]
fn broken_frames_and_requests_end_a_connection_at_most() {
    let mut target = Target::new(&[]);
    let ten_gigabytes = [&[0x82, 0xff][..], &10_000_000_000_u64.to_be_bytes(), &[0; 64]].concat();
    let frames: [&[u8]; 11] = [
        // Not masked; reserved bits; unknown kind; continuation of nothing.
        &[0x81, 0x02, b'{', b'}'],
        &[0xf1, 0x80, 0, 0, 0, 0],
        &[0x83, 0x80, 0, 0, 0, 0],
        &[0x80, 0x82, 0, 0, 0, 0, b'{', b'}'],
        // A ping in parts; a ping that is too long; a length in more bytes than it needs.
        &[0x09, 0x80, 0, 0, 0, 0],
        &[0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0],
        &[0x81, 0xfe, 0x00, 0x02, 0, 0, 0, 0, b'{', b'}'],
        &ten_gigabytes,
        &[0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        // Half a close, half a frame.
        &[0x88, 0x81, 0, 0, 0, 0, 0x03],
        &[0x81],
    ];
    for frame in frames {
        let mut socket = Socket::open(target.http());
        socket.raw(frame).unwrap();
        target.healthy();
    }
    let requests: [&[u8]; 9] = [
        b"\r\n\r\n",
        b"GARBAGE",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\xff\x04",
    ];
    for request in requests {
        raw::connect(target.http()).write_all(request).unwrap();
        target.healthy();
    }
    let headers = format!("POST / HTTP/1.1\r\n{}", "A: b\r\n".repeat(100_000));
    // It may be refused before it is through.
    let _ = raw::connect(target.http()).write_all(headers.as_bytes());
    target.healthy();
    target.end();
}

#[test]
fn long_requests_do_not_fill_memory() {
    let mut target = Target::new(&[]);
    let bytes = 5 * 1024 * 1024 - 200;
    let call = |method: &str, params: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
    };
    let many = |one: &str| one.repeat(bytes / one.len());
    let messages = [
        call("chain_getHeader", &format!("[{}0]", many("0,"))),
        call("chain_getBlockHash", &format!("[[{}0]]", many("0,"))),
        call("chain_getBlockHash", &format!("[[[{}0]]]", many("0,"))),
        call("state_queryStorageAt", &format!("[[{}\"\"]]", many("\"\","))),
        call("state_subscribeStorage", &format!("[[{}\"\"]]", many("\"\","))),
        call("state_getStorage", &format!("[{{{}\"\":0}}]", many("\"\":0,"))),
        call("state_getStorage", &format!("[\"{}\"]", many("00"))),
        call("accounts_account", &format!("[\"{}\"]", many("z"))),
        call("gov_referendum", &format!("[\"{}\"]", many("\\u0000"))),
        call("author_submitExtrinsic", &format!("[\"0x{}\"]", many("84"))),
        call("state_call", &format!("[\"{}\",\"0x\"]", many("n"))),
        format!("[{}0]", many("0,")),
        format!("[{}[]]", many("[],")),
    ];
    for message in messages {
        // Four at once.
        let sockets: Vec<Socket> = (0..4)
            .map(|_| {
                let mut socket = Socket::open(target.http());
                socket.send(TEXT, message.as_bytes()).unwrap();
                socket
            })
            .collect();
        for mut socket in sockets {
            let answer = socket.message().unwrap();
            assert!(answer.len() < 1_000_000, "{} bytes", answer.len());
        }
        target.healthy();
    }
    for one in ["0,", " ", "\"\","] {
        let message = one.repeat(6 * 1024 * 1024 / one.len());
        let answer = raw::post(target.http(), &[], message.as_bytes()).unwrap();
        assert_eq!(answer.status, 413, "{one:?}");
        let mut socket = Socket::open(target.http());
        if socket.send(TEXT, message.as_bytes()).is_ok()
            && let Ok(answer) = socket.message()
        {
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer["error"]["code"], -32007, "{answer}");
        }
        target.healthy();
    }
    target.end();
}

#[test]
fn who_does_not_read_harms_nobody_else() {
    let mut target = Target::new(&["--seal", "manual"]);
    let mut deaf = Socket::open(target.http());
    for _ in 0..200 {
        deaf.begin("chain_subscribeNewHeads", &json!([]));
        deaf.begin("state_getMetadata", &json!([]));
    }
    for _ in 0..20 {
        let answer = target.socket.ask("dev_mine", &json!([50]));
        assert!(answer["result"]["number"].is_number(), "{answer}");
        target.healthy();
    }
    drop(deaf);
    target.end();
}

#[test]
fn a_feed_that_falls_behind_ends_with_a_reason() {
    let mut target = Target::new(&["--seal", "manual"]);
    let mut deaf = Socket::open(target.http());
    // As many heads as no buffer between the two takes.
    for _ in 0..500 {
        deaf.begin("chain_subscribeNewHeads", &json!([]));
    }
    for _ in 0..60 {
        target.socket.ask("dev_mine", &json!([50]));
    }
    let mut ended = None;
    while ended.is_none() {
        let message: Value = serde_json::from_slice(&deaf.message().unwrap()).unwrap();
        ended = message["params"]["error"].as_str().map(str::to_owned);
    }
    let reason = ended.unwrap();
    assert!(reason.contains("blocks behind") && reason.contains("subscribe again"), "{reason}");
    target.healthy();
    target.end();
}

#[test]
fn long_calls_that_find_no_room_are_refused_at_once() {
    let mut target = Target::new(&[]);
    let mut greedy = Socket::open(target.http());
    let calls = 1_000;
    for _ in 0..calls {
        greedy.begin("gov_ballots", &json!([0]));
    }
    let (mut busy, mut done) = (0, 0);
    for _ in 0..calls {
        let answer = greedy.json();
        if answer["error"]["code"] == -32009 {
            assert_eq!(answer["error"]["data"]["code"], "RPC-101", "{answer}");
            busy += 1;
        } else {
            assert!(answer["result"].is_object(), "{answer}");
            done += 1;
        }
    }
    assert!(done >= 256, "{done} were done, {busy} refused");
    target.healthy();
    target.end();
}

#[test]
fn keys_that_are_followed_have_a_limit_over_all_connections() {
    let mut target = Target::new(&[]);
    let mut sockets = [Socket::open(target.http()), Socket::open(target.http())];
    let keys: Vec<String> = (0..1024).map(|key| format!("0x{key:04x}")).collect();
    let mut refused = None;
    for count in 0..70 {
        let answer = sockets[count % 2].ask("state_subscribeStorage", &json!([keys]));
        sockets[count % 2].waiting.clear();
        if answer["error"].is_object() {
            assert_eq!(answer["error"]["data"]["code"], "RPC-102", "{answer}");
            refused = refused.or(Some(count));
        }
    }
    assert_eq!(refused, Some(64));
    // Who leaves makes room.
    drop(sockets);
    let mut socket = Socket::open(target.http());
    let has_room = (0..100).any(|_| {
        target.healthy();
        socket.ask("state_subscribeStorage", &json!([keys]))["error"].is_null()
    });
    assert!(has_room);
    target.end();
}

#[test]
fn subscriptions_and_connections_have_a_limit() {
    let target = Target::new(&[]);
    let mut greedy = Socket::open(target.http());
    let mut refused = 0;
    for _ in 0..1_100 {
        let answer = greedy.ask("state_subscribeRuntimeVersion", &json!([]));
        greedy.waiting.clear();
        refused += u32::from(answer["error"]["code"] == -32006);
    }
    assert_eq!(refused, 1_100 - 1_024);
    let mut open = Vec::new();
    let limit = (0..400).find_map(|_| match Socket::try_open(target.http(), &[]) {
        Ok(socket) => {
            open.push(socket);
            None
        }
        Err(answer) => Some(answer.status),
    });
    assert_eq!(limit, Some(429), "{} connections", open.len());
    drop((greedy, open));
    target.end();
}

#[test]
fn a_node_ends_although_clients_hang() {
    let target = Target::new(&[]);
    // A request that never ends, one that would take hours, one whose answer nobody reads.
    let mut half = raw::connect(target.http());
    half.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{").unwrap();
    let mut busy = Socket::open(target.http());
    busy.begin("dev_mine", &json!([1_000_000]));
    let mut deaf = Socket::open(target.http());
    for _ in 0..50 {
        deaf.begin("state_getMetadata", &json!([]));
    }
    let started = Instant::now();
    let (status, log) = target.node.interrupt();
    assert!(status.success(), "{status}:\n{log}");
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    assert!(!log.contains("panicked"), "{log}");
}
