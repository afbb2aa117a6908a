//! Every target takes its seeds, and its seeds spoilt by a fixed plan, a bounded number of times.
//!
//! The plan is that of the runtime's tests on hostile bytes: bombs and cuts at every position, then
//! flips, splices, growth. `ALTHING_FUZZ_CASES` sets the cases per target (256, an eighth of them
//! for those who verify signatures), `ALTHING_FUZZ_SEED` their seed (0). Faults that coverage has
//! to lead to are what `.ci/fuzz` is for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "functions of tests are tests too")]

#[path = "../../runtime/tests/hostile_bytes/generator.rs"]
#[allow(
    dead_code,
    unfulfilled_lint_expectations,
    reason = "its own crate uses all, and forbids more"
)]
mod generator;

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use althing_crypto::{kems, schemes};
use althing_fuzzing::{TARGETS, Target, target};
use generator::{Rng, feed};

#[test]
fn every_target_takes_its_seeds() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has nothing to begin with", target.name);
        for seed in &seeds {
            (target.feed)(seed);
        }
    }
}

fn run(target: &Target, cases: usize) {
    let seeds = (target.seeds)();
    let mut sample = |rng: &mut Rng| rng.pick(&seeds).clone();
    let mut check = |bytes: &[u8]| {
        let fine = catch_unwind(AssertUnwindSafe(|| (target.feed)(bytes))).is_ok();
        assert!(fine, "{}: 0x{}", target.name, const_hex::encode(bytes));
    };
    feed(&mut Rng::of(target.name), cases, &mut sample, &mut check);
}

fn verifies(target: &Target) -> bool {
    schemes().iter().any(|scheme| scheme.name().starts_with(target.name))
        || matches!(target.name, "sphincs-r3" | "slh-dsa-128s")
}

fn cases() -> usize {
    std::env::var("ALTHING_FUZZ_CASES").map_or(256, |text| text.parse().unwrap())
}

#[test]
fn decoders_take_spoilt_seeds() {
    for target in TARGETS.iter().filter(|target| !verifies(target)) {
        run(target, cases());
    }
}

#[test]
fn verifiers_agree_on_spoilt_seeds() {
    for target in TARGETS.iter().filter(|target| verifies(target)) {
        run(target, cases() / 8);
    }
}

#[test]
fn every_scheme_and_kem_has_a_target_and_every_name_is_its_own() {
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert_eq!(TARGETS.iter().filter(|target| verifies(target)).count(), schemes().len());
    assert!(kems().iter().all(|kem| target(kem.name()).is_some()));
}
