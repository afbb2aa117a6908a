//! Whole public vector files, when the environment variable `ALTHING_VECTORS` names their folder
//! (`wycheproof/` from C2SP/wycheproof, `acvp/` from usnistgov/ACVP-Server). Without it the tests
//! that read them say so and have nothing to do; the extract in `specs/vectors/crypto` is always
//! checked.

use std::{fs, io::Write as _, path::PathBuf};

use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "a test may be told where large files are")]
fn folder() -> Option<PathBuf> {
    std::env::var("ALTHING_VECTORS").ok().map(PathBuf::from)
}

/// The groups of tests in a file, none if there is no folder.
pub(crate) fn groups(file: &str) -> Vec<Value> {
    let Some(folder) = folder() else {
        // Not by a macro: what those print in a test that passes is thrown away.
        let _ = writeln!(std::io::stderr(), "skipped: {file}, ALTHING_VECTORS names no folder");
        return Vec::new();
    };
    let path = folder.join(file);
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("ALTHING_VECTORS is set but {}: {error}", path.display()));
    let mut file: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(file["testGroups"].take()).unwrap()
}

/// Demand that no fewer cases were tried than the files held when this was written: one whose fields
/// have other names since would be passed over otherwise, and the test would pass on nothing.
pub(crate) fn assert_ran(ran: usize, least: usize) {
    assert!(folder().is_none() || ran >= least, "{ran} cases ran, there are {least}");
}

/// The tests of a group.
pub(crate) fn tests(group: &Value) -> &[Value] {
    group["tests"].as_array().unwrap()
}

/// The bytes of a field, none if it is missing.
pub(crate) fn hex(value: &Value) -> Vec<u8> {
    const_hex::decode(value.as_str().unwrap_or_default()).unwrap()
}
