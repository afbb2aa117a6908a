//! What one transaction's admission reads of the parent, kept: several steps ask for the same rows,
//! and the values then fill the rows' cells.

use std::cell::RefCell;

use althing_frame::{Fault, RowKey, RowValue, Rows};

use crate::State;

/// Rows beyond this number are read again each time. Admission reads a handful.
const KEPT_MAX: usize = 24;

/// Rows of the parent with their values.
pub(crate) type Known = Vec<(RowKey, Option<RowValue>)>;

/// The parent's rows, each looked up once.
#[derive(Debug)]
pub(crate) struct Memo<'a> {
    parent: &'a State,
    known: RefCell<Known>,
}

impl<'a> Memo<'a> {
    pub(crate) fn new(parent: &'a State) -> Self {
        Self { parent, known: RefCell::new(Vec::with_capacity(8)) }
    }

    /// All that was read.
    pub(crate) fn into_known(self) -> Known {
        self.known.into_inner()
    }
}

impl Rows for Memo<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        if let Some((_, value)) = self.known.borrow().iter().find(|(known, _)| known == key) {
            return Ok(value.clone());
        }
        let value = self.parent.row(key)?;
        let mut known = self.known.borrow_mut();
        if known.len() < KEPT_MAX {
            known.push((key.clone(), value.clone()));
        }
        Ok(value)
    }
}
