//! `althing crypto`: which cryptography is in use, and whether new one is fit for use.

mod canaries;
mod check_module;
mod inputs;
mod learn;
mod list;
mod report;
mod report_break;

use crate::{
    context::Context,
    output::{CliError, Reply},
};

/// Arguments of `crypto`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing crypto\n  althing --json crypto\n  althing crypto canaries"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What else there is to do about cryptography.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The keys that nobody holds: who signs under one has broken its scheme
    Canaries(canaries::Arguments),
    /// Prove that a scheme is broken, which freezes it at once
    ReportBreak(report_break::Arguments),
    /// Check a verifier module before anyone proposes it, offline
    CheckModule(check_module::Arguments),
    /// Learn a scheme that the members voted in, so that keys of it work here
    Learn(learn::Arguments),
}

/// Show what is in use, unless something else was asked for.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    match &arguments.command {
        None => list::run(context),
        Some(Command::Canaries(arguments)) => canaries::run(arguments, context),
        Some(Command::ReportBreak(arguments)) => report_break::run(arguments, context),
        Some(Command::CheckModule(arguments)) => check_module::run(arguments),
        Some(Command::Learn(arguments)) => learn::run(arguments, context),
    }
}
