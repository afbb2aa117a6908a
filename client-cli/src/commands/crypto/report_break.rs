//! `althing crypto report-break`: hand in a signature that nobody should be able to make.

use std::path::PathBuf;

use scale_value::Value;
use serde_json::json;

use super::{canaries, inputs};
use crate::{
    amount,
    context::Context,
    output::{CliError, Reply},
    transact::{Intent, Sender, perform},
};

/// Arguments of `crypto report-break`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The signature is over a message that names you, so that nobody can take it from you. The message:
  althing --account me --json crypto canaries ml-dsa-44

Examples:
  althing --account me crypto report-break ml-dsa-44 --canary reduced --signature found.sig
  althing --account me --dry-run crypto report-break ml-dsa-44 --canary derived --signature found.sig"
)]
pub(super) struct Arguments {
    /// The broken scheme
    #[arg(value_name = "SCHEME")]
    scheme: String,
    /// Under which of its canaries the signature is
    #[arg(long, value_name = "CANARY", value_parser = ["derived", "reduced"])]
    canary: String,
    /// File with the signature: its bytes, or 0x and hexadecimal digits
    #[arg(long, value_name = "FILE")]
    signature: PathBuf,
}

/// Hand it in.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    context.account_name()?;
    let signature = inputs::bytes(&arguments.signature)?;
    let mut chain = context.chain()?;
    let found = canaries::find(&mut chain, Some(&arguments.scheme))?;
    let Arguments { scheme, canary: kind, .. } = arguments;
    // Whether the scheme has this canary, and whether the signature is one, is the chain's to say.
    let id = found.canaries.first().map_or(0, |one| one.scheme);
    let sender = Sender::find(context, &mut chain)?;
    let variant = if kind == "derived" { "Derived" } else { "Reduced" };
    let fields = [
        ("scheme", Value::u128(id.into())),
        ("canary", Value::unnamed_variant(variant, [])),
        ("signature", Value::from_bytes(signature)),
    ];
    let call = chain.metadata()?.encode_call("Canary", "report", fields)?;
    let what = format!("prove that {scheme} is broken, by a signature under its {kind} canary");
    let reward = amount::to_text_with_unit(found.reward.0);
    let effects = vec![
        ("scheme", format!("{scheme} is frozen from the next block on, for everybody")),
        ("reward", format!("up to {reward} from the treasury")),
    ];
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects })?;
    let data = json!({ "scheme": scheme, "canary": kind });
    outcome.reply(&mut chain, data, scheme.clone())
}
