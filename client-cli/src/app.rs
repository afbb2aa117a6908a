//! Run one command line: parse, perform, answer.

use std::ffi::OsString;

use clap::{FromArgMatches as _, error::ErrorKind};
use serde_json::json;

use crate::{
    cli::{self, Cli, Command},
    commands,
    context::Context,
    environment::Terminals,
    output::{Body, CliError, Exit, Output, Reply, Style},
};

/// Run the command line of this process.
pub fn run_process() -> Exit {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    run(&arguments, Terminals::of_process(), Output::of_process)
}

/// Run a command line, writing to what `open` gives.
pub fn run(
    arguments: &[OsString],
    terminals: Terminals,
    open: impl FnOnce(Style) -> Output,
) -> Exit {
    let tree = cli::command();
    let style = Style {
        json: cli::wants_json(arguments),
        quiet: false,
        wide: terminals.stdout,
        colour: terminals.stderr && !terminals.no_color,
    };
    let parsed = tree.clone().try_get_matches_from(arguments);
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    let name = cli::command_name(&tree, arguments);
    match parsed {
        Ok(cli) => {
            let style = Style { json: cli.global.json, quiet: cli.global.quiet, ..style };
            let mut context = Context::new(cli.global, open(style), terminals);
            let outcome = perform(cli.command, &mut context);
            context.out.finish(&name, outcome)
        }
        Err(error) => {
            let mut out = open(style);
            match error.kind() {
                ErrorKind::DisplayHelp => out.finish("help", Ok(help(&name, &error))),
                ErrorKind::DisplayVersion => out.finish("version", Ok(commands::version::reply())),
                _ => out.finish(&name, Err(cli::usage_error(&tree, arguments, &error))),
            }
        }
    }
}

fn help(name: &str, error: &clap::Error) -> Reply {
    let text = error.render().to_string();
    let data = json!({ "of": name, "text": text });
    Reply::new(data, Body::Text(text))
}

fn perform(command: Command, context: &mut Context) -> Result<Reply, CliError> {
    match command {
        Command::Vote(arguments) => commands::vote::run(&arguments, context),
        Command::Unvote(arguments) => commands::unvote::run(&arguments, context),
        Command::Unlock(arguments) => commands::unlock::run(&arguments, context),
        Command::Referenda(arguments) => commands::referenda::run(&arguments, context),
        Command::Referendum(command) => commands::referendum::run(&command, context),
        Command::Propose(command) => commands::propose::run(&command, context),
        Command::Send(arguments) => commands::send::run(&arguments, context),
        Command::Status(arguments) => commands::status::run(&arguments, context),
        Command::Account(arguments) => commands::account::run(&arguments, context),
        Command::Treasury(arguments) => commands::treasury::run(&arguments, context),
        Command::Crypto(arguments) => commands::crypto::run(&arguments, context),
        Command::Tracks(arguments) => commands::tracks::run(&arguments, context),
        Command::Members(arguments) => commands::members::run(&arguments, context),
        Command::Block(arguments) => commands::block::run(&arguments, context),
        Command::Tx(arguments) => commands::tx::run(&arguments, context),
        Command::Events(arguments) => commands::events::run(&arguments, context),
        Command::Seal(arguments) => commands::seal::run(&arguments, context),
        Command::Open(arguments) => commands::open::run(&arguments, context),
        Command::Annex(command) => commands::annex::run(&command, context),
        Command::Proof(arguments) => commands::proof::run(&arguments, context),
        Command::VerifyProof(arguments) => commands::verify_proof::run(&arguments, context),
        Command::Tour(arguments) => commands::tour::run(&arguments, context),
        Command::Key(command) => commands::key::run(command, context),
        Command::Recovery(command) => commands::recovery::run(&command, context),
        Command::OfflineFacts(arguments) => commands::offline_facts::run(&arguments, context),
        Command::Sign(arguments) => commands::sign::run(&arguments, context),
        Command::TxSend(arguments) => commands::tx_send::run(&arguments, context),
        Command::SignPayload(arguments) => commands::sign_payload::run(&arguments, context),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Version(arguments) => Ok(commands::version::run(&arguments)),
    }
}
