//! libFuzzer on the target that `ALTHING_FUZZ_TARGET` names; on `list`, their names.
//!
//! One program for all of them: linking takes longer than a run. `ALTHING_FUZZ_SEEDS` names a
//! folder into which it writes the target's valid inputs before it begins, so that the same folder
//! can be its corpus. `.ci/fuzz` shows how to call it.

#![no_main]

use std::{fs, path::Path, process, sync::LazyLock};

use althing_fuzzing::{TARGETS, Target, target};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("ALTHING_FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| {
        if name != "list" {
            eprintln!("ALTHING_FUZZ_TARGET is `{name}`, which is none of:");
        }
        TARGETS.iter().for_each(|target| println!("{}", target.name));
        process::exit(i32::from(name != "list"));
    })
});

fn begin() {
    let seeds = TARGET.seeds;
    let Ok(folder) = std::env::var("ALTHING_FUZZ_SEEDS") else { return };
    for (number, seed) in seeds().iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number}"));
        fs::write(path, seed).expect("the folder of the seeds can be written");
    }
}

libfuzzer_sys::fuzz_target!(init: begin(), |bytes: &[u8]| (TARGET.feed)(bytes));
