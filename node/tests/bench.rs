//! The benchmark's program: every workload runs, all modes agree, and what it prints is what it
//! promises. Nothing here depends on time.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod support;

use serde_json::Value;
use support::{Outcome, command};
use tempfile::TempDir;

/// Every workload, and the options that its small form takes.
const WORKLOADS: [(&str, &[&str]); 13] = [
    ("bstm-p2p", &["--accounts", "10"]),
    ("bstm-rw", &["--reads", "21", "--writes", "4"]),
    ("disjoint", &[]),
    ("chain", &[]),
    ("hotspot", &["--accounts", "20"]),
    ("dao-vote1", &[]),
    ("dao-vote100", &[]),
    ("dao-revote", &[]),
    ("dao-treasury", &[]),
    ("dao-treasury", &["--dry"]),
    ("dao-mix", &["--accounts", "50"]),
    ("dao-mix", &["--accounts", "50", "--barrier", "--transactions", "1000"]),
    ("tiny", &[]),
];

/// Fields that other programs read.
const FIELDS: [&str; 17] = [
    "workload",
    "accounts",
    "transactions",
    "workers",
    "signed",
    "persisted",
    "serial_us_per_tx",
    "one_worker_us_per_tx",
    "parallel_us_per_tx",
    "speedup",
    "tps",
    "conflicts",
    "serial_share",
    "roots_match",
    "phases",
    "cpu",
    "machine",
];

fn bench(workload: &str, options: &[&str]) -> Outcome {
    let small = ["bench", workload, "--runs", "1", "--workers", "3", "--json"];
    // An option that is given twice is refused, so what is given goes first.
    let size: &[&str] =
        if options.contains(&"--transactions") { &[] } else { &["--transactions", "64"] };
    command(small.iter().chain(size).chain(options))
}

fn document(outcome: Outcome) -> Value {
    let outcome = outcome.done();
    // One document and nothing else.
    serde_json::from_slice(&outcome.stdout).unwrap()
}

#[test]
fn every_workload_gives_one_root_in_all_modes() {
    for (workload, options) in WORKLOADS {
        let options = [options, &["--no-signatures"]].concat();
        let document = document(bench(workload, &options));
        assert_eq!(document["workload"], workload);
        assert_eq!(document["roots_match"], true, "{workload}");
        assert_eq!(document["signed"], Value::Null, "{workload}");
        let failed = document["failed_calls"].as_u64().unwrap();
        // Only a pot that runs dry refuses anything.
        assert_eq!(failed > 0, options.contains(&"--dry"), "{workload}: {failed} calls failed");
    }
}

#[test]
fn the_document_has_every_promised_field() {
    let document = document(bench("DAO-vote1", &[]));
    for field in FIELDS {
        assert!(document.get(field).is_some(), "{field} is not in {document}");
    }
    assert_eq!(document["transactions"], 64);
    assert_eq!(document["workers"], 3);
    assert_eq!(document["signed"], "ml-dsa-44");
    assert_eq!(document["persisted"], false);
    assert!(document["serial_us_per_tx"].as_f64().unwrap() > 0.0);
    assert!(document["phases"]["execute"]["serial_us_per_tx"].as_f64().unwrap() > 0.0);
}

#[test]
fn durable_blocks_agree_too() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().to_str().unwrap();
    for witness in [&["--scheme", "ml-dsa-65"][..], &["--no-signatures"]] {
        let options = [&["--persist", "--folder", place][..], witness].concat();
        let document = document(bench("dao-vote1", &options));
        assert_eq!(document["roots_match"], true);
        assert_eq!(document["persisted"], true);
    }
    // Nothing is left behind.
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn the_chains_own_limits_can_be_kept() {
    let document = document(bench("disjoint", &["--limits", "--rows", "100", "--no-signatures"]));
    assert_eq!(document["limits_lifted"], false);
    assert_eq!(document["rows"], 100);
}

#[test]
fn without_json_people_read_the_baseline_beside_the_parallel_figure() {
    let outcome = command(["bench", "tiny", "--transactions", "8", "--runs", "1"]).done();
    let text = String::from_utf8(outcome.stdout).unwrap();
    for part in ["machine", "serial ", "one worker", "speed-up", "roots", "equal in all modes"] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn unknown_names_are_answered_with_the_known_ones() {
    let outcome = command(["bench", "nosuch"]);
    assert_eq!(outcome.code, Some(2));
    for (workload, _) in WORKLOADS {
        assert!(outcome.stderr.contains(workload), "{workload} is not in:\n{}", outcome.stderr);
    }
    command(["bench", "tiny", "--scheme", "rot13"]).refused(&["rot13", "ml-dsa-44"]);
    let list = String::from_utf8(command(["bench", "list"]).done().stdout).unwrap();
    assert!(WORKLOADS.iter().all(|(workload, _)| list.contains(workload)), "{list}");
}

#[test]
fn options_that_say_nothing_about_the_measurement_are_refused() {
    let wrong: [(&str, &[&str], &str); 5] = [
        ("tiny", &["--dry"], "dao-treasury"),
        ("dao-vote1", &["--barrier"], "dao-mix"),
        ("disjoint", &["--reads", "21"], "bstm-rw"),
        ("disjoint", &["--writes", "4"], "bstm-rw"),
        ("tiny", &["--no-signatures", "--verifier", "canonical"], "--no-signatures"),
    ];
    for (workload, options, belongs) in wrong {
        bench(workload, options).refused(&["does not go with", belongs]);
    }
}

#[test]
fn a_folder_that_is_not_there_is_refused_and_not_made() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    let place = missing.to_str().unwrap();
    bench("tiny", &["--persist", "--folder", place]).refused(&["there is no folder", place]);
    assert!(!missing.exists());
}

#[test]
fn members_who_vote_twice_in_a_block_are_told_of() {
    let document = document(bench("dao-vote1", &["--accounts", "10", "--no-signatures"]));
    let variant = document["variant"].as_str().unwrap();
    assert!(variant.contains("54 votes of a block replace an earlier one"), "{variant}");
}

#[test]
fn a_state_is_imported_restarted_and_proven() {
    let outcome = command(["bench", "state", "--rows", "2000", "--workers", "2", "--json"]);
    let document = document(outcome);
    assert_eq!(document["rows"], 2_000);
    assert_eq!(document["import"]["root"], document["restart"]["root"]);
}

#[test]
fn a_server_answers_reads_and_takes_transactions() {
    let load = ["--connections", "5", "--seconds", "1", "--transactions", "50", "--json"];
    let document = document(command(["bench", "rpc"].iter().chain(&load)));
    assert!(document["reads"].as_u64().unwrap() > 0);
    assert_eq!(document["submits"], 50);
    assert_eq!(document["refused"], 0);
}

#[test]
fn votes_reach_blocks_of_a_development_chain() {
    let document =
        document(command(["bench", "latency", "--starts", "1", "--votes", "6", "--json"]));
    assert_eq!(document["votes"], 6);
    assert!(document["vote_ms"].as_f64().unwrap() > 0.0);
}

#[test]
fn results_become_tables_and_plots() {
    let folder = TempDir::new().unwrap();
    for workload in ["disjoint", "dao-vote1", "dao-vote100"] {
        let outcome = bench(workload, &["--no-signatures"]).done();
        std::fs::write(folder.path().join(format!("{workload}.json")), outcome.stdout).unwrap();
    }
    let report = command([&"bench", &"report", &folder.path().to_str().unwrap()]).done();
    let report = String::from_utf8(report.stdout).unwrap();
    for part in ["| P1 |", "| P2 |", "| disjoint |", "| dao-vote100 |"] {
        assert!(report.contains(part), "{part} is not in:\n{report}");
    }
    let small = ["--transactions", "32", "--runs", "1", "--workers", "2", "--rows-max", "0"];
    let plots = ["bench", "plot", "--out", folder.path().to_str().unwrap()];
    command(plots.iter().chain(&small)).done();
    for name in ["by-workers.svg", "by-conflict.svg", "by-rows.svg"] {
        let svg = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("<circle"), "{name}: {svg}");
    }
}

#[test]
fn every_scheme_and_kem_is_measured_beside_ed25519() {
    let manifest =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime/crypto/modules/artifacts/ml-dsa-87.json");
    let small = ["bench", "crypto", "--runs", "1", "--signatures", "2", "--json"];
    let document = document(command(small.iter().chain(&["--module", manifest])));
    let names = |list: &str, field: &str| -> Vec<String> {
        let entries = document[list].as_array().unwrap();
        entries.iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
    };
    let schemes = althing_crypto::schemes().iter().map(|scheme| scheme.name());
    let modules = ["ml-dsa-87", "ml-dsa-87 (aws-lc-rs, yardstick)"];
    let expected: Vec<_> =
        ["ed25519 (yardstick)"].into_iter().chain(schemes).chain(modules).collect();
    assert_eq!(names("schemes", "scheme"), expected);
    let kems = althing_crypto::kems().iter().map(|kem| kem.name());
    let expected: Vec<_> = kems.chain(["ml-kem-768 (aws-lc-rs, yardstick)"]).collect();
    assert_eq!(names("kems", "kem"), expected);
    for one in document["schemes"].as_array().unwrap() {
        let verifies: &[&str] = match one["scheme"].as_str().unwrap() {
            "ml-dsa-87" => &["verify_module_us", "fuel"],
            "ml-dsa-87 (aws-lc-rs, yardstick)" => &["verify_fast_us"],
            _ => &["verify_canonical_us", "verify_batch_us"],
        };
        for field in ["generate_us", "sign_us"].iter().chain(verifies) {
            assert!(one[*field].as_f64().unwrap() > 0.0, "{field}: {one}");
        }
    }
}
