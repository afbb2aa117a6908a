//! `althing referenda`: the questions that were asked, newest first.

use serde_json::json;

use super::referendum::{deadline, is_open, json as referendum_json};
use crate::{
    chain::replies::Referendum,
    context::Context,
    output::{Body, CliError, Reply},
    people::People,
    wording,
};

/// Arguments of `referenda`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing referenda\n  althing --json referenda --open")]
pub struct Arguments {
    /// Only those that have not ended
    #[arg(long)]
    open: bool,
    /// Only those on this track
    #[arg(long, value_name = "TRACK")]
    track: Option<String>,
}

/// List them.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let mut referenda: Vec<Referendum> = chain.read("gov_referenda", &[])?;
    referenda.retain(|referendum| {
        let wanted = arguments.track.as_ref().is_none_or(|track| *track == referendum.track);
        wanted && (!arguments.open || is_open(&referendum.status))
    });
    let people = People::of(&mut chain, &keystore)?;
    let rows = referenda.iter().map(|referendum| {
        vec![
            referendum.index.to_string(),
            referendum.status.clone(),
            referendum.track.clone(),
            wording::percent(&referendum.approval),
            wording::percent(&referendum.support_share),
            deadline(referendum),
            people.call(&referendum.proposer),
            referendum.title.clone(),
        ]
    });
    let columns = vec!["#", "status", "track", "aye", "support", "next", "by", "title"];
    let body = Body::Table { columns, rows: rows.collect() };
    let list: Vec<_> = referenda.iter().map(|item| referendum_json(item, &people)).collect();
    let is_empty = list.is_empty();
    let body = if is_empty { Body::Nothing } else { body };
    let reply = Reply::new(json!({ "referenda": list }), body).on(chain.tag());
    Ok(if is_empty {
        reply.hint("No referenda. Ask something: althing propose --help")
    } else {
        reply
    })
}
