//! Run a block from beginning to end.

use std::sync::Arc;

use althing_crypto::Verifier;
use althing_frame::{BlockEnv, DispatchError, Effects, Runtime, Tx};
use althing_primitives::{
    BoundedBytes, Digest, DigestItem, Extrinsic, Hash256, Header, Moment, TREE_ENGINE,
    WITNESS_ENGINE,
};
use rayon::ThreadPool;
use rayon::prelude::*;

use crate::block::{BlockError, Executed, Parent, Transaction};
use crate::clock::{Clock, Timer};
use crate::log::Log;
use crate::overlay::Overlay;
use crate::prepare::{Ready, Setting, prepare};
use crate::roots::{extrinsics_root, witness_root};
use crate::segments::{PARALLEL_MIN, Segments};
use crate::turbulence::Turbulence;
use crate::{Explanation, Phases, Proof};

/// On how many threads transactions run.
#[derive(Clone, Debug)]
pub enum Workers {
    /// In order, on the calling thread: the reference. Signatures and the tree still use all
    /// workers of the pool this runs in, since their results cannot depend on it.
    Serial,
    /// By their dependency graph, on this pool.
    Pool(Arc<ThreadPool>),
    /// By their dependency graph, on workers that are not threads and whose steps follow one
    /// another in an order drawn from a seed.
    #[cfg(any(test, feature = "testing"))]
    Virtual {
        /// How many.
        workers: usize,
        /// Where the order comes from.
        seed: u64,
    },
}

impl Workers {
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Serial => 1,
            Self::Pool(pool) => pool.current_num_threads(),
            #[cfg(any(test, feature = "testing"))]
            Self::Virtual { workers, .. } => *workers,
        }
    }
}

/// Runs blocks of one runtime.
#[derive(Clone, Debug)]
pub struct Executor {
    runtime: Arc<dyn Runtime>,
    workers: Workers,
    verifier: Verifier,
    timer: Timer,
    turbulence: Arc<Turbulence>,
}

impl Executor {
    /// An executor of `runtime` on `workers`.
    pub fn new(runtime: Arc<dyn Runtime>, workers: Workers) -> Self {
        Self {
            runtime,
            workers,
            verifier: Verifier::default(),
            timer: Timer::default(),
            turbulence: Arc::default(),
        }
    }

    /// The same executor, which lets `verifier` check signatures. The first one uses the canonical
    /// backends.
    pub fn with_verifier(self, verifier: Verifier) -> Self {
        Self { verifier, ..self }
    }

    /// The same executor, which reads `clock` for the times in its explanations.
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { timer: Timer::of(clock), ..self }
    }

    /// The same executor, whose threads give way to each other at moments drawn from `seed`.
    #[cfg(any(test, feature = "testing"))]
    pub fn with_turbulence(self, seed: u64) -> Self {
        Self { turbulence: Arc::new(Turbulence::of(seed)), ..self }
    }

    /// The runtime whose blocks it runs.
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
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
            .map(|extrinsic| Transaction { extrinsic, proven: Proof::Assumed })
            .chain(transactions)
            .collect();
        let mut executed =
            self.in_pool(&all, || self.execute((parent, block), &all, count, None))?;
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
        let body = self.in_pool(transactions, || extrinsics_root(&extrinsics));
        matches("extrinsics root", header.extrinsics_root, body)?;
        let now = self
            .runtime
            .block_time(&extrinsics)
            .map_err(|reason| BlockError::Invalid { index: 0, reason })?;
        let block = block_env(parent, now);
        let required = transactions.len();
        let executed = self.in_pool(transactions, || {
            self.execute((parent, block), transactions, required, Some(body))
        })?;
        matches("state root", header.state_root, executed.header.state_root)?;
        if header.digest != executed.header.digest {
            return Err(BlockError::Digest);
        }
        Ok(executed)
    }

    /// Run on the pool what is worth waking its threads for.
    fn in_pool<T: Send>(&self, transactions: &[Transaction], work: impl FnOnce() -> T + Send) -> T {
        let is_small = transactions.len() < PARALLEL_MIN
            && transactions.iter().all(|one| one.proven != Proof::None);
        match &self.workers {
            Workers::Pool(pool) if !is_small => pool.install(work),
            Workers::Pool(_) | Workers::Serial => work(),
            #[cfg(any(test, feature = "testing"))]
            Workers::Virtual { .. } => work(),
        }
    }

    /// Run a block in which the first `required` transactions must be: if one of them may not,
    /// there is no block, and nothing runs that need not. `body` is the root over all
    /// transactions, if it is known.
    fn execute(
        &self,
        (parent, block): (&Parent<'_>, BlockEnv),
        transactions: &[Transaction],
        required: usize,
        body: Option<Hash256>,
    ) -> Result<Executed, BlockError> {
        let runtime = self.runtime.as_ref();
        let begun = self.timer.now();
        let mut phases = Phases::default();
        let verifier = &self.verifier;
        let setting = Setting { runtime, verifier, parent: parent.state, block: &block, required };
        let (ready, refused) = prepare(setting, transactions, &self.timer, &mut phases)?;
        let mut log = Log::new(refused, ready.len());
        log.ensure_complete(required)?;
        let mut overlay = Overlay::new(parent.state);
        let (mut explanation, serial_ns) =
            self.run((&mut overlay, block), &ready, (&mut log, phases), required)?;

        let mut mark = self.timer.now();
        let (paths, changes) = overlay.into_changes();
        let commit = || parent.state.apply_at(paths, &changes);
        let roots = || self.body_roots(&log.extrinsics, body);
        let (state, (body, witness, body_ns)) = rayon::join(commit, roots);
        let header = Header {
            parent_hash: block.parent_hash,
            number: block.number,
            state_root: state.root(),
            extrinsics_root: body,
            digest: digest(witness),
        };
        clear_up(ready);
        let phases = &mut explanation.phases;
        phases.body_ns = body_ns;
        phases.commit_ns = self.timer.lap(&mut mark);
        phases.total_ns = mark.saturating_sub(begun);
        explanation.share(serial_ns);
        let Log { receipts, extrinsics, refused } = log;
        Ok(Executed { header, extrinsics, receipts, changes, state, refused, explanation })
    }

    /// Everything between preparation and commit: hooks and transactions. Gives the time in which
    /// one worker did all there was to do as well.
    fn run<'r>(
        &self,
        (overlay, block): (&mut Overlay<'r>, BlockEnv),
        ready: &'r [Ready<'r>],
        (log, mut phases): (&mut Log, Phases),
        required: usize,
    ) -> Result<(Explanation, u64), BlockError> {
        let runtime = self.runtime.as_ref();
        let mut mark = self.timer.now();
        let opened = self.hook(overlay, block, "initialize", |tx| runtime.initialize(tx))?;
        phases.initialize_ns = self.timer.lap(&mut mark);
        let explanation = Explanation {
            transactions: ready.len(),
            workers: self.workers.count(),
            phases,
            ..Explanation::default()
        };
        let mut segments = Segments {
            turn: (runtime, block),
            workers: &self.workers,
            timer: &self.timer,
            turbulence: &self.turbulence,
            explanation,
            serial_ns: phases.initialize_ns,
        };
        segments.run(overlay, ready, log)?;
        log.ensure_complete(required)?;
        mark = self.timer.now();
        let closed = self.hook(overlay, block, "finalize", |tx| runtime.finalize(tx))?;
        let events = log.events(&opened.events, &closed.events);
        self.hook(overlay, block, "events", |tx| Ok(runtime.record_events(tx, &events)?))?;
        let finalize_ns = self.timer.lap(&mut mark);
        let Segments { mut explanation, serial_ns, .. } = segments;
        explanation.phases.finalize_ns = finalize_ns;
        Ok((explanation, serial_ns.saturating_add(finalize_ns)))
    }

    /// Roots over calls and over witnesses, and how long they took.
    fn body_roots(
        &self,
        extrinsics: &[Extrinsic],
        body: Option<Hash256>,
    ) -> (Hash256, Hash256, u64) {
        let mut mark = self.timer.now();
        let body = body.unwrap_or_else(|| extrinsics_root(extrinsics));
        let witness = witness_root(extrinsics);
        (body, witness, self.timer.lap(&mut mark))
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

/// Calls, access sets and their rows are many small allocations: all workers free them.
fn clear_up(ready: Vec<Ready<'_>>) {
    if ready.len() >= PARALLEL_MIN {
        ready.into_par_iter().with_min_len(PARALLEL_MIN).for_each(drop);
    }
}

fn matches(what: &'static str, found: Hash256, expected: Hash256) -> Result<(), BlockError> {
    if found == expected { Ok(()) } else { Err(BlockError::Mismatch { what, found, expected }) }
}
