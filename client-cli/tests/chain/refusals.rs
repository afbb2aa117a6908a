//! What is refused, by whom, and that nothing was sent.

use crate::wallet::Member;

#[test]
fn a_refusal_by_the_chain_comes_before_anything_is_signed() {
    let member = Member::new();
    member.data(&[
        "--account",
        "carol",
        "propose",
        "treasury-spend",
        "--to",
        "erin",
        "--amount",
        "5",
        "--title",
        "Tip",
    ]);
    let too_heavy = member.error(&["--account", "bob", "vote", "0", "aye", "--weight", "1000000"]);
    assert_eq!(too_heavy["code"], "VOT-103");
    assert_eq!(too_heavy["details"]["asked"], "1000000.000000000000");
    assert_eq!(too_heavy["details"]["nothing_sent"], true);
    let too_much = member.error(&["--account", "bob", "send", "erin", "1000000"]);
    assert_eq!(too_much["code"], "BAL-102");
    assert!(too_much["message"].as_str().unwrap().contains("1,000,000.00 ALT"));
    let unknown = member.error(&["--account", "bob", "vote", "9", "aye", "--weight", "1"]);
    assert_eq!(unknown["code"], "CLI-037");
    assert_eq!(member.data(&["account", "bob"])["nonce"], 0);
    assert_eq!(member.data(&["status"])["block"]["number"], 1);
}

#[test]
fn nobody_is_asked_and_nothing_is_sent_without_consent() {
    let member = Member::new();
    let ran = member.run(&["--account", "alice", "--json", "send", "bob", "1"]);
    assert_eq!(ran.code, 5);
    let tried = member.data(&["--account", "alice", "--dry-run", "send", "bob", "1"]);
    assert_eq!(tried["dry_run"], true);
    assert!(tried["transaction"]["hash"].is_null());
    assert_eq!(member.data(&["status"])["block"]["number"], 0);
}

#[test]
fn the_chain_meant_is_the_chain_asked() {
    let member = Member::new();
    let genesis = member.data(&["status"])["genesis"].as_str().unwrap().to_owned();
    member.data(&["--genesis", &genesis, "status"]);
    let other = format!("0x{}", "ab".repeat(32));
    let ran = member.run(&["--genesis", &other, "--account", "alice", "send", "bob", "1"]);
    assert_eq!(ran.code, 7, "{}", ran.stderr);

    let remembered = member.node.home().join("chains.json");
    let text = std::fs::read_to_string(&remembered).unwrap();
    let text = text.replace(&genesis, &other).replace("true", "false");
    std::fs::write(&remembered, text).unwrap();
    let ran = member.run(&["status"]);
    assert_eq!(ran.code, 7, "{}", ran.stderr);
    member.data(&["--genesis", &genesis, "status"]);
    member.data(&["status"]);
}

#[test]
fn a_key_the_chain_does_not_know_is_told_before_signing() {
    let member = Member::new();
    member.funded_key("zoe", "ml-dsa-44", "10");
    let early = member.error(&["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65"]);
    assert_eq!(early["code"], "KEY-323");
    let poor = member.run(&["--yes", "key", "new", "poor", "--kdf", "light"]);
    assert_eq!(poor.code, 0);
    let error = member.error(&["--account", "poor", "send", "bob", "1"]);
    assert_eq!(error["details"]["nothing_sent"], true);
}

#[test]
fn a_call_that_does_not_exist_names_those_that_do() {
    let member = Member::new();
    let propose = |call: &'static str, field: &'static str| {
        let flags = ["--track", "root", "--title", "x"];
        member
            .error(&[&["--account", "alice", "propose", "call", call, field], &flags[..]].concat())
    };
    let error = propose("treasury.spent", "amount=5");
    assert_eq!(error["code"], "MET-003");
    assert_eq!(error["fix"][0], "Treasury.spend");
    assert_eq!(propose("treasurr.spend", "amount=5")["code"], "MET-003");
    let missing = propose("treasury.spend", "amount=5");
    assert_eq!(missing["code"], "MET-004");
    assert!(missing["message"].as_str().unwrap().contains("beneficiary"));
    assert_eq!(propose("treasury.spend", "amont=5")["code"], "MET-004");
    assert_eq!(propose("0x", "x=1")["code"], "MET-001");
}
