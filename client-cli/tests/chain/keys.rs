//! Keys on the chain: a reserve from the beginning, keys that sign together or only a little, escape,
//! recovery, and the check that tells when something must be done.

use serde_json::Value;

use crate::wallet::Member;

const HYBRID: &str = "ml-dsa-65+slh-dsa-sha2-128s";

impl Member {
    /// A funded account that has signed once.
    fn enrolled(&self, name: &str, scheme: &str) -> Value {
        self.funded_key(name, scheme, "200");
        self.data(&["--account", name, "send", "bob", "1"])
    }

    fn policy(&self, name: &str) -> Value {
        self.data(&["key", "policy", name])["policy"].clone()
    }

    /// Make blocks until `done`.
    fn until(&self, done: impl Fn() -> bool) {
        for _ in 0..60 {
            if done() {
                return;
            }
            self.data(&["--account", "dave", "send", "judy", "1"]);
        }
        panic!("it did not happen in 60 blocks");
    }

    /// Suspend a scheme by referendum number `index`.
    fn freeze(&self, scheme: &str, index: &str) {
        let step = ["--scheme", scheme, "--blocks", "100", "--title", "Broken"];
        self.data(&[&["--account", "alice", "propose", "crypto", "freeze"], &step[..]].concat());
        for name in ["alice", "carol", "dave", "erin"] {
            let weight = ["--weight", "90k", "--conviction", "1"];
            self.data(&[&["--account", name, "vote", index, "aye"], &weight[..]].concat());
        }
        self.until(|| self.data(&["referendum", "show", index])["status"] == "enacted");
    }
}

#[test]
fn the_first_transaction_brings_a_second_one_that_commits_the_reserve() {
    let member = Member::new();
    member.funded_key("zoe", "ml-dsa-44", "100");
    let tried = member.run(&["--dry-run", "--account", "zoe", "send", "bob", "1"]);
    assert!(
        tried.stdout.contains("a second transaction commits your reserve key"),
        "{}",
        tried.stdout
    );
    let sent = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(sent["transaction"]["block"].as_u64().unwrap() + 1, sent["pre_rotation"]["block"]);
    assert!(member.policy("zoe")["next"].is_string());
    let again = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert!(again["pre_rotation"].is_null());
    let checked = member.data(&["key", "check", "zoe"]);
    assert_eq!(checked["accounts"][0]["reserve_here"], true);
    assert_eq!(checked["accounts"][0]["findings"], serde_json::json!([]));
}

#[test]
fn an_account_without_reserve_is_told_so_and_can_commit_later() {
    let member = Member::new();
    let new = ["--yes", "key", "new", "zoe", "--no-pre-rotation", "--kdf", "light"];
    assert_eq!(member.run(&new).code, 0);
    member.data(&["--account", "alice", "send", "zoe", "100"]);
    let sent = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert!(sent["pre_rotation"].is_null());
    assert!(member.policy("zoe")["next"].is_null());
    let warned = member.run(&["key", "check", "zoe"]);
    assert_eq!(warned.code, 0);
    assert!(warned.stderr.contains("althing key commit-next zoe"), "{}", warned.stderr);
    let refused = member.error(&["key", "escape", "zoe"]);
    assert_eq!(
        (&refused["code"], &refused["details"]["nothing_sent"]),
        (&"KEY-329".into(), &true.into())
    );

    let done = member.data(&["key", "commit-next", "zoe", "--kdf", "light"]);
    assert_eq!(done["commitment"], member.policy("zoe")["next"]);
    assert!(!member.run(&["key", "check", "zoe"]).stderr.contains("commit-next"));
    assert!(member.data(&["key", "commit-next", "zoe"])["transaction"].is_null());
}

#[test]
fn two_keys_of_one_backup_sign_everything_together() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-44");
    let before = member.data(&["account", "zoe"]);
    let ask = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    member.data(&[&["--account", "carol"], &ask[..], &["--title", "Hi"]].concat());
    let done = member.data(&["key", "rotate", "zoe", "--to-scheme", HYBRID, "--kdf", "light"]);
    assert_eq!(done["address"], before["address"]);
    assert_eq!(done["restorable_from_words"], true);
    let policy = member.policy("zoe");
    assert_eq!((&policy["threshold"], &policy["next"]), (&2.into(), &done["commitment"]));
    assert_eq!(policy["keys"].as_array().unwrap().len(), 2);

    let sent = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(sent["transaction"]["scheme"], HYBRID);
    assert!(sent["transaction"]["size"].as_u64().unwrap() > 7856 + 3309);
    let voted = member.data(&["--account", "zoe", "vote", "0", "aye", "--weight", "50"]);
    assert_eq!(voted["tally"]["ayes"], "5.000000000000");
    let back = member.data(&["key", "rotate", "zoe", "--to-scheme", "ml-dsa-44", "--kdf", "light"]);
    assert_eq!(back["from_scheme"], HYBRID);
    assert_eq!(member.policy("zoe")["threshold"], 1);
}

#[test]
fn half_of_the_keys_is_not_enough_and_the_other_half_is_named() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-44");
    member.data(&["key", "rotate", "zoe", "--to-scheme", HYBRID, "--kdf", "light"]);
    let path = member.node.home().join("keys/zoe.json");
    let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let keys = file["keys"].as_array_mut().unwrap();
    let gone = keys
        .iter()
        .position(|key| key["status"] == "current" && key["scheme"] == "slh-dsa-sha2-128s");
    let gone = keys.remove(gone.unwrap())["handle"].clone();
    std::fs::write(&path, file.to_string()).unwrap();
    let before = member.data(&["account", "zoe"]);
    let error = member.error(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(error["code"], "KEY-326");
    assert!(error["details"]["missing"][0].as_str().unwrap().ends_with(gone.as_str().unwrap()));
    let error = member.error(&["key", "rotate", "zoe", "--to-scheme", HYBRID]);
    assert_eq!(error["code"], "KEY-330");
    assert_eq!(member.data(&["account", "zoe"]), before);
}

#[test]
fn a_key_of_every_day_does_what_it_may_and_nothing_else() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-65");
    let ask = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    member.data(&[&["--account", "carol"], &ask[..], &["--title", "Hi"]].concat());
    let file = member.node.home().join("laptop.json");
    let path = file.to_str().unwrap();
    let add = ["key", "add", "zoe", "--scope", "vote", "--export", path];
    let added = member.data(&add);
    assert_eq!((&added["scopes"], &added["file"]), (&"vote".into(), &path.into()));
    let import = ["--yes", "key", "import", "laptop", "--secret-file", path, "--kdf", "light"];
    assert_eq!(member.run(&import).code, 0);
    let voted = member.data(&["--account", "laptop", "vote", "0", "aye", "--weight", "50"]);
    assert_eq!(voted["transaction"]["scheme"], "ml-dsa-44");
    for refused in [
        &["send", "bob", "1"][..],
        &[
            "propose",
            "call",
            "system.remark",
            "remark=x",
            "--track",
            "small-tipper",
            "--title",
            "x",
        ],
    ] {
        let error = member.error(&[&["--account", "laptop"], refused].concat());
        assert_eq!(error["code"], "KEY-327", "{error}");
    }
    let error = member.error(&["key", "rotate", "laptop", "--to-scheme", "ml-dsa-44"]);
    assert!(["KEY-327", "KEY-330"].contains(&error["code"].as_str().unwrap()), "{error}");

    let limit = ["key", "add", "zoe", "--scope", "transfer", "--limit", "5", "--export"];
    let purse = member.node.home().join("purse.json");
    let purse = purse.to_str().unwrap();
    member.data(&[&limit[..], &[purse]].concat());
    let import = ["--yes", "key", "import", "purse", "--secret-file", purse, "--kdf", "light"];
    assert_eq!(member.run(&import).code, 0);
    member.data(&["--account", "purse", "send", "bob", "5"]);
    assert_eq!(member.error(&["--account", "purse", "send", "bob", "6"])["code"], "KEY-327");
    assert_eq!(member.error(&["--account", "purse", "send", "bob", "all"])["code"], "KEY-327");

    let handle = added["handle"].as_str().unwrap();
    assert_eq!(member.error(&["key", "remove", "zoe", "0xff00ff00"])["code"], "KEY-332");
    assert_eq!(member.error(&["key", "remove", "zoe", "ml-dsa-44"])["code"], "KEY-332", "two");
    member.data(&["key", "remove", "zoe", handle]);
    let error = member.error(&["--account", "laptop", "vote", "0", "nay", "--weight", "1"]);
    assert_eq!(error["code"], "KEY-322");
}

#[test]
fn an_account_escapes_from_a_frozen_scheme_and_can_escape_again() {
    let member = Member::new();
    let sent = member.enrolled("zoe", "ml-dsa-44");
    assert!(sent["pre_rotation"]["block"].is_number());
    member.freeze("ml-dsa-44", "0");
    let before = member.data(&["account", "zoe"]);
    let told = member.error(&["key", "check", "zoe"]);
    assert_eq!(told["code"], "KEY-328");
    assert_eq!(told["fix"][0], "althing key escape zoe");
    assert_eq!(member.run(&["key", "check", "zoe"]).code, 6);
    let refused = member.error(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(refused["code"], "TX-111", "{refused}");

    let done = member.data(&["key", "escape", "zoe", "--kdf", "light"]);
    assert_eq!(done["address"], before["address"]);
    assert_eq!(done["to_scheme"], "slh-dsa-sha2-128s");
    assert_eq!(member.policy("zoe")["next"], done["commitment"]);
    let sent = member.data(&["--account", "zoe", "send", "bob", "1"]);
    assert_eq!(sent["transaction"]["scheme"], "slh-dsa-sha2-128s");
    assert!(sent["pre_rotation"].is_null());
    assert_eq!(member.data(&["key", "check", "zoe"])["accounts"][0]["reserve_here"], true);
    let again = member.data(&["key", "escape", "zoe", "--kdf", "light"]);
    assert_ne!(again["handle"], done["handle"]);
    member.data(&["--account", "zoe", "send", "bob", "1"]);
}

#[test]
fn friends_recover_an_account_and_its_owner_or_they_stop_what_they_do_not_want() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-65");
    let out = member.node.home().join("none.json");
    let ask = ["recovery", "ask", "bob", "--name", "bob2", "--out", out.to_str().unwrap()];
    assert_eq!(member.error(&ask)["code"], "KEY-336");
    assert!(!out.exists() && !member.node.home().join("keys/bob2.json").exists());
    let set = ["recovery", "set", "zoe", "--friends", "alice,carol", "--threshold", "2"];
    assert!(member.data(&set)["effective_at"].is_null());
    assert_eq!(member.policy("zoe")["recovery"]["threshold"], 2);

    let rotate = ["key", "rotate", "zoe", "--to-scheme", "ml-dsa-44", "--kdf", "light"];
    assert!(member.data(&rotate)["effective_at"].is_number());
    assert_eq!(member.policy("zoe")["keys"][0]["scheme"], "ml-dsa-65");
    member.data(&["key", "cancel", "zoe"]);
    assert_eq!(member.error(&["key", "cancel", "zoe"])["code"], "KEY-335");
    member.data(&rotate);
    assert_eq!(member.data(&["--account", "alice", "recovery", "object", "zoe"])["stopped"], false);
    assert_eq!(member.data(&["--account", "carol", "recovery", "object", "zoe"])["stopped"], true);

    let file = member.node.home().join("zoe.recovery.json");
    let path = file.to_str().unwrap();
    let address = member.data(&["account", "zoe"])["address"].as_str().unwrap().to_owned();
    let ask = ["recovery", "ask", &address, "--name", "zoe2", "--kdf", "light", "--out", path];
    let hash = member.data(&ask)["draft_hash"].as_str().unwrap().to_owned();
    let proposed = member.data(&["--account", "alice", "recovery", "propose", path]);
    assert_eq!(proposed["draft_hash"], hash.as_str());
    let told = member.error(&["key", "check", "zoe"]);
    assert_eq!(told["fix"][0], "althing recovery cancel zoe");
    assert_eq!(member.data(&["recovery", "cancel", "zoe"])["stopped"], 1);
    member.data(&["--account", "alice", "recovery", "withdraw", &address]);

    member.data(&["--account", "alice", "recovery", "propose", path]);
    let approve = ["--account", "carol", "recovery", "approve", &address, &hash];
    assert!(member.data(&approve)["effective_at"].is_number());
    member.until(|| member.data(&["key", "policy", "zoe2"])["pending"].is_null());
    let paid = member.data(&["--account", "zoe2", "send", "bob", "1"]);
    assert_eq!(paid["transaction"]["scheme"], "ml-dsa-65");
    // The request was for the policy that is gone.
    let late = member.error(&["--account", "alice", "recovery", "propose", path]);
    assert_eq!(
        (&late["code"], &late["details"]["nothing_sent"]),
        (&"KEY-334".into(), &true.into())
    );
    assert_eq!(member.error(&["--account", "zoe", "send", "bob", "1"])["code"], "KEY-322");
}

#[test]
fn a_deprecated_scheme_is_told_with_the_command_that_leaves_it() {
    let member = Member::new();
    let old = "sphincs+-sha2-128s-r3";
    member.enrolled("zoe", old);
    let deprecate = ["propose", "crypto", "deprecate", "--scheme", old, "--title", "Leave"];
    member.data(&[&["--account", "alice"], &deprecate[..]].concat());
    for name in ["alice", "bob", "carol", "erin"] {
        let weight = ["--weight", "90k", "--conviction", "1"];
        member.data(&[&["--account", name, "vote", "0", "aye"], &weight[..]].concat());
    }
    member.until(|| member.data(&["referendum", "show", "0"])["status"] == "enacted");
    let told = member.error(&["key", "check", "zoe"]);
    assert_eq!(told["code"], "KEY-328");
    let command = told["fix"][0].as_str().unwrap().to_owned();
    assert_eq!(command, "althing key rotate zoe --to-scheme ml-dsa-65");
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--kdf", "light"]).collect();
    member.data(&words);
    assert_eq!(member.data(&["key", "check", "zoe"])["accounts"][0]["keys"][0]["state"], "active");
}
