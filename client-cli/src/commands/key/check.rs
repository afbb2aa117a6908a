//! `althing key check`: are the keys of this wallet well, and do words restore them?
//!
//! Without `--words` it asks the chain (`health.rs`); with it, it needs no node.

use serde_json::json;

use super::new::WORDS_BYTES_MAX;
use crate::{
    context::Context,
    derive::Words,
    key::Key,
    keystore::{KeyEntry, KeyName, Status},
    output::{Body, CliError, Reply, codes},
    reserve::ReserveRoot,
};

/// Arguments of `key check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key check
  althing key check carol
  althing key check carol --words
  althing --json key check carol --words < words.txt

Exit code 6 says that something must be done; the commands that do it are printed.")]
pub struct Arguments {
    /// Name of the account; without it, all accounts of this wallet
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Read words from standard input and check that they restore the account; asks no node
    #[arg(long, requires = "name")]
    words: bool,
}

/// Check.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    match &arguments.name {
        Some(name) if arguments.words => words(name, context),
        name => super::health::run(name.as_deref(), context),
    }
}

/// Compare words with the keys of an account.
fn words(name: &str, context: &mut Context) -> Result<Reply, CliError> {
    let file = context.keystore()?.load(&KeyName::new(name)?)?;
    let text = context.ask.input(&mut context.out, "Words: ", WORDS_BYTES_MAX)?;
    let words = Words::parse(&text)?;
    let (mut list, mut rows) = (Vec::new(), Vec::new());
    let (mut restored, mut needed) = (0, 0);
    for entry in file.keys() {
        let verdict = verdict(entry, &words)?;
        // Words of a replaced key restore nothing that signs.
        if matches!(entry.status, Status::Current | Status::Next) {
            needed += usize::from(entry.status == Status::Current);
            restored += usize::from(verdict == "PASS");
        }
        rows.push(vec![verdict.to_owned(), entry.status.as_str().to_owned(), entry.scheme.clone()]);
        list.push(json!({
            "verdict": verdict,
            "status": entry.status.as_str(),
            "scheme": entry.scheme,
            "handle": entry.handle,
        }));
    }
    let body = Body::Table { columns: vec!["words", "key", "scheme"], rows };
    if restored == 0 || restored < needed {
        context.out.show(&body, &[])?;
        let message = format!("these words do not make the keys that {} signs with", file.name());
        return Err(CliError::new(codes::KEY_CHECK_FAILED, message).detail("keys", list));
    }
    let data = json!({ "name": file.name(), "keys": list });
    Ok(Reply::new(data, body))
}

fn verdict(entry: &KeyEntry, words: &Words) -> Result<&'static str, CliError> {
    let index = entry.path.as_deref().and_then(|path| path.rsplit('/').next());
    let Some(index) = index.and_then(|index| index.parse().ok()) else {
        return Ok("NO WORDS");
    };
    let key = match entry.reserve {
        Some(_) => ReserveRoot::from_words(words)?.reserve(index)?.key,
        None => Key::from_words(entry.key_scheme()?, words, index)?,
    };
    Ok(if key.public() == entry.public_key.0 { "PASS" } else { "OTHER WORDS" })
}
