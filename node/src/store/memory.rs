//! An engine that forgets: for a dev chain without a base path, and for tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Batch, Engine, Ledger, StoreError};

/// A store that lives as long as the process.
pub type MemoryStore = Ledger<MemoryEngine>;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Result<Self, StoreError> {
        Self::over(MemoryEngine::default())
    }
}

/// A sorted map; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryEngine {
    values: Arc<RwLock<Values>>,
}

type Values = BTreeMap<Vec<u8>, Arc<[u8]>>;

impl Batch for Vec<(Vec<u8>, Option<Arc<[u8]>>)> {
    fn put(&mut self, key: &[u8], value: &[u8]) {
        self.push((key.to_vec(), Some(Arc::from(value))));
    }

    fn delete(&mut self, key: &[u8]) {
        self.push((key.to_vec(), None));
    }
}

impl Engine for MemoryEngine {
    type Batch = Vec<(Vec<u8>, Option<Arc<[u8]>>)>;
    type Bytes = Arc<[u8]>;

    fn get(&self, key: &[u8]) -> Result<Option<Self::Bytes>, StoreError> {
        // Nothing below can panic half-way through a batch, so a poisoned map is whole.
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        Ok(values.get(key).cloned())
    }

    fn apply(&self, batch: Self::Batch) -> Result<(), StoreError> {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batch {
            match value {
                Some(value) => values.insert(key, value),
                None => values.remove(&key),
            };
        }
        Ok(())
    }
}
