//! `althing unlock`: settle ballots of referenda that ended, and free what need not stay locked.

use serde_json::json;

use crate::{
    amount,
    context::Context,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
};

/// Arguments of `unlock`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice unlock
  althing --account alice --dry-run unlock")]
pub struct Arguments {}

/// Free it.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let mut chain = context.chain()?;
    let sender = Sender::find(context, &mut chain)?;
    let (account, before) = (sender.account, sender.on_chain.frozen.0);
    let call = chain.metadata()?.encode_call("Voting", "unlock", [])?;
    let what = "settle finished ballots and free what need not stay locked".to_owned();
    let effects = vec![("locked", format!("{} now", amount::to_text_with_unit(before)))];
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let after = chain.account(&account)?.frozen.0;
    let data = json!({
        "locked_before": amount::to_json(before),
        "locked": amount::to_json(after),
        "freed": amount::to_json(before.saturating_sub(after)),
    });
    outcome.reply(&mut chain, data, amount::to_text_with_unit(before.saturating_sub(after)))
}
