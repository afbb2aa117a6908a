//! `althing key encryption withdraw`: let nobody seal to an account any more.

use serde_json::json;

use crate::{
    amount,
    context::Context,
    output::{CliError, Reply, codes},
    transact::{Intent, Sender, perform},
};

/// Arguments of `key encryption withdraw`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account carol key encryption withdraw
  althing --account carol --yes --json key encryption withdraw")]
pub struct Arguments {}

/// Withdraw it.
pub(super) fn run(context: &mut Context) -> Result<Reply, CliError> {
    let name = context.account_name()?.to_owned();
    let mut chain = context.chain()?;
    let sender = Sender::find(context, &mut chain)?;
    let published = chain.encryption_key(&sender.account)?.ok_or_else(|| {
        let message = format!("{name} has published no encryption key");
        CliError::new(codes::SEAL_NO_KEY, message)
            .fix([format!("althing --account {name} key encryption show")])
            .nothing_sent()
    })?;
    let call = chain.metadata()?.encode_call("Encryption", "withdraw", [])?;
    let deposit = amount::to_text_with_unit(published.deposit);
    let effects = vec![
        ("back", deposit),
        ("stays", "the key in this wallet, which opens what was sealed to it".to_owned()),
    ];
    let what = format!("take the encryption key of {name} off the chain");
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({ "name": name, "deposit": amount::to_json(published.deposit) });
    outcome.reply(&mut chain, data, name)
}
