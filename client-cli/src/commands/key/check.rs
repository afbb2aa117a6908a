//! `althing key check`: do these words restore the key that an account signs with?

use serde_json::json;

use super::new::WORDS_BYTES_MAX;
use crate::{
    context::Context,
    derive::Words,
    key::Key,
    keystore::{KeyEntry, KeyName, Status},
    output::{Body, CliError, Reply, codes},
};

/// Arguments of `key check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing key check carol
  althing --json key check carol < words.txt")]
pub struct Arguments {
    /// Name of the account
    #[arg(value_name = "NAME")]
    name: String,
}

/// Compare them.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let file = context.keystore()?.load(&KeyName::new(&arguments.name)?)?;
    let text = context.ask.input(&mut context.out, "Words: ", WORDS_BYTES_MAX)?;
    let words = Words::parse(&text)?;
    let (mut list, mut rows, mut is_backed_up) = (Vec::new(), Vec::new(), false);
    for entry in file.keys() {
        let verdict = verdict(entry, &words)?;
        // Words of a replaced key restore nothing that signs.
        is_backed_up |= verdict == "PASS" && entry.status != Status::Retired;
        rows.push(vec![verdict.to_owned(), entry.status.as_str().to_owned(), entry.scheme.clone()]);
        list.push(json!({
            "verdict": verdict,
            "status": entry.status.as_str(),
            "scheme": entry.scheme,
            "handle": entry.handle,
        }));
    }
    if !is_backed_up {
        let message = format!("these words do not make the key that {} signs with", file.name());
        return Err(CliError::new(codes::KEY_CHECK_FAILED, message).detail("keys", list));
    }
    let data = json!({ "name": file.name(), "keys": list });
    let body = Body::Table { columns: vec!["words", "key", "scheme"], rows };
    Ok(Reply::new(data, body))
}

fn verdict(entry: &KeyEntry, words: &Words) -> Result<&'static str, CliError> {
    let index = entry.path.as_deref().and_then(|path| path.rsplit('/').next());
    let Some(index) = index.and_then(|index| index.parse().ok()) else {
        return Ok("NO WORDS");
    };
    let key = Key::from_words(entry.key_scheme()?, words, index)?;
    Ok(if key.public() == entry.public_key.0 { "PASS" } else { "OTHER WORDS" })
}
