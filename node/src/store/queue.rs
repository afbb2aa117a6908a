//! Blocks on their way to the disk, in the order of their heights (S26).
//!
//! Whoever hands a block in goes on at once. One thread takes all that wait and makes them durable
//! together, so that a sync serves as many blocks as came while the last one ran.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use althing_primitives::{BlockNumber, Hash256};

use super::{BlockRecord, StoreError};

/// Bytes of blocks under way beyond which handing in waits.
const QUEUE_BYTES: usize = 64 * 1024 * 1024;
/// Blocks under way beyond which handing in waits.
const QUEUE_BLOCKS: usize = 256;
/// Bytes of blocks that become durable in one batch: a reader waits no longer for the first.
const GROUP_BYTES: usize = 32 * 1024 * 1024;

type Outcome = Result<(), StoreError>;

/// The queue between those who hand in and the thread that writes.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Blocks that wait, and those the thread has taken but not finished, in order.
    blocks: VecDeque<Entry>,
    bytes: usize,
    is_closed: bool,
}

#[derive(Debug)]
struct Entry {
    number: BlockNumber,
    hash: Hash256,
    bytes: usize,
    /// The block; gone once the thread has taken it.
    record: Option<BlockRecord>,
    waiters: Vec<SyncSender<Outcome>>,
}

/// The queue, held by someone who hands in.
#[derive(Debug)]
pub(crate) struct Held<'a>(MutexGuard<'a, State>, &'a Queue);

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change below is whole before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Hold the queue once it has room.
    pub(crate) fn hold(&self) -> Held<'_> {
        let mut state = self.state();
        while state.bytes > QUEUE_BYTES || state.blocks.len() >= QUEUE_BLOCKS {
            state = self.wait(state);
        }
        Held(state, self)
    }

    /// Take what waits, as much as one batch may have; `None` once the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<Vec<BlockRecord>> {
        let mut state = self.state();
        while state.blocks.is_empty() {
            if state.is_closed {
                return None;
            }
            state = self.wait(state);
        }
        let mut bytes: usize = 0;
        let mut group = Vec::new();
        for entry in &mut state.blocks {
            bytes = bytes.saturating_add(entry.bytes);
            if !group.is_empty() && bytes > GROUP_BYTES {
                break;
            }
            group.extend(entry.record.take());
        }
        Some(group)
    }

    /// Tell those who wait for the first `count` blocks. `settled` runs before anyone hears of it.
    pub(crate) fn finish(&self, count: usize, outcome: Outcome, settled: impl FnOnce()) {
        let mut state = self.state();
        settled();
        let mut outcome = Some(outcome);
        for _ in 0..count {
            let Some(entry) = state.blocks.pop_front() else { break };
            state.bytes = state.bytes.saturating_sub(entry.bytes);
            for waiter in entry.waiters {
                let told = match &outcome {
                    Some(Ok(())) => Ok(()),
                    // The first one hears what went wrong, the others that nothing works any more.
                    Some(Err(_)) => outcome.take().unwrap_or(Err(StoreError::Stopped)),
                    None => Err(StoreError::Stopped),
                };
                // It may have gone away without waiting.
                let _ = waiter.send(told);
            }
        }
        self.changed.notify_all();
    }

    /// Take nothing more; the thread ends when it has written what waits.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }
}

impl Held<'_> {
    /// The last block handed in, if it is not durable yet.
    pub(crate) fn last(&self) -> Option<(BlockNumber, Hash256)> {
        self.0.blocks.back().map(|entry| (entry.number, entry.hash))
    }

    /// Wait for a block that is under way; tells its hash.
    pub(crate) fn join(&mut self, number: BlockNumber) -> Option<(Hash256, Receiver<Outcome>)> {
        let entry = self.0.blocks.iter_mut().find(|entry| entry.number == number)?;
        let (waiter, receiver) = sync_channel(1);
        entry.waiters.push(waiter);
        Some((entry.hash, receiver))
    }

    /// Hand in a block.
    pub(crate) fn push(mut self, record: BlockRecord) -> Receiver<Outcome> {
        let (waiter, receiver) = sync_channel(1);
        let bytes = record.bytes();
        self.0.bytes = self.0.bytes.saturating_add(bytes);
        self.0.blocks.push_back(Entry {
            number: record.number,
            hash: record.hash,
            bytes,
            record: Some(record),
            waiters: vec![waiter],
        });
        self.1.changed.notify_all();
        receiver
    }
}
