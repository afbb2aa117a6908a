//! A transaction on its way: what it reads, what it changes, and layers that are kept or dropped
//! whole.

mod bounded;
mod effects;
#[cfg(test)]
mod tests;

pub(crate) use bounded::Attempt;
use bounded::Attempted;
pub use effects::{Change, Effects, RowChange};

use core::cell::RefCell;

use althing_primitives::SchemeId;

use crate::{
    Access, BlockEnv, DispatchError, Event, Fault, Lanes, Mode, Origin, RowKey, RowValue, Rows,
    Runtime, Voice,
};

/// How deeply calls may nest.
const DEPTH_MAX: usize = 8;

/// A transaction on its way: reads see the base rows and the transaction's own effects.
///
/// Layers: [`Tx::layered`] runs a step whose effects are dropped if it fails. The executor uses
/// this to keep the fee and drop the call. Changes are made in place, and what they replaced is
/// noted as long as a layer is open, so that a step that succeeds costs no merging.
#[derive(Debug)]
pub struct Tx<'a> {
    base: &'a dyn RowsDebug,
    access: Option<&'a Access>,
    runtime: &'a dyn Runtime,
    block: BlockEnv,
    voice: Option<Voice>,
    effects: Effects,
    /// How many layers are open.
    depth: usize,
    /// How to undo what happened since the first layer opened, the latest last.
    undo: Vec<Undo>,
    /// What was tried on bounded sums.
    attempted: Vec<Attempted>,
    /// Declared rows as they were found below, by their position. A pallet asks for an account's
    /// row half a dozen times, and nobody else changes it during this transaction's turn.
    found: RefCell<Vec<(usize, Option<RowValue>)>>,
}

/// How to undo one change of a row.
#[derive(Debug)]
enum Undo {
    /// The row had not been changed before.
    Forget,
    /// The row at this place had been changed in this way.
    Restore(usize, Change),
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
        Self {
            base,
            access: None,
            runtime,
            block,
            voice: None,
            effects: Effects::default(),
            depth: 0,
            undo: Vec::new(),
            attempted: Vec::new(),
            found: RefCell::new(Vec::new()),
        }
    }

    /// A transaction confined to its declared access.
    pub fn confined<R: Rows + Sync>(
        base: &'a R,
        access: &'a Access,
        runtime: &'a dyn Runtime,
        block: BlockEnv,
    ) -> Self {
        Self { access: Some(access), ..Self::unrestricted(base, runtime, block) }
    }

    /// The block in which this runs.
    pub fn block(&self) -> &BlockEnv {
        &self.block
    }

    /// The same, signed in such a way that `voice` answers for it.
    #[must_use]
    pub fn with_voice(self, voice: Option<Voice>) -> Self {
        Self { voice, ..self }
    }

    /// The scheme whose break would be enough to forge this transaction, [`SchemeId::JOINT`] if no
    /// single one is; none if nobody signed it. Ballots about cryptography are kept apart by it.
    pub fn voice(&self) -> Option<SchemeId> {
        self.voice.as_ref().map(Voice::scheme)
    }

    /// The schemes that answer for this transaction together; none if nobody signed it.
    pub fn answering(&self) -> &[SchemeId] {
        self.voice.as_ref().map_or(&[], Voice::schemes)
    }

    /// The runtime in which this runs.
    pub fn runtime(&self) -> &'a dyn Runtime {
        self.runtime
    }

    /// Tell the world what happened.
    pub fn emit<E: Event>(&mut self, event: &E) {
        self.effects.events.push(event);
    }

    /// Run `step` in a layer of its own: kept if it succeeds, dropped whole if it fails.
    pub fn layered<T, E: From<DispatchError>>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.depth >= DEPTH_MAX {
            return Err(DispatchError::Exhausted.into());
        }
        let (changes, events) = (self.undo.len(), self.effects.events.len());
        self.depth = self.depth.saturating_add(1);
        let outcome = step(self);
        self.depth = self.depth.saturating_sub(1);
        if outcome.is_err() {
            self.roll_back(changes);
            self.effects.events.truncate(events);
        }
        if self.depth == 0 {
            self.undo.clear();
        }
        outcome
    }

    fn roll_back(&mut self, changes: usize) {
        while self.undo.len() > changes {
            match self.undo.pop() {
                Some(Undo::Restore(place, before)) => {
                    if let Some(row) = self.effects.at_mut(place) {
                        row.change = before;
                    }
                }
                // Changes are undone from the latest on, so the row is the last one.
                Some(Undo::Forget) => self.effects.forget_last(),
                None => return,
            }
        }
    }

    /// Decode `call` and run it as `origin` in a layer of its own.
    pub fn dispatch(&mut self, call: &[u8], origin: Origin) -> Result<(), DispatchError> {
        let call = self.runtime.decode_call(call).map_err(|_| DispatchError::Undecodable)?;
        self.layered(|tx| call.dispatch(tx, origin))
    }

    /// Hand over the effects.
    pub fn into_effects(self) -> Effects {
        self.effects
    }

    /// Set or remove a row.
    pub fn set_row(&mut self, key: RowKey, value: Option<RowValue>) -> Result<(), Fault> {
        let position = self.permitted(&key, |mode| mode == Mode::Write)?;
        self.change(key, position, Change::Set(value))
    }

    /// Add lanes to a sum without reading it.
    pub fn add_lanes(&mut self, key: RowKey, lanes: Lanes) -> Result<(), Fault> {
        let position = self.permitted(&key, |mode| matches!(mode, Mode::Add | Mode::Write))?;
        self.change(key, position, Change::Add(lanes))
    }

    /// Where `key` stands in the access set, if there is one and it allows what is about to happen.
    fn permitted(
        &self,
        key: &RowKey,
        allowed: impl FnOnce(Mode) -> bool,
    ) -> Result<Option<usize>, Fault> {
        let Some(access) = self.access else { return Ok(None) };
        let position = access.position(key);
        let mode = position.and_then(|at| access.at(at)).map(|row| row.mode);
        if access.is_exclusive() || mode.is_some_and(allowed) {
            return Ok(position);
        }
        Err(Fault::violation(key))
    }

    fn change(
        &mut self,
        key: RowKey,
        position: Option<usize>,
        change: Change,
    ) -> Result<(), Fault> {
        let place = self.effects.place(&key);
        if let Some((place, row)) =
            place.and_then(|place| Some((place, self.effects.at_mut(place)?)))
        {
            if self.depth > 0 {
                self.undo.push(Undo::Restore(place, row.change.clone()));
            }
            return row.change.push(change, &row.key);
        }
        if self.depth > 0 {
            self.undo.push(Undo::Forget);
        }
        // An access set has far fewer than 2^32 rows.
        let position = position.map(|position| u32::try_from(position).unwrap_or(u32::MAX));
        self.effects.append(RowChange { key, position, change });
        Ok(())
    }

    /// The row under the transaction's own effects.
    fn below(&self, key: &RowKey, position: Option<usize>) -> Result<Option<RowValue>, Fault> {
        let Some(position) = position else { return self.base.row(key) };
        let mut found = self.found.borrow_mut();
        if let Some((_, value)) = found.iter().find(|(known, _)| *known == position) {
            return Ok(value.clone());
        }
        let value = self.base.row_at(position, key)?;
        found.push((position, value.clone()));
        Ok(value)
    }

    fn seen(&self, key: &RowKey, position: Option<usize>) -> Result<Option<RowValue>, Fault> {
        match self.effects.change(key) {
            None => self.below(key, position),
            Some(Change::Set(value)) => Ok(value.clone()),
            Some(change @ Change::Add(_)) => {
                change.apply(self.below(key, position)?.as_deref(), key)
            }
        }
    }
}

impl Rows for Tx<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<RowValue>, Fault> {
        let position = self.permitted(key, |mode| matches!(mode, Mode::Read | Mode::Write))?;
        self.seen(key, position)
    }

    /// As the rows below say: this transaction's own changes are not looked at.
    fn keys_after(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<RowKey>, Fault> {
        // No declared access covers rows whose keys the list is yet to tell.
        if self.access.is_some() {
            return Err(Fault::violation(&RowKey::from(prefix.to_vec())));
        }
        self.base.keys_after(prefix, after, max)
    }
}
