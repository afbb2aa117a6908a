//! `althing treasury`: the common funds.

use serde_json::{Value, json};

use crate::{
    amount,
    chain::replies::{Cap, Spend, Treasury},
    context::Context,
    output::{Body, CliError, Reply},
    people::People,
    wording,
};

/// Arguments of `treasury`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing treasury\n  althing --json treasury")]
pub struct Arguments {}

/// Show them.
pub fn run(_: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let treasury: Treasury = chain.read("treasury_status", &[])?;
    let people = People::of(&mut chain, &keystore)?;
    let mut facts = vec![
        ("account", treasury.account.clone()),
        ("free", amount::to_text_with_unit(treasury.free.0)),
    ];
    facts.extend(treasury.caps.iter().map(|cap| ("cap", cap_text(cap))));
    for spend in &treasury.pending {
        let (to, sum) =
            (people.call(&spend.beneficiary), amount::to_text_with_unit(spend.amount.0));
        facts.push(("pending", format!("{} {sum} to {to}", spend.index)));
    }
    let pending = treasury.pending.iter().map(|spend| spend_json(spend, &people));
    let data = json!({
        "account": treasury.account,
        "free": amount::to_json(treasury.free.0),
        "caps": treasury.caps.iter().map(cap_json).collect::<Vec<_>>(),
        "pending": pending.collect::<Vec<_>>(),
    });
    Ok(Reply::new(data, Body::Facts(facts)).on(chain.tag()))
}

fn cap_json(cap: &Cap) -> Value {
    json!({
        "track": cap.track,
        "per_spend": cap.per_spend.map(|cap| amount::to_json(cap.0)),
        "per_period": cap.per_period.map(|cap| amount::to_json(cap.0)),
        "period": cap.period,
    })
}

fn cap_text(cap: &Cap) -> String {
    let text = |sum: Option<crate::chain::Amount>| sum.map(|sum| amount::to_text_with_unit(sum.0));
    let track = &cap.track;
    let Some(at_once) = text(cap.per_spend) else { return format!("{track}: any amount") };
    match (text(cap.per_period), cap.period.map(wording::count)) {
        (Some(sum), Some(blocks)) => {
            format!("{track}: {at_once} at once, {sum} in {blocks} blocks")
        }
        _ => format!("{track}: {at_once} at once"),
    }
}

fn spend_json(spend: &Spend, people: &People) -> Value {
    json!({
        "index": spend.index,
        "beneficiary": people.json(&spend.beneficiary),
        "amount": amount::to_json(spend.amount.0),
        "memo": spend.memo,
        "approved": spend.approved,
    })
}
