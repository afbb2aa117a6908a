//! Blocks through the executor, in three ways: the one place where the benchmark meets it.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

use althing_crypto::Backends;
use althing_executor::{
    Clock, Executed, Executor, Explanation, Parent, Proof, Transaction, Workers,
};
use althing_frame::Runtime;
use althing_primitives::{Block, Extrinsic, Hash256};
use parity_scale_codec::{Decode, Encode};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::error::BenchError;
use super::figures::Phases;
use super::measure::{Took, timed};
use super::roomy::{Limits, Roomy};
use super::stage::time_of;
use crate::service::verifier;

/// How transactions of a block run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    /// In order on one thread, without a graph: the reference.
    Serial,
    /// By their graph, on one worker: what the graph costs.
    One,
    /// By their graph, on all workers.
    Parallel,
}

impl Mode {
    /// In the order in which every round runs them.
    pub(crate) const ALL: [Self; 3] = [Self::Serial, Self::One, Self::Parallel];

    /// What people read.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Serial => "serial execution",
            Self::One => "execution on one worker",
            Self::Parallel => "parallel execution",
        }
    }
}

/// What a block is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// Transactions whose signatures count as verified: a block is built of them.
    Proven(&'a [Vec<u8>]),
    /// A block's bytes: decoded, its signatures verified, executed, its header compared.
    Block(&'a [u8]),
    /// The same, with signatures that count as verified.
    ProvenBlock(&'a [u8]),
}

/// A block that ran, and what that took.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The block.
    pub(crate) executed: Executed,
    /// What it took.
    pub(crate) took: Took,
}

/// Threads and executors for all three modes.
#[derive(Debug)]
pub(crate) struct Runner {
    one: Arc<ThreadPool>,
    many: Arc<ThreadPool>,
    executors: [Executor; 3],
}

/// Nanoseconds since the benchmark began.
#[derive(Debug)]
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn nanoseconds(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

fn pool(workers: usize) -> Result<Arc<ThreadPool>, BenchError> {
    Ok(Arc::new(ThreadPoolBuilder::new().num_threads(workers).build()?))
}

impl Runner {
    /// A runner whose parallel mode has so many workers.
    pub(crate) fn new(
        workers: usize,
        limits: Limits,
        backends: Backends,
    ) -> Result<Self, BenchError> {
        let (one, many) = (pool(1)?, pool(workers)?);
        let runtime: Arc<dyn Runtime> = Arc::new(Roomy::new(limits));
        let clock: Arc<dyn Clock> = Arc::new(Stopwatch(Instant::now()));
        // As in a running node; the three share kept keys, as the blocks of a chain do.
        let verifier = verifier(backends);
        let executor = |workers| {
            let executor = Executor::new(Arc::clone(&runtime), workers);
            executor.with_clock(Arc::clone(&clock)).with_verifier(verifier.clone())
        };
        let executors = [
            executor(Workers::Serial),
            executor(Workers::Pool(Arc::clone(&one))),
            executor(Workers::Pool(Arc::clone(&many))),
        ];
        Ok(Self { one, many, executors })
    }

    /// The workers of the parallel mode, for everything that is not measured too.
    pub(crate) fn workers(&self) -> &ThreadPool {
        &self.many
    }

    /// The threads of a mode.
    pub(crate) fn pool_of(&self, mode: Mode) -> &ThreadPool {
        match mode {
            Mode::Serial | Mode::One => &self.one,
            Mode::Parallel => &self.many,
        }
    }

    /// What runs blocks in a mode.
    pub(crate) fn executor(&self, mode: Mode) -> &Executor {
        let [serial, one, many] = &self.executors;
        match mode {
            Mode::Serial => serial,
            Mode::One => one,
            Mode::Parallel => many,
        }
    }

    /// Run a block of `input` on `parent`. Every transaction of a finished block must be in it.
    pub(crate) fn run(
        &self,
        mode: Mode,
        parent: &Parent<'_>,
        input: Input<'_>,
    ) -> Result<Ran, BenchError> {
        let (executor, pool) = (self.executor(mode), self.pool_of(mode));
        let (executed, took) = match input {
            Input::Proven(bytes) => {
                // As the pool hands them out: decoded long before.
                let decoded = pool.install(|| transactions(bytes, true))?;
                let time = time_of(parent.header.number.saturating_add(1));
                timed(|| pool.install(|| executor.build(parent, time, decoded)))
            }
            Input::Block(bytes) | Input::ProvenBlock(bytes) => {
                let proven = matches!(input, Input::ProvenBlock(_));
                let (outcome, took) = timed(|| {
                    pool.install(|| {
                        let block =
                            Block::decode(&mut &bytes[..]).map_err(|_| BenchError::Bytes)?;
                        let decoded = transactions(&block.extrinsics, proven)?;
                        Ok::<_, BenchError>(executor.verify(parent, &block.header, &decoded))
                    })
                });
                (outcome?, took)
            }
        };
        Ok(Ran { executed: executed?, took })
    }

    /// Build a block of what fits of `extrinsics`. Nothing may be refused for another reason.
    pub(crate) fn author(
        &self,
        parent: &Parent<'_>,
        extrinsics: &[Vec<u8>],
    ) -> Result<Executed, BenchError> {
        let executed = self.run(Mode::Parallel, parent, Input::Proven(extrinsics))?.executed;
        let out_of_room = |reason: &althing_frame::Invalid| {
            matches!(
                reason,
                // Who comes after one that did not fit has to wait as well.
                althing_frame::Invalid::Exhausted | althing_frame::Invalid::Future { .. }
            )
        };
        let refused = executed.refused.iter().find(|(_, reason)| !out_of_room(reason));
        match refused {
            Some((position, reason)) => Err(BenchError::Refused {
                count: executed.refused.len(),
                position: *position,
                reason: reason.clone(),
            }),
            None => Ok(executed),
        }
    }
}

fn transactions<B: Deref<Target = [u8]> + Sync>(
    bytes: &[B],
    proven: bool,
) -> Result<Vec<Transaction>, BenchError> {
    let decode = |bytes: &B| {
        let extrinsic = Extrinsic::decode(&**bytes)?;
        let proven = if proven { Proof::Assumed } else { Proof::None };
        Ok(Transaction { extrinsic, proven })
    };
    bytes.par_iter().with_min_len(64).map(decode).collect()
}

/// The bytes of the transactions that were signed, without the inherents before them.
pub(crate) fn signed_bytes(executed: &Executed) -> Vec<Vec<u8>> {
    let signed = executed.extrinsics.iter().filter(|one| one.signed_part().is_some());
    signed.map(|one| one.bytes().to_vec()).collect()
}

/// The bytes of a block, as a peer would send it.
pub(crate) fn block_bytes(executed: &Executed) -> Vec<u8> {
    let body: Vec<Vec<u8>> = executed.extrinsics.iter().map(|one| one.bytes().to_vec()).collect();
    (&executed.header, body).encode()
}

/// The block's name: it commits to rows, body and witnesses.
pub(crate) fn hash_of(executed: &Executed) -> Hash256 {
    executed.header.hash()
}

/// Where the time went.
pub(crate) fn phases(explanation: &Explanation) -> Phases {
    let phases = &explanation.phases;
    [
        ("prepare", phases.prepare_ns),
        ("verify", phases.verify_ns),
        ("initialize", phases.initialize_ns),
        ("graph", phases.graph_ns),
        ("execute", phases.execute_ns),
        ("finalize", phases.finalize_ns),
        ("commit", phases.commit_ns),
        ("body", phases.body_ns),
    ]
    .into_iter()
    .map(|(name, nanoseconds)| (name.to_owned(), nanoseconds))
    .collect()
}

/// Part of the time in which only one worker had anything to do.
pub(crate) fn serial_share(explanation: &Explanation) -> f64 {
    f64::from(explanation.serial_share_ppm) / 1e6
}
