//! Hold keys, sign, and speak for a member: the wallet of an Althing chain.
//!
//! # What it owns
//!
//! Everything a member types. One command line goes one way: [`cli`] understands it, [`app`]
//! hands it to one file of [`commands`], that returns a reply or an error, and [`output`] shows
//! either as text or as one JSON document.
//!
//! - [`keystore`]: accounts and their keys in files, secrets under a password.
//! - [`key`], [`derive`]: a key in use, and how words become keys of any scheme.
//! - [`encryption`]: keys that others seal to, who can be sealed to, and opening.
//! - [`draft`]: a whole policy as its owners write it, and the proofs of its new keys.
//! - [`reserve`]: keys committed beforehand, for when a scheme falls.
//! - [`modules`]: schemes that the members voted in after this program was made.
//! - [`account`]: what a person means by a name or an address.
//! - [`amount`], [`duration`], [`time`]: exact values as text.
//! - [`chain`]: a node, behind one synchronous facade; calls and events by the chain's metadata.
//! - [`people`]: which accounts the words of a command mean on this chain.
//! - [`proof`]: proofs about the state as files, checked without a node.
//! - [`offline`]: facts and transactions as files, for machines without a network.
//! - [`transact`]: from what a command wants to a transaction in a block.
//! - [`ask`]: questions, only where someone can answer.
//!
//! # Invariants
//!
//! - C1: standard output holds the result and nothing else (`output`, O1 to O5).
//! - C2: no secret is written anywhere but into a sealed key file, by `key export`, and by
//!   `key add --export`; words appear once, on the standard error of `key new`, `key rotate` and
//!   `recovery ask`, with a warning (`KEY-357`) where that is no terminal.
//! - C3: nothing is asked when standard input is no terminal or `--json` is given.
//! - C5: no transaction is signed before it was tried on the chain's state, shown and confirmed, and
//!   never for another chain than the one meant (`chain`, N1). There are two exceptions.
//!   `sign-payload` asks no chain and signs the bytes it is given, for which the client that made
//!   them answers; a machine without a network shows the call and tries nothing (`offline`, F2).
//! - C6: an error says that nothing was sent only if that is certain (`transact::fate`).
//! - C4: errors carry a public code from one list, and say what helps.
//!
//! # Parallelism
//!
//! None: one command, one thread. The runtime that waits for sockets runs on that thread.
//!
//! # Failure
//!
//! Modules return typed errors; [`output::CliError`] is their public form, and `errors.rs` the
//! mapping between the two.

pub mod account;
pub mod amount;
pub mod app;
pub mod ask;
pub mod chain;
pub mod cli;
pub mod commands;
pub mod context;
pub mod derive;
pub mod draft;
pub mod duration;
pub mod encryption;
pub mod environment;
mod errors;
pub mod key;
pub mod keystore;
pub mod modules;
pub mod near;
pub mod offline;
pub mod output;
pub mod people;
pub mod proof;
pub mod reserve;
pub mod time;
pub mod tour;
pub mod transact;
pub mod wording;

use std::process::ExitCode;

/// Run the command line of this process.
pub fn run_process() -> ExitCode {
    app::run_process().into()
}
