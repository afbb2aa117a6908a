//! Subscriptions to heads, rows and the runtime's version.
//!
//! A slow client holds up its own feed and nothing else: what it missed is read from the chain
//! when it is ready again.

use std::sync::Arc;

use jsonrpsee::{PendingSubscriptionSink, SubscriptionSink};
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;

use althing_frame::Runtime;

use super::arguments::Arguments;
use super::context::Context;
use super::error::RpcError;
use super::failure::Failure;
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

/// Send one item; whether the client is still there. Waits for a slow one.
pub(super) async fn send(sink: &SubscriptionSink, item: &Value) -> bool {
    match serde_json::value::to_raw_value(item) {
        Ok(raw) => sink.send(raw).await.is_ok(),
        // A value always has a text.
        Err(_) => false,
    }
}

/// The current head at once, then every block in order. Committed blocks are final, so best, all
/// and finalized heads are the same.
async fn heads(
    context: Arc<Context>,
    _: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) {
    let mut notices = context.chain.subscribe();
    let first = context.chain.head();
    let Ok(sink) = pending.accept().await else { return };
    if !send(&sink, &wire::header(&first.header)).await {
        return;
    }
    let mut sent = first.number;
    loop {
        let reached = tokio::select! {
            () = sink.closed() => return,
            notice = notices.recv() => match notice {
                Ok(notice) => notice.head.number,
                // Too far behind: what was missed is read from the chain.
                Err(RecvError::Lagged(_)) => context.chain.head().number,
                Err(RecvError::Closed) => return,
            },
        };
        while sent < reached {
            sent = sent.saturating_add(1);
            let chain = Arc::clone(&context.chain);
            let reading = tokio::task::spawn_blocking(move || chain.header(sent));
            let Ok(Ok(Some(header))) = reading.await else { return };
            if !send(&sink, &wire::header(&header)).await {
                return;
            }
        }
    }
}

async fn version(
    context: Arc<Context>,
    _: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) {
    let Ok(sink) = pending.accept().await else { return };
    // The runtime is part of the program, so there is never another one to report.
    if send(&sink, &wire::version(&context.runtime.version())).await {
        sink.closed().await;
    }
}

/// All values at once, then after each block those that it changed.
async fn storage(
    context: Arc<Context>,
    arguments: Result<Arguments, Failure>,
    pending: PendingSubscriptionSink,
) {
    let keys = match arguments.and_then(|mut one| one.list::<KEYS_MAX>("keys")) {
        Ok(keys) if keys.is_empty() => {
            let failure = Failure::parameters("name the keys to follow");
            return pending.reject(failure).await;
        }
        Ok(keys) => keys,
        Err(failure) => return pending.reject(failure).await,
    };
    let mut notices = context.chain.subscribe();
    let mut seen = context.chain.head();
    let first = match change_set(&seen, &keys) {
        Ok(first) => first,
        Err(failure) => return pending.reject(failure).await,
    };
    let Ok(sink) = pending.accept().await else { return };
    if !send(&sink, &first).await {
        return;
    }
    loop {
        let notice = tokio::select! {
            () = sink.closed() => return,
            notice = notices.recv() => notice,
        };
        let (head, changed) = match notice {
            Ok(notice) if notice.head.number <= seen.number => continue,
            Ok(notice) => (Arc::clone(&notice.head), touched(&notice, &keys)),
            Err(RecvError::Lagged(_)) => {
                let head = context.chain.head();
                let changed = differing(&seen, &head, &keys);
                (head, changed)
            }
            Err(RecvError::Closed) => return,
        };
        if !changed.is_empty() {
            // Values that outgrew one message end the feed: the client would miss some of them.
            let Ok(set) = change_set(&head, &changed) else { return };
            if !send(&sink, &set).await {
                return;
            }
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
