//! What one transaction's admission reads of the parent, kept: several steps ask for the same rows,
//! and the values then fill the rows' cells.

use std::cell::RefCell;

use althing_frame::{Access, Fault, RowKey, RowValue, Rows};
use althing_primitives::Hash256;
use althing_primitives::state_proof::path_of;

use crate::State;

/// Rows beyond this number are read again each time. Admission reads a handful.
const KEPT_MAX: usize = 24;

/// A row of the parent: its key, the key's path in the state, its value.
pub(crate) type Known = Vec<(RowKey, Hash256, Option<RowValue>)>;

/// What admission has read of declared rows: position in the access set, path, value.
pub(crate) type Read = Vec<(u32, Hash256, Option<RowValue>)>;

/// The parent's rows, each looked up once.
#[derive(Debug)]
pub(crate) struct Memo<'a> {
    parent: &'a State,
    known: RefCell<Known>,
}

impl<'a> Memo<'a> {
    /// A memo that knows nothing, in the room of an earlier one.
    pub(crate) fn new(parent: &'a State, mut room: Known) -> Self {
        room.clear();
        Self { parent, known: RefCell::new(room) }
    }

    /// What was read of the rows that `access` declares, and the room for the next memo.
    pub(crate) fn into_read(self, access: &Access) -> (Read, Known) {
        let mut known = self.known.into_inner();
        let mut read = Read::with_capacity(known.len());
        for (key, path, value) in &mut known {
            // An access set has far fewer than 2^32 rows.
            let position = access.position(key).and_then(|at| u32::try_from(at).ok());
            read.extend(position.map(|position| (position, *path, value.take())));
        }
        (read, known)
    }
}

impl Rows for Memo<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        if let Some((_, _, value)) = self.known.borrow().iter().find(|(known, ..)| known == key) {
            return Ok(value.clone());
        }
        let path = path_of(key.as_bytes());
        let value = self.parent.find(&path).cloned();
        let mut known = self.known.borrow_mut();
        if known.len() < KEPT_MAX {
            known.push((key.clone(), path, value.clone()));
        }
        Ok(value)
    }
}
