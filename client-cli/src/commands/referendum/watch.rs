//! `althing referendum watch`: follow a referendum, one line per change.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use super::{deadline, is_open, is_over, json as referendum_json};
use crate::{
    amount,
    chain::replies::Referendum,
    commands::vote::find,
    context::Context,
    duration,
    output::{Body, CliError, Reply, codes},
    people::People,
    wording,
};

/// When to stop.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Until {
    /// Voting is over.
    Closed,
    /// Its call ran, or never will.
    Enacted,
}

/// Arguments of `referendum watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing referendum watch 7
  althing --json referendum watch 7 --until closed

Ends with 0 if the referendum was approved (and its call took effect, with --until enacted), else
with 1. With --json, one object per change, then the usual document.")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
    /// When to stop
    #[arg(long, value_enum, default_value = "enacted", value_name = "WHEN")]
    until: Until,
    /// Give up after this time; without it, wait as long as it takes
    #[arg(long, value_parser = duration::parse, value_name = "TIME")]
    within: Option<Duration>,
}

/// Follow it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let people = People::of(&mut chain, &keystore)?;
    let mut heads = chain.heads()?;
    let deadline = arguments.within.map(|within| Instant::now() + within);
    let mut shown = None;
    loop {
        let referendum = find(&mut chain, arguments.index)?;
        let line = line(&referendum);
        if shown.as_ref() != Some(&line) {
            let data = referendum_json(&referendum, &people);
            if !context.out.record(&data, &line)? {
                return Ok(Reply::new(data, Body::Nothing));
            }
            shown = Some(line);
        }
        let over = match arguments.until {
            Until::Closed => !is_open(&referendum.status),
            Until::Enacted => is_over(&referendum.status),
        };
        if over {
            chain.head()?;
            return ended(arguments.until, &referendum, &people).map(|reply| reply.on(chain.tag()));
        }
        let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
        chain.next_head(&mut heads, left)?;
    }
}

fn line(referendum: &Referendum) -> String {
    let tally = referendum.tally;
    format!(
        "{} {} aye {} ({}) nay {} support {}: {}",
        referendum.index,
        referendum.status.to_uppercase(),
        amount::to_text(tally.ayes.0),
        wording::percent(&referendum.approval),
        amount::to_text(tally.nays.0),
        wording::percent(&referendum.support_share),
        deadline(referendum)
    )
}

fn ended(until: Until, referendum: &Referendum, people: &People) -> Result<Reply, CliError> {
    let as_wanted = match until {
        Until::Closed => matches!(referendum.status.as_str(), "approved" | "enacted" | "failed"),
        Until::Enacted => referendum.status == "enacted",
    };
    if as_wanted {
        return Ok(Reply::new(referendum_json(referendum, people), Body::Nothing));
    }
    if let Some(code) = referendum.enactment.as_ref().and_then(|done| done.error.as_ref()) {
        let index = referendum.index;
        let message = format!("the call of referendum {index} was refused when it was enacted");
        return Err(CliError::from_chain(code.as_str(), message).detail("referendum", index));
    }
    let message = format!("referendum {} ended as {}", referendum.index, referendum.status);
    Err(CliError::new(codes::NOT_THE_OUTCOME, message)
        .detail("status", referendum.status.as_str())
        .fix([format!("althing referendum show {}", referendum.index)]))
}
