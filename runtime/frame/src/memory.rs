//! Rows in a plain map: the base of genesis, of pallet tests, and of the serial reference.

use std::collections::BTreeMap;

use althing_primitives::Hash256;

use crate::{Effects, Fault, IterRows, RowKey, RowValue, Rows};

/// Rows in a plain ordered map.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MemoryRows(BTreeMap<RowKey, RowValue>);

impl MemoryRows {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Apply the row changes of `effects`.
    pub fn commit(&mut self, effects: &Effects) -> Result<(), Fault> {
        for row in effects.rows() {
            let before = self.0.get(&row.key).map(RowValue::as_bytes);
            match row.change.apply(before, &row.key)? {
                Some(value) => self.0.insert(row.key.clone(), value),
                None => self.0.remove(&row.key),
            };
        }
        Ok(())
    }

    /// A hash over all rows: equal if and only if the rows are equal. Not the state root.
    pub fn fingerprint(&self) -> Hash256 {
        let mut bytes = Vec::new();
        for (key, value) in &self.0 {
            for part in [key.as_bytes(), value] {
                bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
                bytes.extend_from_slice(part);
            }
        }
        althing_primitives::blake3_256(&bytes)
    }

    /// All rows in ascending order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&RowKey, &RowValue)> {
        self.0.iter()
    }
}

impl FromIterator<(RowKey, RowValue)> for MemoryRows {
    fn from_iter<I: IntoIterator<Item = (RowKey, RowValue)>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl Rows for MemoryRows {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn keys_after(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<RowKey>, Fault> {
        let from = RowKey::from(after.map_or(prefix, |after| after.max(prefix)).to_vec());
        let keys = self.0.range(from..).map(|(key, _)| key);
        let keys = keys.skip_while(|key| Some(key.as_bytes()) == after);
        let keys = keys.take_while(|key| key.as_bytes().starts_with(prefix));
        Ok(keys.take(max).cloned().collect())
    }
}

impl IterRows for MemoryRows {
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)> {
        let from = RowKey::from(prefix.to_vec());
        self.0
            .range(from..)
            .take_while(|(key, _)| key.as_bytes().starts_with(prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}
