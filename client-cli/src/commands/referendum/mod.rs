//! `althing referendum`: one question, now or as it goes on.

mod deposits;
mod show;
mod voices;
mod watch;

use serde_json::{Value, json};

use crate::{
    amount,
    chain::replies::Referendum,
    context::Context,
    output::{CliError, Reply},
    people::People,
    wording,
};

/// What can be done with a referendum.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show what it asks, how it stands and what comes next
    Show(show::Arguments),
    /// Follow it until it ends
    Watch(watch::Arguments),
    /// Place its decision deposit, without which it is not decided
    Deposit(deposits::DepositArguments),
    /// Give its deposits back to those who placed them, once it has ended
    Refund(deposits::RefundArguments),
}

/// Run one of them.
pub fn run(command: &Command, context: &mut Context) -> Result<Reply, CliError> {
    match command {
        Command::Show(arguments) => show::run(arguments, context),
        Command::Watch(arguments) => watch::run(arguments, context),
        Command::Deposit(arguments) => deposits::deposit(arguments, context),
        Command::Refund(arguments) => deposits::refund(arguments, context),
    }
}

/// Whether members can still change the result.
pub(super) fn is_open(status: &str) -> bool {
    matches!(status, "preparing" | "queued" | "deciding" | "confirming")
}

/// Whether nothing more will happen to it.
pub(super) fn is_over(status: &str) -> bool {
    !is_open(status) && status != "approved"
}

/// The tally for programs.
pub(super) fn tally_json(referendum: &Referendum) -> Value {
    let tally = referendum.tally;
    json!({
        "ayes": amount::to_json(tally.ayes.0),
        "nays": amount::to_json(tally.nays.0),
        "support": amount::to_json(tally.support.0),
    })
}

/// A referendum for programs.
pub(super) fn json(referendum: &Referendum, people: &People) -> Value {
    let deposit = |deposit: &Option<crate::chain::replies::Deposit>| {
        deposit.as_ref().map(
            |deposit| json!({ "who": deposit.who, "amount": amount::to_json(deposit.amount.0) }),
        )
    };
    let enactment = referendum.enactment.as_ref().map(|done| {
        let error = done.error.as_ref().map(|code| json!({ "code": code }));
        json!({ "block": done.block, "ok": done.ok, "error": error })
    });
    let call = referendum.proposal.call.as_ref();
    json!({
        "index": referendum.index,
        "track": referendum.track,
        "title": referendum.title,
        "proposer": people.json(&referendum.proposer),
        "status": referendum.status,
        "submitted": referendum.submitted,
        "deciding_since": referendum.deciding_since,
        "decision_ends": referendum.decision_ends,
        "confirming_until": referendum.confirming_until,
        "enacts_at": referendum.enacts_at,
        "ended": referendum.ended,
        "proposal": {
            "hash": referendum.proposal.hash,
            "bytes": referendum.proposal.bytes,
            "call": call.map(|call| const_hex::encode_prefixed(&call.0)),
            "text": referendum.proposal.text,
        },
        "tally": tally_json(referendum),
        "electorate": amount::to_json(referendum.electorate.0),
        "approval": referendum.approval,
        "approval_needed": referendum.approval_needed,
        "support_share": referendum.support_share,
        "support_needed": referendum.support_needed,
        "passing": referendum.passing,
        "deposits": {
            "submission": deposit(&referendum.deposits.submission),
            "decision": deposit(&referendum.deposits.decision),
        },
        "enactment": enactment,
        "critical": voices::json(referendum),
    })
}

/// What comes next, in words.
pub(super) fn deadline(referendum: &Referendum) -> String {
    let block = |number: Option<u32>| number.map(wording::count).unwrap_or_default();
    match referendum.status.as_str() {
        "preparing" if referendum.deposits.decision.is_none() => {
            "waits for its decision deposit".to_owned()
        }
        "preparing" => "is being prepared".to_owned(),
        "queued" => "waits for room on its track".to_owned(),
        "deciding" => format!("decided by block {}", block(referendum.decision_ends)),
        "confirming" => format!("confirmed at block {}", block(referendum.confirming_until)),
        "approved" => format!("enacted at block {}", block(referendum.enacts_at)),
        _ => {
            let enacted = referendum.enactment.as_ref().map(|done| done.block);
            format!("ended at block {}", block(enacted.or(referendum.ended)))
        }
    }
}
