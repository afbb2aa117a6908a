//! `althing key list`: the accounts of this wallet, without any password.

use serde_json::json;

use super::{account_json, main_key};
use crate::{
    context::Context,
    output::{Body, CliError, Reply, Warning, codes},
};

/// Arguments of `key list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key list\n  althing --json key list")]
pub struct Arguments {}

/// List them.
pub(super) fn run(context: &Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let (mut accounts, mut rows, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for (name, file) in keystore.list()? {
        match file {
            Ok(file) => {
                let key = main_key(&file);
                let scheme = key.map(|key| key.scheme.clone()).unwrap_or_default();
                let status = key.map(|key| key.status.as_str()).unwrap_or_default();
                rows.push(vec![name, file.address().to_owned(), scheme, status.to_owned()]);
                accounts.push(account_json(&file));
            }
            Err(error) => {
                let error = CliError::from(error);
                let message = format!("{name}: {} ({})", error.message, error.code);
                warnings.push(Warning::new(codes::KEY_WARN_SKIPPED, message));
            }
        }
    }

    let data = json!({
        "folder": keystore.folder().display().to_string(),
        "accounts": accounts,
    });
    let is_empty = rows.is_empty();
    let columns = vec!["name", "address", "scheme", "key"];
    let body = if is_empty { Body::Nothing } else { Body::Table { columns, rows } };
    let mut reply = Reply::new(data, body);
    reply.warnings = warnings;
    Ok(if is_empty { reply.hint("No keys yet. Make one: althing key new NAME") } else { reply })
}
