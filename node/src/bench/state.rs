//! A state of millions of rows: import into an empty store, restart, proofs, roots of changes.
//!
//! Import and restart are processes of their own, so that the memory of each is its own too.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use althing_executor::State;
use althing_frame::{RowKey, RowValue};
use althing_primitives::{Hash256, TOKEN};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::BenchError;
use super::filler;
use super::machine::{Machine, resident_kib};
use super::measure::{float, median, micros, ratio, timed};
use super::random::Random;
use super::scratch::Scratch;
use crate::chain::state_of;
use crate::store::{Genesis, Options, SledStore, Store};

/// Rows that a block of the root measurement changes.
const CHANGED: u64 = 100_000;
/// Proofs that are made and checked.
const PROOFS: u64 = 1_000;
/// Times that changes are applied, on one worker and on all.
const ROOTS: usize = 5;

/// What the process that writes a new store says.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct ImportFigures {
    /// The root over all rows, from nothing.
    pub(crate) root_seconds: f64,
    /// Writing all rows into the store, until durable.
    pub(crate) store_seconds: f64,
    /// The most memory it held.
    pub(crate) peak_mib: u64,
    /// The root, in hexadecimal.
    pub(crate) root: String,
}

/// What the process that starts from the store says.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct RestartFigures {
    /// From opening the store to a state that answers, with its root.
    pub(crate) start_seconds: f64,
    /// Of these, opening the store.
    pub(crate) open_seconds: f64,
    /// The most memory it held on the way.
    pub(crate) peak_mib: u64,
    /// What it holds when it answers.
    pub(crate) resident_mib: u64,
    /// Memory for each row.
    pub(crate) bytes_per_row: f64,
    /// Making and checking one proof.
    pub(crate) proof_us: f64,
    /// Changing rows and the root over them, on one worker, each.
    pub(crate) change_us_one_worker: f64,
    /// The same on all workers.
    pub(crate) change_us: f64,
    /// Workers.
    pub(crate) workers: usize,
    /// Rows changed at once.
    pub(crate) changed: u64,
    /// The root, in hexadecimal.
    pub(crate) root: String,
}

/// A state of so many rows.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct StateFigures {
    /// Rows.
    pub(crate) rows: u64,
    /// Bytes of the store's folder.
    pub(crate) store_bytes: u64,
    /// The import.
    pub(crate) import: ImportFigures,
    /// The restart.
    pub(crate) restart: RestartFigures,
    /// The machine.
    pub(crate) machine: Machine,
}

/// Measure a state of `rows` rows in a store in `folder`.
pub(crate) fn measure(
    rows: u64,
    workers: usize,
    folder: &Path,
) -> Result<StateFigures, BenchError> {
    let machine = Machine::here();
    let files = Scratch::new(folder)?;
    let import: ImportFigures = child(["import", ""], (rows, workers), files.path())?;
    let store_bytes = size_of(files.path());
    let restart: RestartFigures = child(["restart", &import.root], (rows, workers), files.path())?;
    Ok(StateFigures { rows, store_bytes, import, restart, machine })
}

/// Run a step in a process of its own.
fn child<T: DeserializeOwned>(
    [step, root]: [&str; 2],
    (rows, workers): (u64, usize),
    folder: &Path,
) -> Result<T, BenchError> {
    let program = std::env::current_exe().map_err(BenchError::io("find", "this program"))?;
    let output = Command::new(&program)
        .args(["bench", "state-step", step, "--rows", &rows.to_string()])
        .args(["--workers", &workers.to_string(), "--expect", root, "--folder"])
        .arg(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(BenchError::io("start", &program))?;
    if !output.status.success() {
        let what = format!("ended with {}", output.status);
        return Err(BenchError::Process { process: "state step", what });
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|source| BenchError::Malformed { path: program, source })
}

fn row(number: u64) -> (Vec<u8>, Vec<u8>) {
    let (key, value) = filler::row(number);
    (key.as_bytes().to_vec(), value.to_vec())
}

/// The step that writes a new store.
pub(crate) fn import(rows: u64, folder: &Path) -> Result<ImportFigures, BenchError> {
    let made: Vec<_> = (0..rows).into_par_iter().map(row).collect();
    let (state, root_took) =
        timed(|| State::from_rows(made.iter().map(|(key, value)| (key, value))));
    let root = state.root();
    drop(state);
    let started = Instant::now();
    let store = SledStore::open(folder, Options::default())?;
    let (hash, header) = (root, root.0.to_vec());
    store.initialise(Genesis { hash, header, rows: made, ..Genesis::default() })?;
    let store_seconds = started.elapsed().as_secs_f64();
    Ok(ImportFigures {
        root_seconds: root_took.wall.as_secs_f64(),
        store_seconds,
        peak_mib: resident_kib().1 / 1024,
        root: const_hex::encode_prefixed(root.0),
    })
}

/// The step that starts from a store, whose root must be `expect`.
pub(crate) fn restart(
    (rows, workers): (u64, usize),
    expect: &str,
    folder: &Path,
) -> Result<RestartFigures, BenchError> {
    let pool = ThreadPoolBuilder::new().num_threads(workers).build()?;
    let one = ThreadPoolBuilder::new().num_threads(1).build()?;
    let started = Instant::now();
    let store = SledStore::open(folder, Options::default())?;
    let open = started.elapsed();
    let loaded = store.load_state()?;
    let state = pool.install(|| state_of(&loaded.pages));
    let start = started.elapsed();
    let expected = const_hex::decode_to_array(expect).unwrap_or_default();
    if state.root().0 != expected {
        return Err(BenchError::Restart { found: state.root(), expected: Hash256(expected) });
    }
    let (resident, peak) = resident_kib();
    let bytes = float(usize::try_from(resident.saturating_mul(1024)).unwrap_or(usize::MAX));
    let proof = prove(&state, rows)?;
    let change = changes(rows);
    let alone = root_of(&one, &state, &change);
    let together = root_of(&pool, &state, &change);
    Ok(RestartFigures {
        start_seconds: start.as_secs_f64(),
        open_seconds: open.as_secs_f64(),
        peak_mib: peak / 1024,
        resident_mib: resident / 1024,
        bytes_per_row: ratio(bytes, float(usize::try_from(rows).unwrap_or(usize::MAX))),
        proof_us: micros(proof),
        change_us_one_worker: alone,
        change_us: together,
        workers,
        changed: CHANGED.min(rows),
        root: const_hex::encode_prefixed(state.root().0),
    })
}

/// Prove rows, half of them absent ones, and check the proofs. Returns the time of one.
fn prove(state: &State, rows: u64) -> Result<Duration, BenchError> {
    let mut random = Random::new(rows);
    let (mut proofs, started) = (0_u32, Instant::now());
    for at in 0..PROOFS {
        let number = if at.is_multiple_of(2) {
            random.number() % rows.max(1)
        } else {
            rows.saturating_add(at)
        };
        let (key, value) = filler::row(number);
        let value: Option<&[u8]> = (number < rows).then_some(&value);
        let proof = state.prove(key.as_bytes());
        let verdict = proof.verify(&state.root(), key.as_bytes(), value);
        verdict.map_err(|_| BenchError::Proof { row: number })?;
        proofs = proofs.saturating_add(1);
    }
    Ok(started.elapsed() / proofs.max(1))
}

/// New values for rows all over the state.
fn changes(rows: u64) -> Vec<(RowKey, Option<RowValue>)> {
    let step = (rows / CHANGED).max(1);
    let changed = |number| {
        let (key, value) = filler::row_with(number, 2 * TOKEN);
        (key, Some(value))
    };
    let step = usize::try_from(step).unwrap_or(1);
    let numbers: Vec<_> = (0..rows).step_by(step).take(CHANGED as usize).collect();
    numbers.into_par_iter().map(changed).collect()
}

/// Wall time of each changed row, in the middle case.
fn root_of(pool: &rayon::ThreadPool, state: &State, changes: &[(RowKey, Option<RowValue>)]) -> f64 {
    let mut took = Vec::with_capacity(ROOTS);
    for _ in 0..ROOTS {
        let (next, sample) = timed(|| pool.install(|| state.apply(changes)));
        drop(next);
        took.push(sample);
    }
    ratio(micros(median(&took).wall), float(changes.len()))
}

fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => size_of(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

/// The figures as lines.
pub(crate) fn describe(figures: &StateFigures) -> String {
    let StateFigures { rows, import, restart, .. } = figures;
    format!(
        "{}\nstate of {rows} accounts, {} MiB on disk\n\
         import   root from nothing {:.2} s, rows durable in an empty store {:.2} s, peak {} MiB\n\
         restart  {:.2} s to a state with its root (store opened in {:.2} s), peak {} MiB, then {} \
         MiB: {:.0} bytes a row\n\
         proofs   {:.1} us to make and check one\n\
         changes  {} rows and the new root: one worker {:.3} us a row, {} {:.3} us a row\n",
        super::text::machine(&figures.machine),
        figures.store_bytes / (1024 * 1024),
        import.root_seconds,
        import.store_seconds,
        import.peak_mib,
        restart.start_seconds,
        restart.open_seconds,
        restart.peak_mib,
        restart.resident_mib,
        restart.bytes_per_row,
        restart.proof_us,
        restart.changed,
        restart.change_us_one_worker,
        super::text::workers(restart.workers),
        restart.change_us,
    )
}
