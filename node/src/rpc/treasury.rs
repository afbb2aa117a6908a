//! `treasury_*`: the common pot.

use althing_frame::Track;
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::methods::{Answer, Methods};

/// Register the family.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.slow(&["treasury_status"], status)
}

fn status(context: &Context, arguments: &mut Arguments) -> Answer {
    let head = context.head_at(arguments.at()?)?;
    let mut caps = Vec::new();
    for track in Track::ALL {
        if let Some(budget) = pallet_treasury::BUDGETS.get(&head.state, &track)? {
            caps.push(json!({
                "track": track.name(),
                "perSpend": budget.cap_per_spend.to_string(),
                "perPeriod": budget.cap_per_period.to_string(),
                "period": budget.period,
                "spent": pallet_treasury::spent_lately(&head.state, track, head.number)?.to_string(),
            }));
        } else if pallet_treasury::SPENDERS.contains(&track) {
            // The tracks without a budget have no limit.
            caps.push(json!({ "track": track.name(), "perSpend": null, "perPeriod": null, "period": null }));
        }
    }
    let pending = pallet_treasury::PENDING.list(&head.state)?;
    let pending: Vec<Value> = pending
        .iter()
        .map(|(index, spend)| {
            json!({
                "index": index,
                "track": spend.track.name(),
                "beneficiary": context.address(&spend.beneficiary),
                "amount": spend.amount.to_string(),
                "memo": String::from_utf8_lossy(&spend.memo),
                "approved": spend.approved,
            })
        })
        .collect();
    Ok(json!({
        "account": context.address(&pallet_treasury::account()),
        "free": pallet_treasury::pot_balance(&head.state)?.to_string(),
        "caps": caps,
        "pending": pending,
    }))
}
