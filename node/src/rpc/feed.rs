//! Subscriptions to heads, rows and the runtime's version.
//!
//! A slow client holds up its own feed and nothing else: what it missed is read from the chain
//! when it is ready again, up to the bounds of [`followers`](super::followers).

use std::sync::Arc;

use althing_frame::Runtime;
use althing_primitives::{BlockNumber, Header};
use jsonrpsee::server::SubscriptionCloseResponse;
use jsonrpsee::{PendingSubscriptionSink, SubscriptionSink};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
use super::followers::{Ended, Follower, MISSED_MAX, farewell, send};
use super::methods::Methods;
use super::state::change_set;
use super::wire;
use crate::chain::{BlockNotice, Head};

/// How many keys one subscription may name.
const KEYS_MAX: usize = 1024;

/// Register the subscriptions.
pub(super) fn register(methods: &mut Methods) -> Result<(), RpcError> {
    methods.subscription(
        &["chain_subscribeNewHeads", "chain_subscribeNewHead", "subscribe_newHead"],
        (
            "chain_newHead",
            &["chain_unsubscribeNewHeads", "chain_unsubscribeNewHead", "unsubscribe_newHead"],
        ),
        heads,
    )?;
    methods.subscription(
        &["chain_subscribeAllHeads"],
        ("chain_allHead", &["chain_unsubscribeAllHeads"]),
        heads,
    )?;
    methods.subscription(
        &["chain_subscribeFinalizedHeads", "chain_subscribeFinalisedHeads"],
        (
            "chain_finalizedHead",
            &["chain_unsubscribeFinalizedHeads", "chain_unsubscribeFinalisedHeads"],
        ),
        heads,
    )?;
    methods.subscription(
        &["state_subscribeRuntimeVersion", "chain_subscribeRuntimeVersion"],
        (
            "state_runtimeVersion",
            &["state_unsubscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion"],
        ),
        version,
    )?;
    methods.subscription(
        &["state_subscribeStorage"],
        ("state_storage", &["state_unsubscribeStorage"]),
        storage,
    )
}

/// Accept a subscription that follows so many keys, if there is room for it.
async fn admit(
    context: &Context,
    keys: usize,
    pending: PendingSubscriptionSink,
) -> Option<(Follower, SubscriptionSink)> {
    match context.followers.admit(keys) {
        Ok(place) => Some((place, pending.accept().await.ok()?)),
        Err(failure) => {
            pending.reject(failure).await;
            None
        }
    }
}

/// The current head at once, then every block in order. Committed blocks are final, so best, all
/// and finalized heads are the same.
async fn heads(
    context: Arc<Context>,
    _: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) -> SubscriptionCloseResponse {
    let notices = context.chain.subscribe();
    let Some((_place, sink)) = admit(&context, 0, pending).await else {
        return SubscriptionCloseResponse::None;
    };
    farewell(tell_heads(&context, &sink, notices).await)
}

async fn tell_heads(
    context: &Arc<Context>,
    sink: &SubscriptionSink,
    mut notices: Receiver<Arc<BlockNotice>>,
) -> Result<(), Ended> {
    let first = context.chain.head();
    send(sink, &wire::header(&first.header)).await?;
    let mut sent = first.number;
    loop {
        let reached = tokio::select! {
            () = sink.closed() => return Ok(()),
            notice = notices.recv() => match notice {
                Ok(notice) => Arc::clone(&notice.head),
                // Too far behind: what was missed is read from the chain.
                Err(RecvError::Lagged(_)) => context.chain.head(),
                Err(RecvError::Closed) => return Ok(()),
            },
        };
        let missed = reached.number.saturating_sub(sent);
        if missed > MISSED_MAX {
            return Err(Ended::Behind { missed });
        }
        while sent < reached.number {
            sent = sent.saturating_add(1);
            if sent == reached.number {
                send(sink, &wire::header(&reached.header)).await?;
            } else {
                send(sink, &wire::header(&missed_header(context, sent).await?)).await?;
            }
        }
    }
}

/// A header that was missed: from memory as a rule, else from disk.
async fn missed_header(context: &Arc<Context>, number: BlockNumber) -> Result<Header, Ended> {
    if let Some(head) = context.chain.recent_head(number.into()) {
        return Ok(head.header.clone());
    }
    let failed = |reason: String| Ended::Failed { reason };
    let chain = Arc::clone(&context.chain);
    let reading = tokio::task::spawn_blocking(move || chain.header(number));
    let read = reading.await.map_err(|error| failed(error.to_string()))?;
    let header = read.map_err(|error| failed(error.to_string()))?;
    header.ok_or_else(|| failed(format!("block {number} is not here")))
}

async fn version(
    context: Arc<Context>,
    _: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) -> SubscriptionCloseResponse {
    let Some((_place, sink)) = admit(&context, 0, pending).await else {
        return SubscriptionCloseResponse::None;
    };
    // The runtime is part of the program, so there is never another one to report.
    let sent = send(&sink, &wire::version(&context.runtime.version())).await;
    if sent.is_ok() {
        sink.closed().await;
    }
    farewell(sent)
}

/// All values at once, then after each block those that it changed.
async fn storage(
    context: Arc<Context>,
    arguments: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) -> SubscriptionCloseResponse {
    let notices = context.chain.subscribe();
    let seen = context.chain.head();
    let asked = arguments.and_then(|mut one| one.list::<KEYS_MAX>("keys")).and_then(|keys| {
        if keys.is_empty() {
            return Err(Failure::parameters("name the keys to follow"));
        }
        let first = change_set(&seen, &keys)?;
        Ok((keys, first))
    });
    let (keys, first) = match asked {
        Ok(asked) => asked,
        Err(failure) => {
            pending.reject(failure).await;
            return SubscriptionCloseResponse::None;
        }
    };
    let Some((_place, sink)) = admit(&context, keys.len(), pending).await else {
        return SubscriptionCloseResponse::None;
    };
    let told = match send(&sink, &first).await {
        Ok(()) => tell_changes(&context, (&sink, notices), &keys, seen).await,
        Err(ended) => Err(ended),
    };
    farewell(told)
}

async fn tell_changes(
    context: &Context,
    (sink, mut notices): (&SubscriptionSink, Receiver<Arc<BlockNotice>>),
    keys: &[Vec<u8>],
    mut seen: Arc<Head>,
) -> Result<(), Ended> {
    loop {
        let notice = tokio::select! {
            () = sink.closed() => return Ok(()),
            notice = notices.recv() => notice,
        };
        let (head, changed) = match notice {
            Ok(notice) if notice.head.number <= seen.number => continue,
            Ok(notice) => (Arc::clone(&notice.head), touched(&notice, keys)),
            Err(RecvError::Lagged(_)) => {
                let head = context.chain.head();
                let changed = differing(&seen, &head, keys);
                (head, changed)
            }
            Err(RecvError::Closed) => return Ok(()),
        };
        if !changed.is_empty() {
            // The client would miss some of them.
            let set = change_set(&head, &changed).map_err(|_| Ended::TooLong)?;
            send(sink, &set).await?;
        }
        seen = head;
    }
}

fn touched(notice: &BlockNotice, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
    keys.iter().filter(|key| notice.has_changed(key)).cloned().collect()
}

fn differing(before: &Head, after: &Head, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let differs = |key: &&Vec<u8>| before.state.get(key) != after.state.get(key);
    keys.iter().filter(differs).cloned().collect()
}
