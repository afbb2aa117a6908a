//! Blocks that were executed and not yet committed, so that none is executed twice.

use std::sync::{Arc, Mutex, PoisonError};

use althing_executor::Executed;
use althing_primitives::{BlockNumber, Hash256};

use crate::bounded_map::BoundedMap;

/// How many are kept. Rounds of consensus rarely have more candidates at one height.
const CAPACITY: usize = 8;

/// The newest executed blocks by hash.
#[derive(Debug)]
pub(crate) struct ExecutedBlocks(Mutex<BoundedMap<Arc<Executed>>>);

impl ExecutedBlocks {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(BoundedMap::new(CAPACITY)))
    }

    pub(crate) fn insert(&self, executed: Arc<Executed>) {
        let hash = executed.header.hash();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, executed);
    }

    pub(crate) fn get(&self, hash: &Hash256) -> Option<Arc<Executed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// Forget the blocks that can no longer be committed.
    pub(crate) fn forget_up_to(&self, number: BlockNumber) {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.retain(|executed| executed.header.number > number);
    }
}
