//! Run a block's transactions, segment by segment: an exclusive one is a segment of its own, and a
//! segment runs in parallel if its graph says that it is worth it.

use althing_frame::{BlockEnv, Fault, RowKey, Runtime};

use crate::clock::Timer;
use crate::executor::Workers;
use crate::explanation::{HOTTEST_ROWS_MAX, HotRow};
use crate::graph::Graph;
use crate::log::Log;
use crate::overlay::Overlay;
use crate::parallel::{self, Segment, Work};
use crate::places::Places;
use crate::prepare::Ready;
use crate::slots::{HotRows, SlotRows};
use crate::transact::{Ended, Turn, transact};
use crate::turbulence::Turbulence;
use crate::{BlockError, Explanation, WorkerShare};

/// Segments with fewer transactions than this run serially: a graph would cost more than it saves.
pub(crate) const PARALLEL_MIN: usize = 16;

/// Runs the transactions of one block.
#[derive(Debug)]
pub(crate) struct Segments<'a> {
    pub(crate) turn: (&'a dyn Runtime, BlockEnv),
    pub(crate) workers: &'a Workers,
    pub(crate) timer: &'a Timer,
    pub(crate) turbulence: &'a Turbulence,
    pub(crate) explanation: Explanation,
    /// Time in which one worker ran all there was to run, in nanoseconds.
    pub(crate) serial_ns: u64,
}

impl Segments<'_> {
    /// Run `ready` on the rows of `overlay`, and log what came of it.
    pub(crate) fn run<'r>(
        &mut self,
        overlay: &mut Overlay<'r>,
        ready: &'r [Ready<'r>],
        log: &mut Log,
    ) -> Result<(), BlockError> {
        let alone = |one: &Ready<'_>| one.access.is_exclusive();
        for segment in ready.chunk_by(|one, next| !alone(one) && !alone(next)) {
            let mut mark = self.timer.now();
            let is_serial = matches!(self.workers, Workers::Serial);
            if is_serial || segment.len() < PARALLEL_MIN {
                self.run_in_order(overlay, segment, log)?;
                self.count_serial(segment.len(), &mut mark);
                continue;
            }
            let ended = self
                .run_graph(overlay, segment, &mut mark)
                .map_err(|fault| BlockError::bug("extrinsics", fault))?;
            for (one, end) in segment.iter().zip(ended) {
                log.take(one, end)?;
            }
            self.explanation.phases.execute_ns =
                self.explanation.phases.execute_ns.saturating_add(self.timer.lap(&mut mark));
        }
        Ok(())
    }

    fn count_serial(&mut self, transactions: usize, mark: &mut u64) {
        let passed = self.timer.lap(mark);
        self.serial_ns = self.serial_ns.saturating_add(passed);
        let phases = &mut self.explanation.phases;
        phases.execute_ns = phases.execute_ns.saturating_add(passed);
        self.explanation.serial(transactions);
    }

    /// The reference: one after another, each row looked up when the transaction's turn comes.
    fn run_in_order<'r>(
        &self,
        overlay: &mut Overlay<'r>,
        segment: &'r [Ready<'r>],
        log: &mut Log,
    ) -> Result<(), BlockError> {
        let bug = |fault| BlockError::bug("extrinsics", fault);
        let mut places = Places::with_capacity(1, 16);
        for one in segment {
            let mut turn = if one.access.is_exclusive() {
                transact(self.turn, &*overlay, one)
            } else {
                places.clear();
                overlay.resolve(one, &mut places).map_err(bug)?;
                self.take_turn(overlay, &places, one).map_err(bug)?
            };
            if let (Turn::Ran { effects, .. }, true) = (&mut turn, one.access.is_exclusive()) {
                overlay.commit(effects).map_err(bug)?;
            }
            log.take(one, turn.end(one))?;
        }
        Ok(())
    }

    fn take_turn(
        &self,
        overlay: &Overlay<'_>,
        places: &Places,
        one: &Ready<'_>,
    ) -> Result<Turn, Fault> {
        let (cells, access) = (overlay.cells(), &one.access);
        let view = SlotRows { cells, hot: None, access, places: places.of(0), worker: 0 };
        let turn = transact(self.turn, &view, one);
        if let Turn::Ran { effects, .. } = &turn {
            effects.rows().iter().try_for_each(|row| view.commit(row))?;
        }
        Ok(turn)
    }

    /// Number the rows, build the graph, and run it if several workers can.
    fn run_graph<'r>(
        &mut self,
        overlay: &mut Overlay<'r>,
        segment: &'r [Ready<'r>],
        mark: &mut u64,
    ) -> Result<Vec<Ended>, Fault> {
        let mut places = overlay.resolve_all(segment)?;
        let accesses: Vec<_> = segment.iter().map(|one| &one.access).collect();
        let graph = Graph::build(&accesses, &mut places, |row| overlay.sum(row));
        self.note(&graph, overlay);
        let workers = self.workers.count();
        let hot = HotRows::new(overlay, &graph.hot, workers);
        let tasks = Segment::new(self.turn, segment, (overlay, &places), hot);
        let building = self.timer.lap(mark);
        let phases = &mut self.explanation.phases;
        phases.graph_ns = phases.graph_ns.saturating_add(building);
        self.serial_ns = self.serial_ns.saturating_add(building);
        if graph.is_wide() {
            self.explanation.parallel(segment.len(), graph.critical_path, graph.conflicts);
            self.run_wide(&graph, &tasks, workers);
        } else {
            parallel::run_in_order(segment.len(), &tasks);
            self.count_serial(segment.len(), mark);
        }
        tasks.into_ended()
    }

    fn run_wide(&mut self, graph: &Graph, tasks: &Segment<'_>, workers: usize) {
        #[cfg(any(test, feature = "testing"))]
        if let Workers::Virtual { workers, seed } = *self.workers {
            crate::simulation::run(graph, tasks, (workers, seed));
            return;
        }
        let work = Work::new(workers, self.timer, self.turbulence);
        let begun = self.timer.now();
        parallel::run(graph, tasks, &work);
        let passed = self.timer.now().saturating_sub(begun);
        let shares = work.into_shares();
        let explanation = &mut self.explanation;
        let known = explanation.by_worker.len();
        explanation.by_worker.resize(workers.max(known), WorkerShare::default());
        for (known, share) in explanation.by_worker.iter_mut().zip(&shares) {
            known.tasks = known.tasks.saturating_add(share.tasks);
            known.busy_ns = known.busy_ns.saturating_add(share.busy_ns);
            let waited = passed.saturating_sub(share.busy_ns);
            explanation.waiting_ns = explanation.waiting_ns.saturating_add(waited);
        }
    }

    fn note(&mut self, graph: &Graph, overlay: &Overlay<'_>) {
        let explanation = &mut self.explanation;
        explanation.rows = explanation.rows.saturating_add(graph.rows);
        explanation.covered = explanation.covered.saturating_add(graph.covered as usize);
        explanation.uncovered = explanation.uncovered.saturating_add(graph.uncovered as usize);
        let mut busy: Vec<_> = graph.busy.iter().collect();
        // The order is stable, so rows of equal heat stay in order of first appearance.
        busy.sort_by_key(|row| core::cmp::Reverse(row.tasks));
        for row in busy.into_iter().take(HOTTEST_ROWS_MAX) {
            if let Some(key) = overlay.key(row.row) {
                let (transactions, chain, mode) = (row.tasks, row.groups, row.mode);
                merge(&mut explanation.hottest, key, |key| HotRow {
                    key,
                    transactions,
                    chain,
                    mode,
                });
            }
        }
        explanation.hottest.sort_by_key(|row| core::cmp::Reverse(row.transactions));
        explanation.hottest.truncate(HOTTEST_ROWS_MAX);
    }
}

/// Add what a segment says of a row to what earlier ones said.
fn merge(hottest: &mut Vec<HotRow>, key: &RowKey, row: impl FnOnce(RowKey) -> HotRow) {
    let row = row(key.clone());
    match hottest.iter_mut().find(|known| known.key == row.key) {
        Some(known) => {
            known.transactions = known.transactions.saturating_add(row.transactions);
            known.chain = known.chain.saturating_add(row.chain);
            if known.mode != row.mode {
                known.mode = crate::RowUse::Mixed;
            }
        }
        None => hottest.push(row),
    }
}
