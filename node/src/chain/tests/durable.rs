//! What is committed stays, and nobody hears of it before.

use std::sync::Arc;

use althing_primitives::{BlockNumber, Hash256};

use crate::chain::{BlockExecutor, ChainError, Justification, RECENT};
use crate::store::{
    BlockRecord, Genesis, LoadedState, MemoryStore, Meta, Store, StoreError, StoredBlock,
    StoredHead, Ticket,
};
use crate::testing::{Terms, add_block, build, chain, open, sled, spec, wallet};

#[test]
fn a_restart_gives_the_same_head_and_root() {
    let folder = tempfile::tempdir().unwrap();
    let bob = wallet("bob");
    let before = {
        let chain = open(spec(), sled(folder.path()));
        for nonce in 0..5 {
            add_block(&chain, &[bob.transfer(&chain, Terms::nonce(nonce))]);
        }
        chain.head()
    };
    let chain = open(spec(), sled(folder.path()));
    let after = chain.head();
    assert_eq!((after.number, after.hash, after.time), (5, before.hash, before.time));
    assert_eq!(after.state.root(), before.state.root());
    assert_eq!(chain.state_at(3).unwrap().root(), chain.header(3).unwrap().unwrap().state_root);
    add_block(&chain, &[bob.transfer(&chain, Terms::nonce(5))]);
}

#[test]
fn recent_states_stay_readable_while_old_ones_are_folded_away() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = 2 * RECENT;
    let (head, oldest) = {
        let chain = open(spec(), sled(folder.path()));
        for _ in 0..blocks {
            add_block(&chain, &[]);
        }
        (chain.head(), blocks - RECENT + 1)
    };
    let chain = open(spec(), sled(folder.path()));
    assert_eq!(chain.head().state.root(), head.state.root());
    for number in [oldest, blocks - 1, blocks] {
        let header = chain.header(number).unwrap().unwrap();
        assert_eq!(chain.state_at(header.hash()).unwrap().root(), header.state_root);
    }
    let error = chain.state_at(oldest - 1).unwrap_err();
    assert!(matches!(error, ChainError::Pruned { number, .. } if number == oldest - 1), "{error}");
    let error = chain.state_at(blocks + 1).unwrap_err();
    assert!(matches!(error, ChainError::Unknown { .. }), "{error}");
    assert_eq!(chain.state_at(0).unwrap().root(), chain.header(0).unwrap().unwrap().state_root);
    assert!(chain.block(1).unwrap().is_some(), "bodies are kept");
}

#[test]
fn a_block_can_be_read_once_it_is_heard_of() {
    let chain = chain();
    let (mut notices, heads) = (chain.subscribe(), chain.watch_head());
    let transfer = wallet("bob").transfer(&chain, Terms::nonce(0));
    let head = add_block(&chain, core::slice::from_ref(&transfer));
    let notice = notices.try_recv().unwrap();
    assert_eq!((notice.head.hash, heads.borrow().hash), (head.hash, head.hash));
    assert_eq!(notice.receipts[1].hash, transfer.hash());
    assert!(notice.receipts[1].outcome.is_ok());
    assert!(notice.changed.is_sorted());
    assert!(notice.has_changed(notice.changed[0].as_bytes()));
    let block = chain.block(head.hash).unwrap().unwrap();
    assert_eq!(
        (block.receipts, block.justification),
        (notice.receipts.clone(), Justification::Dev)
    );
    assert_eq!(block.extrinsics[1], transfer.bytes().to_vec());
}

#[test]
fn committing_a_block_twice_changes_nothing() {
    let chain = chain();
    let hash = build(&chain, &[]).header.hash();
    assert_eq!(chain.commit(hash, Justification::Dev).unwrap().number, 1);
    assert_eq!(chain.commit(hash, Justification::Dev).unwrap().number, 1);
}

/// A store whose disk is full from some block on.
#[derive(Debug)]
struct FullDisk {
    store: MemoryStore,
    from: BlockNumber,
}

impl Store for FullDisk {
    fn initialise(&self, genesis: Genesis) -> Result<(), StoreError> {
        self.store.initialise(genesis)
    }
    fn meta(&self) -> Result<Option<Meta>, StoreError> {
        self.store.meta()
    }
    fn submit(&self, block: BlockRecord) -> Result<Ticket, StoreError> {
        if block.number >= self.from { Err(StoreError::Stopped) } else { self.store.submit(block) }
    }
    fn tip(&self) -> Option<(BlockNumber, Hash256)> {
        self.store.tip()
    }
    fn head(&self, number: BlockNumber) -> Result<Option<StoredHead>, StoreError> {
        self.store.head(number)
    }
    fn block(&self, number: BlockNumber) -> Result<Option<StoredBlock>, StoreError> {
        self.store.block(number)
    }
    fn hash_of(&self, number: BlockNumber) -> Result<Option<Hash256>, StoreError> {
        self.store.hash_of(number)
    }
    fn number_of(&self, hash: Hash256) -> Result<Option<BlockNumber>, StoreError> {
        self.store.number_of(hash)
    }
    fn load_state(&self) -> Result<LoadedState, StoreError> {
        self.store.load_state()
    }
    fn fold(&self, up_to: BlockNumber) -> Result<(), StoreError> {
        self.store.fold(up_to)
    }
    fn folded_to(&self) -> BlockNumber {
        self.store.folded_to()
    }
    fn prune(&self, blocks: Vec<(BlockNumber, Vec<u8>)>) -> Result<(), StoreError> {
        self.store.prune(blocks)
    }
    fn pruned_to(&self) -> BlockNumber {
        self.store.pruned_to()
    }
}

#[test]
fn after_a_failed_write_nobody_hears_of_the_block_and_none_follows() {
    let store = FullDisk { store: MemoryStore::new().unwrap(), from: 2 };
    let chain = open(spec(), Arc::new(store));
    add_block(&chain, &[]);
    let mut notices = chain.subscribe();
    let hash = build(&chain, &[]).header.hash();
    let error = chain.commit(hash, Justification::Dev).unwrap_err();
    assert!(matches!(error, ChainError::Halted(_)), "{error}");
    assert!(notices.try_recv().is_err());
    assert_eq!(chain.head().number, 1);
    assert!(chain.watch_halt().borrow().is_some());
    assert!(matches!(chain.build(9_000_000, Vec::new()), Err(ChainError::Halted(_))));
}
