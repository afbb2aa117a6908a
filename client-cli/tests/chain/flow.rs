//! What members do, from the first transfer to a rotated key.

use crate::wallet::Member;

#[test]
fn a_payment_arrives_and_says_what_it_cost() {
    let member = Member::new();
    let before = member.data(&["account", "bob"]);
    let sent = member.data(&["--account", "alice", "send", "bob", "12.5"]);
    assert_eq!(sent["amount"], "12.500000000000");
    assert_eq!(sent["transaction"]["block"], 1);
    assert_eq!(before["free"], "100000.000000000000");
    let after = member.data(&["account", "bob"]);
    assert_eq!(after["free"], "100012.500000000000");
    let alice = member.data(&["account", "alice"]);
    assert_eq!(alice["nonce"], 1);
    assert_eq!(alice["keys"][0]["scheme"], "ml-dsa-65");

    let hash = sent["transaction"]["hash"].as_str().unwrap();
    let found = member.data(&["tx", hash]);
    assert_eq!(found["call"], "Balances.transfer_keep_alive");
    assert_eq!(found["block"]["number"], 1);
    let block = member.data(&["block", "1"]);
    assert_eq!(block["extrinsics"][1]["signer"]["name"], "alice");
    let events = member.data(&["events", "--filter", "balances.transfer"]);
    assert_eq!(events["events"][0]["fields"]["amount"], "12.500000000000");
}

#[test]
fn a_new_members_first_transaction_enters_the_key_and_later_ones_are_shorter() {
    let member = Member::new();
    for scheme in ["ml-dsa-44", "slh-dsa-sha2-128s", "sphincs+-sha2-128s-r3"] {
        let name = &scheme[..3];
        member.funded_key(name, scheme, "10");
        assert_eq!(member.data(&["account", name])["keys"].as_array().unwrap().len(), 0);
        let first = member.data(&["--account", name, "send", "bob", "1"]);
        let account = member.data(&["account", name]);
        assert_eq!(account["keys"][0]["scheme"], scheme);
        assert_eq!(account["keys"][0]["public_kept"], true);
        let second = member.data(&["--account", name, "send", "bob", "1"]);
        let size = |sent: &serde_json::Value| sent["transaction"]["size"].as_u64().unwrap();
        assert!(size(&second) < size(&first), "{scheme}");
    }
}

#[test]
fn a_spend_is_proposed_voted_enacted_and_paid() {
    let member = Member::new();
    let asked = member.data(&[
        "--account",
        "carol",
        "propose",
        "treasury-spend",
        "--to",
        "erin",
        "--amount",
        "12k",
        "--title",
        "Docs, Q4",
    ]);
    assert_eq!(asked["referendum"], 0);
    assert_eq!(asked["track"], "medium-spender");
    member.data(&["--account", "judy", "vote", "0", "nay", "--weight", "1000"]);
    member.data(&["--account", "judy", "vote", "0", "abstain", "--weight", "all"]);
    for name in ["alice", "bob", "frank"] {
        let weight = ["--weight", "90k", "--conviction", "1"];
        member.data(&[&["--account", name, "vote", "0", "aye"], &weight[..]].concat());
    }
    let shown = member.data(&["referendum", "show", "0", "--ballots"]);
    assert_eq!(shown["tally"]["ayes"], "270000.000000000000");
    assert_eq!(shown["tally"]["nays"], "0.000000000000");
    assert_eq!(shown["ballots"].as_array().unwrap().len(), 4);
    assert_eq!(shown["title"], "Docs, Q4");

    // Votes make the blocks that the clock needs here.
    let mut status = shown["status"].clone();
    for _ in 0..20 {
        if status == "enacted" {
            break;
        }
        member.data(&["--account", "dave", "send", "judy", "1"]);
        status = member.data(&["referendum", "show", "0"])["status"].clone();
    }
    assert_eq!(status, "enacted");
    assert_eq!(member.data(&["referendum", "watch", "0"])["status"], "enacted");
    assert_eq!(member.data(&["account", "erin"])["free"], "112000.000000000000");
    let listed = member.data(&["referenda"]);
    assert_eq!(listed["referenda"][0]["enactment"]["ok"], true);
    assert!(member.data(&["referenda", "--open"])["referenda"].as_array().unwrap().is_empty());
    let freed = member.data(&["--account", "judy", "unlock"]);
    assert_eq!(freed["locked"], "0.000000000000");

    // The deposits are back after two requests, and a third finds none.
    let half = member.data(&["--account", "judy", "referendum", "refund", "0"])["deposits"].clone();
    assert!(half["decision"].is_null() && half["submission"].is_string());
    let none = member.data(&["--account", "judy", "referendum", "refund", "0"])["deposits"].clone();
    assert!(none["submission"].is_null());
    let third = member.run(&["--account", "judy", "--yes", "referendum", "refund", "0"]);
    assert_eq!(third.code, 1);
    assert!(third.stderr.contains("CLI-041"), "{}", third.stderr);
}

#[test]
fn a_ballot_with_everything_leaves_enough_to_vote_again() {
    let member = Member::new();
    let question = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    let ask = [&["--account", "carol"], &question[..], &["--title", "Hi"]].concat();
    let tried = member.run(&[&["--dry-run"], &ask[..]].concat());
    assert!(tried.stdout.contains("to ask") && !tried.stdout.contains("at least"));
    member.data(&ask);

    let all = ["--account", "bob", "vote", "0", "aye", "--weight", "all", "--conviction", "1"];
    let tried = member.run(&[&["--dry-run"], &all[..]].concat());
    assert!(tried.stdout.contains("1.00 ALT to spend, for later fees"), "{}", tried.stdout);
    member.data(&all);
    assert_eq!(member.data(&["account", "bob"])["spendable"], "1.000000000000");
    member.data(&["--account", "bob", "vote", "0", "nay", "--weight", "5"]);

    let nearly = ["--account", "judy", "vote", "0", "aye", "--weight", "99999.9"];
    let ran = member.run(&[&["--yes"], &nearly[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("warning[TXN-351]"), "{}", ran.stderr);
}

#[test]
fn the_deposit_of_a_first_use_is_shown_before_it_is_taken() {
    let member = Member::new();
    for scheme in ["ml-dsa-44", "slh-dsa-sha2-128s"] {
        let name = &scheme[..3];
        member.funded_key(name, scheme, "10");
        let tried = member.data(&["--dry-run", "--account", name, "send", "bob", "1"]);
        member.data(&["--account", name, "send", "bob", "1"]);
        let reserved = member.data(&["account", name])["reserved"].clone();
        assert_eq!(tried["transaction"]["deposit"], reserved, "{scheme}");
    }
}

#[test]
fn a_long_call_is_noted_first() {
    let member = Member::new();
    let remark = format!("remark={}", "a".repeat(500));
    let asked = member.data(&[
        "--account",
        "alice",
        "propose",
        "call",
        "system.remark",
        &remark,
        "--track",
        "root",
        "--title",
        "A long remark",
    ]);
    assert_eq!(asked["referendum"], 0);
    assert!(asked["preimage_transaction"]["block"].is_number());
    let shown = member.data(&["referendum", "show", "0"]);
    assert_eq!(shown["proposal"]["bytes"], 504);
    assert_eq!(shown["proposal"]["call"], asked["call"]);
}

#[test]
fn a_rotation_keeps_address_balance_and_lock_and_retires_the_old_key() {
    let member = Member::new();
    member.funded_key("zoe", "sphincs+-sha2-128s-r3", "100");
    member.data(&[
        "--account",
        "zoe",
        "propose",
        "call",
        "system.remark",
        "remark=hi",
        "--track",
        "small-tipper",
        "--title",
        "Hi",
    ]);
    member.data(&["--account", "zoe", "vote", "0", "aye", "--weight", "40", "--conviction", "2"]);
    let before = member.data(&["account", "zoe"]);
    let done = member.data(&["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65", "--kdf", "light"]);
    let after = member.data(&["account", "zoe"]);
    for field in ["address", "locked", "ballots"] {
        assert_eq!(before[field], after[field], "{field}");
    }
    assert_eq!(done["address"], before["address"]);
    assert_eq!(after["keys"].as_array().unwrap().len(), 1);
    assert_eq!(after["keys"][0]["scheme"], "ml-dsa-65");
    let sent = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(sent["transaction"]["scheme"], "ml-dsa-65");
    let ran = member.run(&["--json", "key", "show", "zoe"]);
    let file: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let keys = file["data"]["keys"].as_array().unwrap();
    let statuses: Vec<_> = keys.iter().map(|key| key["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["retired", "reserve", "current", "reserve"]);
}

#[test]
fn every_look_answers_in_text_and_json() {
    let member = Member::new();
    for command in [
        &["status"][..],
        &["--account", "alice", "status"],
        &["account", "alice"],
        &["treasury"],
        &["crypto"],
        &["tracks"],
        &["members"],
        &["referenda"],
        &["block"],
        &["events"],
    ] {
        member.data(command);
        let ran = member.run(command);
        assert_eq!(ran.code, 0, "{command:?}: {}", ran.stderr);
    }
    let crypto = member.data(&["crypto"]);
    assert_eq!(crypto["schemes"][0]["id"], 1);
    assert_eq!(crypto["schemes"][0]["name"], "sphincs+-sha2-128s-r3");
    assert_eq!(crypto["schemes"][0]["state"], "active");
    assert_eq!(crypto["schemes"][0]["about"], "SPHINCS+ round 3.1, not SLH-DSA; unmaintained");
    assert_eq!(member.data(&["treasury"])["free"], "340000.000000000000");
    assert_eq!(member.data(&["members"])["members"].as_array().unwrap().len(), 10);
}
