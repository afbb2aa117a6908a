//! `althing annex detach`: take an annex off the chain.

use scale_value::Value;
use serde_json::json;

use super::find;
use crate::{
    amount,
    context::Context,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
};

/// Arguments of `annex detach`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice annex detach 7
  althing --account alice --yes --json annex detach 7")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
}

/// Detach it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let mut chain = context.chain()?;
    let (annex, _) = find(&mut chain, arguments.index)?;
    let sender = Sender::find(context, &mut chain)?;
    let fields = [("referendum", Value::u128(arguments.index.into()))];
    let call = chain.metadata()?.encode_call("Encryption", "detach", fields)?;
    let effects = vec![("back", amount::to_text_with_unit(annex.deposit))];
    let what = format!("detach the annex of referendum {}", arguments.index);
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({
        "referendum": arguments.index,
        "deposit": amount::to_json(annex.deposit),
    });
    outcome.reply(&mut chain, data, arguments.index.to_string())
}
