//! What an operator types, and what is answered.
//!
//! Results go to standard output or to the file asked for; everything else goes to standard error.
//! Exit codes: 0 done, 1 failed, 2 bad usage.

mod banner;
mod bench;
mod bench_options;
mod blocks;
mod config_out;
mod error;
mod journal;
mod node;
mod options;
mod spec;

use std::process::ExitCode;

use clap::Parser;

use error::CliError;
use options::{Command, Options};

/// Do what the command line says.
pub fn main() -> ExitCode {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(options.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.explain();
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Dev(options) => node::dev(&options),
        Command::Run(options) => node::run(&options),
        Command::BuildSpec(options) => spec::build(&options),
        Command::ExportBlocks(options) => blocks::export(&options),
        Command::ImportBlocks(options) => blocks::import(&options),
        Command::Bench(options) => bench::run(&options),
    }
}
