//! `althing crypto`: which cryptography is in use, and whether new one is fit for use.

mod check_module;
mod inputs;
mod learn;
mod list;
mod report;

use crate::{
    context::Context,
    output::{CliError, Reply},
};

/// Arguments of `crypto`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing crypto\n  althing --json crypto")]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What else there is to do about cryptography.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check a verifier module before anyone proposes it, offline
    CheckModule(check_module::Arguments),
    /// Learn a scheme that the members voted in, so that keys of it work here
    Learn(learn::Arguments),
}

/// Show what is in use, unless something else was asked for.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    match &arguments.command {
        None => list::run(context),
        Some(Command::CheckModule(arguments)) => check_module::run(arguments),
        Some(Command::Learn(arguments)) => learn::run(arguments, context),
    }
}
