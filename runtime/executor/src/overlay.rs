//! Rows as they stand in the middle of a block: the parent's rows and the block's own changes.

use std::collections::BTreeMap;

use althing_frame::{Effects, Fault, IterRows, RowKey, RowValue, Rows};

use crate::State;

/// The parent's rows under the changes made so far.
#[derive(Debug)]
pub(crate) struct Overlay<'a> {
    base: &'a State,
    changes: BTreeMap<RowKey, Option<RowValue>>,
}

impl<'a> Overlay<'a> {
    pub(crate) fn new(base: &'a State) -> Self {
        Self { base, changes: BTreeMap::new() }
    }

    /// Apply the row changes of one step.
    pub(crate) fn commit(&mut self, effects: &Effects) -> Result<(), Fault> {
        for row in effects.rows() {
            let before = self.row(&row.key)?;
            let after = row.change.apply(before.as_deref(), &row.key)?;
            self.set(row.key.clone(), after);
        }
        Ok(())
    }

    /// Set one row to its value after a segment.
    pub(crate) fn set(&mut self, key: RowKey, value: Option<RowValue>) {
        self.changes.insert(key, value);
    }

    /// The rows that differ from the parent's, in ascending order.
    pub(crate) fn into_changes(self) -> Vec<(RowKey, Option<RowValue>)> {
        let base = self.base;
        self.changes
            .into_iter()
            .filter(|(key, value)| base.get(key.as_bytes()).map(|value| &value[..]) != value.as_deref())
            .collect()
    }
}

impl Rows for Overlay<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        match self.changes.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.base.row(key),
        }
    }
}

impl Rows for State {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        Ok(self.get(key.as_bytes()).map(|value| RowValue::from(&value[..])))
    }
}

impl IterRows for State {
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)> {
        self.range(prefix, None, usize::MAX)
            .map(|(key, value)| (key.into(), RowValue::from(&value[..])))
            .collect()
    }
}
