//! The output contract, observed from outside: streams, envelope, exit codes.
use std::process::{Command, Stdio};

use crate::support::Wallet;
use althing::{cli, output::codes};

#[test]
fn exit_codes_follow_the_table() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-44")]);
    for (arguments, password, code) in [
        (&["version"][..], None, 0),
        (&["key", "list"], None, 0),
        (&["--help"], None, 0),
        (&["--version"], None, 0),
        (&["key", "export", "cold", "--yes"], Some("wrong"), 1),
        (&[], None, 2),
        (&["key"], None, 2),
        (&["vorsion"], None, 2),
        (&["key", "new"], None, 2),
        (&["key", "new", "Bad Name"], Some("x"), 2),
        (&["key", "new", "x", "--scheme", "rsa"], Some("x"), 2),
        (&["key", "new", "x", "--words", "12"], Some("x"), 2),
        (&["key", "show", "nobody"], None, 2),
        (&["version", "--timeout", "soon"], None, 2),
        (&["sign-payload"], None, 2),
        (&["key", "new", "x"], None, 5),
        (&["key", "export", "cold"], Some("secret"), 5),
        (&["key", "export", "cold", "--yes"], None, 5),
    ] {
        for json in [false, true] {
            let mut all = arguments.to_vec();
            all.extend(json.then_some("--json"));
            let ran = wallet.run_with(&all, "", password);
            assert_eq!(ran.code, code, "{all:?}: {}{}", ran.stdout, ran.stderr);
            if json {
                ran.document();
            } else if code != 0 {
                assert_eq!(ran.stdout, "", "{all:?}");
                assert!(ran.stderr.starts_with("error["), "{all:?}: {}", ran.stderr);
            }
        }
    }
}

#[test]
fn usage_errors_are_documents_that_name_the_command() {
    let document = Wallet::new().json(&["key", "new", "x", "--shceme", "ml-dsa-44"]);
    assert_eq!(document["command"], "key new");
    assert_eq!(document["error"]["code"], "CLI-001");
    assert!(document["error"]["message"].as_str().unwrap().contains("--shceme"));
    let fix = document["error"]["fix"].as_array().unwrap();
    assert!(fix.iter().any(|fix| fix.as_str().unwrap().contains("--scheme")), "{fix:?}");
    assert!(document["error"]["details"].is_object());
}

#[test]
fn a_success_has_command_chain_data_and_warnings() {
    let document = Wallet::new().json(&["version"]);
    assert_eq!(document["command"], "version");
    assert!(document["chain"].is_null());
    assert_eq!(document["data"]["schema"], "althing.cli/1");
    assert_eq!(document["warnings"], serde_json::json!([]));
}

#[test]
fn help_and_version_are_documents_too() {
    let wallet = Wallet::new();
    let help = wallet.json(&["key", "new", "--help"]);
    assert_eq!(help["command"], "help");
    assert_eq!(help["data"]["of"], "key new");
    assert!(help["data"]["text"].as_str().unwrap().contains("Examples:"));
    assert_eq!(wallet.json(&["--version"])["command"], "version");
}

#[test]
fn the_top_page_is_grouped() {
    let help = Wallet::new().run(&["--help"]).stdout;
    let position = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}\n{help}"));
    assert!(position("\nKeys\n") < position("\nSetup\n"));
    assert!(position("  key new ") < position("  explain "));
    assert!(position("Global options:") > position("\nSetup\n"));
}

#[test]
fn every_leaf_prints_its_help() {
    let wallet = Wallet::new();
    let tree = cli::command();
    for (path, _) in cli::leaves(&tree) {
        let words: Vec<_> = path.split(' ').chain(["--help"]).collect();
        let ran = wallet.run(&words);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{path}");
        assert!(ran.stdout.contains("Examples:"), "{path}");
    }
}

#[test]
fn every_code_is_explained_offline() {
    let wallet = Wallet::new();
    let listed = wallet.json(&["explain"]);
    assert_eq!(listed["data"]["codes"].as_array().unwrap().len(), codes::ALL.len());
    let one = wallet.json(&["explain", "key-304"]);
    assert_eq!(one["data"]["code"], "KEY-304");
    let of_chain = wallet.json(&["explain", "vot-103"]);
    assert_eq!(of_chain["data"]["rule"], "TooHeavy");
    assert!(!of_chain["data"]["meaning"].as_str().unwrap().is_empty());
    for code in ["TX-105", "POOL-104", "RPC-103", "DEV-102"] {
        let of_node = wallet.json(&["explain", &code.to_lowercase()]);
        assert_eq!(of_node["data"]["code"], code);
        assert!(of_node["data"]["fix"].is_string(), "{of_node}");
    }
    assert_eq!(wallet.json(&["explain", "POOL-14"])["error"]["code"], "CLI-024");
    assert_eq!(wallet.json(&["explain", "KEY-999"])["error"]["code"], "CLI-024");
}

#[test]
fn piped_tables_are_tab_separated() {
    let wallet = Wallet::with(&[("cold", "ml-dsa-44")]);
    let ran = wallet.run(&["key", "list"]);
    let cells: Vec<_> = ran.stdout.trim_end().split('\t').collect();
    assert_eq!((cells[0], cells[2], cells[3]), ("cold", "ml-dsa-44", "current"));
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'));
}

#[test]
fn quiet_silences_hints() {
    let wallet = Wallet::new();
    assert!(wallet.run(&["key", "list"]).stderr.contains("No keys yet"));
    assert_eq!(wallet.run(&["--quiet", "key", "list"]).stderr, "");
}

#[test]
fn a_reader_that_leaves_early_has_seen_enough() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_althing"))
        .args(["explain"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
