//! What a ledger needs of an engine: a small key-value set and logs to append large values to.

use core::fmt;

use super::StoreError;

/// Writes that happen together or not at all.
pub trait Batch: Default {
    /// Set `key` to `value`.
    fn put(&mut self, key: &[u8], value: &[u8]);

    /// Remove `key`.
    fn delete(&mut self, key: &[u8]);
}

/// Where large values go, by how long they are wanted (S22).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Log {
    /// Bodies and receipts as long as the body is whole.
    Bodies,
    /// Changes until they are folded.
    Changes,
    /// What is wanted for ever: pruned bodies, their receipts, the chain description.
    Kept,
}

impl Log {
    /// Every log.
    pub const ALL: [Self; 3] = [Self::Bodies, Self::Changes, Self::Kept];

    /// Its number on disk and its place in [`Log::ALL`].
    pub(crate) const fn index(self) -> u8 {
        match self {
            Self::Bodies => 0,
            Self::Changes => 1,
            Self::Kept => 2,
        }
    }

    /// Its folder.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Changes => "changes",
            Self::Kept => "kept",
        }
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where appended bytes begin: which segment of the log, and how far into it.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The number of the segment.
    pub segment: u32,
    /// Bytes before it in the segment.
    pub offset: u64,
}

/// A flat key-value set with atomic durable batches, and logs.
pub trait Engine: fmt::Debug + Send + Sync + 'static {
    /// The engine's own batch.
    type Batch: Batch;
    /// A value, shared rather than copied.
    type Bytes: AsRef<[u8]>;

    /// The value at `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Self::Bytes>, StoreError>;

    /// Apply a batch. `Ok` means that it is durable as a whole, and with it all that this thread
    /// appended before; after an error or a crash it is there as a whole or not at all, and so is
    /// every batch before it. Of several operations on one key the last counts.
    fn apply(&self, batch: Self::Batch) -> Result<(), StoreError>;

    /// Put bytes at the end of a log. After a crash they may be gone unless a batch was applied
    /// since.
    fn append(&self, log: Log, bytes: &[u8]) -> Result<Position, StoreError>;

    /// Read up to `length` appended bytes; fewer if fewer are there.
    fn read(&self, log: Log, at: Position, length: u64) -> Result<Vec<u8>, StoreError>;

    /// Give up the segments of a log before this one, but never the last one.
    fn forget_before(&self, log: Log, segment: u32) -> Result<(), StoreError>;
}
