//! Rows as bytes: keys, values, and the traits through which they are read.

mod key;
mod scratch;
mod value;

pub use key::RowKey;
pub(crate) use scratch::Scratch;
pub use value::RowValue;

/// Why a row could not be touched.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The call touched a row outside its declared access.
    #[error("row {key:?} is outside the declared access")]
    AccessViolation {
        /// The row.
        key: Box<RowKey>,
    },
    /// The bytes of a row are not what its item holds. This is a bug of the program.
    #[error("row {key:?} does not decode")]
    Corrupt {
        /// The row.
        key: Box<RowKey>,
    },
    /// An invariant that the program maintains does not hold. This is a bug of the program.
    #[error("broken invariant {invariant}")]
    Broken {
        /// Which one.
        invariant: &'static str,
    },
}

impl Fault {
    /// The row at `key` does not hold what its item says.
    pub fn corrupt(key: &RowKey) -> Self {
        Self::Corrupt { key: Box::new(key.clone()) }
    }

    /// The row at `key` is outside the declared access.
    pub fn violation(key: &RowKey) -> Self {
        Self::AccessViolation { key: Box::new(key.clone()) }
    }
}

/// Rows as they stand at some point.
pub trait Rows {
    /// The row's bytes, or `None` if there is no such row.
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault>;

    /// The same for the row at `position` of the access set of the transaction that asks. Who has
    /// resolved the set need not look for the key.
    fn row_at(&self, position: usize, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let _ = position;
        self.row(key)
    }

    /// Whether all that the asking transaction may take from and give to the bounded sum at
    /// `position` of its access set is certain to stay within its bounds, whatever runs beside it.
    /// If not, the sum's true value decides, which nobody else may then be changing.
    fn is_covered(&self, position: usize) -> bool {
        let _ = position;
        false
    }

    /// The first `max` keys that begin with `prefix` and come after `after`, in ascending order, as
    /// the parent's rows say: what the block itself has changed is not looked at. For the serial
    /// phases of a block, which may go through a list over several blocks. Rows that cannot be
    /// listed say so: an empty list would be taken for an answer.
    fn keys_after(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<RowKey>, Fault> {
        let _ = (prefix, after, max);
        Err(Fault::Broken { invariant: "only the serial phases of a block list rows" })
    }
}

/// Rows that can be listed with their values. Only reads from outside a block (RPC, checks, genesis)
/// may do that; hooks list keys of the parent, some at a time ([`Rows::keys_after`]).
pub trait IterRows: Rows {
    /// All rows whose key begins with `prefix`, in ascending order of their keys.
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)>;
}

impl<T: Rows + ?Sized> Rows for &T {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        (**self).row(key)
    }

    fn row_at(&self, position: usize, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        (**self).row_at(position, key)
    }

    fn is_covered(&self, position: usize) -> bool {
        (**self).is_covered(position)
    }

    fn keys_after(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<RowKey>, Fault> {
        (**self).keys_after(prefix, after, max)
    }
}

impl<T: IterRows + ?Sized> IterRows for &T {
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)> {
        (**self).rows_with_prefix(prefix)
    }
}
