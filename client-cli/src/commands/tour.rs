//! `althing tour`: see the whole idea work on a chain of your own.

use crate::{
    context::Context,
    output::{CliError, Reply},
    tour,
};

/// Arguments of `tour`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing tour\n  althing --json tour

It starts a node of its own in a temporary folder, needs no other, and leaves nothing behind. Ends
with 6 if anything was not as it should be.")]
pub struct Arguments {}

/// Play it.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    tour::run(context)
}
