//! Rows as bytes: keys, values, and the trait through which they are read.

use std::sync::Arc;

/// Full key of a row: `twox128(pallet) ++ twox128(item) ++ hashed keys`.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RowKey(Arc<[u8]>);

impl RowKey {
    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The shared bytes themselves.
    pub fn into_inner(self) -> Arc<[u8]> {
        self.0
    }
}

impl From<Vec<u8>> for RowKey {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<Arc<[u8]>> for RowKey {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for RowKey {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl core::borrow::Borrow<[u8]> for RowKey {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// SCALE bytes of a row.
pub type RowValue = Arc<[u8]>;

/// Why a row could not be touched.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The call touched a row outside its declared access.
    #[error("row {key:?} is outside the declared access")]
    AccessViolation {
        /// The row.
        key: RowKey,
    },
    /// The bytes of a row are not what its item holds. This is a bug of the program.
    #[error("row {key:?} does not decode")]
    Corrupt {
        /// The row.
        key: RowKey,
    },
    /// An invariant that the program maintains does not hold. This is a bug of the program.
    #[error("broken invariant {invariant}")]
    Broken {
        /// Which one.
        invariant: &'static str,
    },
}

/// Rows as they stand at some point.
pub trait Rows {
    /// The row's bytes, or `None` if there is no such row.
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault>;
}

/// Rows that can be listed. Only reads from outside a block (RPC, checks, genesis) may list.
pub trait IterRows: Rows {
    /// All rows whose key begins with `prefix`, in ascending order of their keys.
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)>;
}

impl<T: Rows + ?Sized> Rows for &T {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        (**self).row(key)
    }
}

impl<T: IterRows + ?Sized> IterRows for &T {
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)> {
        (**self).rows_with_prefix(prefix)
    }
}
