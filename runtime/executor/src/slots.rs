//! The rows of a segment as its transactions see them: each only those it declared, by their
//! places.
//!
//! Rows that very many transactions of a segment touch would make workers wait for each other's
//! processor caches, though they commute. A row that all only read has a copy without a lock. A sum
//! that many add to has a part for each worker, folded when somebody looks at the sum and at the
//! segment's end; additions are modulo 2^128, so the folding order cannot show. Of 10,000 votes on one
//! referendum, at 5 us each on two busy cores, neither costs nor gains: two workers seldom meet. The
//! parts are for more workers and shorter calls.

use std::sync::{Mutex, MutexGuard, PoisonError};

use althing_frame::{Access, Change, Fault, Lanes, RowChange, RowKey, RowValue, Rows};

use crate::graph::Hot;
use crate::overlay::{Cell, Overlay};
use crate::places::{Place, Places};

/// The rows that very many transactions of a segment touch.
#[derive(Debug)]
pub(crate) struct HotRows<'a> {
    rows: Vec<HotCell<'a>>,
    /// What each worker added to each.
    sums: Vec<WorkerSums>,
}

#[derive(Debug)]
struct HotCell<'a> {
    cell: &'a Cell,
    key: &'a RowKey,
    /// Nobody changes it: `copy` is its value.
    is_read_only: bool,
    copy: Option<RowValue>,
}

/// Alone on its cache lines, so that workers do not disturb each other.
#[derive(Debug)]
#[repr(align(128))]
struct WorkerSums(Mutex<Vec<Option<Lanes>>>);

impl WorkerSums {
    fn lock(&self) -> MutexGuard<'_, Vec<Option<Lanes>>> {
        // A poisoned lock means that a task panicked, which ends the block anyway.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> HotRows<'a> {
    pub(crate) fn new(overlay: &'a Overlay<'_>, hot: &[Hot], workers: usize) -> Self {
        let cell = |hot: &Hot| {
            let cell = overlay.cells().get(hot.row as usize)?;
            let is_read_only = hot.is_read_only;
            let copy = if is_read_only { cell.value() } else { None };
            Some(HotCell { cell, key: overlay.key(hot.row)?, is_read_only, copy })
        };
        // The graph numbers rows of the overlay only.
        let rows: Vec<_> = hot.iter().filter_map(cell).collect();
        let sums = || WorkerSums(Mutex::new(vec![None; rows.len()]));
        let sums = (0..workers).map(|_| sums()).collect();
        Self { rows, sums }
    }

    fn get(&self, hot: u32) -> Result<&HotCell<'a>, Fault> {
        let broken = Fault::Broken { invariant: "every hot row of a segment has a cell" };
        self.rows.get(hot as usize).ok_or(broken)
    }

    /// Under the cell's lock, so that no other reader misses what is between two places.
    fn fold(&self, hot: u32) -> Result<Option<RowValue>, Fault> {
        let row = self.get(hot)?;
        let mut slot = row.cell.lock();
        for sums in &self.sums {
            let sum = sums.lock().get_mut(hot as usize).and_then(Option::take);
            if let Some(sum) = sum {
                slot.add(&sum, row.key)?;
            }
        }
        Ok(slot.now.clone())
    }

    fn value(&self, hot: u32) -> Result<Option<RowValue>, Fault> {
        let row = self.get(hot)?;
        if row.is_read_only { Ok(row.copy.clone()) } else { self.fold(hot) }
    }

    fn change(&self, worker: usize, hot: u32, change: &Change) -> Result<(), Fault> {
        let row = self.get(hot)?;
        let (Change::Add(lanes), Some(sums)) = (change, self.sums.get(worker)) else {
            self.fold(hot)?;
            return row.cell.change(change, row.key);
        };
        let mut sums = sums.lock();
        let Some(sum) = sums.get_mut(hot as usize) else { return Ok(()) };
        sum.get_or_insert_default().add(lanes).map_err(|_| Fault::corrupt(row.key))
    }

    /// Put all sums where they belong.
    pub(crate) fn settle(&self) -> Result<(), Fault> {
        for (hot, row) in (0_u32..).zip(&self.rows) {
            if !row.is_read_only {
                self.fold(hot)?;
            }
        }
        Ok(())
    }
}

/// The rows as one transaction sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotRows<'a> {
    pub(crate) cells: &'a [Cell],
    pub(crate) hot: Option<&'a HotRows<'a>>,
    pub(crate) access: &'a Access,
    /// A word for each row of the access set.
    pub(crate) places: &'a [u32],
    pub(crate) worker: usize,
}

/// Where a row is.
enum Found<'a> {
    Cell(&'a Cell),
    Hot(&'a HotRows<'a>, u32),
}

impl<'a> SlotRows<'a> {
    /// Apply one row change of the transaction.
    pub(crate) fn commit(&self, row: &RowChange) -> Result<(), Fault> {
        let position = row.position.ok_or_else(|| Fault::violation(&row.key))?;
        match self.find(position as usize, &row.key)? {
            Found::Cell(cell) => cell.change(&row.change, &row.key),
            Found::Hot(rows, hot) => rows.change(self.worker, hot, &row.change),
        }
    }

    fn find(&self, position: usize, key: &RowKey) -> Result<Found<'a>, Fault> {
        let place = self.places.get(position).map(|word| Places::place(*word));
        match (place, self.hot) {
            (Some(Place::Row(row)), _) => self.cells.get(row as usize).map(Found::Cell),
            (Some(Place::Hot(hot)), Some(rows)) => Some(Found::Hot(rows, hot)),
            (Some(Place::Hot(_)) | None, _) => None,
        }
        .ok_or_else(|| Fault::violation(key))
    }
}

impl Rows for SlotRows<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let position = self.access.position(key).ok_or_else(|| Fault::violation(key))?;
        self.row_at(position, key)
    }

    fn row_at(&self, position: usize, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        match self.find(position, key)? {
            Found::Cell(cell) => Ok(cell.value()),
            Found::Hot(rows, hot) => rows.value(hot),
        }
    }

    fn is_covered(&self, position: usize) -> bool {
        self.places.get(position).is_some_and(|word| Places::is_covered(*word))
    }
}
