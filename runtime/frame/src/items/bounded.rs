//! A sum that calls take from and give to within bounds, without waiting for each other.

use parity_scale_codec::Encode;

use super::{Place, put_sum, read};
use crate::tx::Attempt;
use crate::{Access, Escrow, Fault, RowKey, Rows, StorageEntry, Tx};

/// One sum that stays between 0 and a maximum. Calls that take from it or give to it, and say
/// beforehand how much at most, do not conflict while the sum covers all of them.
#[derive(Debug)]
pub struct BoundedSum {
    at: Place,
    max: u128,
}

impl BoundedSum {
    /// The sum of `item` in `pallet`, at most `max`.
    pub const fn new(pallet: &str, item: &'static str, max: u128) -> Self {
        Self { at: Place::new(pallet, item, true), max }
    }

    /// The row's key.
    pub fn key(&self) -> RowKey {
        self.at.single()
    }

    /// Declare that up to `takes` will be taken and up to `gives` given, all attempts added up.
    pub fn declare(&self, access: &mut Access, takes: u128, gives: u128) {
        access.bounded(self.key(), Escrow { takes, gives, max: self.max });
    }

    /// The sum; 0 if nothing was ever given.
    pub fn get<R: Rows + ?Sized>(&self, rows: &R) -> Result<u128, Fault> {
        Ok(read(rows, &self.key())?.unwrap_or_default())
    }

    /// Replace the sum; `false` if `value` is above the maximum, and nothing changes. Orders after
    /// everything earlier.
    pub fn put(&self, tx: &mut Tx<'_>, value: u128) -> Result<bool, Fault> {
        if value <= self.max {
            put_sum(tx, self.key(), &value)?;
        }
        Ok(value <= self.max)
    }

    /// Give `amount`; `false` if the sum would exceed its maximum, and nothing changes.
    pub fn try_add(&self, tx: &mut Tx<'_>, amount: u128) -> Result<bool, Fault> {
        Ok(tx.attempt(self.key(), Attempt::Give(amount, self.max))?.is_ok())
    }

    /// Take `amount`; `false` if there is less, and nothing changes.
    pub fn try_sub(&self, tx: &mut Tx<'_>, amount: u128) -> Result<bool, Fault> {
        Ok(self.take(tx, amount)?.is_ok())
    }

    /// Take `amount`; if there is less, nothing changes and what there is is the error, the same on
    /// every path.
    pub fn take(&self, tx: &mut Tx<'_>, amount: u128) -> Result<Result<(), u128>, Fault> {
        tx.attempt(self.key(), Attempt::Take(amount))
    }

    /// What metadata says of the item.
    pub fn entry(&self, docs: &'static str) -> StorageEntry {
        let value = (scale_info::meta_type::<u128>(), 0_u128.encode());
        self.at.entry((&[], None), value, docs)
    }
}
