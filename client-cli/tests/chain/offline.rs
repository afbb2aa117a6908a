//! Facts out, a transaction back: signed where no node is reached, sent where one is.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use althing::{
    chain::Terms,
    offline::{FileSigner, TransactionFile},
};
use althing_primitives::{
    AccountId, Circumstances, Era, Extra, Hash256, Implicit, KeyHandle, SchemeId, SignerKey,
};
use serde_json::Value;

use crate::wallet::Member;

/// A file in the home of `member`.
fn place(member: &Member, name: &str) -> String {
    fs::create_dir_all(member.node.home()).unwrap();
    member.node.home().join(name).display().to_string()
}

/// Run a command where no node answers; the document.
fn offline(member: &Member, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_althing"))
        .args(["--url", "ws://127.0.0.1:1", "--json", "--yes"])
        .args(arguments)
        .env_clear()
        .env("ALTHING_HOME", member.node.home())
        .env("ALTHING_PASSWORD", "secret")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

fn offline_data(member: &Member, arguments: &[&str]) -> Value {
    let mut document = offline(member, arguments);
    assert_eq!(document["ok"], true, "{arguments:?}: {document}");
    document["data"].take()
}

fn offline_code(member: &Member, arguments: &[&str]) -> String {
    let document = offline(member, arguments);
    assert_eq!(document["ok"], false, "{arguments:?}: {document}");
    assert_eq!(document["error"]["details"]["nothing_sent"], true, "{document}");
    document["error"]["code"].as_str().unwrap().to_owned()
}

fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn facts(member: &Member, account: &str, name: &str) -> String {
    let file = place(member, name);
    member.data(&["--account", account, "offline-facts", "--out", &file]);
    file
}

#[test]
fn a_payment_is_signed_without_a_node_and_sent_from_elsewhere() {
    let member = Member::new();
    member.funded_key("cold", "ml-dsa-44", "10");
    for (round, amount) in ["1", "2"].into_iter().enumerate() {
        // The first one enters the key, the second one is signed by its handle.
        let facts = facts(&member, "cold", &format!("facts{round}.json"));
        let file = place(&member, &format!("tx{round}.json"));
        let signed = offline_data(
            &member,
            &["--offline", &facts, "--signed", &file, "--account", "cold", "send", "bob", amount],
        );
        assert_eq!(signed["transaction"]["file"], file.as_str());
        assert_eq!(signed["transaction"]["missing"], serde_json::json!([]));
        let tried = member.data(&["--dry-run", "tx-send", &file]);
        assert_eq!(tried["dry_run"], true);
        let sent = member.data(&["tx-send", &file]);
        assert_eq!(sent["file_hash"], signed["transaction"]["file_hash"]);
        assert!(sent["transaction"]["block"].is_number());
        assert_eq!(member.error(&["tx-send", &file])["code"], "OFF-008");
    }
    assert_eq!(member.data(&["account", "bob"])["free"], "100003.000000000000");
    assert_eq!(member.data(&["account", "cold"])["nonce"], 2);
}

#[test]
fn a_file_without_signature_goes_to_the_key_and_comes_back() {
    let member = Member::new();
    member.funded_key("cold", "ml-dsa-65", "10");
    let file = place(&member, "tx.json");
    let made = member.data(&["--account", "cold", "--unsigned", &file, "send", "bob", "1.5"]);
    assert_eq!(made["transaction"]["missing"].as_array().unwrap().len(), 1);
    assert_eq!(member.error(&["tx-send", &file])["code"], "OFF-009");

    let shown = offline_data(&member, &["--dry-run", "sign", &file]);
    let what = shown["what"].as_str().unwrap();
    assert!(what.starts_with("Balances.transfer_keep_alive"), "{what}");
    assert!(what.contains("1.50"), "{what}");
    assert_eq!(offline_code(&member, &["--account", "bob", "sign", &file]), "OFF-011");
    let wrong = place(&member, "wrong.json");
    let signers = ["--signers", "0xff00ff", "--unsigned", &wrong, "--account", "alice"];
    let refused = member.error(&[&signers[..], &["send", "bob", "1"]].concat());
    assert_eq!(refused["code"], "OFF-014");
    let elsewhere = Hash256([7; 32]).to_string();
    let other = ["--genesis", &elsewhere, "--account", "cold", "sign", &file];
    assert_eq!(offline_code(&member, &other), "OFF-005");

    let signed = offline_data(&member, &["--account", "cold", "sign", &file]);
    assert_eq!(signed["missing"], serde_json::json!([]));
    let text = fs::read_to_string(&file).unwrap();
    let exported = offline_data(&member, &["key", "export", "cold"]);
    assert!(!text.contains(&exported["secret"].as_str().unwrap()[2..]));
    member.data(&["tx-send", &file]);
    assert_eq!(member.data(&["account", "bob"])["free"], "100001.500000000000");
}

#[test]
fn a_file_that_was_altered_is_refused_by_every_machine() {
    let member = Member::new();
    let file = place(&member, "tx.json");
    member.data(&["--account", "alice", "--signed", &file, "send", "bob", "1"]);
    let text = fs::read_to_string(&file).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let call = document["call"].as_str().unwrap();
    let altered = text.replace(call, &format!("{}ff", &call[..call.len() - 2]));
    fs::write(&file, altered).unwrap();
    assert_eq!(member.error(&["tx-send", &file])["code"], "OFF-004");
    assert_eq!(offline_code(&member, &["--account", "alice", "sign", &file]), "OFF-004");
    fs::write(&file, "{").unwrap();
    assert_eq!(member.error(&["tx-send", &file])["code"], "OFF-002");
    fs::write(&file, text.replace("transaction/1", "transaction/2")).unwrap();
    assert_eq!(member.error(&["tx-send", &file])["code"], "OFF-003");
    // Nothing was sent by any of these.
    assert_eq!(member.data(&["account", "alice"])["nonce"], 0);
}

#[test]
fn a_file_for_another_chain_is_refused() {
    let member = Member::new();
    let account = AccountId([3; 32]);
    let terms = Terms {
        account,
        extra: Extra { era: Era::mortal(64, 0), nonce: 0, tip: 0, metadata_hash_mode: 0 },
        implicit: Implicit {
            spec_version: 1,
            transaction_version: 1,
            genesis: Hash256([9; 32]),
            birth: Hash256([9; 32]),
            metadata_hash: None,
        },
        circumstances: Circumstances::default(),
        birth: 0,
        valid_until: 63,
    };
    let key = SignerKey { scheme: SchemeId(2), handle: KeyHandle(Hash256([1; 32])) };
    let signers = vec![FileSigner::new(key, false)];
    let made = TransactionFile::new(("other", true, 42), &terms, &[0, 0], signers, Vec::new());
    let file = PathBuf::from(place(&member, "tx.json"));
    fs::write(&file, made.text().unwrap()).unwrap();
    let ran = member.run(&["--json", "--yes", "tx-send", file.to_str().unwrap()]);
    assert_eq!(ran.code, 7);
    assert!(ran.stdout.contains("OFF-005"), "{}", ran.stdout);
}

#[test]
fn a_file_whose_blocks_have_passed_or_whose_keys_have_changed_is_refused() {
    let member = Member::new();
    member.funded_key("zoe", "ml-dsa-44", "100");
    member.data(&["--account", "zoe", "send", "bob", "1"]);
    let facts = place(&member, "facts.json");
    let short = ["--account", "zoe", "offline-facts", "--valid-for", "4", "--out", &facts];
    member.data(&short);
    let file = place(&member, "tx.json");
    let send = ["--offline", &facts, "--signed", &file, "--account", "zoe", "send", "bob", "1"];
    offline_data(&member, &send);
    // The file is never overwritten by another one.
    assert_eq!(offline(&member, &send)["error"]["code"], "CLI-031");

    member.data(&["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65", "--kdf", "light"]);
    let error = member.error(&["tx-send", &file]);
    assert_eq!(error["code"], "OFF-007");
    for _ in 0..4 {
        member.data(&["--account", "alice", "send", "bob", "1"]);
    }
    assert_eq!(member.error(&["tx-send", &file])["code"], "OFF-006");
}

#[test]
fn a_ballot_and_a_rotation_are_signed_without_a_node() {
    let member = Member::new();
    member.funded_key("zoe", "ml-dsa-44", "100");
    member.data(&["--account", "zoe", "send", "bob", "1"]);
    let question = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    member.data(&[&["--account", "alice"], &question[..], &["--title", "Hi"]].concat());
    let known = facts(&member, "zoe", "facts.json");
    let at = |file: &str| place(&member, file);
    let (ballot, rotation) = (at("ballot.json"), at("rotation.json"));
    let vote = |index: &'static str, weight: &'static str, file: &str| {
        let to = ["--offline", &known, "--signed", file, "--account", "zoe"].map(str::to_owned);
        let what = ["vote", index, "aye", "--weight", weight].map(str::to_owned);
        [to.to_vec(), what.to_vec()].concat()
    };
    let (all, unknown) = (vote("0", "all", &ballot), vote("7", "5", &ballot));
    assert_eq!(offline_code(&member, &strs(&all)), "OFF-013");
    assert_eq!(offline_code(&member, &strs(&unknown)), "OFF-001");
    offline_data(&member, &strs(&vote("0", "5", &ballot)));
    member.data(&["tx-send", &ballot]);
    let shown = member.data(&["referendum", "show", "0", "--ballots"]);
    assert_eq!(shown["ballots"].as_array().unwrap().len(), 1);

    let known = facts(&member, "zoe", "later.json");
    let rotate = ["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65", "--kdf", "light"];
    let rotate = [&["--offline", &known, "--signed", &rotation], &rotate[..]].concat();
    offline_data(&member, &rotate);
    member.data(&["tx-send", &rotation]);
    // The next command finds the new key on the chain and signs with it.
    let sent = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(sent["transaction"]["scheme"], "ml-dsa-65");
}

#[test]
fn a_command_of_two_transactions_writes_two_files() {
    let member = Member::new();
    let known = facts(&member, "alice", "facts.json");
    let file = place(&member, "tx.json");
    let remark = format!("remark={}", "a".repeat(500));
    let propose = ["propose", "call", "system.remark", &remark, "--track", "root", "--title", "L"];
    let to = ["--offline", &known, "--signed", &file, "--account", "alice"];
    let written = offline_data(&member, &[&to[..], &propose[..]].concat());
    assert_eq!(written["preimage_transaction"]["nonce"], 0);
    assert_eq!(written["transaction"]["nonce"], 1);
    let second = place(&member, "tx.2.json");
    assert_eq!(member.error(&["tx-send", &second])["code"], "OFF-008");
    member.data(&["tx-send", &file]);
    member.data(&["tx-send", &second]);
    assert_eq!(member.data(&["referendum", "show", "0"])["proposal"]["bytes"], 504);
}
