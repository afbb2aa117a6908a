//! `althing propose treasury-spend`: pay someone from the common funds.

use althing_primitives::Balance;
use scale_value::Value;
use serde_json::json;

use super::{Asking, Question, submit};
use crate::{
    amount,
    chain::{Chain, replies::Treasury},
    context::Context,
    output::{CliError, Reply, codes},
    people,
};

/// The longest memo the chain takes.
const MEMO_BYTES_MAX: usize = 128;

/// Arguments of `propose treasury-spend`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  althing --account carol propose treasury-spend --to erin --amount 12k --title \"Docs, Q4\"
  althing --account carol --yes --json propose treasury-spend --to 5Grw... --amount 500 --title Tips --track small-tipper"
)]
pub struct Arguments {
    /// Who is paid: name or address
    #[arg(long, value_name = "WHO")]
    to: String,
    /// How much: 12000, 12_000, 12k or 1.5
    #[arg(long, value_name = "N")]
    amount: String,
    /// What for; it travels with the payment
    #[arg(long, default_value = "", value_name = "TEXT")]
    memo: String,
    /// Track; without it, the one with the smallest cap that fits
    #[arg(long, value_name = "TRACK")]
    track: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

/// Submit it.
pub(super) fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let amount = amount::parse(&arguments.amount)?;
    let memo_bytes = arguments.memo.len();
    if memo_bytes > MEMO_BYTES_MAX {
        let message = format!("the memo has {memo_bytes} bytes, it may have {MEMO_BYTES_MAX}");
        return Err(CliError::new(codes::BAD_MEMO, message).nothing_sent());
    }
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let to = people::resolve(&chain, &keystore, &arguments.to)?;
    let track = match &arguments.track {
        Some(track) => track.clone(),
        None => track_for(&mut chain, amount)?,
    };
    let fields = [
        ("beneficiary", Value::from_bytes(to.account().0)),
        ("amount", Value::u128(amount)),
        ("memo", Value::from_bytes(arguments.memo.as_bytes())),
    ];
    let call = chain.metadata()?.encode_call("Treasury", "spend", fields)?;
    let what = format!(
        "pay {} from the treasury to {}",
        amount::to_text_with_unit(amount),
        people::show(&chain, &to)
    );
    let data = json!({
        "to": chain.address(&to.account()),
        "amount": amount::to_json(amount),
    });
    let question = Question { asking: &arguments.asking, track, call, what, data };
    submit(question, context, &mut chain)
}

/// The track with the smallest cap that allows this amount at once.
fn track_for(chain: &mut Chain, amount: Balance) -> Result<String, CliError> {
    let treasury: Treasury = chain.read("treasury_status", &[])?;
    let cap = |cap: &crate::chain::replies::Cap| cap.per_spend.map_or(Balance::MAX, |cap| cap.0);
    let fitting = treasury.caps.iter().filter(|entry| cap(entry) >= amount);
    let smallest = fitting.min_by_key(|entry| cap(entry));
    smallest.map(|entry| entry.track.clone()).ok_or_else(|| {
        let most = treasury.caps.iter().map(cap).max().unwrap_or(0);
        let message = format!(
            "no track may spend {} at once, the most is {}",
            amount::to_text_with_unit(amount),
            amount::to_text_with_unit(most)
        );
        CliError::new(codes::NO_TRACK, message)
            .detail("amount", amount::to_json(amount))
            .detail("most", amount::to_json(most))
            .fix(["althing treasury"])
            .nothing_sent()
    })
}
