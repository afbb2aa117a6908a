//! A scheme that no program knows: proposed, voted in, learned and used, on a chain that goes on.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::wallet::Member;

const NAME: &str = "ml-dsa-87";
const MANIFEST: &str = r#"{"name": "ml-dsa-87", "family": "lattice", "public": 2592,
    "signature": 4627, "fuel_max": 50000000}"#;

fn artifact(end: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("../runtime/crypto/modules/artifacts").join(format!("{NAME}{end}"));
    path.display().to_string()
}

/// The command that proposes the scheme, its facts from a manifest of the test's own.
fn proposal(member: &Member) -> Vec<String> {
    fs::create_dir_all(member.node.home()).unwrap();
    let manifest = member.node.home().join("manifest.json");
    fs::write(&manifest, MANIFEST).unwrap();
    let (module, vectors) = (artifact("-verifier.wasm"), artifact(".vectors"));
    let (signer, manifest) = (artifact("-signer.wasm"), manifest.display().to_string());
    [
        "--account",
        "alice",
        "propose",
        "crypto",
        "add",
        "--module",
        &module,
        "--vectors",
        &vectors,
        "--signer",
        &signer,
        "--manifest",
        &manifest,
        "--title",
        "ML-DSA-87",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// Everyone votes aye, and blocks pass until the call took effect.
fn carry(member: &Member, referendum: &Value) {
    let index = referendum["referendum"].to_string();
    for name in ["alice", "bob", "carol", "dave", "erin", "frank"] {
        let ballot = ["vote", &index, "aye", "--weight", "40k", "--conviction", "1"];
        member.data(&[&["--account", name], &ballot[..]].concat());
    }
    for _ in 0..60 {
        let shown = member.data(&["referendum", "show", &index]);
        match shown["status"].as_str().unwrap() {
            "enacted" => return,
            "preparing" | "queued" | "deciding" | "confirming" | "approved" => {
                member.data(&["--account", "grace", "send", "judy", "1"]);
            }
            _ => panic!("{shown}"),
        }
    }
    panic!("referendum {index} was not enacted");
}

#[test]
fn a_scheme_is_voted_in_as_a_module_and_members_sign_with_it_at_once() {
    let member = Member::new();
    member.funded_key("zoe", "ml-dsa-44", "100");
    member.data(&["--account", "zoe", "send", "bob", "1"]);

    let command = proposal(&member);
    let tried = member.data(&[&["--dry-run"], &strs(&command)[..]].concat());
    assert_eq!(tried["notes"].as_array().unwrap().len(), 3);
    assert_eq!(tried["scheme_id"], 256);
    let asked = member.data(&strs(&command));
    assert!(asked["notes"].as_array().unwrap().iter().all(|note| note["transaction"].is_object()));
    let shown = member.run(&["referendum", "show", &asked["referendum"].to_string()]).stdout;
    assert!(shown.contains("scheme=256") && shown.contains("name=\"ml-dsa-87\""), "{shown}");
    carry(&member, &asked);
    // A second proposal finds the name taken.
    assert_eq!(member.error(&strs(&command))["code"], "KEY-346");
    let activate = ["propose", "crypto", "activate", "--scheme", NAME, "--title", "Use it"];
    carry(&member, &member.data(&[&["--account", "alice"], &activate[..]].concat()));

    member.funded_key("later", NAME, "100");
    let sent = member.data(&["--account", "later", "send", "bob", "1"]);
    assert_eq!(sent["transaction"]["scheme"], NAME);
    assert_eq!(member.data(&["account", "later"])["keys"][0]["scheme"], NAME);
    member.data(&["key", "rotate", "zoe", "--to-scheme", NAME, "--kdf", "light"]);
    let question = ["propose", "call", "system.remark", "remark=hi", "--track", "small-tipper"];
    let asked = member.data(&[&["--account", "alice"], &question[..], &["--title", "Hi"]].concat());
    let index = asked["referendum"].to_string();
    let ballot = member.data(&["--account", "zoe", "vote", &index, "aye", "--weight", "5"]);
    assert_eq!(ballot["transaction"]["scheme"], NAME);
    assert_eq!(member.data(&["crypto", "learn", NAME])["scheme_id"], 256);

    // Modules that were damaged are fetched again, and keys of them sign again.
    for entry in fs::read_dir(member.node.home().join("modules")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "wasm") {
            fs::write(path, b"damaged").unwrap();
        }
    }
    let payment = ["--account", "later", "send", "bob", "1"];
    let refused = member.error(&payment);
    assert_eq!(refused["code"], "KEY-341", "{refused}");
    assert_eq!(refused["fix"][0], "althing crypto learn ml-dsa-87");
    assert_eq!(member.data(&["crypto", "learn", NAME])["scheme_id"], 256);
    member.data(&payment);
}

#[test]
fn steps_are_shown_with_their_numbers_and_impossible_ones_are_warned_about() {
    let member = Member::new();
    let step = |more: &[&str]| {
        let propose = ["--yes", "--account", "alice", "propose", "crypto"];
        let ran = member.run(&[&propose[..], more, &["--title", "T"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        (ran.stdout.trim().to_owned(), ran.stderr)
    };
    let (index, screen) = step(&["deprecate", "--scheme", "ml-dsa-44", "--sunset", "30"]);
    assert!(screen.contains("sunset 30 blocks") && !screen.contains("CLI-351"), "{screen}");
    let shown = member.run(&["referendum", "show", &index]).stdout;
    assert!(shown.contains("scheme=2 (ml-dsa-44) sunset_after=30"), "{shown}");
    let (_, screen) = step(&["freeze", "--scheme", "ml-dsa-44", "--blocks", "10"]);
    assert!(screen.contains("for 10 blocks"), "{screen}");
    for more in [["activate", "--scheme", "ml-dsa-44"], ["propose", "--scheme", "ml-dsa-44"]] {
        let (_, screen) = step(&more);
        assert!(screen.contains("warning[CLI-351]") && screen.contains("active"), "{screen}");
        assert!(!screen.contains("not in the registry"), "{screen}");
    }

    let refused = member.error(&["crypto", "learn", "ml-dsa-65"]);
    assert!(refused["message"].as_str().unwrap().contains("by itself"), "{refused}");
    let refused = member.error(&["--account", "alice", "--signers", "00", "send", "bob", "1"]);
    assert_eq!(refused["code"], "OFF-014", "{refused}");
    assert_eq!(member.error(&["tx", "zz"])["code"], "CLI-013");
}
