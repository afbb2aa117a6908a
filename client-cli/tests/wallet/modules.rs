//! Keys of a scheme that the program was not compiled with, from the modules in the tree.

use std::{fs, path::PathBuf};

use althing_crypto::{Backend as _, Module, ModuleFacts};
use althing_primitives::{AccountId, Circumstances, Signature, statement};
use parity_scale_codec::Decode as _;

use crate::support::{Wallet, words_in};

const NAME: &str = "ml-dsa-87";
const MANIFEST: &str = r#"{"name": "ml-dsa-87", "family": "lattice", "public": 2592,
    "signature": 4627, "fuel_max": 50000000}"#;

fn artifact(end: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("../runtime/crypto/modules/artifacts").join(format!("{NAME}{end}"));
    path.display().to_string()
}

/// The flags that take the place of a chain.
fn flags(wallet: &Wallet) -> Vec<String> {
    let manifest = wallet.file("manifest.json");
    fs::write(&manifest, MANIFEST).unwrap();
    let flags = [
        ("--scheme", NAME.to_owned()),
        ("--signer-module", artifact("-signer.wasm")),
        ("--verifier-module", artifact("-verifier.wasm")),
        ("--scheme-id", "256".to_owned()),
        ("--manifest", manifest.display().to_string()),
        ("--kdf", "light".to_owned()),
    ];
    flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect()
}

fn new_key(wallet: &Wallet, name: &str) -> Vec<String> {
    let flags = flags(wallet);
    let mut arguments = vec!["key", "new", name];
    arguments.extend(flags.iter().map(String::as_str));
    let ran = wallet.run(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    words_in(&ran.stderr)
}

fn module_files(wallet: &Wallet) -> Vec<PathBuf> {
    let folder = fs::read_dir(wallet.file("modules"));
    let entries = folder.into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_key_of_a_learned_scheme_is_listed_checked_and_signs_without_a_node() {
    let wallet = Wallet::new();
    let words = new_key(&wallet, "later");
    let shown = wallet.json(&["key", "show", "later"]);
    let key = &shown["data"]["keys"][0];
    assert_eq!(key["scheme"], NAME);
    assert_eq!(key["path"], "althing:derive:v1/ml-dsa-87/0");
    assert_eq!(wallet.json(&["key", "list"])["data"]["accounts"][0]["keys"][0]["scheme"], NAME);
    let check =
        wallet.run_with(&["key", "check", "later", "--words"], &words.join(" "), Some("secret"));
    assert!(check.stdout.starts_with("PASS"), "{}{}", check.stdout, check.stderr);

    let arguments = ["--account", "later", "sign-payload", "--epoch", "5", "--policy", "2"];
    let ran = wallet.run_with(&arguments, "0x0400ab", Some("secret"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let bytes = const_hex::decode(ran.stdout.trim_end()).unwrap();
    let witness = Signature::decode(&mut &bytes[..]).unwrap();
    let Signature::Key { scheme, public, signature } = &witness else { panic!("{witness:?}") };
    assert_eq!(scheme.0, 256);
    let account = AccountId::from_key(witness.handle().unwrap(), [0; 32]);
    assert_eq!(account.to_string(), shown["data"]["address"].as_str().unwrap());
    let under = Circumstances { epoch: 5, policy: 2 };
    let message = statement(&account, under, &witness.signers(), &[4, 0, 0xab]);
    let facts = ModuleFacts { public: 2592, signature: 4627, fuel_max: 50_000_000 };
    let verifier = Module::compile(&fs::read(artifact("-verifier.wasm")).unwrap(), facts).unwrap();
    assert!(verifier.verify(public, &message, signature));
}

#[test]
fn once_learned_a_scheme_is_known_by_its_name_and_words_restore_its_keys() {
    let wallet = Wallet::new();
    let words = new_key(&wallet, "one").join(" ");
    let import = ["key", "import", "two", "--scheme", NAME, "--kdf", "light"];
    let restored = wallet.run_with(&import, &words, Some("other"));
    assert_eq!(restored.code, 0, "{}", restored.stderr);
    let address = |name: &str| wallet.json(&["key", "show", name])["data"]["address"].clone();
    assert_eq!(address("one"), address("two"));
    assert_eq!(module_files(&wallet).len(), 3);
}

#[test]
fn a_module_that_was_altered_signs_nothing_and_hides_no_key() {
    let wallet = Wallet::new();
    new_key(&wallet, "later");
    let files = module_files(&wallet);
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "wasm")) {
        let good = fs::read(file).unwrap();
        let mut bad = good.clone();
        let last = bad.len() - 1;
        bad[last] ^= 1;
        fs::write(file, bad).unwrap();
        let arguments =
            ["--json", "--account", "later", "sign-payload", "--epoch", "0", "--policy", "0"];
        let ran = wallet.run_with(&arguments, "0x00", Some("secret"));
        assert_eq!(ran.document()["error"]["code"], "KEY-341");
        fs::write(file, good).unwrap();
    }
    for file in files {
        fs::remove_file(file).unwrap();
    }
    let listed = wallet.json(&["key", "list"]);
    assert_eq!(listed["data"]["accounts"][0]["keys"][0]["scheme"], NAME);
    let export =
        wallet.run_with(&["--json", "--yes", "key", "export", "later"], "", Some("secret"));
    assert_eq!(export.document()["error"]["code"], "KEY-344");
}

#[test]
fn a_key_cannot_be_given_another_signer_than_its_own() {
    let wallet = Wallet::new();
    new_key(&wallet, "later");
    let file = wallet.key_file("later");
    let text = fs::read_to_string(&file).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let signer = document["keys"][0]["module"]["signer"].as_str().unwrap();
    fs::write(&file, text.replace(signer, &format!("0x{}", "11".repeat(32)))).unwrap();
    let export =
        wallet.run_with(&["--json", "--yes", "key", "export", "later"], "", Some("secret"));
    assert_eq!(export.document()["error"]["code"], "KEY-305");
}

#[test]
fn modules_that_do_not_fit_their_facts_are_refused_and_not_kept() {
    let wallet = Wallet::new();
    let good = flags(&wallet);
    let manifest = wallet.file("manifest.json");
    let replace = |flag: &str, value: String| {
        let mut flags = good.clone();
        let at = flags.iter().position(|text| text == flag).unwrap();
        flags[at + 1] = value;
        flags
    };
    let run = |flags: Vec<String>| {
        let mut arguments = vec!["key", "new", "later"];
        arguments.extend(flags.iter().map(String::as_str));
        wallet.json(&arguments)["error"]["code"].clone()
    };
    // The verifier is no signer, and the signer no verifier.
    assert_eq!(run(replace("--signer-module", artifact("-verifier.wasm"))), "KEY-342");
    assert_eq!(run(replace("--verifier-module", artifact("-signer.wasm"))), "KEY-342");
    fs::write(&manifest, MANIFEST.replace("4627", "4628")).unwrap();
    assert_eq!(run(good.clone()), "KEY-342");
    fs::write(&manifest, MANIFEST.replace("lattice", "curve")).unwrap();
    assert_eq!(run(good.clone()), "KEY-346");
    assert!(module_files(&wallet).is_empty());
}

#[test]
fn a_dry_run_learns_nothing() {
    let wallet = Wallet::new();
    let flags = flags(&wallet);
    let mut arguments = vec!["--dry-run", "key", "new", "later"];
    arguments.extend(flags.iter().map(String::as_str));
    assert_eq!(wallet.run(&arguments).code, 0);
    assert!(module_files(&wallet).is_empty());
}

/// A verifier that keeps all rules and refuses everything.
fn stubborn(wallet: &Wallet) -> String {
    let text = r#"(module (memory (export "memory") 4 4)
        (func (export "althing_abi") (result i32) i32.const 1)
        (func (export "buffer") (param i32) (result i32) i32.const 0)
        (func (export "verify") (param i32 i32 i32) (result i32) i32.const 0))"#;
    let place = wallet.file("stubborn.wasm");
    fs::write(&place, wat::parse_str(text).unwrap()).unwrap();
    place.display().to_string()
}

#[test]
fn a_pair_of_modules_that_do_not_understand_each_other_is_not_kept() {
    let wallet = Wallet::new();
    let mut flags = flags(&wallet);
    let at = flags.iter().position(|text| text == "--verifier-module").unwrap();
    flags[at + 1] = stubborn(&wallet);
    let mut arguments = vec!["key", "new", "later"];
    arguments.extend(flags.iter().map(String::as_str));
    let refused = wallet.json(&arguments);
    assert_eq!(refused["error"]["code"], "KEY-342");
    assert!(refused["error"]["message"].as_str().unwrap().contains("refuses a signature"));
    assert!(module_files(&wallet).is_empty() && !wallet.key_file("later").exists());
}

#[test]
fn one_name_with_two_numbers_is_asked_about_and_keys_of_both_go_on_working() {
    let wallet = Wallet::new();
    new_key(&wallet, "one");
    let mut flags = flags(&wallet);
    let at = flags.iter().position(|text| text == "--scheme-id").unwrap();
    "300".clone_into(&mut flags[at + 1]);
    let mut arguments = vec!["key", "new", "two"];
    arguments.extend(flags.iter().map(String::as_str));
    assert_eq!(wallet.run(&arguments).code, 0);
    let doubtful = ["--url", "ws://127.0.0.1:1", "key", "new", "three", "--scheme", NAME];
    assert_eq!(wallet.json(&doubtful)["error"]["code"], "KEY-343");
    for name in ["one", "two"] {
        let sign = ["--account", name, "sign-payload", "--epoch", "0", "--policy", "0"];
        assert_eq!(wallet.run_with(&sign, "0x00", Some("secret")).code, 0);
    }
}

#[test]
fn a_candidate_that_fails_the_gate_never_reaches_a_chain() {
    let wallet = Wallet::new();
    let (no_vectors, manifest) = (wallet.file("bad.vectors"), wallet.file("manifest.json"));
    fs::write(&no_vectors, [0]).unwrap();
    fs::write(&manifest, MANIFEST).unwrap();
    let (no_vectors, manifest) = (no_vectors.to_str().unwrap(), manifest.to_str().unwrap());
    let (good, vectors) = (artifact("-verifier.wasm"), artifact(".vectors"));
    // No vectors, a verifier that refuses what is valid, and files that their manifest does not mean.
    let hungry = wallet.file("hungry.json");
    fs::write(&hungry, MANIFEST.replace("50000000", "50000001")).unwrap();
    for (module, vectors, manifest, code) in [
        (&good, &*vectors, hungry.to_str().unwrap(), "KEY-346"),
        (&good, no_vectors, manifest, "KEY-347"),
        (&stubborn(&wallet), &vectors, manifest, "KEY-347"),
        (&stubborn(&wallet), &vectors, &artifact(".json"), "KEY-341"),
    ] {
        let files = ["--module", module, "--vectors", vectors, "--manifest", manifest];
        let propose = ["--account", "alice", "propose", "crypto", "add", "--title", "T"];
        let refused = wallet.json(&[&propose[..], &files[..]].concat());
        assert_eq!(refused["error"]["code"], code, "{refused}");
        assert_eq!(refused["error"]["details"]["nothing_sent"], true);
    }
}
