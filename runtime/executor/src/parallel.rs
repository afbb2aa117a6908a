//! Run a segment by its dependency graph on rayon.
//!
//! A worker never waits: a task that finishes counts down its successors, runs one that became
//! ready itself and hands the others to the pool.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use althing_frame::{BlockEnv, Fault, Runtime};
use rayon::Scope;

use crate::graph::Graph;
use crate::overlay::Overlay;
use crate::prepare::Ready;
use crate::slots::{SlotRows, Slots};
use crate::transact::{Turn, transact};

/// How many tasks that are ready from the start one job takes.
const CHUNK: usize = 16;

struct Segment<'a> {
    runtime: &'a dyn Runtime,
    block: BlockEnv,
    ready: &'a [Ready<'a>],
    graph: &'a Graph,
    slots: &'a Slots,
    waits_for: Vec<AtomicU32>,
    turns: Vec<OnceLock<Turn>>,
}

/// Run `ready`, none of which is exclusive, on `overlay`. Gives one turn for each, in order.
pub(crate) fn run(
    runtime: &dyn Runtime,
    block: BlockEnv,
    overlay: &mut Overlay<'_>,
    (ready, graph): (&[Ready<'_>], &Graph),
) -> Result<Vec<Turn>, Fault> {
    let slots = Slots::load(overlay, &graph.rows)?;
    let segment = Segment {
        runtime,
        block,
        ready,
        graph,
        slots: &slots,
        waits_for: graph.waits_for.iter().map(|waits| AtomicU32::new(*waits)).collect(),
        turns: ready.iter().map(|_| OnceLock::new()).collect(),
    };
    let free: Vec<u32> = (0_u32..)
        .zip(&graph.waits_for)
        .filter(|(_, waits)| **waits == 0)
        .map(|(node, _)| node)
        .collect();
    rayon::scope(|scope| {
        for chunk in free.chunks(CHUNK) {
            let segment = &segment;
            scope.spawn(move |scope| {
                for node in chunk {
                    segment.run_from(*node, scope);
                }
            });
        }
    });
    // Every node was reached, since the graph has no cycle: edges lead to later tasks only.
    let missing = || Turn::Bug(Fault::Broken { invariant: "every task of a segment runs" });
    let turns =
        segment.turns.into_iter().map(|turn| turn.into_inner().unwrap_or_else(missing)).collect();
    for (key, value) in graph.rows.iter().zip(slots.settle(&graph.rows)?) {
        overlay.set(key.clone(), value);
    }
    Ok(turns)
}

impl<'a> Segment<'a> {
    fn run_from<'scope>(&'scope self, node: u32, scope: &Scope<'scope>)
    where
        'a: 'scope,
    {
        let mut next = Some(node);
        while let Some(node) = next.take() {
            self.run_task(node as usize);
            let successors = self.graph.successors.get(node as usize);
            for successor in successors.map_or(&[][..], Vec::as_slice) {
                let Some(waits) = self.waits_for.get(*successor as usize) else { continue };
                // Acquire and release make the finished tasks' slots visible to the successor.
                if waits.fetch_sub(1, Ordering::AcqRel) == 1 {
                    if next.is_none() {
                        next = Some(*successor);
                    } else {
                        let successor = *successor;
                        scope.spawn(move |scope| self.run_from(successor, scope));
                    }
                }
            }
        }
    }

    /// Run the task of `node`; a gate has none.
    fn run_task(&self, node: usize) {
        let (Some(ready), Some(positions), Some(turn)) =
            (self.ready.get(node), self.graph.slots.get(node), self.turns.get(node))
        else {
            return;
        };
        let view = SlotRows { slots: self.slots, access: &ready.access, positions };
        let mut outcome = transact(self.runtime, self.block, &view, ready);
        if let Turn::Ran { effects, .. } = &outcome
            && let Err(fault) = view.commit(effects)
        {
            outcome = Turn::Bug(fault);
        }
        // Each task runs once, so the cell is empty.
        let _ = turn.set(outcome);
    }
}
