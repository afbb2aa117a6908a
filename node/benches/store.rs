//! How long it takes to make a block durable, to fold, and to load the state again.
//!
//! Files go to the folder for temporary files (`TMPDIR`), so choose one on the disk to be measured.

#![allow(missing_docs, reason = "the items below are made by criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a measurement of a failing store means nothing")]

use std::{hint::black_box, time::Duration};

use althing_node::store::{
    BlockRecord, Change, Genesis, MemoryStore, Options, Row, SledStore, Store,
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
    let change = |n: u64| -> Change { (key((seed / 97 + n) % 100_000), Some(noise(n, 80))) };
    BlockRecord {
        number,
        hash: hash(number),
        parent: hash(number - 1),
        header: noise(seed, 200),
        extrinsics: (0..count).map(|n| noise(seed | n, 2_600)).collect(),
        justification: noise(seed, 1_000),
        changes: (0..count * 2).map(change).collect(),
        receipts: noise(seed, usize::try_from(count).unwrap_or(0) * 40),
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

criterion_group!(benches, commits, state);
criterion_main!(benches);
