//! How long it takes to make a block durable, to fold, and to load the state again.
//!
//! Files go to the folder for temporary files (`TMPDIR`), so choose one on the disk to be measured.

#![allow(missing_docs, reason = "the items below are made by criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a measurement of a failing store means nothing")]

use std::{
    fs,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use althing_node::chain::state_of;
use althing_node::store::{
    BlockRecord, Changes, Genesis, MemoryStore, Options, Row, SledStore, Store,
};
use althing_primitives::{BlockNumber, Hash256};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tempfile::TempDir;

/// Bytes that do not repeat, so that no layer can save work.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn hash(number: BlockNumber) -> Hash256 {
    Hash256(*blake3::hash(&number.to_le_bytes()).as_bytes())
}

fn key(n: u64) -> Vec<u8> {
    noise(n, 80)
}

fn genesis(rows: u64) -> Genesis {
    let rows: Vec<Row> = (0..rows).map(|n| (key(n), noise(n, 80))).collect();
    Genesis { hash: hash(0), rows, ..Genesis::default() }
}

/// A block of `count` extrinsics of 2,600 bytes, each changing two rows.
fn block(number: BlockNumber, count: u64) -> BlockRecord {
    let seed = u64::from(number) << 32;
    let change = |n: u64| (key((seed / 97 + n) % 100_000), Some(noise(n, 80)));
    BlockRecord {
        number,
        hash: hash(number),
        parent: hash(number - 1),
        header: noise(seed, 200),
        extrinsics: (0..count).map(|n| Arc::from(noise(seed | n, 2_600))).collect(),
        justification: noise(seed, 1_000),
        changes: (0..count * 2).map(change).collect::<Changes>(),
        receipts: noise(seed, usize::try_from(count).unwrap_or(0) * 200),
    }
}

/// The next block of whatever the store holds, so that each is committed once.
fn next(store: &dyn Store, count: u64) -> BlockRecord {
    block(store.tip().map_or(1, |(number, _)| number + 1), count)
}

fn commits(c: &mut Criterion) {
    let mut group = c.benchmark_group("store::commit");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    for (name, count) in [("empty", 0), ("tiny_4_txs", 4), ("large_10_mb", 4_000)] {
        let folder = TempDir::new().unwrap();
        let sled = SledStore::open(folder.path(), Options::default()).unwrap();
        let memory = MemoryStore::new().unwrap();
        let stores: [(&str, &dyn Store); 2] = [("sled", &sled), ("memory", &memory)];
        for (engine, store) in stores {
            store.initialise(genesis(1_000)).unwrap();
            let bytes = 2_600 * count + 1;
            group.throughput(Throughput::Bytes(bytes)).bench_function(
                format!("{engine}/{name}"),
                |bencher| {
                    bencher.iter_batched(
                        || next(store, count),
                        |block| store.commit(block).unwrap(),
                        BatchSize::PerIteration,
                    );
                },
            );
        }
    }
    group.finish();
}

/// Blocks that are handed in while others are made durable.
fn groups(c: &mut Criterion) {
    let mut group = c.benchmark_group("store::submit_16");
    group.sample_size(10).measurement_time(Duration::from_secs(4));
    for (name, count) in [("tiny_4_txs", 4), ("large_10_mb", 4_000)] {
        let folder = TempDir::new().unwrap();
        let store = SledStore::open(folder.path(), Options::default()).unwrap();
        store.initialise(genesis(1_000)).unwrap();
        group.throughput(Throughput::Elements(16)).bench_function(name, |bencher| {
            bencher.iter_batched(
                || {
                    let next = store.tip().map_or(1, |(number, _)| number + 1);
                    (next..next + 16).map(|number| block(number, count)).collect::<Vec<_>>()
                },
                |blocks| {
                    let tickets: Vec<_> =
                        blocks.into_iter().map(|block| store.submit(block).unwrap()).collect();
                    for ticket in tickets {
                        ticket.wait().unwrap();
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// A number that the system keeps about this process.
fn counted(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.unwrap_or(f64::NAN)
}

/// Bytes written to the disk for each byte of a block, not a time: printed once.
#[expect(
    clippy::print_stderr,
    reason = "these figures are not times, so criterion has no place for them"
)]
fn amplification(_: &mut Criterion) {
    for (name, count, blocks) in
        [("empty", 0, 200), ("4 txs", 4, 200), ("64 txs", 64, 100), ("4,000 txs", 4_000, 40)]
    {
        let folder = TempDir::new().unwrap();
        let store = SledStore::open(folder.path(), Options::default()).unwrap();
        store.initialise(genesis(1_000)).unwrap();
        let made: Vec<_> = (1..=blocks).map(|number| block(number, count)).collect();
        let before = counted("io", "write_bytes:");
        for block in made {
            store.commit(block).unwrap();
        }
        let written = store.written();
        let disk = counted("io", "write_bytes:") - before;
        let commits = (disk / float(written.block_bytes), disk / f64::from(blocks));
        store.fold(blocks).unwrap();
        let folds = (counted("io", "write_bytes:") - before - disk) / float(written.block_bytes);
        eprintln!(
            "store::amplification/{name}: {:.0} bytes a block; given to the engine x{:.2}, written \
             to the disk x{:.2} ({:.0} bytes a block), folded afterwards x{folds:.2}",
            float(written.block_bytes) / f64::from(blocks),
            float(written.commit_bytes) / float(written.block_bytes),
            commits.0,
            commits.1,
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}

/// A start with many rows, once:
/// `ALTHING_BENCH_ROWS=10000000 cargo bench -p althing-node --bench store start`.
#[expect(clippy::print_stderr, reason = "one start takes too long to be repeated by criterion")]
fn start(_: &mut Criterion) {
    let rows = std::env::var("ALTHING_BENCH_ROWS").map_or(1_000_000, |text| text.parse().unwrap());
    let folder = TempDir::new().unwrap();
    let started = Instant::now();
    let store = SledStore::open(folder.path(), Options::default()).unwrap();
    store.initialise(genesis(rows)).unwrap();
    drop(store);
    let built = started.elapsed();
    let before = counted("status", "VmRSS:");

    let started = Instant::now();
    let store = SledStore::open(folder.path(), Options::default()).unwrap();
    let opened = started.elapsed();
    let pages = store.load_state().unwrap().pages;
    let loaded = started.elapsed();
    let state = black_box(state_of(&pages));
    let ready = started.elapsed();
    drop(pages);
    eprintln!(
        "store::start/{rows} rows: built in {built:.2?}; opened {opened:.2?}, loaded {loaded:.2?}, state \
         ready {ready:.2?}; {:.0} MiB resident for {} rows",
        (counted("status", "VmRSS:") - before) / 1024.0,
        state.len(),
    );
}

fn state(c: &mut Criterion) {
    let mut group = c.benchmark_group("store::state");
    group.sample_size(10);
    let folder = TempDir::new().unwrap();
    let store = SledStore::open(folder.path(), Options::default()).unwrap();
    store.initialise(genesis(100_000)).unwrap();
    group.bench_function("fold/10_blocks_of_1000_txs/100_000_rows", |bencher| {
        bencher.iter_batched(
            || (0..10).for_each(|_| store.commit(next(&store, 1_000)).unwrap()),
            |()| store.fold(store.tip().unwrap().0).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("load/100_000_rows", |bencher| {
        bencher.iter(|| black_box(store.load_state().unwrap()));
    });
    group.finish();
    drop(store);
    c.bench_function("store::open/100_000_rows", |bencher| {
        bencher.iter(|| SledStore::open(folder.path(), Options::default()).unwrap());
    });
}

criterion_group!(benches, commits, groups, amplification, state, start);
criterion_main!(benches);
