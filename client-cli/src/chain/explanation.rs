//! How a node says that it ran a block (`althing_explainBlock`).

use serde::Deserialize;

use super::Bytes;

/// A block with how it ran on the node asked.
#[derive(Clone, Debug, Deserialize)]
pub struct ExplainedBlock {
    /// Its height.
    pub number: u32,
    /// Its hash.
    pub hash: String,
    /// How it ran.
    pub explanation: Explanation,
}

/// How a block ran on one machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Transactions that ran.
    pub transactions: u64,
    /// How many workers there were.
    pub workers: u64,
    /// Stretches of the block between transactions that had to run alone.
    pub segments: u64,
    /// Transactions in stretches with several lanes.
    pub parallel: u64,
    /// Transactions that ran one after another.
    pub serial: u64,
    /// Longest chains of the segments that had a graph, and all transactions of the others.
    pub critical_path: u64,
    /// Transactions that waited for another one.
    pub conflicts: u64,
    /// Rows that transactions named.
    pub rows: u64,
    /// The rows that most transactions touch.
    pub hottest: Vec<HotRow>,
    /// Bounded additions that were certain to fit.
    pub covered: u64,
    /// Bounded additions that ran in order.
    pub uncovered: u64,
    /// What each worker did.
    pub by_worker: Vec<WorkerShare>,
    /// Time that workers spent without a task, all together.
    pub waiting_ns: u64,
    /// The part of the time in which one worker alone had work, in millionths.
    pub serial_share_ppm: u64,
    /// Where the time went.
    pub phases: Phases,
}

/// A row that many transactions touch.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HotRow {
    /// Its key.
    pub key: Bytes,
    /// How many transactions touch it.
    pub transactions: u64,
    /// In how many steps they follow one another because of it.
    pub chain: u64,
    /// What they do to it.
    pub mode: String,
}

/// What one worker did.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerShare {
    /// How many transactions it ran.
    pub tasks: u64,
    /// For how long it had one.
    pub busy_ns: u64,
}

/// Where the time went, in nanoseconds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Phases {
    /// Decoding and cheap checks.
    pub prepare_ns: u64,
    /// Signatures.
    pub verify_ns: u64,
    /// Before the first transaction.
    pub initialize_ns: u64,
    /// Finding out who must wait for whom.
    pub graph_ns: u64,
    /// The transactions.
    pub execute_ns: u64,
    /// After the last transaction.
    pub finalize_ns: u64,
    /// The next state and its root.
    pub commit_ns: u64,
    /// Roots over the body, beside the rest.
    pub body_ns: u64,
    /// The whole block.
    pub total_ns: u64,
}
