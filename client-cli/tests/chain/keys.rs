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

    /// The data of a command that asks no node.
    fn data_without_chain(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["--json", "--yes"], arguments].concat());
        let mut document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["ok"], true, "{arguments:?}: {document}");
        document["data"].take()
    }

    /// The bytes of a key file.
    fn kept(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.node.home().join(format!("keys/{name}.json"))).unwrap()
    }

    /// A command with `--yes` for people, which is refused without words.
    fn refused_without_words(&self, arguments: &[&str]) -> String {
        let ran = self.run(&[&["--yes"], arguments].concat());
        assert_ne!(ran.code, 0, "{arguments:?}");
        assert!(!ran.stderr.contains("24 words"), "{}", ran.stderr);
        ran.stderr
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
    let refused = member.error(&["key", "export", "zoe"]);
    assert_eq!(refused["code"], "KEY-337", "{refused}");
    let commands = refused["fix"].as_array().unwrap().clone();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let out = member.node.home().join("half.json");
        let words: Vec<&str> = command.as_str().unwrap().split(' ').collect();
        let words = [&words[1..words.len() - 1], &[out.to_str().unwrap()]].concat();
        member.data_without_chain(&words);
        std::fs::remove_file(out).unwrap();
    }
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

/// A ballot locks what it weighs, and whoever holds a key for votes may weigh all: the owner can take
/// that key away and the ballot back all the same.
#[test]
fn a_key_for_votes_cannot_lock_the_owner_out() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-65");
    let ask = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    member.data(&[&["--account", "carol"], &ask[..], &["--title", "Hi"]].concat());
    let file = member.node.home().join("laptop.json");
    let path = file.to_str().unwrap();
    let added = member.data(&["key", "add", "zoe", "--scope", "vote", "--export", path]);
    let import = ["--yes", "key", "import", "laptop", "--secret-file", path, "--kdf", "light"];
    assert_eq!(member.run(&import).code, 0);
    // The refusal of too much says what the account holds once the ballot itself is paid.
    let ballot = ["--account", "laptop", "vote", "0", "aye", "--weight"];
    let refused = member.error(&[&ballot[..], &["1000000"]].concat());
    assert_eq!(refused["code"], "VOT-103");
    let all = refused["details"]["available"].as_str().unwrap();
    member.data(&[&ballot[..], &[all]].concat());
    let error = member.error(&["--account", "zoe", "send", "bob", "0.001"]);
    assert_eq!(error["code"], "TXN-002", "nothing is left to pay with: {error}");
    let handle = added["handle"].as_str().unwrap();
    member.data(&["key", "remove", "zoe", handle]);
    member.data(&["--account", "zoe", "unvote", "0"]);
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

/// Nothing is made for what the chain would refuse, and what is printed leads out.
fn what_a_frozen_scheme_refuses(member: &Member) {
    let before = member.kept("zoe");
    let rotate = ["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65"];
    for refused in [&rotate[..], &["--account", "zoe", "send", "bob", "1"]] {
        let said = member.refused_without_words(refused);
        assert!(said.contains("error[TX-111]: ml-dsa-44 is frozen"), "{said}");
        assert!(said.contains("althing key escape zoe") && !said.contains("key rotate"), "{said}");
    }
    let said = member.refused_without_words(&["key", "commit-next", "zoe", "--from-words"]);
    assert!(said.contains("althing key escape zoe"), "{said}");
    assert_eq!(member.kept("zoe"), before);

    let before = member.kept("dead");
    for refused in [
        &["key", "rotate", "dead", "--to-scheme", "ml-dsa-65"][..],
        &["key", "escape", "dead"],
        &["key", "check", "dead"],
    ] {
        let said = member.refused_without_words(refused);
        assert!(said.contains("althing propose call accounts.rescue --help"), "{said}");
        assert!(said.contains("wait until then") && !said.contains(" send dead"), "{said}");
    }
    assert_eq!(member.kept("dead"), before);
    let help = member.run(&["propose", "call", "accounts.rescue", "--help"]);
    assert_eq!(help.code, 0, "{}", help.stderr);

    let checked = member.run(&["key", "check"]);
    assert_eq!(checked.code, 6);
    assert!(checked.stdout.lines().any(|line| line.starts_with("zoe\tml-dsa-44 ")));
    assert!(!checked.stderr.contains('{'), "{}", checked.stderr);
    assert!(checked.stderr.contains("zoe: ml-dsa-44 is frozen"), "{}", checked.stderr);

    let made = member.run(&["--yes", "key", "new", "cold", "--scheme", "ml-dsa-44", "--dry-run"]);
    assert!(made.stderr.contains("warning[KEY-362]: ml-dsa-44 is frozen"), "{}", made.stderr);
    let dave = member.error(&["key", "rotate", "dave", "--to-scheme", "ml-dsa-65"]);
    assert_eq!(
        (&dave["code"], &dave["fix"][0]),
        (&"KEY-338".into(), &"althing key new mine".into())
    );
}

#[test]
fn an_account_escapes_from_a_frozen_scheme_and_can_escape_again() {
    let member = Member::new();
    let sent = member.enrolled("zoe", "ml-dsa-44");
    assert!(sent["pre_rotation"]["block"].is_number());
    member.funded_key("dead", "ml-dsa-44", "10");
    member.freeze("ml-dsa-44", "0");
    what_a_frozen_scheme_refuses(&member);
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
    std::fs::write(&file, "taken").unwrap();
    let said = member.refused_without_words(&ask);
    assert!(said.contains("error[CLI-031]") && said.contains("it exists already"), "{said}");
    assert!(!member.node.home().join("keys/zoe2.json").exists());
    std::fs::remove_file(&file).unwrap();
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
    member.funded_key("late", old, "10");
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
    // An account that never signed keeps its funds: a rotation is what it may begin with.
    let refused = member.error(&["--account", "late", "send", "bob", "1"]);
    let command = refused["fix"][0].as_str().unwrap().to_owned();
    assert_eq!(command, "althing key rotate late --to-scheme ml-dsa-65", "{refused}");
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--kdf", "light"]).collect();
    member.data(&words);
    member.data(&["--account", "late", "send", "bob", "1"]);
}

#[test]
fn a_rotation_that_goes_to_a_file_says_that_nothing_was_sent() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-44");
    let before = member.policy("zoe");
    for flag in ["--unsigned", "--signed"] {
        let file = member.node.home().join(format!("tx{flag}.json"));
        let to = ["--yes", flag, file.to_str().unwrap()];
        let rotate = ["key", "rotate", "zoe", "--to-scheme", "ml-dsa-65", "--kdf", "light"];
        let ran = member.run(&[&to[..], &rotate].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("Nothing was sent: the old key signs until"), "{}", ran.stderr);
        assert!(
            !ran.stderr.contains("KEY-356") && !ran.stderr.contains("is dead."),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(member.policy("zoe"), before);
}

#[test]
fn friends_of_one_family_are_told_that_another_is_needed() {
    let member = Member::new();
    member.enrolled("zoe", "ml-dsa-65");
    let set = ["recovery", "set", "zoe", "--friends", "ann,ben,carol", "--threshold", "2"];
    for name in ["ann", "ben"] {
        member.enrolled(name, "ml-dsa-44");
    }
    member.data(&set);
    let file = member.node.home().join("zoe.recovery.json");
    let path = file.to_str().unwrap();
    let ask = ["recovery", "ask", "zoe", "--name", "zoe2", "--kdf", "light", "--out", path];
    let hash = member.data(&ask)["draft_hash"].as_str().unwrap().to_owned();
    member.data(&["--account", "ann", "recovery", "propose", path]);
    let approve = ["--yes", "--account", "ben", "recovery", "approve", "zoe", &hash];
    let ran = member.run(&approve);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("keys of one more family are needed"), "{}", ran.stderr);
    let shown = member.run(&["key", "policy", "zoe"]);
    assert!(shown.stdout.contains("keys of one more family are needed"), "{}", shown.stdout);
    assert_eq!(member.data(&["key", "policy", "zoe"])["recoveries"][0]["families"], 1);
}
