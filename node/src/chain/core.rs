//! The chain: one head, moved only by committing a block that was executed here.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use althing_executor::{BlockError, Executed, Executor, Parent, State, Transaction};
use althing_frame::{Fault, Runtime};
use althing_primitives::{Block, BlockNumber, Extrinsic, Hash256, Header, Moment};
use parity_scale_codec::Encode;
use tokio::sync::{broadcast, watch};

use super::executed::ExecutedBlocks;
use super::folder::Folder;
use super::history::History;
use super::load::{block_time, load};
use super::recent::Recent;
use super::{At, BlockNotice, ChainError, CommittedBlock, Head, Justification, StoredReceipt};
use crate::proven::Proven;
use crate::spec::{ChainSpec, genesis_header};
use crate::store::{BlockRecord, Genesis, Store, StoreError};

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
    spec: ChainSpec,
    genesis: Hash256,
    executor: Executor,
    history: History,
    proven: Proven,
    recent: RwLock<Recent>,
    executed: ExecutedBlocks,
    writer: Mutex<()>,
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
        let state = State::from_rows(spec.rows.iter().map(|(key, value)| (key, value)));
        let header = genesis_header(&state, spec.chain_type);
        let genesis = header.hash();
        store.initialise(Genesis {
            hash: genesis,
            header: header.encode(),
            rows: spec.rows.clone(),
            // Maps and numbers only: the form cannot fail.
            chain_spec: serde_json::to_vec(&spec).unwrap_or_default(),
        })?;
        let head = Arc::new(Head { number: 0, hash: genesis, header, state, time: 0 });
        let history = History(Arc::clone(&store));
        let recent = load(&history, executor.runtime().as_ref(), head)?;

        let halted = Arc::new(watch::Sender::new(None));
        let report = Arc::clone(&halted);
        let folder = Folder::start(store, move |error| {
            report.send_replace(Some(Arc::new(error.into())));
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
        match self.recent_head(at) {
            Some(head) => Ok(Some(head.number)),
            None => self.checked(self.history.number_of(at)),
        }
    }

    /// The hash of the block at a height, if it is here.
    pub fn hash_of(&self, number: BlockNumber) -> Result<Option<Hash256>, ChainError> {
        match self.recent_head(number.into()) {
            Some(head) => Ok(Some(head.hash)),
            None => self.checked(self.history.0.hash_of(number).map_err(ChainError::from)),
        }
    }

    /// The header of the block meant, if it is here.
    pub fn header(&self, at: impl Into<At>) -> Result<Option<Header>, ChainError> {
        let at = at.into();
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
        Ok(self.block(at)?.map(|block| block.receipts))
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
        let block = self.block(at)?.ok_or(ChainError::Unknown { at })?;
        Ok((block.hash, block.receipts.iter().map(|receipt| receipt.hash).collect()))
    }

    pub(crate) fn proven(&self) -> &Proven {
        &self.proven
    }

    /// A bug was found outside of a block: stop as if it had been found inside.
    pub(crate) fn halt_for(&self, phase: &'static str, fault: Fault) -> ChainError {
        self.halt(BlockError::Bug { phase, error: fault.into() }.into())
    }

    fn recent(&self) -> RwLockReadGuard<'_, Recent> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent_head(&self, at: At) -> Option<Arc<Head>> {
        let recent = self.recent();
        match at {
            At::Hash(hash) => recent.by_hash(hash).cloned(),
            At::Number(number) => recent.by_number(number).cloned(),
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
    fn guarded<T>(&self, step: impl FnOnce() -> Result<T, ChainError>) -> Result<T, ChainError> {
        if let Some(reason) = self.halted.borrow().clone() {
            return Err(ChainError::Halted(reason));
        }
        self.checked(step())
    }

    /// Stop the node if `outcome` says so.
    fn checked<T>(&self, outcome: Result<T, ChainError>) -> Result<T, ChainError> {
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
        let number = executed.header.number;
        let time = block_time(self.runtime().as_ref(), number, &executed.extrinsics)?;
        let receipts: Vec<_> = executed.receipts.iter().map(StoredReceipt::from).collect();
        self.history.0.commit(record(executed, why, &receipts))?;

        let (header, state) = (executed.header.clone(), executed.state.clone());
        let head = Arc::new(Head { number, hash, header, state, time });
        self.recent.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&head));
        self.executed.forget_up_to(number);
        let notice = Arc::new(BlockNotice {
            head: Arc::clone(&head),
            changed: executed.changes.iter().map(|(key, _)| key.clone()).collect(),
            receipts,
            explanation: executed.explanation.clone(),
        });
        self.notice.send_replace(Some(Arc::clone(&notice)));
        self.head.send_replace(Arc::clone(&head));
        // An error means that nobody listens.
        let _ = self.notices.send(notice);
        self.folder.advance(number);
        Ok(head)
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
            let parent = Parent { header: &head.header, state: &head.state, genesis: self.genesis };
            let executed = self.executor.verify(&parent, &block.header, &transactions)?;
            let executed = Arc::new(executed);
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

fn transactions(block: &Block, proven: &Proven) -> Result<Vec<Transaction>, ChainError> {
    let number = block.header.number;
    let decode = |(index, bytes): (usize, &[u8])| {
        let extrinsic = Extrinsic::decode(bytes).map_err(|source| ChainError::Extrinsic {
            number,
            index,
            source,
        })?;
        let proven = proven.contains(&extrinsic.hash(), number);
        Ok(Transaction { extrinsic, proven })
    };
    block.extrinsics.iter().map(|bytes| &**bytes).enumerate().map(decode).collect()
}

fn record(executed: &Executed, why: &Justification, receipts: &[StoredReceipt]) -> BlockRecord {
    let change = |(key, value): &(althing_frame::RowKey, Option<althing_frame::RowValue>)| {
        (key.as_bytes().to_vec(), value.as_ref().map(|value| value.to_vec()))
    };
    BlockRecord {
        number: executed.header.number,
        hash: executed.header.hash(),
        parent: executed.header.parent_hash,
        header: executed.header.encode(),
        extrinsics: executed.extrinsics.iter().map(|one| one.bytes().to_vec()).collect(),
        justification: why.encode(),
        changes: executed.changes.iter().map(change).collect(),
        receipts: receipts.encode(),
    }
}
