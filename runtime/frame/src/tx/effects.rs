//! What a transaction did, ready to be committed.

use crate::{Events, Fault, Lanes, RowKey, RowValue};

/// Effects on up to this many rows are searched from end to end, more by their fingerprints.
const SCAN_MAX: usize = 24;

/// What happens to one row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// The row takes this value, or goes away.
    Set(Option<RowValue>),
    /// The lanes are added to the row's.
    Add(Lanes),
}

/// A row and what happens to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowChange {
    /// The row.
    pub key: RowKey,
    /// Its place in the access set of a confined transaction.
    pub position: Option<u32>,
    /// What happens to it.
    pub change: Change,
}

/// All effects of a transaction, ready to be committed.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    rows: Vec<RowChange>,
    /// Fingerprints with places in `rows`, in ascending order, once there are more than
    /// [`SCAN_MAX`].
    index: std::collections::BTreeSet<(u64, u32)>,
    /// Outer events in order.
    pub events: Events,
}

impl Effects {
    /// The changed rows, each once, in the order of their first change.
    pub fn rows(&self) -> &[RowChange] {
        &self.rows
    }

    /// What happens to the row at `key`.
    pub fn change(&self, key: &RowKey) -> Option<&Change> {
        self.place(key).and_then(|at| self.rows.get(at)).map(|row| &row.change)
    }

    pub(super) fn place(&self, key: &RowKey) -> Option<usize> {
        if self.rows.len() <= SCAN_MAX {
            return self.rows.iter().position(|row| row.key == *key);
        }
        let same = (key.fingerprint(), 0)..=(key.fingerprint(), u32::MAX);
        self.index
            .range(same)
            .map(|(_, at)| *at as usize)
            .find(|at| self.rows.get(*at).is_some_and(|row| row.key == *key))
    }

    pub(super) fn at_mut(&mut self, place: usize) -> Option<&mut RowChange> {
        self.rows.get_mut(place)
    }

    pub(super) fn append(&mut self, row: RowChange) {
        if self.rows.is_empty() {
            self.rows.reserve(6);
        }
        self.rows.push(row);
        if self.rows.len() <= SCAN_MAX {
            return;
        }
        // The first row too many brings all before it into the index.
        let known = self.index.len();
        for (row, at) in self.rows.iter().skip(known).zip(known..) {
            // At most 2^32 rows change in a block: each change has a weight.
            self.index.insert((row.key.fingerprint(), u32::try_from(at).unwrap_or(u32::MAX)));
        }
    }

    /// Forget the row that changed last for the first time.
    pub(super) fn forget_last(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        // At most 2^32 rows change in a block: each change has a weight.
        let at = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.index.remove(&(row.key.fingerprint(), at));
        if self.rows.len() <= SCAN_MAX {
            self.index.clear();
        }
    }
}

impl Eq for Effects {}

impl PartialEq for Effects {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows && self.events == other.events
    }
}

impl Change {
    /// Let `later` happen after this change.
    pub fn push(&mut self, later: Self, key: &RowKey) -> Result<(), Fault> {
        match (&mut *self, later) {
            (Self::Add(sum), Self::Add(lanes)) => {
                sum.add(&lanes).map_err(|_| Fault::corrupt(key))?;
            }
            (Self::Set(value), Self::Add(lanes)) => *value = sum_up(value.as_deref(), &lanes, key)?,
            (_, later @ Self::Set(_)) => *self = later,
        }
        Ok(())
    }

    /// The row's value after this change, when it held `before`.
    pub fn apply(&self, before: Option<&[u8]>, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        match self {
            Self::Set(value) => Ok(value.clone()),
            Self::Add(lanes) => sum_up(before, lanes, key),
        }
    }
}

fn sum_up(value: Option<&[u8]>, added: &Lanes, key: &RowKey) -> Result<Option<RowValue>, Fault> {
    let corrupt = |_| Fault::corrupt(key);
    let mut sum = Lanes::from_bytes(value.unwrap_or(&[])).map_err(corrupt)?;
    sum.add(added).map_err(corrupt)?;
    Ok(sum.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32) -> RowChange {
        let key = RowKey::from(number.to_be_bytes().to_vec());
        RowChange { key, position: None, change: Change::Set(Some(vec![1].into())) }
    }

    #[test]
    fn rows_are_found_among_any_number_of_them_and_forgotten_from_the_end() {
        let mut effects = Effects::default();
        for number in 0..100 {
            effects.append(row(number));
        }
        for count in (0..100).rev() {
            let key = row(count).key;
            assert_eq!(effects.place(&key), Some(count as usize));
            effects.forget_last();
            assert_eq!(effects.place(&key), None);
            assert!((0..count).all(|number| effects.place(&row(number).key).is_some()));
        }
    }
}
