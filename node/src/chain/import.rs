//! Many blocks, one after the other: decoded and checked ahead, executed, made durable behind.
//!
//! Three threads hand blocks on, in order. The first decodes a block and checks its signatures, on
//! rows that may be some blocks old; the second executes it on the rows of the block before, durable
//! or not; the third waits until it is durable and only then tells anyone. What does not depend on
//! rows (the bytes, the signature for a key named by its hash) stays right whatever the blocks in
//! between do; everything else is checked again when the block runs.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use althing_executor::{Executed, Parent, Proof, State, Transaction, witness_checks};
use althing_frame::{BlockEnv, WitnessCheck};
use althing_primitives::{
    Block, BlockNumber, BoundedBytes, Circumstances, EXTRINSIC_BYTES_MAX, Extrinsic, Hash256,
    Header,
};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{BlockNotice, Chain, ChainError, Head, Justification};
use crate::proven::Proven;
use crate::store::Ticket;

/// Blocks that wait between two threads: enough that none of them waits for nothing.
const AHEAD: usize = 2;
/// Blocks that may wait to become durable, so that one sync can serve several of them.
const BEHIND: usize = 32;
/// Extrinsics that one worker decodes at least.
const GRAIN: usize = 32;

/// A block ready to be executed.
struct Decoded {
    header: Header,
    hash: Hash256,
    why: Justification,
    transactions: Result<Vec<Transaction>, ChainError>,
}

/// What the last thread waits for.
enum Step {
    /// A block on its way to the disk.
    Block(Ticket, Arc<BlockNotice>),
    /// Answer once everything before was told.
    Flush(SyncSender<()>),
}

impl Chain {
    /// Verify and commit blocks in their order, several under way at a time. Those that are here
    /// already are passed over. Returns the number of the last one.
    ///
    /// At the first block that is refused, or the first error of `blocks` itself, the blocks before
    /// it are committed and the rest is not looked at. Nobody else can commit meanwhile.
    pub fn import_all<E>(
        &self,
        blocks: impl Iterator<Item = Result<(Block, Justification), E>> + Send,
    ) -> Result<BlockNumber, E>
    where
        E: From<ChainError> + Send,
    {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // The rows on which signatures are checked ahead: the newest there are.
        let newest = Mutex::new(self.head());
        let (decoded, ready) = sync_channel(AHEAD);
        let (steps, durable) = sync_channel(BEHIND);
        thread::scope(|scope| {
            let newest = &newest;
            scope.spawn(move || self.decode_all(blocks, newest, &decoded));
            let told = scope.spawn(move || self.tell_all(&durable));
            let outcome = self.execute_all(ready, newest, &steps);
            drop(steps);
            // A panic in there is a bug; the thread that started it hears of it as well.
            let told = told.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // What the disk says comes first: it may be why executing stopped.
            told?;
            outcome
        })
    }

    fn decode_all<E>(
        &self,
        blocks: impl Iterator<Item = Result<(Block, Justification), E>>,
        newest: &Mutex<Arc<Head>>,
        decoded: &SyncSender<Result<Decoded, E>>,
    ) {
        for block in blocks {
            let next = block.map(|(block, why)| {
                let head = Arc::clone(&newest.lock().unwrap_or_else(PoisonError::into_inner));
                self.decode(&block, why, &head.state)
            });
            let is_last = next.is_err();
            // Nobody takes more once a block was refused.
            if decoded.send(next).is_err() || is_last {
                return;
            }
        }
    }

    fn decode(&self, block: &Block, why: Justification, rows: &State) -> Decoded {
        let (header, hash) = (block.header.clone(), block.header.hash());
        // What is here already is passed over, so nothing is asked of it.
        let is_known = matches!(self.number_of(hash), Ok(Some(_)));
        let mut decoded = if is_known { Ok(Vec::new()) } else { transactions(block, &self.proven) };
        if let Ok(transactions) = &mut decoded {
            self.prove(&header, rows, transactions);
        }
        Decoded { header, hash, why, transactions: decoded }
    }

    /// Check the signatures that can be checked on these rows, and note those that are right.
    fn prove(&self, header: &Header, rows: &State, transactions: &mut [Transaction]) {
        let first: Vec<_> = transactions.iter().take(1).map(|one| one.extrinsic.clone()).collect();
        let Ok(now) = self.runtime().block_time(&first) else { return };
        let block = BlockEnv {
            number: header.number,
            parent_hash: header.parent_hash,
            genesis_hash: self.genesis(),
            now,
        };
        let witnesses: Vec<Option<(WitnessCheck, Circumstances)>> = transactions
            .par_iter()
            .with_min_len(GRAIN)
            .map(|one| self.witness(&block, rows, one))
            .collect();
        let mut checks = Vec::new();
        let mut positions = Vec::new();
        for (position, (one, witness)) in transactions.iter().zip(&witnesses).enumerate() {
            if let (Some((witness, _)), Some(part)) = (witness, one.extrinsic.signed_part()) {
                let of = witness_checks(witness, &part.signature);
                positions.push((position, of.len()));
                checks.extend(of);
            }
        }
        // A disagreement between backends is found again, and acted upon, when the block runs.
        let Ok(verdicts) = self.verifier().verify_mixed(&checks) else { return };
        let mut verdicts = verdicts.into_iter();
        let mut right = Vec::with_capacity(positions.len());
        for (position, count) in positions {
            // All of them are taken, whatever the first one says: the rest belong to others.
            if verdicts.by_ref().take(count).filter(Result::is_err).count() == 0 {
                right.push(position);
            }
        }
        drop(checks);
        for position in right {
            let under = witnesses.get(position).and_then(|witness| witness.as_ref());
            if let (Some(one), Some((_, under))) = (transactions.get_mut(position), under) {
                one.proven = Proof::Under(*under);
            }
        }
    }

    /// What has to be checked of a transaction's signatures, if these rows tell, and for which
    /// circumstances. A handle names a key for ever, so only those may differ by then.
    fn witness(
        &self,
        block: &BlockEnv,
        rows: &State,
        one: &Transaction,
    ) -> Option<(WitnessCheck, Circumstances)> {
        one.extrinsic.signed_part().filter(|_| one.proven == Proof::None)?;
        let call = self.runtime().decode_call(one.extrinsic.call()).ok()?;
        let admitted = self.runtime().admit(rows, block, &one.extrinsic, call.as_ref()).ok()?;
        Some((admitted.witness?, admitted.circumstances))
    }

    fn execute_all<E: From<ChainError>>(
        &self,
        ready: Receiver<Result<Decoded, E>>,
        newest: &Mutex<Arc<Head>>,
        steps: &SyncSender<Step>,
    ) -> Result<BlockNumber, E> {
        let mut last = 0;
        for block in ready {
            let block = block?;
            let number = block.header.number;
            if !self.is_known(&block, newest, steps)? {
                let head = Arc::clone(&newest.lock().unwrap_or_else(PoisonError::into_inner));
                let (ticket, notice) = self.guarded(|| self.execute(block, &head))?;
                *newest.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&notice.head);
                // The other side ends early only after an error, which it reports itself.
                let _ = steps.send(Step::Block(ticket, notice));
            }
            last = number;
        }
        Ok(last)
    }

    /// Whether a block is on the chain already. One that is under way has to become durable first.
    fn is_known(
        &self,
        block: &Decoded,
        newest: &Mutex<Arc<Head>>,
        steps: &SyncSender<Step>,
    ) -> Result<bool, ChainError> {
        let tip = newest.lock().unwrap_or_else(PoisonError::into_inner).number;
        if block.header.number <= tip && block.header.number > self.head().number {
            let (answer, told) = sync_channel(1);
            let _ = steps.send(Step::Flush(answer));
            // No answer means that the disk failed, which `guarded` notices next.
            let _ = told.recv();
        }
        Ok(self.number_of(block.hash)?.is_some())
    }

    fn execute(
        &self,
        block: Decoded,
        head: &Head,
    ) -> Result<(Ticket, Arc<BlockNotice>), ChainError> {
        let Decoded { header, why, transactions, .. } = block;
        why.check(self.spec().chain_type, header.number)?;
        if matches!(why, Justification::Certificate(_)) {
            return Err(ChainError::Unchecked { number: header.number });
        }
        let executed = self.execute_on(head, &header, &transactions?)?;
        let (record, notice) = self.outcome(&executed, &why)?;
        Ok((self.history.0.submit(record)?, notice))
    }

    pub(super) fn execute_on(
        &self,
        head: &Head,
        header: &Header,
        transactions: &[Transaction],
    ) -> Result<Executed, ChainError> {
        let parent = Parent { header: &head.header, state: &head.state, genesis: self.genesis() };
        Ok(self.executor.verify(&parent, header, transactions)?)
    }

    /// Wait for block after block to become durable, and tell of it.
    fn tell_all(&self, durable: &Receiver<Step>) -> Result<(), ChainError> {
        for step in durable {
            match step {
                Step::Block(ticket, notice) => {
                    self.checked(ticket.wait().map_err(ChainError::from))?;
                    self.publish(&notice);
                }
                // Whoever asked may have given up.
                Step::Flush(answer) => drop(answer.send(())),
            }
        }
        Ok(())
    }
}

/// The transactions of a foreign block, and which of their signatures are known to be right.
pub(super) fn transactions(block: &Block, proven: &Proven) -> Result<Vec<Transaction>, ChainError> {
    let number = block.header.number;
    let decode =
        |(index, bytes): (usize, &BoundedBytes<EXTRINSIC_BYTES_MAX>)| {
            let extrinsic = Extrinsic::decode(&bytes[..])
                .map_err(|source| ChainError::Extrinsic { number, index, source })?;
            let proven = proven.of(&extrinsic.hash(), number);
            Ok(Transaction { extrinsic, proven })
        };
    block.extrinsics.par_iter().enumerate().with_min_len(GRAIN).map(decode).collect()
}
