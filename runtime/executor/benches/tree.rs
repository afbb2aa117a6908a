//! Cost of a block's changes in the state, of looking rows up, and of building a state.
//!
//! Keys and values have 80 bytes, as the row of an account. 80 % of a block's changes hit existing
//! rows and 20 % add one, as in a busy block. `cargo bench -p althing-executor --bench tree -- /1000000`
//! runs the goal's case; 10 million rows, which take 8 GiB, only if `ROWS_10M=1` is set.

#![allow(missing_docs, reason = "the items below are made by criterion's macros")]

use althing_executor::{PathChange, State};
use althing_frame::RowValue;
use althing_primitives::state_proof::path_of;
use althing_primitives::{Hash256, blake3_256};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Changes in the blocks tried.
const BLOCKS: [u32; 2] = [1_000, 100_000];

type Key = [u8; 80];

fn sizes() -> Vec<u32> {
    let large = std::env::var_os("ROWS_10M").map(|_| 10_000_000);
    [200_000, 1_000_000].into_iter().chain(large).collect()
}

/// An item's prefix, a hash, and what was hashed.
fn key(number: u32) -> Key {
    let id = blake3_256(&number.to_le_bytes());
    let mut key = [7; 80];
    key[32..48].copy_from_slice(&id.0[..16]);
    key[48..].copy_from_slice(&id.0);
    key
}

fn value(number: u32) -> RowValue {
    let mut value = [0; 80];
    value[..4].copy_from_slice(&number.to_le_bytes());
    RowValue::from(&value[..])
}

fn set(number: u32, value: RowValue) -> PathChange<Key> {
    let key = key(number);
    PathChange { path: path_of(&key), key, value: Some(value) }
}

fn rows(count: u32) -> Vec<PathChange<Key>> {
    (0..count).into_par_iter().map(|number| set(number, value(number))).collect()
}

/// One in five is new, the others lie spread over all rows.
fn block(rows: u32, changes: u32) -> Vec<PathChange<Key>> {
    let step = rows / changes;
    let number = |n| if n % 5 == 0 { rows + n } else { n * step };
    (0..changes).map(|n| set(number(n), value(n + 1))).collect()
}

fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("state/apply");
    group.sample_size(10);
    for count in sizes() {
        let mut state = None;
        for changes in BLOCKS {
            group.throughput(Throughput::Elements(changes.into()));
            group.bench_function(BenchmarkId::new(changes.to_string(), count), |bencher| {
                let state = state.get_or_insert_with(|| State::empty().apply_hashed(&rows(count)));
                let block = block(count, changes);
                bencher.iter_with_large_drop(|| state.apply_hashed(&block));
            });
        }
    }
}

fn get(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("state/get");
    group.sample_size(10);
    for count in sizes() {
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            let state = State::empty().apply_hashed(&rows(count));
            let keys: Vec<Key> = (0..count).step_by(97).map(key).collect();
            let mut turn = keys.iter().cycle();
            bencher.iter(|| state.get(turn.next().expect("a cycle has no end")));
        });
    }
}

fn find(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("state/find");
    group.sample_size(10);
    for count in sizes() {
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            let state = State::empty().apply_hashed(&rows(count));
            let paths: Vec<Hash256> = (0..count).step_by(97).map(|n| path_of(&key(n))).collect();
            let mut turn = paths.iter().cycle();
            bencher.iter(|| state.find(turn.next().expect("a cycle has no end")));
        });
    }
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("state/build");
    group.sample_size(10);
    for count in sizes() {
        let mut sorted = rows(count);
        sorted.sort_unstable_by_key(|row| row.key);
        group.throughput(Throughput::Elements(count.into()));
        group.bench_function(BenchmarkId::new("from paths", count), |bencher| {
            bencher.iter_with_large_drop(|| State::empty().apply_hashed(&sorted));
        });
        group.bench_function(BenchmarkId::new("from rows", count), |bencher| {
            let pairs = || sorted.iter().filter_map(|row| Some((row.key, row.value.as_ref()?)));
            bencher.iter_with_large_drop(|| State::from_rows(pairs()));
        });
    }
}

criterion_group!(benches, apply, get, find, build);
criterion_main!(benches);
