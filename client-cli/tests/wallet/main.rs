//! The built wallet, run as its users run it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod check_module;
mod contract;
mod keys;
mod modules;
mod support;
