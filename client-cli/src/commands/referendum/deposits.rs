//! `althing referendum deposit` and `althing referendum refund`: the funds set aside for a
//! referendum. Anyone may place the decision deposit; once it has ended, anyone may ask for both
//! to go back to those who placed them.

use scale_value::Value;
use serde_json::json;

use super::super::vote::find;
use crate::{
    amount,
    chain::replies::Deposit,
    context::Context,
    output::{CliError, Reply, codes},
    transact::{Intent, Sender, perform},
};

/// Arguments of `referendum deposit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice referendum deposit 7
  althing --account alice --dry-run referendum deposit 7")]
pub struct DepositArguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
}

/// Arguments of `referendum refund`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account alice referendum refund 7
  althing --account alice --yes --json referendum refund 7")]
pub struct RefundArguments {
    /// Number of the referendum
    #[arg(value_name = "INDEX")]
    index: u32,
}

/// Place the decision deposit.
pub(super) fn deposit(
    arguments: &DepositArguments,
    context: &mut Context,
) -> Result<Reply, CliError> {
    let what = format!("place the decision deposit of referendum {}", arguments.index);
    send(context, arguments.index, ("place_decision_deposit", what))
}

/// Give a deposit back: the decision deposit first, the other one the next time.
pub(super) fn refund(
    arguments: &RefundArguments,
    context: &mut Context,
) -> Result<Reply, CliError> {
    context.account_name()?;
    let referendum = find(&mut context.chain()?, arguments.index)?;
    let named = |name: &str, deposit: &Deposit| {
        let amount = amount::to_text_with_unit(deposit.amount.0);
        format!("give back the {name} deposit of referendum {}, {amount}", arguments.index)
    };
    let (call, what) = match (&referendum.deposits.decision, &referendum.deposits.submission) {
        (Some(one), _) => ("refund_decision_deposit", named("decision", one)),
        (None, Some(one)) => ("refund_submission_deposit", named("submission", one)),
        (None, None) => {
            let message = format!("no deposit is set aside for referendum {}", arguments.index);
            return Err(CliError::new(codes::NO_DEPOSIT, message).nothing_sent());
        }
    };
    let is_more =
        referendum.deposits.decision.is_some() && referendum.deposits.submission.is_some();
    let reply = send(context, arguments.index, (call, what))?;
    let again = format!("The submission deposit is left: {}", command(arguments.index));
    Ok(if is_more { reply.hint(again) } else { reply })
}

fn command(index: u32) -> String {
    format!("althing referendum refund {index}")
}

fn send(
    context: &mut Context,
    index: u32,
    (call, what): (&str, String),
) -> Result<Reply, CliError> {
    context.account_name()?;
    let mut chain = context.chain()?;
    find(&mut chain, index)?;
    let sender = Sender::find(context, &mut chain)?;
    let fields = [("index", Value::u128(index.into()))];
    let call = chain.metadata()?.encode_call("Referenda", call, fields)?;
    let outcome = perform(context, &mut chain, sender, Intent { call, what, effects: Vec::new() })?;
    let after = find(&mut chain, index)?;
    let shown = |deposit: &Option<Deposit>| {
        deposit.as_ref().map(|deposit| amount::to_json(deposit.amount.0))
    };
    let data = json!({
        "referendum": index,
        "deposits": {
            "submission": shown(&after.deposits.submission),
            "decision": shown(&after.deposits.decision),
        },
    });
    outcome.reply(&mut chain, data, index.to_string())
}
