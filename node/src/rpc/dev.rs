//! `dev_*`: blocks on request and a clock that can be set. On development chains only.

use std::sync::Arc;

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::gov;
use super::methods::{Answer, Methods};
use super::wire::hex;
use crate::author::DevControls;
use crate::chain::Head;

/// How many blocks one call may pass to see a referendum through: more than any period of the
/// fast preset, and enough for the main one.
const PASS_BLOCKS_MAX: u64 = 2_000_000;

/// The end of the year 9999. Every block must be later than the one before, so time may not run out.
const TIME_MAX: u64 = 253_402_300_799_999;

/// Register the family; other chains do not have it.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.waiting(&["dev_mine"], |context, mut arguments| async move {
        let count = arguments.optional::<u64>("count")?.unwrap_or(1);
        Ok(place(&*controls(&context)?.mine(count).await?))
    })?;
    methods.waiting(&["dev_passReferendum"], pass_referendum)?;
    methods.quick(&["dev_members"], |context, _| {
        serde_json::to_value(&context.chain.spec().members)
            .map_err(|error| Failure::internal(&error))
    })?;
    methods.quick(&["dev_setTime"], |context, arguments| {
        let time: u64 = arguments.required("milliseconds")?;
        if time > TIME_MAX {
            return Err(Failure::parameters("the clock ends with the year 9999"));
        }
        let clock = controls(context)?.clock();
        let system = clock.now().saturating_sub(clock.ahead());
        if time < clock.now() {
            return Err(Failure::parameters("the clock only moves forward"));
        }
        controls(context)?.set_time_ahead(time.saturating_sub(system));
        Ok(json!(clock.now()))
    })
}

fn controls(context: &Context) -> Result<&DevControls, Failure> {
    // The family is registered on chains that have controls.
    context.controls.as_ref().ok_or_else(|| Failure::internal(&"no development controls"))
}

fn place(head: &Head) -> Value {
    json!({ "number": head.number, "hash": hex(head.hash) })
}

/// Move the clock, and only the clock, until the referendum is enacted or has ended otherwise.
async fn pass_referendum(context: Arc<Context>, mut arguments: Arguments) -> Answer {
    let index: u32 = arguments.required("index")?;
    let settled = |head: &Head| gov::is_settled(head, index).unwrap_or(true);
    let head = controls(&context)?.mine_until(PASS_BLOCKS_MAX, settled).await?;
    let one = pallet_referenda::referendum(&head.state, index)?
        .ok_or_else(|| Failure::parameters(format!("there is no referendum {index}")))?;
    let status = gov::status(&head, index, &one)?;
    if status == "enacted" {
        return Ok(json!({ "status": status, "number": head.number }));
    }
    let what = format!("referendum {index} did not pass: it is {status} at block {}", head.number);
    Err(Failure::refused(&what))
}
