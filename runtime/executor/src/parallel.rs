//! Run a segment by its dependency graph on rayon.
//!
//! Every worker of the pool claims transactions that are free from the start, in chunks and in
//! block order. One that finishes counts down its successors, runs one that became ready itself and
//! hands the others to the pool. No worker waits, and nothing inside a task uses rayon.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use althing_frame::{BlockEnv, Fault, Runtime};
use rayon::Scope;

use crate::WorkerShare;
use crate::clock::Timer;
use crate::graph::Graph;
use crate::overlay::Overlay;
use crate::places::Places;
use crate::prepare::Ready;
use crate::schedule::{Schedule, Tasks, Worker};
use crate::slots::{HotRows, SlotRows};
use crate::transact::{Ended, Turn, transact};
use crate::turbulence::Turbulence;

/// A free chunk is this fraction of a worker's share, so that the last chunks end together.
const CHUNKS_PER_WORKER: usize = 16;
/// The largest chunk: a few hundred microseconds of work.
const CHUNK_MAX: usize = 64;

/// What the transactions of a segment need while they run.
#[derive(Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) turn: (&'a dyn Runtime, BlockEnv),
    pub(crate) ready: &'a [Ready<'a>],
    pub(crate) places: &'a Places,
    pub(crate) overlay: &'a Overlay<'a>,
    pub(crate) hot: HotRows<'a>,
    ended: Vec<OnceLock<Ended>>,
}

impl<'a> Segment<'a> {
    /// A segment of `ready`, none of which is exclusive.
    pub(crate) fn new(
        turn: (&'a dyn Runtime, BlockEnv),
        ready: &'a [Ready<'a>],
        (overlay, places): (&'a Overlay<'a>, &'a Places),
        hot: HotRows<'a>,
    ) -> Self {
        let ended = ready.iter().map(|_| OnceLock::new()).collect();
        Self { turn, ready, places, overlay, hot, ended }
    }

    fn view(&self, worker: usize, task: u32, ready: &'a Ready<'a>) -> SlotRows<'_> {
        SlotRows {
            cells: self.overlay.cells(),
            hot: Some(&self.hot),
            access: &ready.access,
            places: self.places.of(task as usize),
            worker,
        }
    }

    /// One end for each transaction, in order.
    pub(crate) fn into_ended(self) -> Result<Vec<Ended>, Fault> {
        self.hot.settle()?;
        // Every node was reached: edges lead to later tasks only, so the graph has no cycle.
        let missing = || Ended::Bug(Fault::Broken { invariant: "every task of a segment runs" });
        Ok(self.ended.into_iter().map(|end| end.into_inner().unwrap_or_else(missing)).collect())
    }
}

impl Tasks for Segment<'_> {
    type Done = Turn;

    fn transact(&self, worker: usize, task: u32) -> Turn {
        match self.ready.get(task as usize) {
            Some(ready) => transact(self.turn, &self.view(worker, task, ready), ready),
            None => Turn::Bug(Fault::Broken { invariant: "a task is a transaction" }),
        }
    }

    fn commit(&self, worker: usize, task: u32, (turn, row): (&mut Turn, usize)) -> bool {
        let (Turn::Ran { effects, .. }, Some(ready)) = (&*turn, self.ready.get(task as usize))
        else {
            return false;
        };
        let Some(row) = effects.rows().get(row) else { return false };
        match self.view(worker, task, ready).commit(row) {
            Ok(()) => true,
            Err(fault) => {
                *turn = Turn::Bug(fault);
                false
            }
        }
    }

    fn finish(&self, task: u32, turn: Turn) {
        if let (Some(ready), Some(end)) =
            (self.ready.get(task as usize), self.ended.get(task as usize))
        {
            // Each task runs once, so the cell is empty.
            let _ = end.set(turn.end(ready));
        }
    }
}

/// What the workers did.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    timer: &'a Timer,
    turbulence: &'a Turbulence,
    shares: Vec<(AtomicUsize, AtomicU64)>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(workers: usize, timer: &'a Timer, turbulence: &'a Turbulence) -> Self {
        let shares = (0..workers).map(|_| Default::default()).collect();
        Self { timer, turbulence, shares }
    }

    pub(crate) fn into_shares(self) -> Vec<WorkerShare> {
        let share = |(tasks, busy_ns): (AtomicUsize, AtomicU64)| WorkerShare {
            tasks: tasks.into_inner(),
            busy_ns: busy_ns.into_inner(),
        };
        self.shares.into_iter().map(share).collect()
    }
}

/// Run all tasks on the workers of the current pool.
pub(crate) fn run<T: Tasks>(graph: &Graph, tasks: &T, work: &Work<'_>) {
    let workers = work.shares.len();
    let share = graph.free.len().div_ceil(workers.max(1)).div_ceil(CHUNKS_PER_WORKER);
    let chunk = share.clamp(1, CHUNK_MAX);
    let schedule = Schedule::new(graph, chunk);
    let job = Job { schedule: &schedule, tasks, work, chunk };
    let job = &job;
    rayon::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|scope| job.run(Vec::new(), scope));
        }
    });
}

/// Run all tasks one after another, on the calling thread.
pub(crate) fn run_in_order<T: Tasks>(count: usize, tasks: &T) {
    for task in (0_u32..).take(count) {
        let mut done = tasks.transact(0, task);
        let mut row = 0_usize;
        while tasks.commit(0, task, (&mut done, row)) {
            row = row.saturating_add(1);
        }
        tasks.finish(task, done);
    }
}

#[derive(Debug)]
struct Job<'a, T> {
    schedule: &'a Schedule<'a>,
    tasks: &'a T,
    work: &'a Work<'a>,
    chunk: usize,
}

impl<'a, T: Tasks> Job<'a, T> {
    fn run<'scope>(&'scope self, own: Vec<u32>, scope: &Scope<'scope>)
    where
        'a: 'scope,
    {
        let mut mark = self.work.timer.now();
        let index = rayon::current_thread_index().unwrap_or(0);
        let mut worker = Worker::new(index, own);
        while worker.step(self.schedule, self.tasks) {
            self.work.turbulence.pass();
            if worker.is_idle() && !worker.spare.is_empty() {
                for nodes in worker.spare.chunks(self.chunk) {
                    let nodes = nodes.to_vec();
                    scope.spawn(move |scope| self.run(nodes, scope));
                }
                worker.spare.clear();
            }
        }
        if let Some((tasks, busy_ns)) = self.work.shares.get(index) {
            tasks.fetch_add(worker.tasks, Ordering::Relaxed);
            busy_ns.fetch_add(self.work.timer.lap(&mut mark), Ordering::Relaxed);
        }
    }
}
