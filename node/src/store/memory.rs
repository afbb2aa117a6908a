//! An engine that forgets: for a dev chain without a base path, and for tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Batch, Engine, Ledger, Log, Position, StoreError};

/// A store that lives as long as the process.
pub type MemoryStore = Ledger<MemoryEngine>;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Result<Self, StoreError> {
        Self::over(MemoryEngine::default())
    }
}

/// A sorted map, and a segment for each value that was appended; clones share both.
#[derive(Clone, Debug, Default)]
pub struct MemoryEngine {
    values: Arc<RwLock<Values>>,
    logs: Arc<RwLock<Logs>>,
}

type Values = BTreeMap<Vec<u8>, Arc<[u8]>>;
type Logs = BTreeMap<(Log, u32), Arc<[u8]>>;

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

    fn append(&self, log: Log, bytes: &[u8]) -> Result<Position, StoreError> {
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        let last = logs.range((log, 0)..=(log, u32::MAX)).next_back();
        let segment = last.map_or(0, |((_, segment), _)| segment.saturating_add(1));
        logs.insert((log, segment), bytes.into());
        Ok(Position { segment, offset: 0 })
    }

    fn read(&self, log: Log, at: Position, length: u64) -> Result<Vec<u8>, StoreError> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        let bytes = logs.get(&(log, at.segment)).cloned().unwrap_or_default();
        let rest = usize::try_from(at.offset).ok().and_then(|offset| bytes.get(offset..));
        let rest = rest.unwrap_or_default();
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
        Ok(rest.get(..length).unwrap_or_default().to_vec())
    }

    fn forget_before(&self, log: Log, segment: u32) -> Result<(), StoreError> {
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        let last = logs.range((log, 0)..=(log, u32::MAX)).next_back().map(|(key, _)| key.1);
        logs.retain(|(of, number), _| *of != log || *number >= segment || Some(*number) == last);
        Ok(())
    }
}
