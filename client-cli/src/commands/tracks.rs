//! `althing tracks`: the classes of referenda and their rules.

use serde_json::json;

use crate::{
    amount,
    chain::replies::Track,
    context::Context,
    output::{Body, CliError, Reply},
};

/// Arguments of `tracks`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing tracks\n  althing --json tracks")]
pub struct Arguments {}

/// Show them.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let mut chain = context.chain()?;
    let tracks: Vec<Track> = chain.read("gov_tracks", &[])?;
    let rows = tracks.iter().map(|track| {
        vec![
            track.name.clone(),
            track.max_deciding.to_string(),
            amount::to_text(track.submission_deposit.0),
            amount::to_text(track.decision_deposit.0),
            track.prepare_period.to_string(),
            track.decision_period.to_string(),
            track.confirm_period.to_string(),
            track.min_enactment.to_string(),
        ]
    });
    let columns =
        vec!["track", "at a time", "to ask", "to decide", "prepare", "decide", "confirm", "enact"];
    let body = Body::Table { columns, rows: rows.collect() };
    let list = tracks.iter().map(|track| {
        json!({
            "name": track.name,
            "max_deciding": track.max_deciding,
            "submission_deposit": amount::to_json(track.submission_deposit.0),
            "decision_deposit": amount::to_json(track.decision_deposit.0),
            "prepare_period": track.prepare_period,
            "decision_period": track.decision_period,
            "confirm_period": track.confirm_period,
            "min_enactment": track.min_enactment,
        })
    });
    let data = json!({ "tracks": list.collect::<Vec<_>>() });
    Ok(Reply::new(data, body).on(chain.tag()))
}
