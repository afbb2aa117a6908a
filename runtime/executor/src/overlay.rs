//! Rows as they stand in the middle of a block: the parent's rows and the block's own changes.
//!
//! Every row that a transaction declares or a hook changes gets a number and a cell, once a block.
//! Numbers follow the order of transactions, so they are the same for every kind of execution. The
//! graph keeps conflicting transactions apart; the locks are hardly ever contended and make the
//! sharing safe without `unsafe`.

use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use althing_frame::{Change, Effects, Fault, IterRows, Lanes, RowKey, RowValue, Rows};
use althing_primitives::Hash256;
use althing_primitives::state_proof::path_of;
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
}

/// A row's slot. A poisoned lock means that a task panicked, which ends the block anyway.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Where the state has the row: hashed once, for looking up and for changing.
    path: Hash256,
    slot: RwLock<Slot>,
}

impl Cell {
    fn new(path: Hash256, value: Option<RowValue>) -> Self {
        Self { path, slot: RwLock::new(Slot { before: value.clone(), now: value }) }
    }

    fn of(base: &State, key: &RowKey) -> Self {
        let path = path_of(key.as_bytes());
        Self::new(path, base.find(&path).cloned())
    }

    pub(crate) fn value(&self) -> Option<RowValue> {
        self.slot.read().unwrap_or_else(PoisonError::into_inner).now.clone()
    }

    fn is_changed(&self) -> bool {
        let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
        slot.before != slot.now
    }

    pub(crate) fn lock(&self) -> RwLockWriteGuard<'_, Slot> {
        self.slot.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(&self, change: &Change, key: &RowKey) -> Result<(), Fault> {
        self.lock().change(change, key)
    }

    fn get_mut(&mut self) -> &mut Slot {
        self.slot.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Paths of changed rows, and the rows themselves in the same order.
pub(crate) type Changed = (Vec<Hash256>, Vec<(RowKey, Option<RowValue>)>);

/// A row that has a number and no cell yet: who declared it first, and where.
#[derive(Clone, Copy, Debug)]
struct Fresh<'a> {
    ready: &'a Ready<'a>,
    position: u32,
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
        // The parent's root: known to nobody before the parent was made.
        let seed = base.root().0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Self { base, numbers: Numbering::new(seed), cells: Vec::new() }
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
    fn number(&mut self, ready: &'a Ready<'_>, places: &mut Places, fresh: &mut Vec<Fresh<'a>>) {
        for (position, declared) in (0_u32..).zip(ready.access.rows()) {
            let known = self.numbers.len();
            let row = self.numbers.number(&declared.key);
            if self.numbers.len() > known {
                fresh.push(Fresh { ready, position });
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
        for fresh in fresh {
            let cell = self.load(fresh)?;
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
        let loaded: Result<Vec<Cell>, Fault> =
            fresh.par_iter().with_min_len(GRAIN).map(|fresh| self.load(*fresh)).collect();
        let mut loaded = loaded?;
        if self.cells.is_empty() {
            self.cells = loaded;
        } else {
            self.cells.append(&mut loaded);
        }
        Ok(places)
    }

    /// The cell of a row as it stands in the parent. Admission has read most rows already and kept
    /// their values.
    fn load(&self, Fresh { ready, position }: Fresh<'_>) -> Result<Cell, Fault> {
        let read = ready.read.iter().find(|(read, ..)| *read == position);
        if let Some((_, path, value)) = read {
            return Ok(Cell::new(*path, value.clone()));
        }
        let declared = ready.access.rows().get(position as usize);
        let declared = declared.ok_or(Fault::Broken { invariant: "a numbered row is declared" })?;
        Ok(Cell::of(self.base, &declared.key))
    }

    /// Apply the row changes of one step that nothing runs beside.
    pub(crate) fn commit(&mut self, effects: &Effects) -> Result<(), Fault> {
        for row in effects.rows() {
            let number = self.numbers.number_owned(&row.key) as usize;
            if number >= self.cells.len() {
                self.cells.push(Cell::of(self.base, &row.key));
            }
            if let Some(cell) = self.cells.get_mut(number) {
                cell.get_mut().change(&row.change, &row.key)?;
            }
        }
        Ok(())
    }

    /// The rows that differ from the parent's, in ascending order of their keys, and their paths.
    pub(crate) fn into_changes(self) -> Changed {
        let Self { numbers, cells, .. } = self;
        let rank = |(row, cell): (usize, &Cell)| {
            let row = u32::try_from(row).ok()?;
            cell.is_changed().then(|| Some((Rank::of(numbers.key(row)?), row)))?
        };
        let order = |(one, first): &(Rank, u32), (other, second): &(Rank, u32)| {
            one.cmp(other).then_with(|| numbers.key(*first).cmp(&numbers.key(*second)))
        };
        let own = |(_, row): &(Rank, u32)| {
            let cell = cells.get(*row as usize)?;
            Some((cell.path, (numbers.key(*row)?.clone(), cell.value())))
        };
        if cells.len() < GRAIN {
            let mut rows: Vec<_> = cells.iter().enumerate().filter_map(rank).collect();
            rows.sort_unstable_by(order);
            return rows.iter().filter_map(own).unzip();
        }
        let ranked = cells.par_iter().enumerate().with_min_len(GRAIN).filter_map(rank);
        let mut rows: Vec<_> = ranked.collect();
        rows.par_sort_unstable_by(order);
        // Clearing up takes as long as making them: many cells, each with two values.
        let own = |row| own(row).expect("a changed row has a number");
        let changes = rows.par_iter().with_min_len(GRAIN).map(own).unzip();
        cells.into_par_iter().with_min_len(GRAIN).for_each(drop);
        changes
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

    fn keys_after(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<RowKey>, Fault> {
        self.base.keys_after(prefix, after, max)
    }
}

impl Rows for State {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        Ok(self.get(key.as_bytes()).cloned())
    }

    fn keys_after(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<RowKey>, Fault> {
        Ok(self.keys(prefix, after, max).map(RowKey::from).collect())
    }
}

impl IterRows for State {
    fn rows_with_prefix(&self, prefix: &[u8]) -> Vec<(RowKey, RowValue)> {
        self.range(prefix, None, usize::MAX)
            .map(|(key, value)| (key.into(), value.clone()))
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
