//! `althing key show`: one account and all its keys, without any password.

use super::account_json;
use crate::{
    context::Context,
    keystore::KeyName,
    output::{Body, CliError, Reply},
};

/// Arguments of `key show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key show carol\n  althing --json key show carol")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
}

/// Show it.
pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Reply, CliError> {
    let file = context.keystore()?.load(&KeyName::new(&arguments.name)?)?;
    let mut facts = vec![
        ("name", file.name().to_owned()),
        ("address", file.address().to_owned()),
        ("account id", const_hex::encode_prefixed(file.account().0)),
        ("created", file.created().to_owned()),
    ];
    for entry in file.keys() {
        let handle = const_hex::encode_prefixed(entry.handle.0);
        let bytes = entry.public_key.0.len();
        let origin = entry.path.as_deref().unwrap_or("no words restore it");
        let scheme = &entry.scheme;
        let text = format!("{scheme} {handle} (public key {bytes} bytes; {origin})");
        facts.push((entry.status.as_str(), text));
    }
    Ok(Reply::new(account_json(&file), Body::Facts(facts)))
}
