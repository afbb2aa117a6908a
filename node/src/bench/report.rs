//! The tables of `specs/benchmarks.md`, as Markdown, from the documents that `bench all` wrote.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::crypto::{self, CryptoFigures};
use super::error::BenchError;
use super::figures::Figures;
use super::latency::LatencyFigures;
use super::measure::ratio;
use super::rpc::RpcFigures;
use super::state::StateFigures;
use super::text;
use super::verify::VerifyFigures;

/// Microseconds of a transfer, and of a vote, in the reference: FRAME, native, flat store, one core
/// of the reference machine, pipeline without signature.
const FRAME_US: [f64; 2] = [32.0, 35.0];

/// What a folder of results holds.
#[derive(Debug, Default)]
struct Results {
    workloads: Vec<(String, Figures)>,
    states: Vec<StateFigures>,
    verify: Vec<VerifyFigures>,
    rpc: Option<RpcFigures>,
    latency: Option<LatencyFigures>,
    crypto: Option<CryptoFigures>,
}

/// All tables.
pub(crate) fn markdown(folder: &Path) -> Result<String, BenchError> {
    let results = Results::read(folder)?;
    let mut out = String::new();
    if let Some((_, first)) = results.workloads.first() {
        out.extend(["`", text::machine(&first.machine).trim(), "`\n\n"]);
    }
    out.push_str("| goal | measured | asked for | verdict |\n|---|---|---|---|\n");
    for goal in results.goals() {
        out.push_str(&goal.row());
    }
    for (title, of) in TABLES {
        let rows: Vec<_> = results.workloads.iter().filter(|(_, one)| of(one)).collect();
        if !rows.is_empty() {
            out.extend(["\n", title, "\n\n", HEAD]);
            rows.iter().flat_map(|(_, one)| parts(one)).for_each(|one| out.push_str(&row(one)));
        }
    }
    if let Some(figures) = &results.crypto {
        out.extend(["\nCryptography\n\n", &crypto::tables(figures)]);
    }
    Ok(out)
}

type Which = fn(&Figures) -> bool;

/// Tables of workloads, by what they have in common.
const TABLES: [(&str, Which); 3] = [
    ("Signatures verified before, until the root is known", |one| {
        one.signed.is_none() && !one.persisted
    }),
    ("From the block's bytes, signatures verified", |one| one.signed.is_some() && !one.persisted),
    ("From the block's bytes until durable on disk", |one| one.persisted),
];

const HEAD: &str = "| workload | transactions | serial us/tx | one worker | parallel us/tx | \
    speed-up | tx/s | execute us/tx, serial / parallel | conflicts | serial share |\n\
    |---|---|---|---|---|---|---|---|---|---|\n";

fn parts(figures: &Figures) -> Vec<&Figures> {
    if figures.parts.is_empty() { vec![figures] } else { figures.parts.iter().collect() }
}

fn row(one: &Figures) -> String {
    let execute = one.phase("execute");
    format!(
        "| {} | {} | {:.2} | x {:.2} | {:.2} | {:.2} | {:.0} | {:.3} / {:.3} | {} | {:.0} % |\n",
        one.title(),
        one.transactions,
        one.serial_us_per_tx,
        one.one_worker_overhead,
        one.parallel_us_per_tx,
        one.speedup,
        one.tps,
        execute.serial_us_per_tx,
        execute.parallel_us_per_tx,
        one.conflicts,
        one.serial_share * 100.0,
    )
}

/// A row of the table of goals.
struct Goal {
    id: &'static str,
    measured: String,
    asked: &'static str,
    /// Nothing where a person has to judge.
    met: Option<bool>,
}

impl Goal {
    fn row(&self) -> String {
        let verdict = match self.met {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        };
        format!("| {} | {} | {} | {verdict} |\n", self.id, self.measured, self.asked)
    }
}

impl Results {
    fn read(folder: &Path) -> Result<Self, BenchError> {
        let entries = fs::read_dir(folder).map_err(BenchError::io("read", folder))?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let mut results = Self::default();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            // What plots were drawn from repeats what is here.
            if name.starts_with("plot-") {
                continue;
            }
            if name.starts_with("state-") {
                results.states.push(read(path)?);
            } else if name.starts_with("verify-") {
                results.verify.push(read(path)?);
            } else if name == "rpc" {
                results.rpc = Some(read(path)?);
            } else if name == "crypto" {
                results.crypto = Some(read(path)?);
            } else if name == "latency" {
                results.latency = Some(read(path)?);
            } else {
                results.workloads.push((name, read(path)?));
            }
        }
        results.states.sort_by_key(|state| state.rows);
        Ok(results)
    }

    fn workload(&self, file: &str) -> Option<&Figures> {
        self.workloads.iter().find(|(name, _)| name == file).map(|(_, one)| one)
    }

    fn goals(&self) -> Vec<Goal> {
        let mut goals = Vec::new();
        goals.extend(self.execution());
        goals.extend(self.speedups());
        goals.extend(self.worst_cases());
        goals.extend(self.durable("durable-dao-vote1", ("P4", 42_000.0, ">= 42,000/s")));
        goals.extend(self.durable("durable-fn-dsa-512", ("P5", 110_000.0, ">= 110,000/s")));
        goals.extend(self.roots());
        goals.extend(self.server());
        goals.extend(self.memory());
        goals.extend(self.waits());
        goals.extend(self.hashes());
        goals
    }

    fn execution(&self) -> Option<Goal> {
        let of = |file: &str| {
            // Hooks run once a block; admission and access are part of what FRAME's figure counts.
            let one = self.workload(file)?;
            let parts = ["prepare", "graph", "execute"];
            Some(parts.map(|phase| one.phase(phase).serial_us_per_tx).iter().sum::<f64>())
        };
        let (transfer, vote) = (of("disjoint")?, of("dao-vote1")?);
        let [frame_transfer, frame_vote] = FRAME_US;
        let (faster, slower) = (ratio(frame_transfer, transfer), ratio(frame_vote, vote));
        Some(Goal {
            id: "P1",
            measured: format!(
                "transfer {transfer:.2} us ({:.0}/s, {faster:.0} x FRAME), vote {vote:.2} us \
                 ({:.0}/s, {slower:.0} x FRAME), one core",
                ratio(1e6, transfer),
                ratio(1e6, vote),
            ),
            asked: ">= 1,000,000/s, >= 25 x FRAME native",
            met: Some(transfer.max(vote) <= 1.0 && faster.min(slower) >= 25.0),
        })
    }

    fn speedups(&self) -> Option<Goal> {
        let (disjoint, one, hundred) = (
            self.workload("disjoint")?,
            self.workload("dao-vote1")?,
            self.workload("dao-vote100")?,
        );
        let apart = ratio(one.parallel_us_per_tx, hundred.parallel_us_per_tx);
        let least = disjoint.speedup.min(one.speedup).min(hundred.speedup);
        Some(Goal {
            id: "P2",
            measured: format!(
                "speed-up {:.2} disjoint, {:.2} votes on one, {:.2} on 100; one is x {apart:.2} of \
                 100",
                disjoint.speedup, one.speedup, hundred.speedup
            ),
            asked: ">= 1.8; within 10 %",
            met: Some(least >= 1.8 && apart <= 1.1),
        })
    }

    fn worst_cases(&self) -> Option<Goal> {
        let (two, chain, tiny) =
            (self.workload("bstm-p2p-2")?, self.workload("chain")?, self.workload("tiny")?);
        let least = two.speedup.min(chain.speedup).min(tiny.speedup);
        Some(Goal {
            id: "P3",
            measured: format!(
                "speed-up {:.2} with 2 accounts, {:.2} in a chain, {:.2} in the worst short block",
                two.speedup, chain.speedup, tiny.speedup
            ),
            asked: ">= 0.95 of serial",
            met: Some(least >= 0.95),
        })
    }

    fn durable(&self, file: &str, goal: (&'static str, f64, &'static str)) -> Option<Goal> {
        let (id, least, asked) = goal;
        let one = self.workload(file)?;
        Some(Goal {
            id,
            measured: format!(
                "{:.0}/s on {} ({:.1} us), {:.0}/s serial",
                one.tps,
                text::workers(one.workers),
                one.parallel_us_per_tx,
                one.serial_tps
            ),
            asked,
            met: Some(one.tps >= least),
        })
    }

    fn roots(&self) -> Option<Goal> {
        let limit = |state: &StateFigures| {
            (if state.rows > 1_000_000 { 1.0 } else { 0.6 }, state.restart.change_us)
        };
        let measured: Vec<_> = self
            .states
            .iter()
            .map(|state| {
                format!(
                    "{:.2} us a row at {} rows, start {:.1} s",
                    state.restart.change_us, state.rows, state.restart.start_seconds
                )
            })
            .collect();
        (!measured.is_empty()).then(|| Goal {
            id: "P6",
            measured: measured.join("; "),
            asked: "<= 0.6 us at 1 M, <= 1 us at 10 M; start with 10 M <= 5 s",
            met: Some(self.states.iter().all(|state| {
                let (most, found) = limit(state);
                found <= most && state.restart.start_seconds <= 5.0
            })),
        })
    }

    fn server(&self) -> Option<Goal> {
        let rpc = self.rpc.as_ref()?;
        Some(Goal {
            id: "P7",
            measured: format!(
                "{:.0} reads/s, {:.0} submits/s ({:.0} and {:.0} us of the node's processor time)",
                rpc.reads_per_second,
                rpc.submits_per_second,
                rpc.node_cpu_us_per_read,
                rpc.node_cpu_us_per_submit
            ),
            asked: ">= 30,000 reads/s; submits bound by verification",
            met: Some(rpc.reads_per_second >= 30_000.0),
        })
    }

    fn memory(&self) -> Option<Goal> {
        let state = self.states.iter().find(|state| state.rows == 1_000_000)?;
        let restart = &state.restart;
        Some(Goal {
            id: "P8",
            measured: format!(
                "{:.0} bytes an account, started in {:.2} s",
                restart.bytes_per_row, restart.start_seconds
            ),
            asked: "<= 500 bytes; <= 2 s with 1 M accounts",
            met: Some(restart.bytes_per_row <= 500.0 && restart.start_seconds <= 2.0),
        })
    }

    fn waits(&self) -> Option<Goal> {
        let LatencyFigures { ready_ms, vote_ms, vote_p95_ms, .. } = self.latency.as_ref()?;
        Some(Goal {
            id: "P9",
            measured: format!(
                "ready in {ready_ms:.0} ms; vote in a block after {vote_ms:.2} ms (95 % within \
                 {vote_p95_ms:.2} ms)"
            ),
            asked: "<= 200 ms; <= 5 ms",
            met: Some(*ready_ms <= 200.0 && *vote_ms <= 5.0),
        })
    }

    fn hashes(&self) -> Option<Goal> {
        let slh = self.verify.iter().find(|one| one.scheme == "slh-dsa-sha2-128s")?;
        Some(Goal {
            id: "P10",
            measured: format!(
                "{:.1} us on one worker, {:.1} us each on {}",
                slh.one_worker_us, slh.parallel_us, slh.workers
            ),
            asked: "<= 50 us in batches (stretch)",
            met: Some(slh.one_worker_us <= 50.0),
        })
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, BenchError> {
    let text = fs::read(path).map_err(BenchError::io("read", path))?;
    serde_json::from_slice(&text)
        .map_err(|source| BenchError::Malformed { path: path.to_path_buf(), source })
}
