//! What a transaction costs inside a block, and what it costs to import a block of votes.
//!
//! Blocks are whole: call decoded, admitted, paid for and executed, body and state roots made. Only
//! `import` verifies signatures; elsewhere the node has verified them before. Every block is run
//! once before it is measured: each transaction must succeed, for every number of workers alike.
//!
//! `wall/...` is what a user waits for and wants an idle machine. `cpu/...` is the work of all
//! threads together, which other programs hardly disturb; twice the work of `serial` over that of
//! `pool-2` is the speed-up that two idle cores would give.

#![allow(missing_docs, reason = "the items below are made by criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a measurement of a failing block means nothing")]

mod workload;

use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use althing_executor::{
    Executed, Executor, Parent, Proof, State, Transaction, Workers, extrinsics_root, witness_root,
};
use althing_frame::Track;
use althing_primitives::{Block, Extrinsic, Hash256, Header};
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use parity_scale_codec::{Decode, Encode};
use rayon::{ThreadPool, ThreadPoolBuilder};
use workload::{Chain, Clock, CpuTime, Keys, Roomy, transactions};

/// Transactions in the blocks of transfers and votes.
const SIZES: [usize; 2] = [1_000, 10_000];
/// Signed votes in the block that is imported.
const IMPORTED: usize = 500;

/// Pools of one and of two threads. They outlive every measurement, since the processors' clock
/// sums up the threads there are.
static POOLS: LazyLock<[Arc<ThreadPool>; 2]> = LazyLock::new(|| {
    [1, 2].map(|threads| Arc::new(ThreadPoolBuilder::new().num_threads(threads).build().unwrap()))
});

/// Executors to compare, the reference first.
fn executors() -> [(&'static str, Executor); 3] {
    let executor = |workers| Executor::new(Arc::new(Roomy::new()), workers);
    let [one, two] = POOLS.clone();
    [
        ("serial", executor(Workers::Serial)),
        ("pool-1", executor(Workers::Pool(one))),
        ("pool-2", executor(Workers::Pool(two))),
    ]
}

fn group<'a, M: Clock>(
    c: &'a mut Criterion<M>,
    name: &str,
    elements: usize,
) -> BenchmarkGroup<'a, M> {
    let mut group = c.benchmark_group(format!("{}/{name}", M::NAME));
    group.sample_size(10).throughput(transactions(elements));
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

/// Members who have voted on nothing yet, and what they may vote on.
static PARTY: LazyLock<Chain> =
    LazyLock::new(|| Chain::new(SIZES[1], Keys::Made).with_referendum(Track::SmallSpender));
/// The same members before a question whose ballots are kept apart by scheme.
static CRITICAL: LazyLock<Chain> =
    LazyLock::new(|| Chain::new(SIZES[1], Keys::Made).with_referendum(Track::Root));

/// Build a block of these, all of which must take effect.
fn build(executor: &Executor, chain: &Chain, transactions: Vec<Transaction>) -> Executed {
    let executed = executor.build(&chain.parent(), chain.next_time(), transactions).unwrap();
    assert_eq!(executed.refused, []);
    executed
}

fn proven(extrinsics: &[Extrinsic]) -> Vec<Transaction> {
    let proven = |extrinsic: &Extrinsic| Transaction {
        extrinsic: extrinsic.clone(),
        proven: Proof::Assumed,
    };
    extrinsics.iter().map(proven).collect()
}

fn execute<M: Clock>(
    c: &mut Criterion<M>,
    (chain, kind): (&Chain, &str),
    extrinsics: &[Extrinsic],
) {
    let mut group = group(c, &format!("{kind}/{}", extrinsics.len()), extrinsics.len());
    let mut reference: Option<Header> = None;
    for (name, executor) in executors() {
        let once = build(&executor, chain, proven(extrinsics));
        assert!(once.receipts.iter().all(|receipt| receipt.outcome.is_ok()));
        assert_eq!(reference.get_or_insert(once.header.clone()), &once.header);
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || proven(extrinsics),
                |transactions| build(&executor, chain, transactions),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn small_blocks<M: Clock>(c: &mut Criterion<M>) {
    execute(c, (&PARTY, "transfers"), &PARTY.transfers(SIZES[0]));
    execute(c, (&PARTY, "votes"), &PARTY.votes(SIZES[0]));
    execute(c, (&CRITICAL, "critical-votes"), &CRITICAL.votes(SIZES[0]));
}

fn large_blocks<M: Clock>(c: &mut Criterion<M>) {
    execute(c, (&PARTY, "transfers"), &PARTY.transfers(SIZES[1]));
    execute(c, (&PARTY, "votes"), &PARTY.votes(SIZES[1]));
    execute(c, (&CRITICAL, "critical-votes"), &CRITICAL.votes(SIZES[1]));
}

/// What of the numbers above is the state and the roots of the body.
fn roots<M: Clock>(c: &mut Criterion<M>) {
    let [(_, executor), ..] = executors();
    let executed = build(&executor, &PARTY, proven(&PARTY.transfers(SIZES[1])));
    let mut group = group(c, "roots-of-transfers/10000", SIZES[1]);
    let state = |state: &State| state.apply(&executed.changes).root();
    for pool in POOLS.iter() {
        let threads = pool.current_num_threads();
        group.bench_function(format!("state/pool-{threads}"), |bencher| {
            bencher.iter(|| pool.install(|| state(black_box(&PARTY.state))));
        });
    }
    group.bench_function("body/serial", |bencher| {
        bencher
            .iter(|| (extrinsics_root(&executed.extrinsics), witness_root(&executed.extrinsics)));
    });
    group.finish();
}

/// Decode a block's bytes and run it as a stranger's: every signature is verified.
fn run_foreign(executor: &Executor, chain: &Chain, bytes: &[u8]) -> Hash256 {
    let block = Block::decode(&mut &bytes[..]).unwrap();
    let decode = |bytes: &[u8]| Extrinsic::decode(bytes).unwrap();
    let transactions: Vec<_> = block
        .extrinsics
        .iter()
        .map(|bytes| Transaction { extrinsic: decode(bytes), proven: Proof::None })
        .collect();
    let parent: Parent<'_> = chain.parent();
    executor.verify(&parent, &block.header, &transactions).unwrap().header.hash()
}

fn import<M: Clock>(c: &mut Criterion<M>) {
    let chain = Chain::new(IMPORTED, Keys::Signing).with_referendum(Track::SmallSpender);
    let [(_, author), ..] = executors();
    let built = build(&author, &chain, proven(&chain.votes(IMPORTED)));
    let body: Vec<_> = built.extrinsics.iter().map(|one| one.bytes().to_vec()).collect();
    let bytes = (&built.header, body).encode();
    let mut group = group(c, "import/500-ml-dsa-44-votes", IMPORTED);
    for (name, executor) in executors() {
        assert_eq!(run_foreign(&executor, &chain, &bytes), built.header.hash());
        group.bench_function(name, |bencher| {
            bencher.iter(|| run_foreign(&executor, &chain, black_box(&bytes)));
        });
    }
    group.finish();
}

/// The serial executor still prepares on rayon's own pool: one thread there makes it one core.
fn one_thread_outside_pools<M: Clock>(_: &mut Criterion<M>) {
    ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
}

criterion_group!(wall, one_thread_outside_pools, small_blocks, large_blocks, roots, import);
criterion_group! {
    name = cpu;
    config = Criterion::default().with_measurement(CpuTime::new());
    targets = large_blocks, roots, import
}
criterion_main!(wall, cpu);
