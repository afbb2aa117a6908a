//! `althing unvote`: take a ballot back.

use scale_value::Value;
use serde_json::json;

use super::vote::find;
use crate::{
    context::Context,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
};

/// Arguments of `unvote`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice unvote 7
  althing --account alice --yes --json unvote 7")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
}

/// Take it back.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let mut chain = context.chain()?;
    let referendum = find(&mut chain, arguments.index)?;
    let sender = Sender::find(context, &mut chain)?;
    let fields = [("referendum", Value::u128(arguments.index.into()))];
    let call = chain.metadata()?.encode_call("Voting", "remove_vote", fields)?;
    let what =
        format!("take back the ballot on referendum {} \"{}\"", arguments.index, referendum.title);
    let effects = vec![("locked", "what only this ballot held; see: althing unlock".to_owned())];
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let after = find(&mut chain, arguments.index)?;
    let data = json!({
        "referendum": arguments.index,
        "tally": super::referendum::tally_json(&after),
    });
    outcome.reply(&mut chain, data, arguments.index.to_string())
}
