//! The program as an operator meets it: how it begins, ends, begins again, and what it refuses.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use althing_primitives::Extrinsic;
use serde_json::{Value, json};
use support::{Node, Rpc, Update, calls, command, hex, item, member, number, open, replay};
use tempfile::TempDir;

/// Transfers of alice's with these nonces.
fn transfers(node: &Node, nonces: std::ops::Range<u32>) -> Vec<Extrinsic> {
    let (alice, bob) = (member("alice"), member("bob"));
    let transfer = |nonce| {
        alice.signed(node.genesis(), nonce, calls::transfer(&bob.account, u128::from(nonce) + 1))
    };
    nonces.map(transfer).collect()
}

async fn make_final(rpc: &Rpc, extrinsics: &[Extrinsic]) {
    for extrinsic in extrinsics {
        assert!(matches!(rpc.submit_and_wait(extrinsic).await, Ok(Update::Finalized(_))));
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A chain of three blocks in `folder`; returns its head.
async fn three_blocks(folder: &Path) -> (u32, String) {
    let node = Node::dev(["--base-path", text(folder)]);
    let rpc = node.connect().await;
    make_final(&rpc, &transfers(&node, 0..3)).await;
    let (number, hash, _) = rpc.head().await;
    node.stop();
    (number, hash.to_string())
}

#[tokio::test]
async fn a_node_that_was_stopped_begins_with_the_same_head_and_root() {
    let folder = TempDir::new().unwrap();
    let path = text(folder.path());
    let node = Node::dev(["--base-path", path]);
    let rpc = node.connect().await;
    make_final(&rpc, &transfers(&node, 0..4)).await;
    let before = rpc.head().await;
    let (status, log) = node.interrupt();
    assert_eq!(status.code(), Some(0), "{log}");

    let node = Node::dev(["--base-path", path]);
    let rpc = node.connect().await;
    assert_eq!(rpc.head().await, before);
    assert_eq!(rpc.next_nonce(&member("alice").account).await.unwrap(), 4);
    make_final(&rpc, &transfers(&node, 4..5)).await;
    assert_eq!(rpc.head().await.0, before.0 + 1);
    node.stop();

    let chain = open(folder.path());
    assert_eq!(replay(&chain, None).head().hash, chain.head().hash);
}

#[tokio::test]
async fn a_supervisor_ends_a_node_as_ctrl_c_does() {
    let node = Node::dev(["--seal", "1"]);
    let (status, log) = node.signal("TERM");
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test]
async fn a_node_with_followers_stops_all_the_same() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let mut heads = rpc.heads().await.unwrap();
    assert_eq!(number(&item(&mut heads).await.unwrap()), 0);
    node.stop();
    assert_eq!(item(&mut heads).await, None);
}

#[tokio::test]
async fn a_second_node_in_a_folder_is_refused_and_the_first_goes_on() {
    let folder = TempDir::new().unwrap();
    let path = text(folder.path());
    let node = Node::dev(["--base-path", path]);

    let words = ["error:", path, "fix: stop the other node"];
    command(["dev", "--port", "0", "--base-path", path]).refused(&words);
    command(["run", "--port", "0", "--base-path", path]).refused(&words);
    let blocks = folder.path().join("blocks");
    command(["export-blocks", "--base-path", path, text(&blocks)]).refused(&words);
    assert!(!blocks.exists());

    make_final(&node.connect().await, &transfers(&node, 0..1)).await;
    node.stop();
}

#[tokio::test]
async fn a_folder_of_another_chain_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = text(folder.path());
    let (head, hash) = three_blocks(folder.path()).await;
    let spec = folder.path().join("main.json");
    let built = command(["build-spec", "--dev", "--gov", "main"]).done();
    fs::write(&spec, built.stdout).unwrap();

    let genesis = open(folder.path()).genesis().to_string();
    let words = ["error:", genesis.as_str(), "fix: choose another --base-path"];
    command(["dev", "--port", "0", "--gov", "main", "--base-path", path]).refused(&words);
    let run = ["run", "--port", "0", "--chain", text(&spec), "--base-path", path];
    command(run).refused(&words);

    let chain = open(folder.path());
    assert_eq!((chain.head().number, chain.head().hash.to_string()), (head, hash));
}

#[tokio::test]
async fn a_folder_tells_which_chain_it_holds() {
    let folder = TempDir::new().unwrap();
    let (base, spec) = (folder.path().join("base"), folder.path().join("spec.json"));
    let run = ["run", "--port", "0", "--base-path", text(&base)];
    command(run).refused(&[text(&base), "fix: say which chain with --chain SPEC"]);
    assert!(!base.exists(), "a refusal leaves nothing behind");

    fs::write(&spec, command(["build-spec", "--dev"]).done().stdout).unwrap();
    let node = Node::start(["run", "--chain", text(&spec), "--base-path", text(&base)]);
    let genesis = node.genesis();
    assert_eq!(genesis, Node::dev([]).genesis());
    make_final(&node.connect().await, &transfers(&node, 0..1)).await;
    node.stop();

    let node = Node::start(["run", "--base-path", text(&base)]);
    assert_eq!((node.genesis(), node.connect().await.head().await.0), (genesis, 1));
    node.stop();
}

#[test]
fn what_is_no_chain_spec_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let (base, spec) = (folder.path().join("base"), folder.path().join("spec.json"));
    let run = ["run", "--chain", text(&spec), "--base-path", text(&base)];
    command(run).refused(&["cannot read the chain spec", text(&spec), "because:"]);
    fs::write(&spec, "{\"name\": 5}").unwrap();
    command(run).refused(&["the text is not a chain spec", "because:"]);
    assert!(!base.exists(), "a refusal leaves nothing behind");
}

#[tokio::test]
async fn a_taken_port_is_refused_by_name() {
    let node = Node::dev([]);
    let port = node.text("url").rsplit(':').next().unwrap().to_owned();
    let words = ["cannot listen on", port.as_str(), "fix: choose another --port"];
    command(["dev", "--port", port.as_str()]).refused(&words);
}

#[tokio::test]
async fn manual_sealing_makes_no_block_until_one_is_asked_for() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let mut heads = rpc.heads().await.unwrap();
    assert_eq!(number(&item(&mut heads).await.unwrap()), 0);
    let transfers = transfers(&node, 0..5);
    for transfer in &transfers {
        rpc.submit(transfer).await.unwrap();
    }
    let pending = rpc.ask("author_pendingExtrinsics", json!([])).await;
    let waiting: Vec<Value> = transfers.iter().map(|one| hex(one.bytes()).into()).collect();
    assert_eq!(pending, Value::Array(waiting));

    let mined = rpc.mine(1).await;

    // Had anything else made a block, the number would be higher or the block less full.
    assert_eq!(mined["number"], 1);
    assert_eq!(number(&item(&mut heads).await.unwrap()), 1);
    let block = rpc.ask("chain_getBlock", json!([mined["hash"]])).await;
    let extrinsics = block["block"]["extrinsics"].as_array().unwrap();
    assert_eq!(extrinsics.len(), 1 + transfers.len(), "the time, and all that waited");
    assert_eq!(rpc.mine(3).await["number"], 4, "empty blocks when asked for");
    node.stop();
}

#[tokio::test]
async fn interval_sealing_makes_blocks_by_the_clock_empty_or_not() {
    let started = Instant::now();
    let node = Node::dev(["--seal", "1"]);
    let rpc = node.connect().await;
    let mut heads = rpc.heads().await.unwrap();
    for expected in 0..=2 {
        assert_eq!(number(&item(&mut heads).await.unwrap()), expected);
    }
    assert!(started.elapsed().as_millis() >= 2_000, "{:?}", started.elapsed());
    node.stop();
}

#[tokio::test]
async fn the_config_file_is_what_others_script_against() {
    let node = Node::dev([]);
    let fields: Vec<_> = node.config.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["chain", "genesis", "http", "members", "url"]);
    let port = node.text("url").strip_prefix("ws://127.0.0.1:").unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    assert_eq!(node.text("http"), format!("http://127.0.0.1:{port}"));
    assert_eq!(node.text("chain"), "althing-dev");

    // It is there once the node answers: a first attempt works, over both protocols.
    let rpc = node.connect().await;
    let info = rpc.ask("althing_info", json!([])).await;
    assert_eq!(
        (&info["genesis"], &info["chain"]),
        (&node.config["genesis"], &"althing-dev".into())
    );
    let genesis = rpc.ask("chain_getBlockHash", json!([0])).await;
    assert_eq!(genesis, node.config["genesis"]);
    assert_eq!(http(port, "chain_getBlockHash", &json!([0])), genesis);

    let members = &node.config["members"];
    assert_eq!(rpc.ask("dev_members", json!([])).await, *members);
    let names: Vec<_> =
        members.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let expected =
        ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"];
    assert_eq!(names, expected);
    for one in members.as_array().unwrap() {
        let fields: Vec<_> = one.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["address", "balance", "name", "scheme"]);
        let answer = rpc.ask("accounts_account", json!([one["address"]])).await;
        assert_eq!(answer["keys"][0]["schemeName"], one["scheme"]);
        let free: u128 = answer["free"].as_str().unwrap().parse().unwrap();
        let balance = one["balance"].as_str().unwrap().replace('.', "");
        assert_eq!(free, balance.parse().unwrap(), "tokens with twelve places");
    }

    let names: Vec<_> =
        fs::read_dir(node.files()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "the file and the log, nothing half-written: {names:?}");
    node.stop();
}

#[test]
fn a_config_file_that_cannot_be_written_ends_the_node() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("missing").join("config.json");
    command(["dev", "--port", "0", "--quiet", "--config-out", text(&file)]).refused(&[
        "cannot write",
        text(&file),
        "because:",
    ]);
}

#[tokio::test]
async fn a_quiet_node_says_nothing_and_another_says_where_it_is() {
    let node = Node::dev(["--quiet"]);
    make_final(&node.connect().await, &transfers(&node, 0..1)).await;
    let (status, log) = node.interrupt();
    assert!(status.success());
    assert_eq!(log, "");

    let node = Node::dev([]);
    let (url, genesis) = (node.text("url").to_owned(), node.text("genesis").to_owned());
    make_final(&node.connect().await, &transfers(&node, 0..1)).await;
    let (_, log) = node.interrupt();
    for words in [url.as_str(), &genesis, "alice", "Balances.transfer_keep_alive"] {
        assert!(log.contains(words), "{words} is not in:\n{log}");
    }
}

#[tokio::test]
async fn a_node_says_how_it_treats_signatures_if_it_is_not_the_usual_way() {
    for (arguments, said) in [
        (vec!["--verifier", "canonical"], "Signatures  canonical verifier, all kept\n"),
        (vec!["--prune-witnesses", "300"], "Signatures  fast verifier, last 300 blocks kept\n"),
    ] {
        let (_, log) = Node::dev(arguments).interrupt();
        assert!(log.contains(said), "{said} is not in:\n{log}");
    }
    let (_, log) = Node::dev([]).interrupt();
    assert!(log.contains("RPC") && !log.contains("Signatures"), "{log}");
}

#[tokio::test]
async fn what_is_told_of_a_block_that_is_not_explained_is_what_helps() {
    let folder = TempDir::new().unwrap();
    three_blocks(folder.path()).await;
    let node = Node::dev(["--base-path", text(folder.path())]);
    let rpc = node.connect().await;
    let sentence = async |block: u32| {
        let refusal = rpc.refusal("althing_explainBlock", json!([block])).await;
        refusal["data"]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        sentence(2).await,
        "how block 2 ran is not known: this node explains the last 256 blocks that it executed \
         since it was started, and forgets them when it stops; ask for a newer one"
    );
    assert_eq!(
        sentence(0).await,
        "block 0 is genesis: the chain spec gives its rows and no node executes it; ask for a \
         newer one"
    );
    node.stop();
}

/// One call over HTTP, spelt out: no client library between the test and the protocol.
fn http(port: &str, method: &str, params: &Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    serde_json::from_str::<Value>(body).unwrap()["result"].clone()
}
