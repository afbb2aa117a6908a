//! `althing status`: the chain, and what needs you.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::referendum::{deadline, is_open};
use crate::{
    amount,
    chain::{
        Chain,
        replies::{MemberBallot, Referendum, Treasury},
    },
    context::Context,
    output::{Body, CliError, Reply},
    people, wording,
};

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing status\n  althing --account alice --json status")]
pub struct Arguments {}

/// Show it.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let mut chain = context.chain()?;
    let treasury: Treasury = chain.read("treasury_status", &[])?;
    let mut open: Vec<Referendum> = chain.read("gov_referenda", &[])?;
    open.retain(|referendum| is_open(&referendum.status));
    let info = chain.info().clone();
    let mut facts = vec![
        ("chain", info.chain.clone()),
        ("genesis", info.genesis.clone()),
        ("block", format!("{} {}", wording::count(info.head.number), info.head.hash)),
        ("rules", format!("version {}", info.spec_version)),
        ("treasury", amount::to_text_with_unit(treasury.free.0)),
        ("open referenda", open.len().to_string()),
    ];
    let mut data = json!({
        "chain": info.chain,
        "genesis": info.genesis,
        "development": info.development,
        "gov": info.gov,
        "spec_version": info.spec_version,
        "prefix": info.prefix,
        "token": { "symbol": info.token.symbol, "decimals": info.token.decimals },
        "block": { "number": info.head.number, "hash": info.head.hash },
        "treasury": amount::to_json(treasury.free.0),
        "open_referenda": open.iter().map(|referendum| referendum.index).collect::<Vec<_>>(),
        "account": Value::Null,
    });
    if let Some(name) = context.global.account.clone() {
        data["account"] = me(&name, context, &mut chain, &open, &mut facts)?;
    }
    Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()))
}

fn me(
    name: &str,
    context: &Context,
    chain: &mut Chain,
    open: &[Referendum],
    facts: &mut Vec<(&'static str, String)>,
) -> Result<Value, CliError> {
    let who = people::resolve(chain, &context.keystore()?, name)?;
    let account = chain.account(&who.account())?;
    let ballots: Vec<MemberBallot> = chain.read("gov_ballotsOf", &[json!(account.account)])?;
    let answered: BTreeSet<_> = ballots.iter().filter_map(|entry| entry.referendum).collect();
    let waiting: Vec<_> = open.iter().filter(|item| !answered.contains(&item.index)).collect();
    facts.push(("account", people::show(chain, &who)));
    facts.push(("free", amount::to_text_with_unit(account.free.0)));
    for referendum in &waiting {
        let (index, title) = (referendum.index, &referendum.title);
        facts.push((
            "needs you",
            format!("referendum {index} \"{title}\": {}", deadline(referendum)),
        ));
    }
    let open: BTreeSet<_> = open.iter().map(|referendum| referendum.index).collect();
    let finished = answered.difference(&open).count();
    if finished > 0 {
        facts.push(("needs you", format!("{finished} finished ballots: althing unlock")));
    }
    Ok(json!({
        "name": name,
        "address": account.account,
        "free": amount::to_json(account.free.0),
        "needs_vote": waiting.iter().map(|item| item.index).collect::<Vec<_>>(),
        "finished_ballots": finished,
    }))
}
