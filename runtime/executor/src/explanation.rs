//! How a block ran, for people who ask why it took the time it did.
//!
//! Facts about one execution, not part of consensus: they depend on the machine. Counts are always
//! there; times are zero unless the executor was given a [`Clock`](crate::Clock). All are integers,
//! since the runtime knows no floats; `camelCase` in their serialised form.

use althing_frame::RowKey;
use serde::{Serialize, Serializer};

/// How many of the rows that most transactions touched are named.
pub const HOTTEST_ROWS_MAX: usize = 16;

/// Facts about the execution of one block.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Transactions that could run: those that were not refused before execution.
    pub transactions: usize,
    /// How many workers there were; 1 when all ran in order.
    pub workers: usize,
    /// How many segments there were.
    pub segments: usize,
    /// Transactions that ran in segments with several lanes.
    pub parallel: usize,
    /// Transactions that ran one after another.
    pub serial: usize,
    /// Sum of the segments' critical paths, in transactions. A segment with a graph counts its longest
    /// chain, which is the least number of steps with unlimited workers; one without counts all its
    /// transactions, whether or not they could have run side by side.
    pub critical_path: usize,
    /// Transactions that had to wait for another one.
    pub conflicts: usize,
    /// Rows that the segments with a graph declare, each once a segment.
    pub rows: usize,
    /// The rows of the graphs that most transactions touch, the hottest first, at most
    /// [`HOTTEST_ROWS_MAX`].
    pub hottest: Vec<HotRow>,
    /// Bounded additions that were certain to fit and so commuted.
    pub covered: usize,
    /// Bounded additions that ran in order, since the bound was near.
    pub uncovered: usize,
    /// What each worker did while segments ran in parallel.
    pub by_worker: Vec<WorkerShare>,
    /// Time that workers spent without a task while segments ran in parallel, all together, in
    /// nanoseconds.
    pub waiting_ns: u64,
    /// The part of the whole time in which only one worker had anything to do, in millionths: hooks,
    /// graphs, segments that ran in order.
    pub serial_share_ppm: u32,
    /// Where the time went.
    pub phases: Phases,
}

/// A row that many transactions of a block touch.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HotRow {
    /// Its key, in hexadecimal in the serialised form.
    #[serde(serialize_with = "hexadecimal")]
    pub key: RowKey,
    /// How many transactions touch it.
    pub transactions: u32,
    /// How many groups of transactions had to follow one another because of it.
    pub chain: u32,
    /// What they do to it.
    pub mode: RowUse,
}

/// What the transactions of a block do to one row.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RowUse {
    /// All read it.
    Read,
    /// All add to it.
    Add,
    /// All add to it within bounds.
    Bounded,
    /// All read and change it.
    Write,
    /// Several of these.
    Mixed,
}

/// What one worker did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerShare {
    /// How many transactions it ran.
    pub tasks: usize,
    /// How long it had something to run, in nanoseconds.
    pub busy_ns: u64,
}

/// Where the time of a block went, in nanoseconds of the injected clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Phases {
    /// Calls decoded, transactions admitted, access declared; all workers.
    pub prepare_ns: u64,
    /// Signatures verified; all workers.
    pub verify_ns: u64,
    /// What precedes the first transaction.
    pub initialize_ns: u64,
    /// Dependency graphs built and rows loaded.
    pub graph_ns: u64,
    /// Transactions run, those of segments without a graph included.
    pub execute_ns: u64,
    /// What follows the last transaction, and the record of events.
    pub finalize_ns: u64,
    /// Changed rows collected, the next state made and its root; all workers.
    pub commit_ns: u64,
    /// Roots over the body, made beside the state; all workers. Not a part of the total.
    pub body_ns: u64,
    /// The whole block.
    pub total_ns: u64,
}

fn hexadecimal<S: Serializer>(key: &RowKey, serializer: S) -> Result<S::Ok, S::Error> {
    // A row key's debug form is 0x and hexadecimal digits.
    serializer.collect_str(&format_args!("{key:?}"))
}

impl Explanation {
    pub(crate) fn parallel(&mut self, count: usize, critical_path: u32, conflicts: u32) {
        self.segments = self.segments.saturating_add(1);
        self.parallel = self.parallel.saturating_add(count);
        self.critical_path = self.critical_path.saturating_add(critical_path as usize);
        self.conflicts = self.conflicts.saturating_add(conflicts as usize);
    }

    /// Note how much of the whole time only one worker had anything to do.
    pub(crate) fn share(&mut self, serial_ns: u64) {
        let millionths = u128::from(serial_ns).saturating_mul(1_000_000);
        let share = millionths.checked_div(self.phases.total_ns.into()).unwrap_or(0);
        self.serial_share_ppm = u32::try_from(share).unwrap_or(u32::MAX);
    }

    pub(crate) fn serial(&mut self, count: usize) {
        self.segments = self.segments.saturating_add(1);
        self.serial = self.serial.saturating_add(count);
        self.critical_path = self.critical_path.saturating_add(count);
    }
}
