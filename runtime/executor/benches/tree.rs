//! Cost of a block's changes in the state, as changed rows per second.
//!
//! 80 % of the changes hit existing rows and 20 % add one, as in a busy block. The large case alone:
//! `cargo bench -p althing-executor --bench tree -- 1000000`.

#![allow(missing_docs, reason = "the items below are made by criterion's macros")]

use althing_executor::{PathChange, State, Tree};
use althing_primitives::{Hash256, blake3_256};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Rows in the state and changes in the block.
const SIZES: [(u32, u32); 3] = [(200_000, 1_000), (200_000, 100_000), (1_000_000, 100_000)];

fn key(number: u32) -> Hash256 {
    blake3_256(&number.to_le_bytes())
}

/// The keys a block of `changes` touches: one in five is new, the others lie spread over all rows.
fn changed_keys(rows: u32, changes: u32) -> impl Iterator<Item = Hash256> {
    let step = rows / changes;
    (0..changes).map(move |n| if n % 5 == 0 { key(rows + n) } else { key(n * step) })
}

fn tree_update(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tree/update");
    group.sample_size(10);
    for (rows, changes) in SIZES {
        let id = BenchmarkId::new(changes.to_string(), rows);
        group.throughput(Throughput::Elements(changes.into()));
        group.bench_function(id, |bencher| {
            let old = key(u32::MAX);
            let inserts: Vec<PathChange> = (0..rows).map(|n| (key(n), Some(old))).collect();
            let tree = Tree::empty().update(&inserts);
            let block: Vec<PathChange> =
                changed_keys(rows, changes).map(|path| (path, Some(path))).collect();
            bencher.iter_with_large_drop(|| tree.update(&block));
        });
    }
}

fn state_apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("state/apply");
    group.sample_size(10);
    for (rows, changes) in SIZES {
        let id = BenchmarkId::new(changes.to_string(), rows);
        group.throughput(Throughput::Elements(changes.into()));
        group.bench_function(id, |bencher| {
            let state = State::from_rows((0..rows).map(|n| (key(n), [1; 64])));
            let block: Vec<_> =
                changed_keys(rows, changes).map(|key| (key, Some([2; 64]))).collect();
            bencher.iter_with_large_drop(|| state.apply(&block));
        });
    }
}

fn tree_build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tree/build");
    group.sample_size(10);
    group.throughput(Throughput::Elements(1_000_000));
    group.bench_function("1000000", |bencher| {
        let rows: Vec<PathChange> = (0..1_000_000).map(|n| (key(n), Some(key(0)))).collect();
        bencher.iter_with_large_drop(|| Tree::empty().update(&rows));
    });
}

criterion_group!(benches, tree_update, state_apply, tree_build);
criterion_main!(benches);
