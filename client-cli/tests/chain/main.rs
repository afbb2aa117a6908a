//! The built wallet against a real node.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[path = "../support/mod.rs"]
mod support;

mod canary;
mod cryptography;
mod flow;
mod keys;
mod metadata;
mod modules;
mod offline;
mod proof;
mod refusals;
mod sealed;
mod secrets;
mod wallet;
