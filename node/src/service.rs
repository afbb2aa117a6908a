//! One running node: everything put together, and taken apart in order.
//!
//! # Failure
//!
//! A node that finds itself or its disk to be wrong stops: [`RunningNode::failed`] says why. A node
//! that is told to stop finishes its block first.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use althing_crypto::{Backends, KeyCache, Verifier};
use althing_executor::{Executor, Workers};
use althing_frame::Runtime;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::task::JoinHandle;

use crate::author::{Author, AuthorError, DevControls};
use crate::chain::{Chain, ChainConfig, ChainError};
use crate::clock::{Clock, Stopwatch};
use crate::pool::{Limits, Pool};
use crate::rpc::{self, RpcConfig, RpcError, RpcHandle};
use crate::shutdown::Shutdown;
use crate::source::Seal;
use crate::spec::{ChainSpec, ChainType, SpecError};
use crate::store::{MemoryStore, Options, SledStore, Store, StoreError};

/// Every signature whose hash is a multiple of this is checked by the canonical backend too: some
/// tenths of a percent of the time.
const CHECK_ONE_IN: NonZeroU32 = NonZeroU32::new(1_024).expect("not zero");
/// What kept keys may take: the FN-DSA keys of some twenty thousand signers.
const KEY_BYTES: usize = 64 * 1024 * 1024;

/// On how many threads blocks are executed and signatures are checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Threads {
    /// One for each core.
    Cores,
    /// So many.
    Count(usize),
    /// Transactions one after the other, for those who look for an error.
    Serial,
}

/// What a node is made of.
#[derive(Debug)]
pub struct NodeConfig {
    /// Which chain.
    pub spec: ChainSpec,
    /// What runs its blocks.
    pub runtime: Arc<dyn Runtime>,
    /// Where it is kept.
    pub store: Arc<dyn Store>,
    /// How parallel it runs.
    pub threads: Threads,
    /// What checks signatures: see [`verifier`].
    pub verifier: Verifier,
    /// When a development chain makes blocks. Other chains make none by themselves.
    pub seal: Seal,
    /// How much the pool may hold.
    pub pool: Limits,
    /// Where it answers.
    pub rpc: RpcConfig,
}

/// Why a node could not begin, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored spec is not one.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The chain cannot be taken up, or failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chain failed while the node was running.
    #[error(transparent)]
    Halted(Arc<ChainError>),
    /// Blocks can no longer be made.
    #[error(transparent)]
    Author(#[from] AuthorError),
    /// Nobody can be answered.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// No threads to work on.
    #[error("cannot start the worker threads")]
    Threads(#[from] ThreadPoolBuildError),
    /// A part of the node ended by a panic: the program is wrong.
    #[error("the {part} of the node ended unexpectedly")]
    Ended {
        /// Which part.
        part: &'static str,
    },
}

/// A node at work.
#[derive(Debug)]
pub struct RunningNode {
    /// Its chain.
    pub chain: Arc<Chain>,
    /// Its pool.
    pub pool: Arc<Pool>,
    /// What may be asked of a development chain.
    pub controls: Option<DevControls>,
    rpc: RpcHandle,
    shutdown: Shutdown,
    pool_task: JoinHandle<()>,
    source_task: JoinHandle<Result<(), AuthorError>>,
}

/// The store in a folder, or one in memory if there is no folder.
pub fn open_store(base_path: Option<&Path>) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match base_path {
        Some(path) => Arc::new(SledStore::open(&path.join("chain"), Options::default())?),
        None => Arc::new(MemoryStore::new()?),
    })
}

/// The spec that the chain in a store began with; none if the store is empty.
pub fn stored_spec(store: &dyn Store) -> Result<Option<ChainSpec>, NodeError> {
    let meta = store.meta()?;
    Ok(meta.map(|meta| ChainSpec::from_json(&meta.chain_spec)).transpose()?)
}

/// What checks signatures in a node: fast backends are compared with the canonical ones now and
/// then (C14), and the keys of frequent signers are kept (C15).
pub fn verifier(backends: Backends) -> Verifier {
    let keys = Arc::new(KeyCache::new(KEY_BYTES));
    Verifier::new(backends).cross_checking(CHECK_ONE_IN).with_keys(keys)
}

/// What executes blocks on so many threads, and the threads themselves; none for serial execution.
/// Signatures are checked by the fast backends, unless the executor is given another verifier.
pub fn executor(
    runtime: Arc<dyn Runtime>,
    threads: Threads,
) -> Result<(Executor, Option<Arc<ThreadPool>>), NodeError> {
    // For explanations of blocks only.
    let stopwatch = Arc::new(Stopwatch::start());
    let executor = |workers| {
        let executor = Executor::new(runtime, workers).with_clock(stopwatch);
        executor.with_verifier(verifier(Backends::Fast))
    };
    let count = match threads {
        Threads::Serial => return Ok((executor(Workers::Serial), None)),
        // rayon takes one for each core.
        Threads::Cores => 0,
        Threads::Count(count) => count,
    };
    let pool = ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(|index| format!("worker-{index}"))
        .build()?;
    let pool = Arc::new(pool);
    Ok((executor(Workers::Pool(Arc::clone(&pool))), Some(pool)))
}

/// Start a node. It answers when this returns.
pub async fn start(config: NodeConfig) -> Result<RunningNode, NodeError> {
    let NodeConfig { spec, runtime, store, threads, verifier, seal, pool, rpc } = config;
    let (executor, workers) = executor(runtime, threads)?;
    let executor = executor.with_verifier(verifier);
    let chain_type = spec.chain_type;
    let opening = move || Chain::open(ChainConfig { spec, executor, store });
    let opened = tokio::task::spawn_blocking(opening).await;
    let chain = opened.map_err(|_| NodeError::Ended { part: "store" })??;

    let clock = Arc::new(Clock::new());
    let (pool, driver) = Pool::new(Arc::clone(&chain), Arc::clone(&clock), pool, workers);
    let parts = (Arc::clone(&chain), Arc::clone(&pool), Arc::clone(&clock));
    let author = Arc::new(match seal {
        // The other half is for what precedes a block and for what follows it.
        Seal::Interval(every) => Author::with_budget(parts.0, parts.1, parts.2, every / 2),
        Seal::Instant | Seal::Manual => Author::new(parts.0, parts.1, parts.2),
    });
    let (shutdown, stop) = Shutdown::new();
    // Blocks of other chains come from a consensus engine or from a file.
    let seal = if chain_type == ChainType::Development { seal } else { Seal::Manual };
    let controls = (chain_type == ChainType::Development)
        .then(|| DevControls::new(Arc::clone(&author), Arc::clone(&clock), (seal, stop.clone())));
    let rpc = rpc::serve(rpc, Arc::clone(&chain), Arc::clone(&pool), controls.clone()).await?;
    Ok(RunningNode {
        pool_task: tokio::spawn(driver.run(stop.clone())),
        source_task: tokio::spawn(seal.source().run(author, stop)),
        chain,
        pool,
        controls,
        rpc,
        shutdown,
    })
}

impl RunningNode {
    /// Where it answers.
    pub fn rpc_address(&self) -> std::net::SocketAddr {
        self.rpc.address()
    }

    /// Wait until the node can no longer work; says why.
    pub async fn failed(&mut self) -> NodeError {
        let mut halt = self.chain.watch_halt();
        tokio::select! {
            reason = halt.wait_for(Option::is_some) => match reason.ok().and_then(|one| one.clone()) {
                Some(reason) => NodeError::Halted(reason),
                None => NodeError::Ended { part: "chain" },
            },
            _ = &mut self.pool_task => NodeError::Ended { part: "pool" },
            ended = &mut self.source_task => match ended {
                Ok(Err(error)) => error.into(),
                Ok(Ok(())) | Err(_) => NodeError::Ended { part: "block source" },
            },
        }
    }

    /// Finish the block at hand, answer what was asked, and end.
    pub async fn stop(self) -> Result<(), NodeError> {
        self.shutdown.begin();
        self.rpc.stop().await;
        let halted = self.chain.watch_halt().borrow().clone();
        // A task that has failed already was reported by `failed`.
        if !self.source_task.is_finished() {
            self.source_task.await.map_err(|_| NodeError::Ended { part: "block source" })??;
        }
        if !self.pool_task.is_finished() {
            self.pool_task.await.map_err(|_| NodeError::Ended { part: "pool" })?;
        }
        halted.map_or(Ok(()), |reason| Err(NodeError::Halted(reason)))
    }
}
