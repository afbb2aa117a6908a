//! Rows as they stand in the middle of a block: the parent's rows and the block's own changes.
//!
//! Every row that a transaction declares or a hook changes gets a number and a cell, once a block.
//! Numbers follow the order of transactions, so they are the same for every kind of execution. The
//! graph keeps conflicting transactions apart; the locks are hardly ever contended and make the
//! sharing safe without `unsafe`.

use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use althing_frame::{Change, Effects, Fault, IterRows, Lanes, RowKey, RowValue, Rows};
use rayon::prelude::*;

use crate::State;
use crate::numbering::Numbering;
use crate::places::Places;
use crate::prepare::Ready;

/// Rows that one worker loads or collects at least.
const GRAIN: usize = 256;

/// One row: what the parent holds, and what it holds now.
#[derive(Debug)]
pub(crate) struct Slot {
    before: Option<RowValue>,
    pub(crate) now: Option<RowValue>,
}

impl Slot {
    pub(crate) fn add(&mut self, lanes: &Lanes, key: &RowKey) -> Result<(), Fault> {
        self.now = Change::Add(*lanes).apply(self.now.as_deref(), key)?;
        Ok(())
    }

    fn change(&mut self, change: &Change, key: &RowKey) -> Result<(), Fault> {
        match change {
            Change::Set(value) => self.now.clone_from(value),
            Change::Add(lanes) => self.add(lanes, key)?,
        }
        Ok(())
    }

    fn is_changed(&self) -> bool {
        self.before != self.now
    }
}

/// A row's slot. A poisoned lock means that a task panicked, which ends the block anyway.
#[derive(Debug)]
pub(crate) struct Cell(RwLock<Slot>);

impl Cell {
    fn new(value: Option<RowValue>) -> Self {
        Self(RwLock::new(Slot { before: value.clone(), now: value }))
    }

    pub(crate) fn value(&self) -> Option<RowValue> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).now.clone()
    }

    pub(crate) fn lock(&self) -> RwLockWriteGuard<'_, Slot> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(&self, change: &Change, key: &RowKey) -> Result<(), Fault> {
        self.lock().change(change, key)
    }

    fn get_mut(&mut self) -> &mut Slot {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parent's rows under the changes made so far.
#[derive(Debug)]
pub(crate) struct Overlay<'a> {
    base: &'a State,
    numbers: Numbering<'a>,
    /// The cell of each numbered row.
    cells: Vec<Cell>,
}

impl<'a> Overlay<'a> {
    pub(crate) fn new(base: &'a State) -> Self {
        Self { base, numbers: Numbering::new(), cells: Vec::new() }
    }

    /// The cells by their rows' numbers.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The key of a numbered row.
    pub(crate) fn key(&self, row: u32) -> Option<&RowKey> {
        self.numbers.key(row)
    }

    /// The value of a row that holds one lane or nothing.
    pub(crate) fn sum(&self, row: u32) -> Option<u128> {
        let Some(value) = self.cells.get(row as usize)?.value() else { return Some(0) };
        let lane: [u8; 16] = value.as_bytes().try_into().ok()?;
        Some(u128::from_le_bytes(lane))
    }

    /// Number the rows of one transaction. The new ones have no cells until they are loaded with
    /// its values: `fresh` is told who declared each first.
    fn number(&mut self, ready: &'a Ready<'_>, places: &mut Places, fresh: &mut Vec<&'a Ready<'a>>)
    where
        Self: Sized,
    {
        for declared in ready.access.rows() {
            let known = self.numbers.len();
            let row = self.numbers.number(&declared.key);
            if self.numbers.len() > known {
                fresh.push(ready);
            }
            places.push(row);
        }
        places.end();
    }

    /// Give the rows of one transaction cells, and tell their places.
    pub(crate) fn resolve(
        &mut self,
        ready: &'a Ready<'_>,
        places: &mut Places,
    ) -> Result<(), Fault> {
        let mut fresh = Vec::new();
        self.number(ready, places, &mut fresh);
        for ready in fresh {
            let cell = self.load(self.cells.len(), ready)?;
            self.cells.push(cell);
        }
        Ok(())
    }

    /// The same for all transactions of a segment, on all workers.
    pub(crate) fn resolve_all(&mut self, segment: &'a [Ready<'_>]) -> Result<Places, Fault> {
        let accesses = segment.iter().map(|ready| ready.access.rows().len());
        let accesses = accesses.fold(0_usize, usize::saturating_add);
        let mut places = Places::with_capacity(segment.len(), accesses);
        let mut fresh = Vec::with_capacity(accesses);
        self.numbers.reserve(accesses);
        for ready in segment {
            self.number(ready, &mut places, &mut fresh);
        }
        let first = self.cells.len();
        let loaded: Result<Vec<Cell>, Fault> = fresh
            .par_iter()
            .enumerate()
            .with_min_len(GRAIN)
            .map(|(at, ready)| self.load(first.saturating_add(at), ready))
            .collect();
        let mut loaded = loaded?;
        if self.cells.is_empty() {
            self.cells = loaded;
        } else {
            self.cells.append(&mut loaded);
        }
        Ok(places)
    }

    /// The cell of the row of this number as it stands in the parent. Admission has read most rows
    /// already and kept their values.
    fn load(&self, row: usize, ready: &Ready<'_>) -> Result<Cell, Fault> {
        let key = u32::try_from(row).ok().and_then(|row| self.numbers.key(row));
        let key = key.ok_or(Fault::Broken { invariant: "a numbered row has a key" })?;
        let known = ready.known.iter().find(|(known, _)| known == key);
        let value = match known {
            Some((_, value)) => value.clone(),
            None => self.base.row(key)?,
        };
        Ok(Cell::new(value))
    }

    /// Apply the row changes of one step that nothing runs beside.
    pub(crate) fn commit(&mut self, effects: &Effects) -> Result<(), Fault> {
        for row in effects.rows() {
            let number = self.numbers.number_owned(&row.key) as usize;
            if number >= self.cells.len() {
                let value = self.base.row(&row.key)?;
                self.cells.push(Cell::new(value));
            }
            if let Some(cell) = self.cells.get_mut(number) {
                cell.get_mut().change(&row.change, &row.key)?;
            }
        }
        Ok(())
    }

    /// The rows that differ from the parent's, in ascending order.
    pub(crate) fn into_changes(self) -> Vec<(RowKey, Option<RowValue>)> {
        let Self { numbers, cells, .. } = self;
        let differing = |(row, mut cell): (usize, Cell)| {
            let slot = cell.get_mut();
            let key = u32::try_from(row).ok().and_then(|row| numbers.key(row))?;
            slot.is_changed().then(|| (Rank::of(key), key, slot.now.take()))
        };
        let mut changes: Vec<_> = if cells.len() < GRAIN {
            cells.into_iter().enumerate().filter_map(differing).collect()
        } else {
            cells.into_par_iter().enumerate().with_min_len(GRAIN).filter_map(differing).collect()
        };
        let order = |one: &(Rank, &RowKey, _), other: &(Rank, &RowKey, _)| {
            one.0.cmp(&other.0).then_with(|| one.1.cmp(other.1))
        };
        if changes.len() < GRAIN {
            changes.sort_unstable_by(order);
            return changes.into_iter().map(|(_, key, value)| (key.clone(), value)).collect();
        }
        changes.par_sort_unstable_by(order);
        let own = |(_, key, value): (Rank, &RowKey, _)| (key.clone(), value);
        changes.into_par_iter().with_min_len(GRAIN).map(own).collect()
    }
}

/// The first bytes of a key, in the order of keys: comparing them need not touch the keys.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Rank([u64; 5]);

impl Rank {
    fn of(key: &RowKey) -> Self {
        let mut head = [0; 40];
        for (byte, of_key) in head.iter_mut().zip(key.as_bytes()) {
            *byte = *of_key;
        }
        let mut words = [0; 5];
        for (word, bytes) in words.iter_mut().zip(head.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self(words)
    }
}

impl Rows for Overlay<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        match self.numbers.find(key).and_then(|row| self.cells.get(row as usize)) {
            Some(cell) => Ok(cell.value()),
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranks_are_in_the_order_of_keys(
            one in vec(prop::sample::select(vec![0_u8, 1, 255]), 0..50),
            other in vec(prop::sample::select(vec![0_u8, 1, 255]), 0..50),
        ) {
            let order = |key: &Vec<u8>| (Rank::of(&key.clone().into()), key.clone());
            prop_assert_eq!(order(&one).cmp(&order(&other)), one.cmp(&other));
        }
    }
}
