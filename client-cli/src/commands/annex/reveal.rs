//! `althing annex reveal`: let everyone read an annex.

use scale_value::Value;
use serde_json::json;

use super::{find, purpose};
use crate::{
    context::Context,
    encryption::Holder,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
};

/// Arguments of `annex reveal`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice annex reveal 7
  althing --account alice --yes --json annex reveal 7")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
}

/// Reveal it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let mut chain = context.chain()?;
    let (_, envelope) = find(&mut chain, arguments.index)?;
    let holder = Holder::of(envelope.header(), context, &chain)?;
    let sender = Sender::find(context, &mut chain)?;
    let own = holder.unlock(context)?;
    let opener = own.opener(holder.account)?;
    let key = envelope.content_key(&opener, chain.genesis()?, purpose(arguments.index))?;
    let fields =
        [("referendum", Value::u128(arguments.index.into())), ("key", Value::from_bytes(*key))];
    let call = chain.metadata()?.encode_call("Encryption", "reveal", fields)?;
    let effects =
        vec![("then", "everyone can read the annex, and nobody can take that back".to_owned())];
    let what = format!("reveal the annex of referendum {}", arguments.index);
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({ "referendum": arguments.index });
    outcome.reply(&mut chain, data, arguments.index.to_string())
}
