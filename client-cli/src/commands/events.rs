//! `althing events`: what happened, or what happens.

use serde_json::{Value, json};

use crate::{
    chain::{Chain, ChainError, DecodedEvent},
    context::Context,
    output::{Body, CliError, Reply},
};

/// Arguments of `events`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing events --blocks 100 --filter balances.transfer
  althing --json events --follow --filter gov")]
pub struct Arguments {
    /// Go on with every new block until stopped; with --json, one object per line
    #[arg(long)]
    follow: bool,
    /// Only events of this pallet or name: referenda, balances.transfer, gov
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// How many of the last blocks to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    blocks: u32,
}

/// For how many blocks nodes keep the rows, and with them the events.
const KEPT: u32 = 256;
/// Number of the error for a block whose rows are gone.
const ROWS_GONE: i32 = 4003;

/// Pallets in which decisions are made.
const GOV: [&str; 4] = ["referenda", "voting", "scheduler", "treasury"];

/// Show them.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let mut chain = context.chain()?;
    let mut heads = if arguments.follow { Some(chain.heads()?) } else { None };
    let mut last = chain.head()?.number;
    let asked = last.saturating_sub(arguments.blocks.saturating_sub(1));
    let mut first = asked.max(last.saturating_sub(KEPT - 1));
    let (mut all, mut rows) = (Vec::new(), Vec::new());
    let mut next = first;
    loop {
        while next <= last {
            let Some(events) = of_block(&mut chain, next, arguments.filter.as_deref())? else {
                next += 1;
                first = next;
                continue;
            };
            for (data, text) in events {
                if arguments.follow {
                    if !context.out.record(&data, &format!("{next}\t{text}"))? {
                        return Ok(Reply::new(Value::Null, Body::Nothing));
                    }
                } else {
                    all.push(data);
                    rows.push(vec![next.to_string(), text]);
                }
            }
            next += 1;
        }
        match &mut heads {
            Some(feed) => last = chain.next_head(feed, None)?,
            None => break,
        }
    }
    let body = Body::Table { columns: vec!["block", "event"], rows };
    let data = json!({ "first": first, "last": last, "events": all });
    let reply = Reply::new(data, body).on(chain.tag());
    Ok(if first > asked {
        reply.hint(format!("nodes keep events for {KEPT} blocks: these begin with block {first}"))
    } else {
        reply
    })
}

/// The events of a block; none if the node no longer has its rows.
fn of_block(
    chain: &mut Chain,
    number: u32,
    filter: Option<&str>,
) -> Result<Option<Vec<(Value, String)>>, CliError> {
    let Some(hash) = chain.block_hash(number)? else { return Ok(Some(Vec::new())) };
    let events = match chain.events(&hash) {
        // The newest block has moved on since the first one was chosen.
        Err(ChainError::Refused { number: ROWS_GONE, .. }) => return Ok(None),
        events => events?,
    };
    let metadata = chain.metadata()?;
    let render = chain.render(&metadata);
    let wanted = events.iter().filter(|event| filter.is_none_or(|filter| matches(event, filter)));
    let shown = wanted.map(|event| {
        let mut data = render.event_json(event);
        data["block"] = number.into();
        (data, render.event_text(event))
    });
    Ok(Some(shown.collect()))
}

fn matches(event: &DecodedEvent, filter: &str) -> bool {
    let filter = filter.to_lowercase();
    let filter = filter.strip_suffix(".*").unwrap_or(&filter);
    let (pallet, name) = (event.pallet.to_lowercase(), event.name.to_lowercase());
    match filter.split_once('.') {
        Some((wanted, wanted_name)) => pallet == wanted && name == wanted_name.replace('_', ""),
        None if filter == "gov" => GOV.contains(&pallet.as_str()),
        None => pallet == filter,
    }
}
