//! What clients of this kind of chain rely on, over the wire: names, forms, orders, codes.
//!
//! One test a promise. The programs of others (polkadot.js, subxt) are tested in `clients/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../raw/mod.rs"]
mod raw;
#[path = "../support/mod.rs"]
mod support;

mod blocks;
mod explain;
mod feeds;
mod members;
mod methods;
mod refusals;
mod rows;
mod statuses;
mod web;

use std::path::PathBuf;

use althing_node::spec::{ChainSpec, ChainType};
use althing_primitives::{AccountId, to_ss58};
use althing_runtime::GovernancePreset;
use support::Node;
use tempfile::TempDir;

/// Smallest units in one token.
const TOKEN: u128 = althing_primitives::TOKEN;

/// A chain of strangers: the same members, but nobody may make its blocks. The folder goes last.
fn live() -> (Node, TempDir) {
    let folder = TempDir::new().unwrap();
    let mut spec = ChainSpec::dev(GovernancePreset::Fast).unwrap();
    spec.chain_type = ChainType::Live;
    let file: PathBuf = folder.path().join("spec.json");
    std::fs::write(&file, spec.to_json().unwrap()).unwrap();
    let base = folder.path().join("base");
    let words = ["run".as_ref(), "--chain".as_ref(), file.as_os_str()];
    let node = Node::start(words.into_iter().chain(["--base-path".as_ref(), base.as_os_str()]));
    (node, folder)
}

/// The address of an account on the development chain.
fn address(account: &AccountId) -> String {
    to_ss58(account, 42)
}
