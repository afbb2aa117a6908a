//! Run a block from beginning to end.

use std::sync::Arc;

use althing_frame::{
    BlockEnv, DispatchError, Effects, Events, Invalid, Phase, PhaseEvents, Runtime, Tx,
};
use althing_primitives::{
    BoundedBytes, Digest, DigestItem, Extrinsic, Hash256, Header, Moment, TREE_ENGINE,
    WITNESS_ENGINE,
};
use rayon::ThreadPool;

use crate::block::{BlockError, Executed, Parent, Receipt, Transaction};
use crate::clock::{Clock, Timer};
use crate::graph::Graph;
use crate::overlay::Overlay;
use crate::prepare::{Ready, prepare};
use crate::roots::{extrinsics_root, witness_root};
use crate::transact::{Turn, transact};
use crate::{Explanation, Phases, parallel};

/// Blocks with fewer transactions than this run serially: a graph would cost more than it saves.
const PARALLEL_MIN: usize = 16;

/// On how many threads transactions run.
#[derive(Clone, Debug)]
pub enum Workers {
    /// In order, on the calling thread: the reference. Signatures and the tree still use all
    /// workers of the pool this runs in, since their results cannot depend on it.
    Serial,
    /// By their dependency graph, on this pool.
    Pool(Arc<ThreadPool>),
}

/// Runs blocks of one runtime.
#[derive(Clone, Debug)]
pub struct Executor {
    runtime: Arc<dyn Runtime>,
    workers: Workers,
    timer: Timer,
}

/// A step's effects with their place in the block.
struct Log {
    receipts: Vec<Receipt>,
    extrinsics: Vec<Extrinsic>,
    refused: Vec<(usize, Invalid)>,
}

impl Executor {
    /// An executor of `runtime` on `workers`.
    pub fn new(runtime: Arc<dyn Runtime>, workers: Workers) -> Self {
        Self { runtime, workers, timer: Timer::default() }
    }

    /// The same executor, which reads `clock` for the times in its explanations.
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { timer: Timer::of(clock), ..self }
    }

    /// The runtime whose blocks it runs.
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// Make a block of `transactions`, in their order, after the inherents. Transactions that may
    /// not be in the block are left out and reported.
    pub fn build(
        &self,
        parent: &Parent<'_>,
        now: Moment,
        transactions: Vec<Transaction>,
    ) -> Result<Executed, BlockError> {
        let block = block_env(parent, now);
        let inherents = self.runtime.inherents(&block);
        let count = inherents.len();
        let all: Vec<Transaction> = inherents
            .into_iter()
            .map(|extrinsic| Transaction { extrinsic, proven: true })
            .chain(transactions)
            .collect();
        let mut executed = self.in_pool(|| self.execute(parent, block, &all, count))?;
        for (position, _) in &mut executed.refused {
            // Inherents are required, so whatever was refused came after them.
            *position = position.saturating_sub(count);
        }
        Ok(executed)
    }

    /// Run a foreign block. It is right only if every transaction may be in it and the header
    /// commits to exactly what execution gives.
    pub fn verify(
        &self,
        parent: &Parent<'_>,
        header: &Header,
        transactions: &[Transaction],
    ) -> Result<Executed, BlockError> {
        let expected = u64::from(parent.header.number).saturating_add(1);
        if u64::from(header.number) != expected || header.parent_hash != parent.header.hash() {
            let (found, parent) = (header.number, header.parent_hash);
            return Err(BlockError::Parent { found, parent, expected });
        }
        let extrinsics: Vec<Extrinsic> =
            transactions.iter().map(|one| one.extrinsic.clone()).collect();
        // The body is cheap to check and a wrong one need not be executed.
        matches("extrinsics root", header.extrinsics_root, extrinsics_root(&extrinsics))?;
        let now = self
            .runtime
            .block_time(&extrinsics)
            .map_err(|reason| BlockError::Invalid { index: 0, reason })?;
        let block = block_env(parent, now);
        let required = transactions.len();
        let executed = self.in_pool(|| self.execute(parent, block, transactions, required))?;
        matches("state root", header.state_root, executed.header.state_root)?;
        if header.digest != executed.header.digest {
            return Err(BlockError::Digest);
        }
        Ok(executed)
    }

    fn width(&self) -> usize {
        match &self.workers {
            Workers::Serial => 1,
            Workers::Pool(pool) => pool.current_num_threads(),
        }
    }

    fn in_pool<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.workers {
            Workers::Serial => work(),
            Workers::Pool(pool) => pool.install(work),
        }
    }

    /// Run a block in which the first `required` transactions must be: if one of them may not,
    /// there is no block, and nothing runs that need not.
    fn execute(
        &self,
        parent: &Parent<'_>,
        block: BlockEnv,
        transactions: &[Transaction],
        required: usize,
    ) -> Result<Executed, BlockError> {
        let runtime = self.runtime.as_ref();
        let begun = self.timer.now();
        let mut mark = begun;
        let (ready, refused) = prepare(runtime, parent.state, &block, transactions)?;
        ensure_none(&refused, required)?;
        let mut overlay = Overlay::new(parent.state);
        let mut phases = Phases { prepare_ns: self.timer.lap(&mut mark), ..Phases::default() };
        let mut log =
            Log { receipts: Vec::new(), extrinsics: Vec::new(), refused };

        let opened = self.hook(&mut overlay, block, "initialize", |tx| runtime.initialize(tx))?;
        phases.initialize_ns = self.timer.lap(&mut mark);
        let mut explanation = self.run(&mut overlay, block, &ready, &mut log)?;
        phases.execute_ns = self.timer.lap(&mut mark);
        log.refused.sort_by_key(|(position, _)| *position);
        ensure_none(&log.refused, required)?;
        let closed = self.hook(&mut overlay, block, "finalize", |tx| runtime.finalize(tx))?;
        let events = log.events(&opened.events, &closed.events);
        self.hook(&mut overlay, block, "events", |tx| Ok(runtime.record_events(tx, &events)?))?;

        phases.finalize_ns = self.timer.lap(&mut mark);
        let changes = overlay.into_changes();
        let state = parent.state.apply(&changes);
        let header = Header {
            parent_hash: block.parent_hash,
            number: block.number,
            state_root: state.root(),
            extrinsics_root: extrinsics_root(&log.extrinsics),
            digest: digest(witness_root(&log.extrinsics)),
        };
        phases.commit_ns = self.timer.lap(&mut mark);
        phases.total_ns = mark.saturating_sub(begun);
        explanation.transactions = ready.len();
        explanation.workers = self.width();
        explanation.phases = phases;
        Ok(Executed {
            header,
            extrinsics: log.extrinsics,
            receipts: log.receipts,
            changes,
            state,
            refused: log.refused,
            explanation,
        })
    }

    fn hook(
        &self,
        overlay: &mut Overlay<'_>,
        block: BlockEnv,
        phase: &'static str,
        step: impl FnOnce(&mut Tx<'_>) -> Result<(), DispatchError>,
    ) -> Result<Effects, BlockError> {
        let mut tx = Tx::unrestricted(&*overlay, self.runtime.as_ref(), block);
        step(&mut tx).map_err(|error| BlockError::Bug { phase, error })?;
        let effects = tx.into_effects();
        overlay.commit(&effects).map_err(|fault| BlockError::bug(phase, fault))?;
        Ok(effects)
    }

    /// Run the transactions segment by segment; an exclusive one is a segment of its own.
    fn run(
        &self,
        overlay: &mut Overlay<'_>,
        block: BlockEnv,
        ready: &[Ready<'_>],
        log: &mut Log,
    ) -> Result<Explanation, BlockError> {
        let mut explanation = Explanation::default();
        let segments =
            ready.chunk_by(|one, next| !one.access.is_exclusive() && !next.access.is_exclusive());
        for segment in segments {
            let turns = self.run_segment(overlay, block, segment, &mut explanation)?;
            for (one, turn) in segment.iter().zip(turns) {
                log.take(one, turn)?;
            }
        }
        Ok(explanation)
    }

    fn run_segment(
        &self,
        overlay: &mut Overlay<'_>,
        block: BlockEnv,
        segment: &[Ready<'_>],
        explanation: &mut Explanation,
    ) -> Result<Vec<Turn>, BlockError> {
        let runtime = self.runtime.as_ref();
        let wide = segment.len() >= PARALLEL_MIN && matches!(self.workers, Workers::Pool(_));
        if wide {
            let accesses: Vec<_> = segment.iter().map(|one| &one.access).collect();
            let graph = Graph::new(&accesses);
            // One chain has nothing to run beside it.
            if (graph.critical_path as usize) < segment.len() {
                explanation.parallel(segment.len(), graph.critical_path, graph.conflicts);
                return parallel::run(runtime, block, overlay, (segment, &graph))
                    .map_err(|fault| BlockError::bug("extrinsics", fault));
            }
        }
        explanation.serial(segment.len());
        let mut turns = Vec::with_capacity(segment.len());
        for one in segment {
            let turn = transact(runtime, block, &*overlay, one);
            if let Turn::Ran { effects, .. } = &turn {
                overlay.commit(effects).map_err(|fault| BlockError::bug("extrinsics", fault))?;
            }
            turns.push(turn);
        }
        Ok(turns)
    }
}

impl Log {
    /// The block's events, between those of its two hooks.
    fn events<'a>(&'a self, opened: &'a Events, closed: &'a Events) -> Vec<PhaseEvents<'a>> {
        // A block holds fewer than 2^32 extrinsics by its byte limit.
        let applied = (0_u32..).zip(&self.receipts).map(|(index, receipt)| PhaseEvents {
            phase: Phase::ApplyExtrinsic(index),
            events: &receipt.events,
        });
        let first = PhaseEvents { phase: Phase::Initialization, events: opened };
        let last = PhaseEvents { phase: Phase::Finalization, events: closed };
        core::iter::once(first).chain(applied).chain([last]).collect()
    }

    fn take(&mut self, ready: &Ready<'_>, turn: Turn) -> Result<(), BlockError> {
        match turn {
            Turn::Bug(fault) => return Err(BlockError::bug("extrinsics", fault)),
            Turn::Refused(invalid) => self.refused.push((ready.position, invalid)),
            Turn::Ran { outcome, effects } => {
                let extrinsic = &ready.transaction.extrinsic;
                self.receipts.push(Receipt {
                    hash: extrinsic.hash(),
                    call: ready.call.name(),
                    weight: ready.admission.weight,
                    fee: ready.admission.fee,
                    outcome,
                    events: effects.events,
                });
                self.extrinsics.push(extrinsic.clone());
            }
        }
        Ok(())
    }
}

fn block_env(parent: &Parent<'_>, now: Moment) -> BlockEnv {
    BlockEnv {
        // The last height is 2^32 - 1, eight centuries of six-second blocks away.
        number: parent.header.number.saturating_add(1),
        parent_hash: parent.header.hash(),
        genesis_hash: parent.genesis,
        now,
    }
}

fn digest(witness_root: Hash256) -> Digest {
    let item = |engine, data: &[u8]| {
        // Both are far below the bound of a digest item.
        let data = BoundedBytes::try_from(data.to_vec()).unwrap_or_default();
        DigestItem::Consensus(engine, data)
    };
    let logs = vec![item(TREE_ENGINE, b"blake3"), item(WITNESS_ENGINE, &witness_root.0)];
    Digest { logs: logs.try_into().unwrap_or_default() }
}

/// Refuse a block of which a required transaction was refused. `refused` is in ascending order.
fn ensure_none(refused: &[(usize, Invalid)], required: usize) -> Result<(), BlockError> {
    match refused.first() {
        Some((index, reason)) if *index < required => {
            Err(BlockError::Invalid { index: *index, reason: reason.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

fn matches(what: &'static str, found: Hash256, expected: Hash256) -> Result<(), BlockError> {
    if found == expected { Ok(()) } else { Err(BlockError::Mismatch { what, found, expected }) }
}
