//! The effects of one transaction, in layers that are kept or dropped whole.

use std::collections::BTreeMap;

use crate::{
    Access, BlockEnv, DispatchError, Event, Fault, Lanes, Origin, RowKey, RowValue, Rows, Runtime,
};

/// How deeply calls may nest.
const DEPTH_MAX: usize = 8;

/// What happens to one row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// The row takes this value, or goes away.
    Set(Option<RowValue>),
    /// The lanes are added to the row's.
    Add(Lanes),
}

/// All effects of a transaction, ready to be committed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Effects {
    /// Row changes, each row once.
    pub rows: BTreeMap<RowKey, Change>,
    /// Outer events in order.
    pub events: Vec<Vec<u8>>,
}

/// A transaction on its way: reads see the base rows and the transaction's own effects.
///
/// Layers: [`Tx::layered`] runs a step whose effects are dropped if it fails. The executor uses
/// this to keep the fee and drop the call.
#[derive(Debug)]
pub struct Tx<'a> {
    base: &'a dyn RowsDebug,
    access: Option<&'a Access>,
    runtime: &'a dyn Runtime,
    block: BlockEnv,
    layers: Vec<Effects>,
}

/// Rows that can be named in a debug print of a transaction.
pub(crate) trait RowsDebug: Rows + Sync {}

impl<T: Rows + Sync + ?Sized> RowsDebug for T {}

impl core::fmt::Debug for dyn RowsDebug + '_ {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("rows")
    }
}

impl<'a> Tx<'a> {
    /// A transaction that may touch any row: hooks, enactments, genesis.
    pub fn unrestricted<R: Rows + Sync>(
        base: &'a R,
        runtime: &'a dyn Runtime,
        block: BlockEnv,
    ) -> Self {
        Self { base, access: None, runtime, block, layers: vec![Effects::default()] }
    }

    /// A transaction confined to its declared access.
    pub fn confined<R: Rows + Sync>(
        base: &'a R,
        access: &'a Access,
        runtime: &'a dyn Runtime,
        block: BlockEnv,
    ) -> Self {
        Self { base, access: Some(access), runtime, block, layers: vec![Effects::default()] }
    }

    /// The block in which this runs.
    pub fn block(&self) -> &BlockEnv {
        &self.block
    }

    /// The runtime in which this runs.
    pub fn runtime(&self) -> &'a dyn Runtime {
        self.runtime
    }

    /// Tell the world what happened.
    pub fn emit<E: Event>(&mut self, event: &E) {
        let event = event.to_outer();
        self.top().events.push(event);
    }

    /// Run `step` in a layer of its own: kept if it succeeds, dropped whole if it fails.
    pub fn layered<T, E: From<DispatchError>>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.layers.len() > DEPTH_MAX {
            return Err(DispatchError::Exhausted.into());
        }
        self.layers.push(Effects::default());
        let outcome = step(self);
        let layer = self.layers.pop().unwrap_or_default();
        let value = outcome?;
        self.merge(layer).map_err(|fault| E::from(DispatchError::Fault(fault)))?;
        Ok(value)
    }

    /// Decode `call` and run it as `origin` in a layer of its own.
    pub fn dispatch(&mut self, call: &[u8], origin: Origin) -> Result<(), DispatchError> {
        let call = self.runtime.decode_call(call).map_err(|_| DispatchError::Undecodable)?;
        self.layered(|tx| call.dispatch(tx, origin))
    }

    /// Hand over the effects.
    pub fn into_effects(mut self) -> Result<Effects, Fault> {
        while self.layers.len() > 1 {
            let layer = self.layers.pop().unwrap_or_default();
            self.merge(layer)?;
        }
        Ok(self.layers.pop().unwrap_or_default())
    }

    /// Set or remove a row.
    pub fn set_row(&mut self, key: RowKey, value: Option<RowValue>) -> Result<(), Fault> {
        if self.access.is_some_and(|access| !access.allows_write(&key)) {
            return Err(Fault::AccessViolation { key });
        }
        self.top().rows.insert(key, Change::Set(value));
        Ok(())
    }

    /// Add lanes to a sum without reading it.
    pub fn add_lanes(&mut self, key: RowKey, lanes: Lanes) -> Result<(), Fault> {
        if self.access.is_some_and(|access| !access.allows_add(&key)) {
            return Err(Fault::AccessViolation { key });
        }
        let rows = &mut self.top().rows;
        match rows.remove(&key) {
            None => rows.insert(key, Change::Add(lanes)),
            Some(below) => {
                let merged = below.then(Change::Add(lanes), &key)?;
                rows.insert(key, merged)
            }
        };
        Ok(())
    }

    fn top(&mut self) -> &mut Effects {
        if self.layers.is_empty() {
            self.layers.push(Effects::default());
        }
        let last = self.layers.len().saturating_sub(1);
        // The vector was just seen not to be empty.
        self.layers.get_mut(last).expect("a transaction has at least one layer")
    }

    fn merge(&mut self, layer: Effects) -> Result<(), Fault> {
        let top = self.top();
        for (key, change) in layer.rows {
            let merged = match top.rows.remove(&key) {
                Some(below) => below.then(change, &key)?,
                None => change,
            };
            top.rows.insert(key, merged);
        }
        top.events.extend(layer.events);
        Ok(())
    }
}

impl Rows for Tx<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        if self.access.is_some_and(|access| !access.allows_read(key)) {
            return Err(Fault::AccessViolation { key: key.clone() });
        }
        let mut added = Vec::new();
        for layer in self.layers.iter().rev() {
            match layer.rows.get(key) {
                None => {}
                Some(Change::Set(value)) => return sum_up(value.clone(), &added, key),
                Some(Change::Add(lanes)) => added.push(lanes),
            }
        }
        sum_up(self.base.row(key)?, &added, key)
    }
}

impl Change {
    /// The change that has the effect of `self`, then `later`.
    pub fn then(self, later: Self, key: &RowKey) -> Result<Self, Fault> {
        match (self, later) {
            (_, later @ Self::Set(_)) => Ok(later),
            (Self::Set(value), Self::Add(lanes)) => Ok(Self::Set(sum_up(value, &[&lanes], key)?)),
            (Self::Add(mut below), Self::Add(lanes)) => {
                below.add(&lanes).map_err(|_| Fault::Corrupt { key: key.clone() })?;
                Ok(Self::Add(below))
            }
        }
    }

    /// The row's value after this change, when it held `before`.
    pub fn apply(&self, before: Option<RowValue>, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        match self {
            Self::Set(value) => Ok(value.clone()),
            Self::Add(lanes) => sum_up(before, &[lanes], key),
        }
    }
}

fn sum_up(
    value: Option<RowValue>,
    added: &[&Lanes],
    key: &RowKey,
) -> Result<Option<RowValue>, Fault> {
    if added.is_empty() {
        return Ok(value);
    }
    let corrupt = |_| Fault::Corrupt { key: key.clone() };
    let mut sum = Lanes::from_bytes(value.as_deref().unwrap_or(&[])).map_err(corrupt)?;
    for lanes in added {
        sum.add(lanes).map_err(corrupt)?;
    }
    Ok(sum.to_bytes().map(Into::into))
}
