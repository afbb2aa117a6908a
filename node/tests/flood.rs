//! A flood of forged signatures does not keep honest members out, and does not fill the memory.
//!
//! The node is a process of its own. What it may take of memory is its own, too.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use futures::StreamExt;
use jsonrpsee_core::client::Error;
use serde_json::{Value, json};
use support::{Member, Node, Rpc, Update, calls, member};

/// Forged transactions in all.
const FORGED: usize = 100_000;
/// Connections that bring them at a time.
const FLOODERS: usize = 8;
/// What each of them has under way at a time.
const AT_ONCE: usize = 32;
/// After so many a flooder comes back on a new connection, as if it were somebody else.
const PER_CONNECTION: usize = 2_500;
/// What the node may hold of memory at any time, in KiB.
const MEMORY_KIB_MAX: u64 = 384 * 1024;

/// How many answers had which public code.
type Codes = BTreeMap<String, usize>;

/// A transaction in hexadecimal whose signature can be made wrong in as many ways as one likes.
struct Template {
    text: String,
    signature_at: usize,
}

impl Template {
    fn of(member: &Member, node: &Node) -> Self {
        let signed = member.signed(node.genesis(), 0, calls::remark("never said"));
        let part = signed.signed_part().unwrap();
        let signature = part.signature.signature();
        let bytes = signed.bytes();
        let at = bytes.windows(signature.len()).position(|window| window == signature).unwrap();
        // Two digits a byte, after the prefix.
        Self { text: support::hex(bytes), signature_at: 2 + 2 * at }
    }

    fn forged(&self, number: usize) -> String {
        let mut text = self.text.clone();
        let end = self.signature_at + 16;
        text.replace_range(self.signature_at..end, &format!("{number:016x}"));
        text
    }
}

/// Bring forged transactions until all have been brought.
async fn flood(url: String, templates: Arc<Vec<Template>>, next: Arc<AtomicUsize>) -> Codes {
    let mut codes = Codes::new();
    while next.load(Ordering::Relaxed) < FORGED {
        let rpc = Rpc::connect(&url).await;
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < FORGED);
        let mine = std::iter::from_fn(take).take(PER_CONNECTION);
        let (rpc, templates) = (&rpc, &templates);
        let answers = futures::stream::iter(mine).map(|number| async move {
            let forged = templates[number % templates.len()].forged(number);
            code(rpc.call("author_submitExtrinsic", json!([forged])).await)
        });
        let mut answers = answers.buffer_unordered(AT_ONCE);
        while let Some(code) = answers.next().await {
            *codes.entry(code).or_default() += 1;
        }
    }
    codes
}

fn code(answer: Result<Value, Error>) -> String {
    match answer {
        Err(Error::Call(refusal)) => {
            let refusal = serde_json::to_value(refusal).unwrap();
            refusal["data"]["code"].as_str().map_or_else(|| refusal.to_string(), str::to_owned)
        }
        other => panic!("a forged transaction: {other:?}"),
    }
}

/// Say something again and again until told to stop; says how often, and the most blocks that it
/// took. On its own connection, or on a new one every time.
async fn speak(
    (url, node_genesis): (String, althing_primitives::Hash256),
    (name, is_new_each_time): (&'static str, bool),
    stop: Arc<AtomicBool>,
) -> (u32, u32) {
    let member = member(name);
    let mut rpc = Rpc::connect(&url).await;
    let (mut count, mut worst) = (0, 0);
    while !stop.load(Ordering::Relaxed) || count == 0 {
        if is_new_each_time {
            rpc = Rpc::connect(&url).await;
        }
        let said = member.signed(node_genesis, count, calls::remark("honest"));
        let (before, ..) = rpc.head().await;
        let Update::Finalized(block) = rpc.submit_and_wait(&said).await.unwrap() else {
            panic!("{name}'s transaction is gone")
        };
        let header = rpc.ask("chain_getHeader", json!([support::hex(block)])).await;
        worst = worst.max(support::number(&header) - before);
        count += 1;
    }
    (count, worst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_forgeries_keeps_nobody_out() {
    let node = Node::dev(["--seal", "2"]);
    let (url, genesis) = (node.text("url").to_owned(), node.genesis());
    let templates: Vec<_> =
        ["bob", "frank", "heidi"].map(|name| Template::of(&member(name), &node)).into();
    let (templates, next) = (Arc::new(templates), Arc::new(AtomicUsize::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let flooders: Vec<_> = (0..FLOODERS)
        .map(|_| tokio::spawn(flood(url.clone(), Arc::clone(&templates), Arc::clone(&next))))
        .collect();
    // One of those whose names are misused is among them.
    let honest: Vec<_> = [("alice", false), ("erin", true), ("grace", false), ("bob", true)]
        .map(|who| tokio::spawn(speak((url.clone(), genesis), who, Arc::clone(&stop))))
        .into();
    let mut codes = Codes::new();
    for flooder in flooders {
        for (code, count) in flooder.await.unwrap() {
            *codes.entry(code).or_default() += count;
        }
    }
    let took = began.elapsed();
    stop.store(true, Ordering::Relaxed);
    for speaker in honest {
        let (count, worst) = speaker.await.unwrap();
        assert!(count > 0 && worst <= 2, "{count} transactions, one took {worst} blocks");
    }
    assert_eq!(codes.values().sum::<usize>(), FORGED);
    assert!(codes["POOL-110"] > FORGED / 2, "most were not even looked at: {codes:?}");
    let connections = FORGED.div_ceil(PER_CONNECTION) + FLOODERS;
    let budget = connections * (256 + 16 * (took.as_secs() as usize + 1));
    let checked = codes.get("TX-107").copied().unwrap_or(0);
    assert!(checked <= budget, "{checked} of {budget} in {took:?}: {codes:?}");
    let rpc = node.connect().await;
    let pending = rpc.ask("author_pendingExtrinsics", json!([])).await;
    assert_eq!(pending, json!([]), "no forgery is in the pool");
    let memory = peak_memory(node.id());
    assert!(memory < MEMORY_KIB_MAX, "it took {memory} KiB");
    let log = node.log();
    assert!(!log.contains("panicked"), "{log}");
    node.stop();
}

/// The most memory a process ever held, in KiB.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
