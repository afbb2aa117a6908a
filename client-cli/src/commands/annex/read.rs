//! `althing annex read`: read an annex.

use std::path::PathBuf;

use althing_crypto::Secret;
use serde_json::json;

use super::{find, purpose};
use crate::{
    chain::plain_text,
    commands::seal::write,
    context::Context,
    encryption::Holder,
    output::{Body, CliError, Reply, codes},
    people::People,
};

/// Arguments of `annex read`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account bob annex read 7
  althing annex read 7 --out report.md")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
    /// File to create, readable by you only; without it text goes to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Read it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let mut chain = context.chain()?;
    let (annex, envelope) = find(&mut chain, arguments.index)?;
    let (genesis, purpose) = (chain.genesis()?, purpose(arguments.index));
    let revealed = chain.revealed(arguments.index)?;
    let opened = if let Some(key) = &revealed {
        envelope.open_revealed(key, genesis, purpose)?
    } else {
        let holder = Holder::of(envelope.header(), context, &chain)?;
        let key = holder.unlock(context)?;
        envelope.open(&key.opener(holder.account)?, genesis, purpose)?
    };
    let people = People::of(&mut chain, &context.keystore()?)?;
    let address = chain.address(&annex.who);
    let mut data = json!({
        "referendum": arguments.index,
        "from": people.json(&address),
        "at": annex.at,
        "revealed": revealed.is_some(),
        "bytes": opened.expose().len(),
        "file": null,
        "text": null,
    });
    let body = if let Some(path) = &arguments.out {
        if !context.global.dry_run {
            write(path, opened.expose())?;
        }
        data["file"] = path.display().to_string().into();
        Body::Text(path.display().to_string())
    } else {
        let text = text(&opened)?;
        data["text"] = text.into();
        let lines: Vec<_> = text.lines().map(plain_text).collect();
        Body::Text(lines.join("\n"))
    };
    let reply = Reply::new(data, body).on(chain.tag());
    let from = people.show(&address);
    Ok(if revealed.is_some() {
        reply.hint(format!("from {from}; everyone can read this"))
    } else {
        reply.hint(format!("from {from}; the public cannot read this yet"))
    })
}

fn text(content: &Secret) -> Result<&str, CliError> {
    std::str::from_utf8(content.expose()).map_err(|_| {
        let message = "the annex is no text, so it is not shown";
        CliError::new(codes::SEAL_NOT_TEXT, message)
    })
}
