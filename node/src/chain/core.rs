//! The chain: one head, moved only by committing a block that was executed here.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use althing_crypto::{Disagreement, Verifier};
use althing_executor::{BlockError, Executed, Executor, Parent, State, Transaction};
use althing_frame::{Fault, Runtime};
use althing_primitives::{Block, BlockNumber, Hash256, Header, Moment};
use tokio::sync::{broadcast, watch};

use super::executed::ExecutedBlocks;
use super::folder::Folder;
use super::genesis::Genesis;
use super::history::History;
use super::import::transactions;
use super::load::{block_time, load};
use super::recent::Recent;
use super::{
    At, BlockNotice, ChainError, CommittedBlock, Head, Justification, PrunedBody, RECENT,
    StoredReceipt, block_record,
};
use crate::proven::Proven;
use crate::spec::ChainSpec;
use crate::store::{BlockRecord, Store, StoreError};

/// How many notices a slow listener may be behind before it has to read blocks from the store.
const NOTICES: usize = 16;

/// What a chain is made of.
#[derive(Debug)]
pub struct ChainConfig {
    /// Where it begins.
    pub spec: ChainSpec,
    /// What runs its blocks.
    pub executor: Executor,
    /// Where it is kept.
    pub store: Arc<dyn Store>,
}

/// Build, verify and commit blocks on the head. Blocks on disk and in workers: call it from
/// blocking threads.
pub trait BlockExecutor: Send + Sync {
    /// Make a block of `transactions` on the head, in their order, with the time `now`.
    fn build(
        &self,
        now: Moment,
        transactions: Vec<Transaction>,
    ) -> Result<Arc<Executed>, ChainError>;

    /// Execute a foreign block on the head.
    fn verify(&self, block: &Block) -> Result<Arc<Executed>, ChainError>;

    /// Make a block that was built or verified here durable and final, then tell everybody.
    /// Committing a block twice changes nothing. Whoever calls this with a certificate has
    /// checked it.
    fn commit(&self, hash: Hash256, why: Justification) -> Result<Arc<Head>, ChainError>;
}

/// The chain as this node has it.
#[derive(Debug)]
pub struct Chain {
    spec: Arc<ChainSpec>,
    genesis: Hash256,
    pub(super) executor: Executor,
    pub(super) history: History,
    pub(super) proven: Proven,
    recent: RwLock<Recent>,
    executed: ExecutedBlocks,
    /// Commits take turns.
    pub(super) writer: Mutex<()>,
    head: watch::Sender<Arc<Head>>,
    /// The newest notice, for those who come a moment late.
    notice: watch::Sender<Option<Arc<BlockNotice>>>,
    notices: broadcast::Sender<Arc<BlockNotice>>,
    halted: Arc<watch::Sender<Option<Arc<ChainError>>>>,
    folder: Folder,
}

impl Chain {
    /// Begin the chain in an empty store, or take it up where the store has it.
    pub fn open(config: ChainConfig) -> Result<Arc<Self>, ChainError> {
        let ChainConfig { spec, executor, store } = config;
        let spec = Arc::new(spec);
        let begun = Genesis::begin(&spec, store.as_ref())?;
        let genesis = begun.hash;
        let history = History(Arc::clone(&store));
        let recent = load(&history, executor.runtime().as_ref(), begun)?;

        let halted = Arc::new(watch::Sender::new(None));
        let report = Arc::clone(&halted);
        let folder = Folder::start(history.clone(), move |error| {
            report.send_replace(Some(Arc::new(error)));
        })
        .map_err(|source| StoreError::Io {
            action: "start",
            path: "fold".into(),
            source,
        })?;
        Ok(Arc::new(Self {
            spec,
            genesis,
            executor,
            history,
            proven: Proven::new(),
            head: watch::Sender::new(Arc::clone(recent.newest())),
            recent: RwLock::new(recent),
            executed: ExecutedBlocks::new(),
            writer: Mutex::new(()),
            notice: watch::Sender::new(None),
            notices: broadcast::Sender::new(NOTICES),
            halted,
            folder,
        }))
    }

    /// Where the chain begins.
    pub fn spec(&self) -> &ChainSpec {
        &self.spec
    }

    /// Hash of block 0: the chain's name.
    pub fn genesis(&self) -> Hash256 {
        self.genesis
    }

    /// The runtime whose blocks these are.
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        self.executor.runtime()
    }

    /// The highest block. Every committed block is final, so it is the finalized one too.
    pub fn head(&self) -> Arc<Head> {
        self.head.borrow().clone()
    }

    /// Follow the head: always the newest, not each one.
    pub fn watch_head(&self) -> watch::Receiver<Arc<Head>> {
        self.head.subscribe()
    }

    /// Follow the blocks: each one, unless the listener falls far behind.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<BlockNotice>> {
        self.notices.subscribe()
    }

    /// Why the node must stop, once it must.
    pub fn watch_halt(&self) -> watch::Receiver<Option<Arc<ChainError>>> {
        self.halted.subscribe()
    }

    /// The height of the block meant, if it is here.
    pub fn number_of(&self, at: impl Into<At>) -> Result<Option<BlockNumber>, ChainError> {
        let at = at.into();
        if self.is_genesis(at) {
            return Ok(Some(0));
        }
        match self.recent_head(at) {
            Some(head) => Ok(Some(head.number)),
            None => self.checked(self.history.number_of(at)),
        }
    }

    /// The hash of the block at a height, if it is here.
    pub fn hash_of(&self, number: BlockNumber) -> Result<Option<Hash256>, ChainError> {
        if number == 0 {
            return Ok(Some(self.genesis));
        }
        match self.recent_head(number.into()) {
            Some(head) => Ok(Some(head.hash)),
            None => self.checked(self.history.0.hash_of(number).map_err(ChainError::from)),
        }
    }

    /// The header of the block meant, if it is here.
    pub fn header(&self, at: impl Into<At>) -> Result<Option<Header>, ChainError> {
        let at = at.into();
        if self.is_genesis(at) {
            return Ok(Some(self.recent().genesis().header.clone()));
        }
        if let Some(head) = self.recent_head(at) {
            return Ok(Some(head.header.clone()));
        }
        match self.checked(self.history.number_of(at))? {
            Some(number) => self.checked(self.history.header(number)),
            None => Ok(None),
        }
    }

    /// The block meant with what it did, if it is here.
    pub fn block(&self, at: impl Into<At>) -> Result<Option<CommittedBlock>, ChainError> {
        match self.number_of(at)? {
            Some(number) => self.checked(self.history.block(number)),
            None => Ok(None),
        }
    }

    /// What became of the extrinsics of the block meant, if it is here.
    pub fn receipts(&self, at: impl Into<At>) -> Result<Option<Vec<StoredReceipt>>, ChainError> {
        match self.number_of(at)? {
            Some(number) => self.checked(self.history.receipts(number)),
            None => Ok(None),
        }
    }

    /// What is kept of the body of the block meant, if it is here and its signatures are pruned.
    pub fn pruned_body(&self, at: impl Into<At>) -> Result<Option<PrunedBody>, ChainError> {
        match self.number_of(at)? {
            Some(number) => self.checked(self.history.pruned(number)),
            None => Ok(None),
        }
    }

    /// From now on, keep the signatures of the last `blocks` blocks only, of [`RECENT`] at least.
    /// Older ones are thrown away in the background, as blocks come and at once.
    pub fn prune_witnesses(&self, blocks: BlockNumber) {
        self.folder.prune(blocks.max(RECENT));
        self.folder.advance(self.head().number, None);
    }

    /// The block meant with all rows after it.
    pub fn head_at(&self, at: impl Into<At>) -> Result<Arc<Head>, ChainError> {
        let at = at.into();
        if let Some(head) = self.recent_head(at) {
            return Ok(head);
        }
        match self.checked(self.history.number_of(at))? {
            Some(number) => Err(ChainError::Pruned { number, oldest: self.recent().oldest() }),
            None => Err(ChainError::Unknown { at }),
        }
    }

    /// All rows after the block meant.
    pub fn state_at(&self, at: impl Into<At>) -> Result<State, ChainError> {
        Ok(self.head_at(at)?.state.clone())
    }

    /// Verify a foreign block and commit it. A block that is here already changes nothing.
    pub fn import(&self, block: &Block, why: Justification) -> Result<Arc<Head>, ChainError> {
        let (hash, number) = (block.header.hash(), block.header.number);
        if self.number_of(hash)?.is_some() {
            return Ok(self.head());
        }
        why.check(self.spec.chain_type, number)?;
        if matches!(why, Justification::Certificate(_)) {
            return Err(ChainError::Unchecked { number });
        }
        self.verify(block)?;
        self.commit(hash, why)
    }

    /// The hash of the block at a height, and the hashes of its extrinsics.
    pub(crate) fn transactions_of(
        &self,
        number: BlockNumber,
    ) -> Result<(Hash256, Vec<Hash256>), ChainError> {
        let fresh = self.notice.borrow().clone();
        if let Some(notice) = fresh.filter(|notice| notice.head.number == number) {
            let hashes = notice.receipts.iter().map(|receipt| receipt.hash).collect();
            return Ok((notice.head.hash, hashes));
        }
        let at = At::Number(number);
        let hash = self.hash_of(number)?.ok_or(ChainError::Unknown { at })?;
        let receipts = self.receipts(at)?.unwrap_or_default();
        Ok((hash, receipts.iter().map(|receipt| receipt.hash).collect()))
    }

    pub(crate) fn proven(&self) -> &Proven {
        &self.proven
    }

    /// What checks the signatures of its blocks.
    pub(crate) fn verifier(&self) -> &Verifier {
        self.executor.verifier()
    }

    /// Backends disagreed outside of a block: stop as if they had inside.
    pub(crate) fn halt_over(&self, disagreement: Disagreement) -> ChainError {
        self.halt(BlockError::Verifier(disagreement).into())
    }

    /// A bug was found outside of a block: stop as if it had been found inside.
    pub(crate) fn halt_for(&self, phase: &'static str, fault: Fault) -> ChainError {
        self.halt(BlockError::Bug { phase, error: fault.into() }.into())
    }

    fn recent(&self) -> RwLockReadGuard<'_, Recent> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The block meant with all rows after it, if it is in memory.
    pub(crate) fn recent_head(&self, at: At) -> Option<Arc<Head>> {
        if self.is_genesis(at) {
            // Its state may have to be made first, with no lock held.
            let genesis = Arc::clone(self.recent().genesis());
            return Some(Arc::clone(genesis.head()));
        }
        let recent = self.recent();
        match at {
            At::Hash(hash) => recent.by_hash(hash).cloned(),
            At::Number(number) => recent.by_number(number).cloned(),
        }
    }

    fn is_genesis(&self, at: At) -> bool {
        match at {
            At::Hash(hash) => hash == self.genesis,
            At::Number(number) => number == 0,
        }
    }

    /// Remember the first fatal error, and let no block pass after it (C5).
    fn halt(&self, error: ChainError) -> ChainError {
        let error = match error {
            ChainError::Halted(reason) => reason,
            other => Arc::new(other),
        };
        let mut reason = Arc::clone(&error);
        self.halted.send_if_modified(|halted| {
            let is_first = halted.is_none();
            reason = Arc::clone(halted.get_or_insert(error));
            is_first
        });
        ChainError::Halted(reason)
    }

    /// Run a step unless the node has to stop; stop it if the step says so.
    pub(super) fn guarded<T>(
        &self,
        step: impl FnOnce() -> Result<T, ChainError>,
    ) -> Result<T, ChainError> {
        if let Some(reason) = self.halted.borrow().clone() {
            return Err(ChainError::Halted(reason));
        }
        self.checked(step())
    }

    /// Stop the node if `outcome` says so.
    pub(super) fn checked<T>(&self, outcome: Result<T, ChainError>) -> Result<T, ChainError> {
        outcome.map_err(|error| if error.is_fatal() { self.halt(error) } else { error })
    }

    fn commit_executed(
        &self,
        executed: &Executed,
        why: &Justification,
    ) -> Result<Arc<Head>, ChainError> {
        let (head, hash) = (self.head(), executed.header.hash());
        if executed.header.parent_hash != head.hash {
            let parent = executed.header.parent_hash;
            return Err(ChainError::NotOnHead { hash, parent, head: head.hash });
        }
        let (record, notice) = self.outcome(executed, why)?;
        self.history.0.commit(record)?;
        Ok(self.publish(&notice))
    }

    /// What an executed block leaves on disk, and what others are told of it once it is there.
    pub(super) fn outcome(
        &self,
        executed: &Executed,
        why: &Justification,
    ) -> Result<(BlockRecord, Arc<BlockNotice>), ChainError> {
        let (number, hash) = (executed.header.number, executed.header.hash());
        let time = block_time(self.runtime().as_ref(), number, &executed.extrinsics)?;
        let receipts: Vec<_> = executed.receipts.iter().map(StoredReceipt::from).collect();
        let record = block_record(executed, why, &receipts);
        let (header, state) = (executed.header.clone(), executed.state.clone());
        let explanation = Some(Arc::new(executed.explanation.clone()));
        let notice = Arc::new(BlockNotice {
            head: Arc::new(Head { number, hash, header, state, time, explanation }),
            changed: executed.changes.iter().map(|(key, _)| key.clone()).collect(),
            receipts,
            explanation: executed.explanation.clone(),
        });
        Ok((record, notice))
    }

    /// Make a durable block the head, and tell everybody.
    pub(super) fn publish(&self, notice: &Arc<BlockNotice>) -> Arc<Head> {
        let head = Arc::clone(&notice.head);
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        let gone = recent.push(Arc::clone(&head));
        drop(recent);
        self.executed.forget_up_to(head.number);
        self.notice.send_replace(Some(Arc::clone(notice)));
        self.head.send_replace(Arc::clone(&head));
        // An error means that nobody listens.
        let _ = self.notices.send(Arc::clone(notice));
        self.folder.advance(head.number, gone);
        head
    }
}

impl BlockExecutor for Chain {
    fn build(
        &self,
        now: Moment,
        transactions: Vec<Transaction>,
    ) -> Result<Arc<Executed>, ChainError> {
        self.guarded(|| {
            let head = self.head();
            let parent = Parent { header: &head.header, state: &head.state, genesis: self.genesis };
            let executed = Arc::new(self.executor.build(&parent, now, transactions)?);
            self.executed.insert(Arc::clone(&executed));
            Ok(executed)
        })
    }

    fn verify(&self, block: &Block) -> Result<Arc<Executed>, ChainError> {
        self.guarded(|| {
            if let Some(executed) = self.executed.get(&block.header.hash()) {
                return Ok(executed);
            }
            let head = self.head();
            let transactions = transactions(block, &self.proven)?;
            let executed = Arc::new(self.execute_on(&head, &block.header, &transactions)?);
            self.executed.insert(Arc::clone(&executed));
            Ok(executed)
        })
    }

    fn commit(&self, hash: Hash256, why: Justification) -> Result<Arc<Head>, ChainError> {
        self.guarded(|| {
            let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            if self.number_of(hash)?.is_some() {
                return Ok(self.head());
            }
            let executed = self.executed.get(&hash).ok_or(ChainError::NotExecuted { hash })?;
            why.check(self.spec.chain_type, executed.header.number)?;
            self.commit_executed(&executed, &why)
        })
    }
}
