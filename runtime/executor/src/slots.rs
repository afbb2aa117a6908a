//! The rows of a segment while its transactions run in parallel.
//!
//! Every declared row has a slot. The graph already keeps conflicting transactions apart, so the
//! locks are never contended by writers; they make the sharing safe without `unsafe`.

use std::sync::{PoisonError, RwLock};

use althing_frame::{Access, Change, Effects, Fault, Lanes, RowKey, RowValue, Rows};

/// One row: its value, and what was added to it since.
#[derive(Debug, Default)]
struct Slot {
    value: Option<RowValue>,
    added: Option<Lanes>,
}

impl Slot {
    fn settled(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        match &self.added {
            None => Ok(self.value.clone()),
            Some(lanes) => Change::Add(*lanes).apply(self.value.as_deref(), key),
        }
    }
}

/// All rows that a segment declares.
#[derive(Debug)]
pub(crate) struct Slots(Vec<RwLock<Slot>>);

impl Slots {
    /// Load the rows from `base`.
    pub(crate) fn load<R: Rows>(base: &R, rows: &[RowKey]) -> Result<Self, Fault> {
        let load = |key| Ok(RwLock::new(Slot { value: base.row(key)?, added: None }));
        rows.iter().map(load).collect::<Result<_, Fault>>().map(Self)
    }

    /// The value of every slot, in order.
    pub(crate) fn settle(self, rows: &[RowKey]) -> Result<Vec<Option<RowValue>>, Fault> {
        self.0
            .into_iter()
            .zip(rows)
            .map(|(slot, key)| {
                slot.into_inner().unwrap_or_else(PoisonError::into_inner).settled(key)
            })
            .collect()
    }
}

/// The slots as one transaction sees them: only those it declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotRows<'a> {
    pub(crate) slots: &'a Slots,
    pub(crate) access: &'a Access,
    pub(crate) positions: &'a [u32],
}

impl<'a> SlotRows<'a> {
    /// Apply a transaction's effects to the slots of its access set.
    pub(crate) fn commit(&self, effects: &Effects) -> Result<(), Fault> {
        for row in effects.rows() {
            let slot = self.slot(row.position, &row.key)?;
            // A poisoned lock means that another task panicked, which ends the block anyway.
            let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
            match &row.change {
                Change::Set(value) => *slot = Slot { value: value.clone(), added: None },
                Change::Add(lanes) => match &mut slot.added {
                    Some(added) => {
                        added.add(lanes).map_err(|_| Fault::corrupt(&row.key))?;
                    }
                    None => slot.added = Some(*lanes),
                },
            }
        }
        Ok(())
    }

    /// The slot of the row at `position` of the access set.
    fn slot(&self, position: Option<u32>, key: &RowKey) -> Result<&'a RwLock<Slot>, Fault> {
        position
            .and_then(|at| self.positions.get(at as usize))
            .and_then(|slot| self.slots.0.get(*slot as usize))
            .ok_or_else(|| Fault::violation(key))
    }
}

impl Rows for SlotRows<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let position = self.access.position(key).ok_or_else(|| Fault::violation(key))?;
        self.row_at(position, key)
    }

    fn row_at(&self, position: usize, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let position = u32::try_from(position).ok();
        self.slot(position, key)?.read().unwrap_or_else(PoisonError::into_inner).settled(key)
    }
}
