//! The store over any engine: admission of blocks, layout of records, folding, pruning.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicBool, AtomicU32, Ordering},
    mpsc::sync_channel,
};
use std::thread::JoinHandle;

use althing_primitives::{BlockNumber, Hash256};
use parity_scale_codec::{Decode, Encode};

use super::{
    BlockRecord, Body, Changes, Engine, Genesis, LoadedState, Log, Meta, Store, StoreError,
    StoredBlock, StoredHead, Ticket, Written,
    fold::{self, Limits, Round},
    pages::{self, Folded},
    queue::Queue,
    record::{self, Draft, Record},
};

/// The layout this program reads and writes (S2).
pub const FORMAT: u32 = 2;

/// Where the format stands in every version of the layout: four bytes, little-endian (S2).
const FORMAT_KEY: &[u8] = &[0x01];
/// First byte of the keys from block hash to height (S7).
const NUMBER_KIND: u8 = 0x20;
/// How much of the genesis rows is written at once.
const GENESIS_BYTES: u64 = 16 * 1024 * 1024;
/// How many blocks are asked where their values lie, before a log is left as long as it is.
const PLACES_MAX: usize = 4096;

/// A [`Store`] over an engine.
#[derive(Debug)]
pub struct Ledger<E: Engine> {
    shared: Arc<Shared<E>>,
    limits: Limits,
    /// Beginning takes turns.
    beginning: Mutex<()>,
    /// Folding takes turns. `None` before the store is initialised.
    folded: Mutex<Option<Folded>>,
    /// The base of `folded`, for those who do not wait.
    base: AtomicU32,
    /// Pruning takes turns.
    pruning: Mutex<()>,
    pruned: AtomicU32,
    writer: Option<JoinHandle<()>>,
}

/// What the thread that writes blocks shares with everyone.
#[derive(Debug)]
struct Shared<E> {
    engine: E,
    queue: Queue,
    /// The highest acknowledged block. Blocks above it may exist when a write failed; no one is
    /// shown them.
    tip: RwLock<Option<Tip>>,
    /// A write failed (T4).
    stopped: AtomicBool,
    written: Mutex<Written>,
}

#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
struct Tip {
    number: BlockNumber,
    hash: Hash256,
}

impl<E: Engine> Shared<E> {
    /// Write a batch, unless an earlier one failed.
    fn write(&self, batch: E::Batch) -> Result<(), StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        self.stopping(self.engine.apply(batch))
    }

    /// After a failed write there are no others.
    fn stopping<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        outcome.inspect_err(|_| self.stopped.store(true, Ordering::Release))
    }

    fn acknowledged(&self) -> Option<Tip> {
        *self.tip.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn acknowledge(&self, tip: Tip) {
        *self.tip.write().unwrap_or_else(PoisonError::into_inner) = Some(tip);
    }

    /// Make blocks durable as they come, until the queue is closed.
    fn write_blocks(&self) {
        let mut buffer = Vec::new();
        while let Some(group) = self.queue.take() {
            let last = group.last().map(|block| Tip { number: block.number, hash: block.hash });
            // An engine that panics must not leave anyone waiting. What it was doing may be half
            // done, so nothing follows.
            let writing = AssertUnwindSafe(|| self.write_group(&group, &mut buffer));
            let outcome = catch_unwind(writing).unwrap_or(Err(StoreError::Stopped));
            let outcome = self.stopping(outcome);
            let tip = last.filter(|_| outcome.is_ok());
            self.queue.finish(group.len(), outcome, || {
                if let Some(tip) = tip {
                    self.acknowledge(tip);
                }
            });
        }
    }

    fn write_group(&self, group: &[BlockRecord], buffer: &mut Vec<u8>) -> Result<(), StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        let mut draft = Draft::new(&self.engine, core::mem::take(buffer));
        for block in group {
            put_block(&mut draft, block)?;
        }
        let bytes = draft.bytes;
        let (batch, used) = draft.finish();
        *buffer = used;
        self.write(batch)?;
        let mut written = hold(&self.written);
        written.groups = written.groups.saturating_add(1);
        written.blocks = written.blocks.saturating_add(group.len() as u64);
        written.commit_bytes = written.commit_bytes.saturating_add(bytes);
        let block_bytes: usize = group.iter().map(BlockRecord::bytes).sum();
        written.block_bytes = written.block_bytes.saturating_add(block_bytes as u64);
        Ok(())
    }
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
        let begun = engine.get(FORMAT_KEY)?.is_some();
        let (tip, folded): (_, Option<Folded>) = if begun {
            let tip = record::require(&engine, Record::Tip)?.value;
            (Some(tip), Some(record::require(&engine, Record::Folded)?.value))
        } else {
            (None, None)
        };
        let pruned = record::read::<u32>(&engine, Record::PrunedTo)?.map_or(0, |found| found.value);
        let shared = Arc::new(Shared {
            engine,
            queue: Queue::default(),
            tip: RwLock::new(tip),
            stopped: AtomicBool::new(false),
            written: Mutex::default(),
        });
        let writing = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || writing.write_blocks())
            .map_err(|source| StoreError::Io { action: "start", path: "store".into(), source })?;
        Ok(Self {
            shared,
            limits: Limits::default(),
            beginning: Mutex::new(()),
            base: AtomicU32::new(folded.as_ref().map_or(0, |folded| folded.base)),
            folded: Mutex::new(folded),
            pruning: Mutex::new(()),
            pruned: AtomicU32::new(pruned),
            writer: Some(writer),
        })
    }

    /// What was written since the store was opened.
    pub fn written(&self) -> Written {
        *hold(&self.shared.written)
    }

    /// The same store, folding less at once, so that small tests take many steps.
    #[cfg(test)]
    pub(crate) fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    fn engine(&self) -> &E {
        &self.shared.engine
    }

    fn is_acknowledged(&self, number: BlockNumber) -> bool {
        self.shared.acknowledged().is_some_and(|tip| number <= tip.number)
    }

    /// Write what folding or pruning drafted.
    fn write_upkeep(&self, draft: Draft<'_, E>) -> Result<Vec<u8>, StoreError> {
        let bytes = draft.bytes;
        let (batch, buffer) = draft.finish();
        self.shared.write(batch)?;
        let mut written = hold(&self.shared.written);
        written.upkeep_bytes = written.upkeep_bytes.saturating_add(bytes);
        Ok(buffer)
    }

    /// Write the rows of a round into pages, step by step.
    fn write_round(&self, folded: &mut Folded, mut round: Round) -> Result<(), StoreError> {
        let mut buffer = Vec::new();
        while round.rest.is_some() {
            let mut draft = Draft::new(self.engine(), buffer);
            let place = (&*folded, self.limits);
            let next = fold::next_step(&mut draft, self.engine(), place, &mut round)?;
            buffer = self.write_upkeep(draft)?;
            *folded = next;
            self.base.store(folded.base, Ordering::Release);
        }
        Ok(())
    }

    /// Write the genesis rows, page by page. Nothing refers to them before the last batch.
    fn write_genesis_rows(&self, genesis: &Genesis) -> Result<Folded, StoreError> {
        let rows = pages::sorted(&genesis.rows);
        let mut folded = Folded::default();
        let mut draft = Draft::new(self.engine(), Vec::new());
        pages::cut((0, 0), &rows, |start, halvings, rows| {
            draft.put(Record::Page(start), &pages::flat(rows));
            folded.pages.insert(start, halvings);
            if draft.bytes >= GENESIS_BYTES {
                let full = core::mem::replace(&mut draft, Draft::new(self.engine(), Vec::new()));
                self.write_upkeep(full)?;
            }
            Ok(())
        })?;
        self.write_upkeep(draft)?;
        Ok(folded)
    }

    /// Remove the segments of a log in which no record of these is any more, of a log that is
    /// written in the order of `records`.
    fn forget(&self, log: Log, records: impl Iterator<Item = Record>) -> Result<(), StoreError> {
        for record in records.take(PLACES_MAX) {
            match record::place(self.engine(), record)? {
                Some((found, at)) if found == log => {
                    return self.engine().forget_before(log, at.segment);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Read something that pruning may be moving right now.
    fn moving<T>(
        &self,
        number: BlockNumber,
        read: impl Fn() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match read() {
            Err(StoreError::Missing { .. } | StoreError::Incomplete { .. })
                if number <= self.pruned.load(Ordering::Acquire) =>
            {
                read()
            }
            other => other,
        }
    }

    fn body(&self, number: BlockNumber) -> Result<Body, StoreError> {
        self.moving(number, || {
            if let Some(found) = record::read(self.engine(), Record::Body(number))? {
                return Ok(Body::Whole(found.value));
            }
            let pruned = record::read(self.engine(), Record::Pruned(number))?;
            let record = Record::Body(number);
            Ok(Body::Pruned(pruned.ok_or(StoreError::Missing { record })?.value))
        })
    }

    fn bytes_of(&self, record: Record, number: BlockNumber) -> Result<Vec<u8>, StoreError> {
        self.moving(number, || Ok(record::require(self.engine(), record)?.value))
    }
}

impl<E: Engine> Drop for Ledger<E> {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(writer) = self.writer.take() {
            // A panic in there is a bug; what was acknowledged is durable all the same.
            let _ = writer.join();
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

/// Put the records of a block, the index entry and the tip.
fn put_block<E: Engine>(draft: &mut Draft<'_, E>, block: &BlockRecord) -> Result<(), StoreError> {
    let BlockRecord { number, hash, parent, .. } = *block;
    if number > 0 {
        draft.put_in(Log::Changes, Record::Changes(number), &block.changes)?;
    }
    draft.put_in(Log::Bodies, Record::Body(number), &block.extrinsics)?;
    draft.put_in(Log::Bodies, Record::Receipts(number), &block.receipts)?;
    draft.put(Record::Justification(number), &block.justification);
    let head = StoredHead { hash, parent, header: block.header.clone() };
    draft.put(Record::Head(number), &head);
    draft.put_raw(&number_key(hash), &number.to_be_bytes());
    draft.put(Record::Tip, &Tip { number, hash });
    Ok(())
}

/// Whether a block follows the last one (S11).
fn follows(tip: Tip, block: &BlockRecord) -> Result<(), StoreError> {
    // Heights are u32: the last one has no successor to expect.
    if tip.number.checked_add(1) != Some(block.number) {
        let expected = tip.number.saturating_add(1);
        return Err(StoreError::Gap { offered: block.number, expected });
    }
    if block.parent != tip.hash {
        let (number, found, expected) = (block.number, block.parent, tip.hash);
        return Err(StoreError::Parent { number, found, expected });
    }
    Ok(())
}

fn same(block: &BlockRecord, stored: Hash256) -> Result<(), StoreError> {
    let (number, offered) = (block.number, block.hash);
    if stored == offered { Ok(()) } else { Err(StoreError::Conflict { number, stored, offered }) }
}

impl<E: Engine> Store for Ledger<E> {
    fn initialise(&self, genesis: Genesis) -> Result<(), StoreError> {
        let _turn = hold(&self.beginning);
        if let Some(meta) = self.meta()? {
            let (found, expected) = (meta.genesis, genesis.hash);
            return if found == expected {
                Ok(())
            } else {
                Err(StoreError::Genesis { found, expected })
            };
        }

        let folded = self.write_genesis_rows(&genesis)?;
        let Genesis { hash, header, chain_spec, spec_hash, .. } = genesis;
        let block = BlockRecord { hash, header, ..BlockRecord::default() };
        let mut draft = Draft::new(self.engine(), Vec::new());
        draft.put(Record::Folded, &folded);
        put_block(&mut draft, &block)?;
        let meta = Meta { format: FORMAT, genesis: hash, chain_spec, spec_hash };
        draft.put_in(Log::Kept, Record::Meta, &meta)?;
        draft.put_raw(FORMAT_KEY, &FORMAT.to_le_bytes());
        self.write_upkeep(draft)?;
        *hold(&self.folded) = Some(folded);
        self.shared.acknowledge(Tip { number: 0, hash });
        Ok(())
    }

    fn meta(&self) -> Result<Option<Meta>, StoreError> {
        Ok(record::read(self.engine(), Record::Meta)?.map(|found| found.value))
    }

    fn submit(&self, block: BlockRecord) -> Result<Ticket, StoreError> {
        let mut queue = self.shared.queue.hold();
        if self.shared.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        let durable = self.shared.acknowledged().ok_or(StoreError::Uninitialised)?;
        if block.number <= durable.number {
            drop(queue);
            let head = record::require::<StoredHead>(self.engine(), Record::Head(block.number))?;
            same(&block, head.value.hash)?;
            let (done, receiver) = sync_channel(1);
            // The receiver is below, so this does not fail.
            let _ = done.send(Ok(()));
            return Ok(Ticket::new(receiver));
        }
        if let Some((hash, receiver)) = queue.join(block.number) {
            same(&block, hash)?;
            return Ok(Ticket::new(receiver));
        }
        let last = queue.last().map_or(durable, |(number, hash)| Tip { number, hash });
        follows(last, &block)?;
        Ok(Ticket::new(queue.push(block)))
    }

    fn tip(&self) -> Option<(BlockNumber, Hash256)> {
        self.shared.acknowledged().map(|tip| (tip.number, tip.hash))
    }

    fn head(&self, number: BlockNumber) -> Result<Option<StoredHead>, StoreError> {
        if !self.is_acknowledged(number) {
            return Ok(None);
        }
        Ok(Some(record::require(self.engine(), Record::Head(number))?.value))
    }

    fn block(&self, number: BlockNumber) -> Result<Option<StoredBlock>, StoreError> {
        let Some(StoredHead { hash, parent, header }) = self.head(number)? else {
            return Ok(None);
        };
        Ok(Some(StoredBlock {
            hash,
            parent,
            header,
            body: self.body(number)?,
            justification: self.bytes_of(Record::Justification(number), number)?,
            receipts: self.bytes_of(Record::Receipts(number), number)?,
        }))
    }

    fn hash_of(&self, number: BlockNumber) -> Result<Option<Hash256>, StoreError> {
        Ok(self.head(number)?.map(|head| head.hash))
    }

    fn number_of(&self, hash: Hash256) -> Result<Option<BlockNumber>, StoreError> {
        let Some(bytes) = self.engine().get(&number_key(hash))? else {
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
        let tip = self.shared.acknowledged().ok_or(StoreError::Uninitialised)?;

        let mut pages = pages::read_all(self.engine(), folded)?;
        if folded.target > folded.base {
            let round = fold::read_round(self.engine(), folded, folded.target, self.limits)?;
            pages = fold::replay(pages, folded, &round);
        }
        let base = folded.target;
        let mut changes = Vec::new();
        for number in base.saturating_add(1)..=tip.number {
            let record = Record::Changes(number);
            changes.push((number, record::require::<Changes>(self.engine(), record)?.value));
        }
        Ok(LoadedState { base, pages, changes })
    }

    fn fold(&self, up_to: BlockNumber) -> Result<(), StoreError> {
        let tip = self.shared.acknowledged().ok_or(StoreError::Uninitialised)?.number;
        if up_to > tip {
            return Err(StoreError::FoldBeyondTip { up_to, tip });
        }
        let mut folded = hold(&self.folded);
        let folded = folded.as_mut().ok_or(StoreError::Uninitialised)?;
        while folded.base < up_to {
            let round = fold::read_round(self.engine(), folded, up_to, self.limits)?;
            self.write_round(folded, round)?;
        }
        let kept = folded.base.saturating_add(1)..=tip;
        self.forget(Log::Changes, kept.map(Record::Changes))
    }

    fn folded_to(&self) -> BlockNumber {
        self.base.load(Ordering::Acquire)
    }

    fn prune(&self, blocks: Vec<(BlockNumber, Vec<u8>)>) -> Result<(), StoreError> {
        let _turn = hold(&self.pruning);
        let tip = self.shared.acknowledged().ok_or(StoreError::Uninitialised)?.number;
        let last = self.folded_to();
        let mut pruned = self.pruned.load(Ordering::Acquire);
        let mut draft = Draft::new(self.engine(), Vec::new());
        for (number, body) in blocks {
            let expected = pruned.saturating_add(1);
            if number != expected || number > last {
                return Err(StoreError::Prune { offered: number, expected, last });
            }
            let receipts = self.bytes_of(Record::Receipts(number), number)?;
            let moves = [(Record::Pruned(number), body), (Record::Receipts(number), receipts)];
            for (record, bytes) in moves {
                self.shared.stopping(draft.put_in(Log::Kept, record, &bytes))?;
            }
            draft.delete(Record::Body(number), 0, 1);
            pruned = number;
        }
        draft.put(Record::PrunedTo, &pruned);
        // First, so that whoever does not find a body any more looks again.
        self.pruned.store(pruned, Ordering::Release);
        self.write_upkeep(draft)?;
        let whole = pruned.saturating_add(1)..=tip;
        self.forget(Log::Bodies, whole.flat_map(|n| [Record::Body(n), Record::Receipts(n)]))
    }

    fn pruned_to(&self) -> BlockNumber {
        self.pruned.load(Ordering::Acquire)
    }
}
