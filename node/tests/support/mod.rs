//! The real program, started for a test; and what a test needs to talk to it.
//!
//! A [`Node`] is a process of its own on a free port, with a temporary folder for its files; it is
//! killed at the latest when the test ends. [`Rpc`] asks it, [`Member`] signs for the development
//! chain's members, [`calls`] makes calls. [`open`] looks into a
//! folder that no node is using, and [`replay`] executes it again. [`command`] runs commands that end by themselves.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_docs,
    missing_debug_implementations,
    clippy::unwrap_used,
    reason = "each test program uses a part of this"
)]

pub mod calls;
mod folder;
mod member;
mod process;
mod rpc;

pub use folder::{copy, open, replay};
pub use member::{Member, member};
pub use process::{Node, Outcome, command, wait_until};
pub use rpc::{Rpc, Update, hash, header, hex, item, number};
