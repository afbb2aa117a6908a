//! `althing key encryption publish`: let others seal to an account.

use scale_value::Value;
use serde_json::json;

use super::latest;
use crate::{
    context::Context,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
    wording,
};

/// Arguments of `key encryption publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account carol key encryption publish
  althing --account alice --dry-run key encryption publish")]
pub struct Arguments {}

/// Publish the key that was made last.
pub(super) fn run(context: &mut Context) -> Result<Reply, CliError> {
    let name = context.account_name()?.to_owned();
    let mut chain = context.chain()?;
    let key = latest(context, &chain, &name)?;
    let sender = Sender::find(context, &mut chain)?;
    let earlier = chain.encryption_key(&sender.account)?;
    let fields =
        [("kem", Value::u128(key.kem.0.into())), ("public", Value::from_bytes(&key.public))];
    let call = chain.metadata()?.encode_call("Encryption", "publish", fields)?;
    let handle = key.handle().0.to_string();
    let mut effects = vec![
        ("key", format!("{} {}", key.kem_name, wording::short(&handle))),
        ("then", format!("anyone can seal to {name}; keep the key to open what they seal")),
    ];
    if earlier.is_some() {
        effects.push(("replaces", "the key published before, whose deposit comes back".to_owned()));
    }
    let what = format!("publish the encryption key of {name}");
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let mut data = key.json();
    data["name"] = json!(name);
    outcome.reply(&mut chain, data, handle)
}
