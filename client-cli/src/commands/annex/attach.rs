//! `althing annex attach`: seal a file to the council and attach it.

use std::path::PathBuf;

use althing_crypto::{seal::Sealing, signing::OsEntropy};
use scale_value::Value;
use serde_json::json;

use super::purpose;
use crate::{
    commands::{seal::read, vote::find},
    context::Context,
    encryption,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
    wording,
};

/// Arguments of `annex attach`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice annex attach 7 report.md
  althing --account alice --dry-run annex attach 7 report.md")]
pub struct Arguments {
    /// Number of the referendum, which you proposed
    #[arg(value_name = "INDEX")]
    index: u32,
    /// What the council shall read, at most 60 KiB
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Attach it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let purpose = purpose(arguments.index);
    let plain = read(&arguments.file, purpose.content_bytes_max())?;
    let mut chain = context.chain()?;
    let referendum = find(&mut chain, arguments.index)?;
    let sender = Sender::find(context, &mut chain)?;
    let mut recipients = encryption::council(&mut chain, &context.keystore()?)?;
    // Whoever seals should be able to read and to reveal it later.
    if chain.encryption_key(&sender.account)?.is_some() {
        recipients.add(&mut chain, sender.account, &sender.name)?;
    }
    let sealing = Sealing {
        genesis: chain.genesis()?,
        purpose,
        sender: sender.account,
        // The extrinsic that carries it is signed.
        authors: &[],
        recipients: &recipients.as_sealed(),
    };
    let sealed = sealing.seal(plain.expose(), &mut OsEntropy)?.to_bytes();
    let fields = [
        ("referendum", Value::u128(arguments.index.into())),
        ("sealed", Value::from_bytes(&sealed)),
    ];
    let call = chain.metadata()?.encode_call("Encryption", "attach", fields)?;
    let (names, bytes) = (recipients.names.clone(), sealed.len());
    let effects = vec![
        ("sealed to", names.join(", ")),
        ("annex", wording::size(bytes)),
        ("deposit", "by its length; back with: althing annex detach, once it has ended".to_owned()),
    ];
    let what =
        format!("attach a sealed annex to referendum {} \"{}\"", arguments.index, referendum.title);
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({
        "referendum": arguments.index,
        "recipients": names,
        "bytes": plain.expose().len(),
        "sealed_bytes": bytes,
    });
    let mut reply = outcome.reply(&mut chain, data, arguments.index.to_string())?;
    reply.warnings.extend(recipients.warnings);
    Ok(reply.hint(format!("Council members read it with: althing annex read {}", arguments.index)))
}
