//! What a run of a workload gives: the document that `--json` prints and `report` reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::machine::Machine;

/// Nanoseconds of each phase of one block.
pub(crate) type Phases = BTreeMap<String, u64>;

/// One phase in microseconds for each transaction.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the document")]
pub(crate) struct PhaseFigures {
    /// In order on one thread.
    pub(crate) serial_us_per_tx: f64,
    /// By the graph, on one worker.
    pub(crate) one_worker_us_per_tx: f64,
    /// By the graph, on all workers.
    pub(crate) parallel_us_per_tx: f64,
}

/// One workload, measured. Other programs read it: fields are only ever added.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Figures {
    /// Name of the workload.
    pub(crate) workload: String,
    /// What differs from the workload's usual form; may be empty.
    #[serde(default)]
    pub(crate) variant: String,
    /// Members.
    pub(crate) accounts: usize,
    /// Transactions in each block that was measured.
    pub(crate) transactions: usize,
    /// Blocks that were measured, warm-ups left out.
    pub(crate) runs: usize,
    /// Workers of the parallel figures.
    pub(crate) workers: usize,
    /// The scheme whose signatures were verified, or nothing.
    pub(crate) signed: Option<String>,
    /// Which backends verified them: fast or canonical.
    #[serde(default)]
    pub(crate) verifier: String,
    /// Whether a block counts when it is durable on disk.
    pub(crate) persisted: bool,
    /// Rows in the state beside those of the workload.
    pub(crate) rows: u64,
    /// Whether the chain's limits of a block were lifted.
    pub(crate) limits_lifted: bool,
    /// What chance began with.
    pub(crate) seed: u64,
    /// Bytes of a block.
    pub(crate) block_bytes: usize,
    /// Rows that a block changes.
    pub(crate) changed_rows: usize,
    /// Calls that failed; they are in the block and have paid.
    pub(crate) failed_calls: usize,
    /// In order on one thread.
    pub(crate) serial_us_per_tx: f64,
    /// By the graph, on one worker.
    pub(crate) one_worker_us_per_tx: f64,
    /// By the graph, on all workers.
    pub(crate) parallel_us_per_tx: f64,
    /// One worker over serial.
    pub(crate) one_worker_overhead: f64,
    /// Serial over parallel.
    pub(crate) speedup: f64,
    /// Transactions a second in parallel.
    pub(crate) tps: f64,
    /// Transactions a second in order.
    pub(crate) serial_tps: f64,
    /// Transactions that had to wait for another one.
    pub(crate) conflicts: usize,
    /// Part of the parallel time in which only one worker had anything to do.
    pub(crate) serial_share: f64,
    /// Longest chains of the segments that had a graph, and all transactions of the others.
    pub(crate) critical_path: usize,
    /// Whether all modes gave the same block.
    pub(crate) roots_match: bool,
    /// Microseconds of processor time for each transaction, all threads together.
    pub(crate) cpu: PhaseFigures,
    /// Where the time went.
    pub(crate) phases: BTreeMap<String, PhaseFigures>,
    /// The machine.
    pub(crate) machine: Machine,
    /// The same for each block size, where a workload has several; the figures above are those of
    /// the part with the lowest speed-up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<Figures>,
}

impl Figures {
    /// Name and variant.
    pub(crate) fn title(&self) -> String {
        if self.variant.is_empty() {
            return self.workload.clone();
        }
        format!("{} ({})", self.workload, self.variant)
    }

    /// The figures of the worst part, with all parts in it; nothing if there are none.
    pub(crate) fn worst_of(parts: Vec<Self>) -> Option<Self> {
        let worst = parts.iter().min_by(|one, other| one.speedup.total_cmp(&other.speedup))?;
        let roots_match = parts.iter().all(|part| part.roots_match);
        Some(Self { roots_match, ..worst.clone() }).map(|all| Self { parts, ..all })
    }

    /// One phase in parallel and in order, in microseconds for each transaction.
    pub(crate) fn phase(&self, name: &str) -> PhaseFigures {
        self.phases.get(name).copied().unwrap_or_default()
    }
}
