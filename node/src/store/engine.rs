//! What a ledger needs of a key-value engine: little, so that engines can be exchanged.

use super::StoreError;

/// Writes that happen together or not at all.
pub trait Batch: Default {
    /// Set `key` to `value`.
    fn put(&mut self, key: &[u8], value: &[u8]);

    /// Remove `key`.
    fn delete(&mut self, key: &[u8]);
}

/// A flat key-value set with atomic durable batches.
pub trait Engine: core::fmt::Debug + Send + Sync {
    /// The engine's own batch.
    type Batch: Batch;
    /// A value, shared rather than copied.
    type Bytes: AsRef<[u8]>;

    /// The value at `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Self::Bytes>, StoreError>;

    /// Apply a batch. `Ok` means that it is durable as a whole; after an error or a crash it is
    /// there as a whole or not at all, and so is every batch before it. Of several operations on
    /// one key the last counts.
    fn apply(&self, batch: Self::Batch) -> Result<(), StoreError>;
}
