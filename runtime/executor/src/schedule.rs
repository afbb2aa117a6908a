//! Running a graph, as a state machine without threads.
//!
//! A [`Worker`] goes from step to step: take a node, run its task, commit the task's rows one by
//! one, count down its successors one by one. What the workers share is the [`Schedule`]: a counter
//! for each node and the place up to which nodes that were free from the start are taken. Real
//! threads (`parallel.rs`) and the virtual scheduler of the tests (`simulation.rs`) drive the same
//! steps, so what holds under every order of steps holds for threads.
//!
//! # Invariants
//!
//! - Each node is taken once: by its claim if it was free from the start, else by the worker whose
//!   countdown reached zero.
//! - A node is taken after all it waits for have committed: the countdown releases what the worker
//!   wrote and acquires what the others did.
//! - A worker never waits. Without a node it is idle, and its driver decides.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::graph::Graph;

/// What tasks do.
pub(crate) trait Tasks: Sync {
    /// What is left to commit.
    type Done;

    /// Run a task, committing nothing.
    fn transact(&self, worker: usize, task: u32) -> Self::Done;

    /// Commit the row at this place of what the task did; `false` if there is none.
    fn commit(&self, worker: usize, task: u32, at: (&mut Self::Done, usize)) -> bool;

    /// All rows are committed.
    fn finish(&self, task: u32, done: Self::Done);
}

/// What the workers of one graph share.
#[derive(Debug)]
pub(crate) struct Schedule<'a> {
    graph: &'a Graph,
    waits_for: Vec<AtomicU32>,
    claimed: AtomicUsize,
    /// How many free nodes a worker claims at once.
    chunk: usize,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(graph: &'a Graph, chunk: usize) -> Self {
        let waits_for = graph.waits_for.iter().map(|waits| AtomicU32::new(*waits)).collect();
        Self { graph, waits_for, claimed: AtomicUsize::new(0), chunk }
    }

    /// Places in the list of free nodes that nobody has claimed.
    fn claim(&self) -> Range<usize> {
        let end = self.graph.free.len();
        // Looking first keeps the counter from running away.
        if self.claimed.load(Ordering::Relaxed) >= end {
            return 0..0;
        }
        let start = self.claimed.fetch_add(self.chunk, Ordering::Relaxed);
        start.min(end)..start.saturating_add(self.chunk).min(end)
    }

    /// Whether the node waited for nothing else.
    fn count_down(&self, node: u32) -> bool {
        let waits = self.waits_for.get(node as usize);
        // Acquire and release make the rows of all finished tasks visible to the successor.
        waits.is_some_and(|waits| waits.fetch_sub(1, Ordering::AcqRel) == 1)
    }
}

/// Where a worker stands.
#[derive(Debug)]
enum At<D> {
    Idle,
    Taken(u32),
    Committing(u32, D, usize),
    Releasing(u32, usize),
}

/// One worker of a schedule.
#[derive(Debug)]
pub(crate) struct Worker<D> {
    index: usize,
    at: At<D>,
    /// The successor that this worker runs itself, so that chains stay where their rows are warm.
    next: Option<u32>,
    claimed: Range<usize>,
    /// Ready nodes of its own.
    own: Vec<u32>,
    /// Nodes that became ready and that others may take.
    pub(crate) spare: Vec<u32>,
    /// How many tasks it ran.
    pub(crate) tasks: usize,
}

impl<D> Worker<D> {
    /// A worker with these nodes to begin with.
    pub(crate) fn new(index: usize, own: Vec<u32>) -> Self {
        let spare = Vec::new();
        Self { index, at: At::Idle, next: None, claimed: 0..0, own, spare, tasks: 0 }
    }

    /// Give it a node.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn hand(&mut self, node: u32) {
        self.own.push(node);
    }

    /// Go one step; `false` if there is nothing to do.
    pub(crate) fn step<T: Tasks<Done = D>>(&mut self, schedule: &Schedule<'_>, tasks: &T) -> bool {
        match &mut self.at {
            At::Idle => {
                let Some(node) = self.take(schedule) else { return false };
                self.at = At::Taken(node);
            }
            At::Taken(node) => {
                let node = *node;
                self.at = if schedule.graph.is_gate(node) {
                    At::Releasing(node, 0)
                } else {
                    self.tasks = self.tasks.saturating_add(1);
                    At::Committing(node, tasks.transact(self.index, node), 0)
                };
            }
            At::Committing(node, done, row) => {
                let node = *node;
                if tasks.commit(self.index, node, (done, *row)) {
                    *row = row.saturating_add(1);
                } else if let At::Committing(_, done, _) =
                    core::mem::replace(&mut self.at, At::Releasing(node, 0))
                {
                    tasks.finish(node, done);
                }
            }
            At::Releasing(node, place) => {
                match schedule.graph.successors(*node).get(*place).copied() {
                    None => self.at = At::Idle,
                    Some(successor) => {
                        *place = place.saturating_add(1);
                        if schedule.count_down(successor) {
                            self.keep(successor);
                        }
                    }
                }
            }
        }
        true
    }

    /// Whether it is between two nodes.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.at, At::Idle)
    }

    /// Whether it has no node in hand. What nobody has claimed yet is not in anybody's.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn rests(&self) -> bool {
        self.is_idle() && self.next.is_none() && self.own.is_empty() && self.claimed.is_empty()
    }

    fn keep(&mut self, node: u32) {
        if self.next.is_none() {
            self.next = Some(node);
        } else {
            self.spare.push(node);
        }
    }

    fn take(&mut self, schedule: &Schedule<'_>) -> Option<u32> {
        if let Some(node) = self.next.take().or_else(|| self.own.pop()) {
            return Some(node);
        }
        if self.claimed.is_empty() {
            self.claimed = schedule.claim();
        }
        let place = self.claimed.next()?;
        schedule.graph.free.get(place).copied()
    }
}
