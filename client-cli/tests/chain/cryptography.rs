//! The history that the chain exists for: members leave one signature scheme and take up another
//! by vote, on a chain that never stops, and nobody loses an account.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::wallet::Member;

const OLD: &str = "sphincs+-sha2-128s-r3";
const HYBRID: &str = "ml-dsa-65+slh-dsa-sha2-128s";
const NEW: &str = "ml-dsa-87";

/// Members of three schemes that are not asked about, and what they vote with.
const VOTERS: [(&str, &str); 8] = [
    ("alice", "30k"),
    ("erin", "90k"),
    ("grace", "90k"),
    ("bob", "90k"),
    ("frank", "90k"),
    ("heidi", "90k"),
    ("judy", "90k"),
    ("carol", "90k"),
];

/// A block.
fn tick(member: &Member) {
    member.data(&["--account", "ivan", "send", "bob", "0.1"]);
}

fn pass(member: &Member, blocks: u32) {
    for _ in 0..blocks {
        tick(member);
    }
}

/// Where a scheme stands.
fn state(member: &Member, scheme: &str) -> String {
    let schemes = member.data(&["crypto"])["schemes"].clone();
    let schemes = schemes.as_array().unwrap();
    let found = schemes.iter().find(|known| known["name"] == scheme);
    found.unwrap_or_else(|| panic!("no {scheme} in {schemes:?}"))["state"].as_str().unwrap().into()
}

fn status(member: &Member, index: &str) -> String {
    member.data(&["referendum", "show", index])["status"].as_str().unwrap().into()
}

/// Ask, vote with everybody, and let blocks pass until the call has taken effect.
fn decide(member: &Member, question: &[&str]) {
    let index = put_to_the_vote(member, question);
    enacted(member, &index);
}

/// Ask and vote with everybody.
fn put_to_the_vote(member: &Member, question: &[&str]) -> String {
    let asked = member.data(&[&["--account", "carol", "propose"], question].concat());
    let index = asked["referendum"].to_string();
    for (name, weight) in VOTERS {
        let ballot = ["--account", name, "vote", &index, "aye", "--weight", weight];
        member.data(&[&ballot[..], &["--conviction", "1"]].concat());
    }
    index
}

/// Let blocks pass until the call has taken effect, and none more. The block in which it did.
fn enacted(member: &Member, index: &str) -> u64 {
    for _ in 0..60 {
        match status(member, index).as_str() {
            "enacted" => {
                let listed = member.data(&["referenda"])["referenda"].clone();
                let listed = listed.as_array().unwrap().clone();
                let number: u64 = index.parse().unwrap();
                let ours = listed.iter().find(|one| one["index"] == number).unwrap();
                assert_eq!(ours["enactment"]["ok"], true, "{ours}");
                return ours["enactment"]["block"].as_u64().unwrap();
            }
            "preparing" | "queued" | "deciding" | "confirming" | "approved" => tick(member),
            other => panic!("referendum {index} is {other}"),
        }
    }
    panic!("referendum {index} was not enacted");
}

/// A question that takes long enough for ballots to be looked at.
fn ask_something(member: &Member) -> String {
    ask_on(member, "small-tipper")
}

fn ask_on(member: &Member, track: &str) -> String {
    let call = ["propose", "call", "system.remark", "remark=hi", "--track", track];
    let asked = member.data(&[&["--account", "carol"], &call[..], &["--title", "Hi"]].concat());
    asked["referendum"].to_string()
}

fn artifact(end: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("../runtime/crypto/modules/artifacts").join(format!("{NEW}{end}"));
    path.display().to_string()
}

fn first_key(account: &Value) -> &str {
    account["keys"][0]["scheme"].as_str().unwrap()
}

/// Members on the old scheme. Sam holds much and has a lock, Stella holds little and stays away, Zoe
/// waits for something new. What Sam's account looks like.
fn settle_on_the_old_scheme(member: &Member) -> Value {
    member.data(&["--account", "dave", "send", "bob", "40k"]);
    for (name, tokens) in [("sam", "49k"), ("stella", "100"), ("zoe", "200")] {
        let scheme = if name == "zoe" { "ml-dsa-44" } else { OLD };
        member.funded_key(name, scheme, tokens);
        // The first transaction enters the key, and the wallet commits to the reserve key.
        member.data(&["--account", name, "send", "bob", "1"]);
    }
    let index = ask_something(member);
    let ballot = ["vote", &index, "aye", "--weight", "20k", "--conviction", "1"];
    member.data(&[&["--account", "sam"], &ballot[..]].concat());
    member.data(&["account", "sam"])
}

/// A referendum deprecates the scheme: nobody enters it any more, ballots still count until the
/// sunset, and after it old keys make no calls.
fn deprecate_it(member: &Member) {
    let deprecate = ["crypto", "deprecate", "--scheme", OLD, "--sunset", "30", "--title", "Leave"];
    decide(member, &deprecate);
    assert_eq!(state(member, OLD), "deprecated");
    member.funded_key("late", OLD, "10");
    let refused = member.error(&["--account", "late", "send", "bob", "1"]);
    assert_eq!(refused["code"], "TX-111", "{refused}");
    let index = ask_something(member);
    member.data(&["--account", "dave", "vote", &index, "aye", "--weight", "7"]);
    let shown = member.data(&["referendum", "show", &index]);
    assert_eq!(shown["tally"]["support"], "7.000000000000");
    assert_eq!(member.run(&["key", "check", "sam"]).code, 6, "the wallet warns");
    pass(member, 32);
    let refused = member.error(&["--account", "dave", "send", "bob", "1"]);
    assert_eq!(refused["code"], "TX-111", "{refused}");
}

/// Too much weight is left on the scheme, so its retirement postpones itself until Sam has rotated
/// to two schemes together: address, funds and locks stay.
fn retire_it(member: &Member, sam: &Value) {
    decide(member, &["crypto", "retire", "--scheme", OLD, "--title", "Retire"]);
    pass(member, 3);
    assert_eq!(state(member, OLD), "deprecated", "more than a tenth of the weight is left");
    member.data(&["key", "rotate", "sam", "--to-scheme", HYBRID, "--kdf", "light"]);
    let rotated = member.data(&["account", "sam"]);
    assert_eq!(rotated["address"], sam["address"]);
    assert_eq!(rotated["locks"], sam["locks"]);
    assert_eq!(rotated["keys"].as_array().unwrap().len(), 2);
    let index = ask_something(member);
    let sent = member.data(&["--account", "sam", "vote", &index, "aye", "--weight", "30k"]);
    assert!(sent["transaction"]["size"].as_u64().unwrap() > 3_309 + 7_856, "both keys signed");
    let gone = (0..40).any(|_| {
        tick(member);
        state(member, OLD) == "retired"
    });
    assert!(gone, "nine tenths of the weight have left");
}

/// A straggler's key signs nothing, and the reserve key takes over.
fn escape_from_it(member: &Member) {
    let refused = member.error(&["--account", "stella", "send", "bob", "1"]);
    assert_eq!(refused["code"], "TX-111", "{refused}");
    let stella = member.data(&["account", "stella"]);
    member.data(&["key", "escape", "stella"]);
    let escaped = member.data(&["account", "stella"]);
    assert_eq!(escaped["address"], stella["address"]);
    assert_eq!(first_key(&escaped), "slh-dsa-sha2-128s");
    member.data(&["--account", "stella", "send", "bob", "1"]);
}

/// An account under the scheme that nobody has voted in yet: its key is made by modules from files,
/// and its funds wait until the scheme is there.
fn prepare_for_the_new_one(member: &Member) {
    let (verifier, signer) = (artifact("-verifier.wasm"), artifact("-signer.wasm"));
    let new = ["--yes", "key", "new", "yrsa", "--scheme", NEW, "--scheme-id", "256"];
    let modules = ["--verifier-module", &verifier, "--signer-module", &signer, "--kdf", "light"];
    let made = member.run(&[&new[..], &modules].concat());
    assert_eq!(made.code, 0, "{}", made.stderr);
    member.data(&["--account", "alice", "send", "yrsa", "100"]);
    let early = member.error(&["--account", "yrsa", "send", "bob", "1"]);
    assert!(early["code"].is_string(), "{early}");
}

/// Another referendum adds a scheme that this program was not compiled with: Yrsa, who has a key of
/// it, votes in the very next block, and Zoe rotates to it.
fn add_a_new_one(member: &Member) {
    prepare_for_the_new_one(member);
    let (module, vectors) = (artifact("-verifier.wasm"), artifact(".vectors"));
    let (signer, manifest) = (artifact("-signer.wasm"), artifact(".json"));
    let add = [
        "crypto",
        "add",
        "--module",
        &module,
        "--signer",
        &signer,
        "--vectors",
        &vectors,
        "--manifest",
        &manifest,
        "--title",
        "ML-DSA-87",
    ];
    let index = put_to_the_vote(member, &add);
    // Open for longer than the other one takes to be decided and enacted.
    let question = ask_on(member, "medium-spender");
    let enacted_at = enacted(member, &index);
    assert_eq!(member.data(&["status"])["block"]["number"], enacted_at);
    let ballot = |name| ["--account", name, "vote", &question, "aye", "--weight", "50"];
    let voted = member.data(&ballot("yrsa"));
    assert_eq!(voted["transaction"]["block"], enacted_at + 1);
    assert_eq!(voted["transaction"]["scheme"], NEW);
    let shown = member.data(&["referendum", "show", &question]);
    assert_eq!(shown["tally"]["support"], "50.000000000000", "{shown}");
    assert_eq!(first_key(&member.data(&["account", "yrsa"])), NEW);

    member.data(&["key", "rotate", "zoe", "--to-scheme", NEW, "--kdf", "light"]);
    let voted = member.data(&ballot("zoe"));
    assert_eq!(voted["transaction"]["scheme"], NEW);
    assert_eq!(first_key(&member.data(&["account", "zoe"])), NEW);
}

#[test]
fn members_replace_the_chains_cryptography_while_it_runs() {
    let mut member = Member::stored();
    let begun = member.node.process();
    let sam = settle_on_the_old_scheme(&member);
    deprecate_it(&member);
    retire_it(&member, &sam);
    escape_from_it(&member);
    add_a_new_one(&member);

    // One process all along, and whoever repeats its history ends where it did.
    assert_eq!(member.node.process(), begun);
    assert!(member.node.is_running());
    let best = member.data(&["status"])["block"]["hash"].as_str().unwrap().to_owned();
    let blocks = member.node.home().join("blocks");
    fs::create_dir_all(member.node.home()).unwrap();
    let head = member.node.stop_and_replay(&blocks);
    assert!(head.contains(&best), "{best} is not the head: {head}");
}
