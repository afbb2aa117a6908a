//! Chain specifications: files that operators are handed by others.

use althing_runtime::{AlthingRuntime, ChainSpec, GovernancePreset};

use crate::check::{DECODER_BASE, bounded, survives};
use crate::generator::cases;

/// Specifications that are built, too: block 0 takes a while.
const BUILT_MAX: usize = 12;

#[test]
fn chain_specifications_take_hostile_text() {
    let mut spec = ChainSpec::dev(GovernancePreset::Fast).unwrap();
    // Two members say all: the rest would only move spoilt bytes into their keys.
    spec.members.truncate(2);
    let json = spec.to_json().unwrap().into_bytes();
    let runtime = AlthingRuntime::new();
    let mut built = 0;
    survives("ChainSpec", cases(), &mut |_| json.clone(), &mut |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Ok(read) = bounded(DECODER_BASE, bytes, || ChainSpec::from_json(&text)) else {
            return;
        };
        assert_eq!(ChainSpec::from_json(&read.to_json().unwrap()).unwrap(), read);
        if read != spec && built < BUILT_MAX {
            built += 1;
            let _ = read.build(&runtime);
        }
    });
}

#[test]
fn deep_long_and_large_specifications_are_refused() {
    let huge = "9".repeat(300_000);
    let treasury = |amount: &str| format!("{{\"treasury\":{amount}}}");
    let texts = [
        "[".repeat(300_000),
        "{\"members\":".repeat(60_000),
        format!("{{\"members\":[{}", "[],".repeat(100_000)),
        treasury(&huge),
        treasury(&format!("\"{huge}\"")),
        treasury("1e999999999"),
        format!("{{\"time\":-{huge}}}"),
        format!("\"{}", "\\u0000".repeat(50_000)),
    ];
    for text in texts {
        let read = bounded(DECODER_BASE, text.as_bytes(), || ChainSpec::from_json(&text));
        assert!(read.is_err());
    }
}

#[test]
fn balances_that_overflow_the_issuance_are_refused() {
    let mut spec = ChainSpec::dev(GovernancePreset::Fast).unwrap();
    for member in &mut spec.members {
        member.balance = u128::MAX;
    }
    assert!(spec.build(&AlthingRuntime::new()).is_err());
}
