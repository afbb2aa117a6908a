//! The command line: global flags, the tree of commands, and its help.

mod help;
mod usage;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::{chain::Wait, commands, duration};

/// Where a node is expected when nothing else is said.
pub const DEFAULT_URL: &str = "ws://127.0.0.1:9944";

pub use help::{command, examples_of, leaves};
pub use usage::{command_name, usage_error, wants_json};

/// Decide, spend and upgrade together: the wallet of an Althing chain.
#[derive(Debug, Parser)]
#[command(name = "althing", version, propagate_version = false)]
pub struct Cli {
    /// Flags every command has.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags every command has.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of the user's")]
pub struct Global {
    /// Node to talk to, ws:// or http://
    #[arg(long, global = true, env = "ALTHING_URL", default_value = DEFAULT_URL, value_name = "URL")]
    pub url: String,
    /// Account that signs or is looked at
    #[arg(long, global = true, env = "ALTHING_ACCOUNT", value_name = "NAME")]
    pub account: Option<String>,
    /// One JSON document on standard output; never ask
    #[arg(long, global = true)]
    pub json: bool,
    /// Answer every confirmation with yes
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,
    /// No hints, no progress
    #[arg(long, short = 'q', global = true)]
    pub quiet: bool,
    /// Show what would happen and stop
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// What to wait for after sending
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHAT")]
    pub wait: Wait,
    /// Refuse any chain but the one with this genesis hash
    #[arg(long, global = true, value_name = "HASH")]
    pub genesis: Option<String>,
    /// Ask no node: know what this file tells, sign, and write the transaction (offline-facts)
    #[arg(long, global = true, value_name = "FILE")]
    pub offline: Option<PathBuf>,
    /// Neither sign nor send: write the transaction to this new file, for sign
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "signed")]
    pub unsigned: Option<PathBuf>,
    /// Sign but do not send: write the transaction to this new file, for tx-send
    #[arg(long, global = true, value_name = "FILE")]
    pub signed: Option<PathBuf>,
    /// Keys that sign a transaction written to a file: beginnings of their handles
    #[arg(long, global = true, value_name = "HANDLES", value_delimiter = ',')]
    pub signers: Vec<String>,
    /// How long to wait for a node or a block
    #[arg(long, global = true, default_value = "30s", value_parser = duration::parse, value_name = "TIME")]
    pub timeout: Duration,
}

/// Everything the wallet does. Groups in the help: `cli/help.rs`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer a referendum, or change your answer
    Vote(commands::vote::Arguments),
    /// Take a ballot back
    Unvote(commands::unvote::Arguments),
    /// Settle finished ballots and free what need not stay locked
    Unlock(commands::unlock::Arguments),
    /// List referenda, newest first
    Referenda(commands::referenda::Arguments),
    /// Look at one referendum
    #[command(subcommand)]
    Referendum(commands::referendum::Command),
    /// Ask the members a question
    #[command(subcommand)]
    Propose(commands::propose::Command),
    /// Send tokens
    Send(commands::send::Arguments),
    /// Show the chain, and what needs you
    Status(commands::status::Arguments),
    /// Show an account: balances, locks, keys, ballots
    Account(commands::account::Arguments),
    /// Show the common funds
    Treasury(commands::treasury::Arguments),
    /// Show which cryptography is in use
    Crypto(commands::crypto::Arguments),
    /// Show the classes of referenda and their rules
    Tracks(commands::tracks::Arguments),
    /// Show the members of a development chain
    Members(commands::members::Arguments),
    /// Show a block
    Block(commands::block::Arguments),
    /// Find a transaction and what came of it
    Tx(commands::tx::Arguments),
    /// Show what happened, or follow what happens
    Events(commands::events::Arguments),
    /// Seal a file to members, or to the council
    Seal(commands::seal::Arguments),
    /// Open a file that was sealed to you
    Open(commands::open::Arguments),
    /// What the council reads of a referendum before the public does
    #[command(subcommand)]
    Annex(commands::annex::Command),
    /// Prove what the state holds, to anyone
    Proof(commands::proof::Arguments),
    /// Check a proof file, without trusting a node
    VerifyProof(commands::verify_proof::Arguments),
    /// Make, list and move keys
    #[command(subcommand)]
    Key(commands::key::Command),
    /// Name friends who recover an account, and be such a friend
    #[command(subcommand)]
    Recovery(commands::recovery::Command),
    /// Write down what a machine without a network must know to sign
    OfflineFacts(commands::offline_facts::Arguments),
    /// Show what a transaction file means and sign it; needs no node
    Sign(commands::sign::Arguments),
    /// Send a transaction file that all its keys have signed
    TxSend(commands::tx_send::Arguments),
    /// Sign another client's payload with a key of this wallet
    SignPayload(commands::sign_payload::Arguments),
    /// See the whole idea work on a chain of your own
    Tour(commands::tour::Arguments),
    /// Explain an error code, offline
    Explain(commands::explain::Arguments),
    /// Print the version of this program and of its formats
    Version(commands::version::Arguments),
}
