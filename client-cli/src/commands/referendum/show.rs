//! `althing referendum show`: what it asks, how it stands and what comes next.

use serde_json::json;

use super::{deadline, json as referendum_json, voices};
use crate::{
    amount,
    chain::{
        Chain,
        replies::{BallotPage, MemberBallot, Referendum, Scheme},
    },
    commands::{
        account::{ballot_json, ballot_text},
        vote::find,
    },
    context::Context,
    output::{Body, CliError, Reply},
    people::People,
    wording,
};

/// Arguments of `referendum show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing referendum show 7
  althing --json referendum show 7 --ballots")]
pub struct Arguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
    /// Who voted how, too
    #[arg(long)]
    ballots: bool,
}

/// Show it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let referendum = find(&mut chain, arguments.index)?;
    let people = People::of(&mut chain, &keystore)?;
    let mut data = referendum_json(&referendum, &people);
    let mut facts = facts(&mut chain, &referendum, &people)?;
    if arguments.ballots {
        let ballots = ballots(&mut chain, arguments.index)?;
        let mut list = Vec::new();
        for entry in &ballots {
            let member = entry.member.as_deref().unwrap_or_default();
            list.push(json!({
                "member": people.json(member), "ballot": ballot_json(&entry.ballot),
            }));
            facts.push((
                "ballot",
                format!("{}: {}", people.call(member), ballot_text(&entry.ballot)),
            ));
        }
        data["ballots"] = list.into();
    }
    Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()))
}

/// All ballots, page by page at one block.
fn ballots(chain: &mut Chain, index: u32) -> Result<Vec<MemberBallot>, CliError> {
    let at = chain.head()?.hash;
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let asked = [json!(index), json!(at), json!(null), json!(after)];
        let page: BallotPage = chain.read("gov_ballots", &asked)?;
        all.extend(page.ballots);
        match page.next {
            // A node that never ends is not followed for ever.
            Some(next) if after.as_ref() != Some(&next) => after = Some(next),
            _ => return Ok(all),
        }
    }
}

/// The call in words: by the metadata, as the node's own words may be older than the rules.
fn call_text(chain: &mut Chain, referendum: &Referendum) -> Result<String, CliError> {
    let proposal = &referendum.proposal;
    let metadata = chain.metadata()?;
    // Names of schemes help, but nothing depends on them.
    let schemes: Vec<Scheme> = chain.read("crypto_schemes", &[]).unwrap_or_default();
    let render = chain.render(&metadata);
    let decoded = proposal.call.as_ref().and_then(|call| metadata.decode_call(&call.0).ok());
    Ok(match decoded {
        Some(call) => render.call_text_naming(&call, &schemes),
        None => format!("call {} of {} bytes, not readable", proposal.hash, proposal.bytes),
    })
}

fn facts(
    chain: &mut Chain,
    referendum: &Referendum,
    people: &People,
) -> Result<Vec<(&'static str, String)>, CliError> {
    let needed = |needed: &Option<String>| match needed {
        Some(needed) => format!(", needs {}", wording::percent(needed)),
        None => String::new(),
    };
    let tally = referendum.tally;
    let approval = wording::percent(&referendum.approval);
    let support = wording::percent(&referendum.support_share);
    let mut facts = vec![
        ("referendum", format!("{} {}", referendum.index, referendum.title)),
        ("status", format!("{}: {}", referendum.status.to_uppercase(), deadline(referendum))),
        ("track", referendum.track.clone()),
        ("by", people.show(&referendum.proposer)),
        ("asks", call_text(chain, referendum)?),
        (
            "ayes",
            format!(
                "{} ({approval}{})",
                amount::to_text(tally.ayes.0),
                needed(&referendum.approval_needed)
            ),
        ),
        ("nays", amount::to_text(tally.nays.0)),
        (
            "support",
            format!(
                "{} of {} ({support}{})",
                amount::to_text(tally.support.0),
                amount::to_text(referendum.electorate.0),
                needed(&referendum.support_needed)
            ),
        ),
    ];
    facts.extend(voices::facts(referendum));
    if super::is_open(&referendum.status) {
        let verdict = if referendum.passing { "PASSES" } else { "does not pass" };
        facts.push(("now", verdict.to_owned()));
    }
    if let Some(done) = &referendum.enactment {
        let block = wording::count(done.block);
        facts.push(match &done.error {
            None => ("enacted", format!("in block {block}")),
            Some(code) => ("enacted", format!("FAILED in block {block}: {code}")),
        });
    }
    Ok(facts)
}
