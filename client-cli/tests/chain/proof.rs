//! Proofs by a real node, and what the wallet says of how it ran a block.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::wallet::{Member, Ran};

/// A port on which nobody listens.
const NOWHERE: [&str; 2] = ["--url", "ws://127.0.0.1:1"];

fn path(member: &Member, name: &str) -> PathBuf {
    fs::create_dir_all(member.node.home()).unwrap();
    member.node.home().join(name)
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

/// Verify a file without any node.
fn offline(member: &Member, words: &[&str]) -> Ran {
    member.run(&[&["verify-proof"], words, &NOWHERE[..]].concat())
}

fn code(ran: &Ran) -> String {
    let start = ran.stderr.find("error[").map_or("", |at| &ran.stderr[at + 6..]);
    start.split(']').next().unwrap_or_default().to_owned()
}

#[test]
fn a_balance_is_proved_to_someone_without_a_node() {
    let member = Member::new();
    member.data(&["--account", "alice", "send", "bob", "12.5"]);
    let file = path(&member, "bob.json");
    let proof = member.data(&["--account", "bob", "proof", "--out", text(&file)]);
    assert_eq!(proof["proved"], "presence");
    assert_eq!(proof["row"]["pallet"], "System");
    assert_eq!(proof["decoded"]["data"]["free"], "100012.500000000000");
    let again = member.run(&["--account", "bob", "proof", "--out", text(&file)]);
    assert_eq!((again.code, code(&again).as_str()), (1, "CLI-031"), "files are not overwritten");
    assert!(again.stderr.contains("choose another name for --out"), "{}", again.stderr);

    let checked = offline(&member, &[text(&file)]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert!(checked.stdout.contains("System.Account of "), "{}", checked.stdout);
    assert!(checked.stdout.contains("none given: compare the block's hash"), "{}", checked.stdout);
    assert!(checked.stdout.contains(", as the file says"), "{}", checked.stdout);
    assert!(checked.stderr.contains("warning[PRF-351]: nothing vouches"), "{}", checked.stderr);
    let online = member.run(&["verify-proof", text(&file)]);
    assert!(online.stdout.contains("System.Account of bob"), "{}", online.stdout);
    assert!(online.stdout.contains("free=100,012.50 ALT"), "{}", online.stdout);

    let block = proof["block"]["hash"].as_str().unwrap();
    let root = proof["state_root"].as_str().unwrap();
    let header = path(&member, "header.json");
    fs::write(&header, proof["file"]["block"]["header"].to_string()).unwrap();
    for trust in [["--block", block], ["--root", root], ["--header", text(&header)]] {
        let checked = offline(&member, &[&[text(&file)], &trust[..]].concat());
        assert_eq!(checked.code, 0, "{trust:?}: {}", checked.stderr);
        assert!(!checked.stderr.contains("PRF-351"), "{trust:?}: {}", checked.stderr);
    }
    let genesis = proof["file"]["chain"]["genesis"].as_str().unwrap();
    let checked = offline(&member, &[text(&file), "--genesis", genesis]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    let other = format!("0x{}", "ab".repeat(32));
    for trust in ["--block", "--root"] {
        let checked = offline(&member, &[text(&file), trust, &other]);
        assert_eq!((checked.code, code(&checked).as_str()), (1, "PRF-004"), "{trust}");
    }
    let checked = offline(&member, &[text(&file), "--genesis", &other]);
    assert_eq!((checked.code, code(&checked).as_str()), (7, "PRF-005"), "{}", checked.stderr);
}

#[test]
fn a_file_that_was_changed_is_refused() {
    let member = Member::new();
    let file = path(&member, "alice.json");
    member.data(&["--account", "alice", "proof", "--out", text(&file)]);
    let good: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let spoilt = path(&member, "spoilt.json");
    let refused = |document: &Value, expected: &str| {
        fs::write(&spoilt, document.to_string()).unwrap();
        let ran = offline(&member, &[text(&spoilt)]);
        assert_eq!((ran.code, code(&ran).as_str()), (1, expected), "{}", ran.stderr);
    };
    let flipped = |hex: &Value| {
        let mut bytes = const_hex::decode(hex.as_str().unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        json!(const_hex::encode_prefixed(bytes))
    };
    for field in ["key", "value", "proof"] {
        let mut document = good.clone();
        document[field] = flipped(&good[field]);
        refused(&document, "PRF-003");
    }
    let mut document = good.clone();
    document["value"] = Value::Null;
    refused(&document, "PRF-003");
    let mut document = good.clone();
    let root = &good["block"]["header"]["stateRoot"];
    document["block"]["header"]["stateRoot"] = flipped(root);
    refused(&document, "PRF-002");
    refused(&json!({ "schema": "althing-proof/9" }), "PRF-001");
    refused(&json!([]), "PRF-001");
}

#[test]
fn absence_is_proved_too() {
    let member = Member::new();
    let file = path(&member, "none.json");
    let proof = member.data(&["proof", "voting.tallies", "3", "--out", text(&file)]);
    assert_eq!(proof["proved"], "absence");
    assert_eq!(proof["value"], Value::Null);
    let checked = offline(&member, &[text(&file)]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    let said = "Voting.Tallies of referendum 3 does not exist after block 0";
    assert!(checked.stdout.contains(said), "{}", checked.stdout);
    let mut document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    document["value"] = json!("0x00");
    fs::write(&file, document.to_string()).unwrap();
    assert_eq!(code(&offline(&member, &[text(&file)])), "PRF-003");
}

#[test]
fn rows_are_named_as_the_chain_names_them() {
    let member = Member::new();
    let unknown = member.error(&["proof", "voting.tallis", "3"]);
    assert_eq!(unknown["code"], "MET-003", "{unknown}");
    assert!(unknown["fix"].as_array().unwrap().contains(&json!("Voting.Tallies")), "{unknown}");
    let keys = member.error(&["proof", "voting.ballots", "alice"]);
    assert_eq!(keys["code"], "MET-004", "{keys}");
    let number = member.error(&["proof", "voting.tallies", "abc"]);
    assert_eq!(number["code"], "MET-004", "{number}");
    assert_eq!(number["fix"][0], "write a whole number from 0 to 4294967295", "{number}");
    assert_eq!(member.error(&["proof"])["code"], "CLI-023");
    assert_eq!(member.error(&["proof", "tallies"])["code"], "MET-003");
    assert_eq!(member.error(&["proof", "0x0"])["code"], "CLI-013");
    let long_ago = member.error(&["--account", "alice", "proof", "--at", "7"]);
    assert_eq!(long_ago["code"], "CLI-038", "{long_ago}");
}

#[test]
fn a_block_is_explained_in_words() {
    let member = Member::new();
    let genesis = member.run(&["block", "0", "--explain"]);
    assert_eq!((genesis.code, code(&genesis).as_str()), (1, "RPC-103"), "{}", genesis.stderr);
    assert!(genesis.stderr.contains("ask for one of its last 256"), "{}", genesis.stderr);
    let nowhere = format!("0x{}", "11".repeat(32));
    for more in [&[][..], &["--explain"]] {
        let block = |name: &str| member.error(&[&["block", name], more].concat());
        assert_eq!(block(&nowhere)["code"], "CLI-038");
        assert_eq!(block("foo")["code"], "CLI-043");
    }

    member.data(&["--account", "alice", "send", "bob", "12.5"]);
    let shown = member.data(&["block", "1", "--explain"]);
    assert_eq!(shown["number"], 1);
    assert_eq!(shown["only_time"], false);
    assert!(shown["explanation"]["transactions"].as_u64().unwrap() >= 1, "{shown}");
    assert!(shown["explanation"]["phases_ns"]["total"].as_u64().unwrap() > 0, "{shown}");
    let said = member.run(&["block", "1", "--explain"]).stdout;
    assert!(said.contains("(1 sent by members), one after another"), "{said}");
    assert!(!said.contains("waited\t") && said.contains("time\t"), "{said}");
}
