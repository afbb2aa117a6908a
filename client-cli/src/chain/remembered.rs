//! Which chain was met at which address (N1).
//!
//! `<home>/chains.json` maps an address to the genesis first seen there. Development chains begin
//! anew with every start, and their keys are public, so one development chain may follow another.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{ChainError, replies::Info};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Entry {
    genesis: String,
    chain: String,
    development: bool,
}

/// Check what the node at `url` says of itself against what is expected, and remember it.
pub(super) fn check(
    home: &Path,
    url: &str,
    info: &Info,
    pinned: Option<&str>,
) -> Result<(), ChainError> {
    let wrong = |expected: &str, kept_in: Option<PathBuf>| ChainError::WrongGenesis {
        url: url.to_owned(),
        expected: expected.to_owned(),
        found: info.genesis.clone(),
        kept_in,
    };
    if let Some(pinned) = pinned
        && !pinned.eq_ignore_ascii_case(&info.genesis)
    {
        return Err(wrong(pinned, None));
    }

    let path = home.join("chains.json");
    let mut known = load(&path)?;
    let entry = Entry {
        genesis: info.genesis.clone(),
        chain: info.chain.clone(),
        development: info.development,
    };
    match known.get(url) {
        Some(before) if *before == entry => return Ok(()),
        Some(before) if before.genesis != entry.genesis => {
            let begun_anew = before.development && entry.development;
            if pinned.is_none() && !begun_anew {
                return Err(wrong(&before.genesis, Some(path)));
            }
        }
        Some(_) | None => {}
    }
    known.insert(url.to_owned(), entry);
    save(home, &path, &known)
}

fn load(path: &Path) -> Result<BTreeMap<String, Entry>, ChainError> {
    let failed = |source| ChainError::Io { action: "read", path: path.to_owned(), source };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(failed(error)),
    };
    serde_json::from_str(&text).map_err(|error| failed(error.into()))
}

fn save(home: &Path, path: &Path, known: &BTreeMap<String, Entry>) -> Result<(), ChainError> {
    let failed = |source| ChainError::Io { action: "write", path: path.to_owned(), source };
    let text = serde_json::to_string_pretty(known).map_err(|error| failed(error.into()))?;
    fs::create_dir_all(home).map_err(failed)?;
    // Wallets that run at the same time must never see half a file.
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    fs::write(&draft, text + "\n").and_then(|()| fs::rename(&draft, path)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(genesis: &str, development: bool) -> Info {
        serde_json::from_value(serde_json::json!({
            "chain": "c", "genesis": genesis, "development": development, "gov": "fast",
            "specVersion": 1, "prefix": 42, "token": { "symbol": "ALT", "decimals": 12 },
            "head": { "number": 0, "hash": genesis },
        }))
        .unwrap()
    }

    #[test]
    fn another_genesis_at_a_known_address_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let check = |info: &Info, pinned| check(home.path(), "ws://h:1", info, pinned);
        check(&info("0xaa", false), None).unwrap();
        check(&info("0xaa", false), None).unwrap();
        for development in [false, true] {
            let refused = check(&info("0xbb", development), None).unwrap_err();
            let names_both = matches!(
                &refused,
                ChainError::WrongGenesis { expected, found, .. }
                    if expected == "0xaa" && found == "0xbb"
            );
            assert!(names_both, "{refused}");
        }
    }

    #[test]
    fn a_development_chain_may_begin_anew() {
        let home = tempfile::tempdir().unwrap();
        let check = |info: &Info| check(home.path(), "ws://h:1", info, None);
        check(&info("0xaa", true)).unwrap();
        check(&info("0xbb", true)).unwrap();
        assert!(check(&info("0xcc", false)).is_err());
    }

    #[test]
    fn a_pinned_genesis_decides_and_is_remembered() {
        let home = tempfile::tempdir().unwrap();
        let check = |info: &Info, pinned| check(home.path(), "ws://h:1", info, pinned);
        check(&info("0xaa", false), None).unwrap();
        assert!(check(&info("0xbb", false), Some("0xaa")).is_err());
        check(&info("0xbb", false), Some("0xBB")).unwrap();
        check(&info("0xbb", false), None).unwrap();
    }
}
