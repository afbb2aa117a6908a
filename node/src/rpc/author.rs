//! `author_*` and `payment_*`: transactions on their way into a block, and what they cost.

use althing_primitives::{Balance, Extrinsic, Hash256, Weight};
use jsonrpsee::server::SubscriptionCloseResponse;
use jsonrpsee::{PendingSubscriptionSink, SubscriptionSink};
use parity_scale_codec::{Decode, Encode};
use serde_json::{Value, json};
use std::sync::Arc;

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::followers::{Ended, Follower, farewell, send};
use super::methods::{Answer, Methods, source};
use super::wire::{self, hex};
use crate::chain::Failure as Failed;
use crate::pool::{Source, StatusStream, TxStatus};

/// Register both families.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.waiting_for(
        &["author_submitExtrinsic"],
        |context, source, mut arguments| async move {
            let bytes = arguments.bytes("extrinsic")?;
            Ok(hex(context.pool.submit_from(source, bytes).await?).into())
        },
    )?;
    methods.slow(&["author_pendingExtrinsics"], |context, _| {
        let pending = context.pool.pending();
        wire::fit(pending.iter().map(|extrinsic| extrinsic.bytes().len()))?;
        Ok(pending.iter().map(|extrinsic| Value::from(hex(extrinsic.bytes()))).collect())
    })?;
    methods.subscription(
        &["author_submitAndWatchExtrinsic"],
        ("author_extrinsicUpdate", &["author_unwatchExtrinsic"]),
        submit_and_watch,
    )?;
    methods.slow(&["payment_queryInfo"], query_info)
}

async fn submit_and_watch(
    context: Arc<Context>,
    arguments: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) -> SubscriptionCloseResponse {
    let source = source(pending.connection_id());
    let (_place, statuses) = match submit(&context, source, arguments).await {
        Ok(watched) => watched,
        Err(failure) => {
            pending.reject(failure).await;
            return SubscriptionCloseResponse::None;
        }
    };
    let Ok(sink) = pending.accept().await else { return SubscriptionCloseResponse::None };
    farewell(tell(&sink, statuses).await)
}

async fn submit(
    context: &Context,
    source: Source,
    arguments: Result<Arguments, Failure>,
) -> Result<(Follower, StatusStream), Failure> {
    let bytes = arguments?.bytes("extrinsic")?;
    let place = context.followers.admit(0)?;
    let (_, statuses) = context.pool.submit_and_watch_from(source, bytes).await?;
    Ok((place, statuses))
}

async fn tell(sink: &SubscriptionSink, mut statuses: StatusStream) -> Result<(), Ended> {
    loop {
        let status = tokio::select! {
            () = sink.closed() => return Ok(()),
            status = statuses.next() => status,
        };
        let Some(status) = status else { return Ok(()) };
        send(sink, &status_json(&status)).await?;
    }
}

fn status_json(status: &TxStatus) -> Value {
    match status {
        TxStatus::Future => "future".into(),
        TxStatus::Ready => "ready".into(),
        TxStatus::InBlock { block, .. } => json!({ "inBlock": hex(block) }),
        TxStatus::Finalized { block, .. } => json!({ "finalized": hex(block) }),
        TxStatus::Usurped(by) => json!({ "usurped": hex(by) }),
        TxStatus::Dropped => "dropped".into(),
        TxStatus::Invalid(_) => "invalid".into(),
    }
}

/// The old form of a fee query: the runtime function's answer in JSON.
fn query_info(context: &Context, arguments: &mut Arguments) -> Answer {
    let bytes = arguments.bytes("extrinsic")?;
    let head = context.head_at(arguments.at()?)?;
    let wrong = || Failure::parameters("extrinsic does not decode");
    let extrinsic = Extrinsic::decode(bytes).map_err(|_| wrong())?;
    let length = u32::try_from(extrinsic.bytes().len()).map_err(|_| wrong())?;
    let input = [extrinsic.bytes(), &length.encode()[..]].concat();
    let parent = context.parent(&head);
    let output = context
        .runtime
        .call_api(&parent, "TransactionPaymentApi_query_info", &input)
        .map_err(|error| Failure::client(&error))?;
    let (weight, class, fee) = <(Weight, u8, Balance)>::decode(&mut &output[..])
        .map_err(|error| Failure::internal(&error))?;
    let class = ["normal", "operational", "mandatory"].get(usize::from(class));
    Ok(json!({
        "weight": { "ref_time": weight.ref_time, "proof_size": weight.proof_size },
        "class": class,
        "partialFee": fee.to_string(),
    }))
}

/// What a receipt's failure looks like, the same for dry runs.
pub(super) fn chain_error(failure: &Failed) -> Value {
    let values = failure.values.iter();
    let values: serde_json::Map<String, Value> =
        values.map(|(field, value)| (field.clone(), value.clone().into())).collect();
    json!({
        "code": failure.code,
        "message": failure.message,
        "pallet": failure.pallet,
        "name": failure.name,
        "values": values,
    })
}

/// The receipts of one block.
pub(super) fn block_receipts(context: &Context, arguments: &mut Arguments) -> Answer {
    let hash: Hash256 =
        arguments.at()?.ok_or_else(|| Failure::parameters("block hash is missing"))?;
    let Some(receipts) = context.chain.receipts(hash)? else { return Ok(Value::Null) };
    let show = |receipt: &crate::chain::StoredReceipt| {
        let error = receipt.outcome.as_ref().err().map(chain_error);
        json!({
            "hash": hex(receipt.hash),
            "pallet": receipt.pallet,
            "call": receipt.call,
            "weight": receipt.weight.ref_time,
            "fee": receipt.fee.to_string(),
            "ok": error.is_none(),
            "error": error,
        })
    };
    Ok(receipts.iter().map(show).collect())
}
