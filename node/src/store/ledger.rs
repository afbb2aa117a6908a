//! The store over any engine: admission of blocks, layout of records, folding.

use std::sync::{
    Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

use althing_primitives::{BlockNumber, Hash256};
use parity_scale_codec::{Decode, Encode};

use super::{
    Batch, BlockRecord, Change, Engine, Genesis, LoadedState, Meta, Row, Store, StoreError,
    StoredBlock, StoredHead,
    fold::{self, Limits, Round},
    pages::{self, Folded},
    record::{self, Record},
};

/// The layout this program reads and writes (S2).
pub const FORMAT: u32 = 1;

/// Where the format stands in every version of the layout: four bytes, little-endian (S2).
const FORMAT_KEY: &[u8] = &[0x01];
/// First byte of the keys from block hash to height (S7).
const NUMBER_KIND: u8 = 0x20;

/// A [`Store`] over an engine.
#[derive(Debug)]
pub struct Ledger<E> {
    engine: E,
    limits: Limits,
    /// The highest acknowledged block. Blocks above it may exist when a write failed; no one is
    /// shown them.
    tip: RwLock<Option<Tip>>,
    /// Commits take turns.
    writer: Mutex<()>,
    /// Folding takes turns. `None` before the store is initialised.
    folded: Mutex<Option<Folded>>,
    /// A write failed (T4).
    stopped: AtomicBool,
}

#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
struct Tip {
    number: BlockNumber,
    hash: Hash256,
}

impl<E: Engine> Ledger<E> {
    /// The store that an engine holds, or an empty one if the engine is empty.
    pub fn over(engine: E) -> Result<Self, StoreError> {
        if let Some(bytes) = engine.get(FORMAT_KEY)? {
            let found = bytes.as_ref().first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
            if found != FORMAT {
                return Err(StoreError::Format { found, supported: FORMAT });
            }
        }
        let begun = record::read::<Meta>(&engine, Record::Meta)?.is_some();
        let (tip, folded) = if begun {
            let tip = record::require(&engine, Record::Tip)?.value;
            (Some(tip), Some(record::require(&engine, Record::Folded)?.value))
        } else {
            (None, None)
        };
        Ok(Self {
            engine,
            limits: Limits::default(),
            tip: RwLock::new(tip),
            writer: Mutex::new(()),
            folded: Mutex::new(folded),
            stopped: AtomicBool::new(false),
        })
    }

    /// The same store, folding less at once, so that small tests take many steps.
    #[cfg(test)]
    pub(crate) fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Write a batch, unless an earlier one failed.
    fn write(&self, batch: E::Batch) -> Result<(), StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        self.engine.apply(batch).inspect_err(|_| self.stopped.store(true, Ordering::Release))
    }

    fn acknowledged(&self) -> Option<Tip> {
        *self.tip.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn acknowledge(&self, tip: Tip) {
        *self.tip.write().unwrap_or_else(PoisonError::into_inner) = Some(tip);
    }

    fn is_acknowledged(&self, number: BlockNumber) -> bool {
        self.acknowledged().is_some_and(|tip| number <= tip.number)
    }

    /// Whether to write the block (S11): `false` if it is there already.
    fn admit(&self, block: &BlockRecord) -> Result<bool, StoreError> {
        let tip = self.acknowledged().ok_or(StoreError::Uninitialised)?;
        if block.number <= tip.number {
            let head: StoredHead = record::require(&self.engine, Record::Head(block.number))?.value;
            return if head.hash == block.hash {
                Ok(false)
            } else {
                let (number, stored, offered) = (block.number, head.hash, block.hash);
                Err(StoreError::Conflict { number, stored, offered })
            };
        }
        // Heights are u32: the last one has no successor to expect.
        if tip.number.checked_add(1) != Some(block.number) {
            let expected = tip.number.saturating_add(1);
            return Err(StoreError::Gap { offered: block.number, expected });
        }
        if block.parent != tip.hash {
            let (number, found, expected) = (block.number, block.parent, tip.hash);
            return Err(StoreError::Parent { number, found, expected });
        }
        Ok(true)
    }

    /// Write the rows of a round into pages, step by step.
    fn write_round(&self, folded: &mut Folded, mut round: Round) -> Result<(), StoreError> {
        loop {
            let step = fold::next_step(&self.engine, folded, &mut round, self.limits)?;
            self.write(step.batch)?;
            *folded = step.folded;
            if step.is_last {
                return Ok(());
            }
        }
    }
}

/// A guarded value is replaced whole or not at all, so it is sound after a panic elsewhere.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The key from hash to height.
fn number_key(hash: Hash256) -> [u8; 33] {
    let mut key = [NUMBER_KIND; 33];
    if let Some(rest) = key.last_chunk_mut::<32>() {
        *rest = hash.0;
    }
    key
}

/// Put the records of a block, the index entry and the tip, but not the changes.
fn put_block(batch: &mut impl Batch, block: BlockRecord) -> Tip {
    let BlockRecord { number, hash, parent, header, extrinsics, justification, receipts, .. } =
        block;
    record::put(batch, Record::Head(number), &StoredHead { hash, parent, header });
    record::put(batch, Record::Body(number), &extrinsics);
    record::put(batch, Record::Justification(number), &justification);
    record::put(batch, Record::Receipts(number), &receipts);
    batch.put(&number_key(hash), &number.to_be_bytes());
    let tip = Tip { number, hash };
    record::put(batch, Record::Tip, &tip);
    tip
}

impl<E: Engine> Store for Ledger<E> {
    fn initialise(&self, genesis: Genesis) -> Result<(), StoreError> {
        let _turn = hold(&self.writer);
        let mut folded = hold(&self.folded);
        if let Some(meta) = self.meta()? {
            let (found, expected) = (meta.genesis, genesis.hash);
            return if found == expected {
                Ok(())
            } else {
                Err(StoreError::Genesis { found, expected })
            };
        }

        let Genesis { hash, header, rows, chain_spec } = genesis;
        let mut round = Round::default();
        fold::merge(&mut round.merged, rows.into_iter().map(|(key, value)| (key, Some(value))));
        // As there are no pages yet, all rows are one page's, and one step's, before it is split.
        let mut step = fold::next_step(&self.engine, &Folded::default(), &mut round, self.limits)?;
        let block = BlockRecord { hash, header, ..BlockRecord::default() };
        let tip = put_block(&mut step.batch, block);
        let meta = Meta { format: FORMAT, genesis: hash, chain_spec };
        record::put(&mut step.batch, Record::Meta, &meta);
        step.batch.put(FORMAT_KEY, &FORMAT.to_le_bytes());
        self.write(step.batch)?;
        *folded = Some(step.folded);
        self.acknowledge(tip);
        Ok(())
    }

    fn meta(&self) -> Result<Option<Meta>, StoreError> {
        Ok(record::read(&self.engine, Record::Meta)?.map(|found| found.value))
    }

    fn commit(&self, mut block: BlockRecord) -> Result<(), StoreError> {
        let _turn = hold(&self.writer);
        if !self.admit(&block)? {
            return Ok(());
        }
        let mut batch = E::Batch::default();
        let changes = std::mem::take(&mut block.changes);
        record::put(&mut batch, Record::Changes(block.number), &changes);
        let tip = put_block(&mut batch, block);
        self.write(batch)?;
        self.acknowledge(tip);
        Ok(())
    }

    fn tip(&self) -> Option<(BlockNumber, Hash256)> {
        self.acknowledged().map(|tip| (tip.number, tip.hash))
    }

    fn head(&self, number: BlockNumber) -> Result<Option<StoredHead>, StoreError> {
        if !self.is_acknowledged(number) {
            return Ok(None);
        }
        Ok(Some(record::require(&self.engine, Record::Head(number))?.value))
    }

    fn block(&self, number: BlockNumber) -> Result<Option<StoredBlock>, StoreError> {
        let Some(StoredHead { hash, parent, header }) = self.head(number)? else {
            return Ok(None);
        };
        Ok(Some(StoredBlock {
            hash,
            parent,
            header,
            extrinsics: record::require(&self.engine, Record::Body(number))?.value,
            justification: record::require(&self.engine, Record::Justification(number))?.value,
            receipts: record::require(&self.engine, Record::Receipts(number))?.value,
        }))
    }

    fn hash_of(&self, number: BlockNumber) -> Result<Option<Hash256>, StoreError> {
        Ok(self.head(number)?.map(|head| head.hash))
    }

    fn number_of(&self, hash: Hash256) -> Result<Option<BlockNumber>, StoreError> {
        let Some(bytes) = self.engine.get(&number_key(hash))? else {
            return Ok(None);
        };
        // Of any other length, the bytes name a height that the check below refuses.
        let number = bytes.as_ref().try_into().map_or(0, u32::from_be_bytes);
        match self.hash_of(number)? {
            Some(found) if found != hash => Err(StoreError::Index { asked: hash, number, found }),
            other => Ok(other.map(|_| number)),
        }
    }

    fn load_state(&self) -> Result<LoadedState, StoreError> {
        let folded = hold(&self.folded);
        let folded = folded.as_ref().ok_or(StoreError::Uninitialised)?;
        let tip = self.acknowledged().ok_or(StoreError::Uninitialised)?;

        let mut rows = pages::read_all(&self.engine, folded)?;
        if folded.target > folded.base {
            let round = fold::read_round(&self.engine, folded, folded.target, self.limits)?;
            rows = replay(rows, round);
        }
        let base = folded.target;
        let mut changes = Vec::new();
        for number in base.saturating_add(1)..=tip.number {
            let record = Record::Changes(number);
            changes.push((number, record::require::<Vec<Change>>(&self.engine, record)?.value));
        }
        Ok(LoadedState { base, rows, changes })
    }

    fn fold(&self, up_to: BlockNumber) -> Result<(), StoreError> {
        let tip = self.acknowledged().ok_or(StoreError::Uninitialised)?.number;
        if up_to > tip {
            return Err(StoreError::FoldBeyondTip { up_to, tip });
        }
        let mut folded = hold(&self.folded);
        let folded = folded.as_mut().ok_or(StoreError::Uninitialised)?;
        while folded.base < up_to {
            let round = fold::read_round(&self.engine, folded, up_to, self.limits)?;
            self.write_round(folded, round)?;
        }
        Ok(())
    }
}

/// Bring rows, of which some are at the base and some at the target, all to the target.
fn replay(rows: Vec<Row>, round: Round) -> Vec<Row> {
    let mut rows: pages::Rows = rows.into_iter().collect();
    for ((_, key), value) in round.merged {
        pages::apply(&mut rows, (key, value));
    }
    rows.into_iter().collect()
}
