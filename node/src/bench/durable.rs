//! Several blocks in a row until each of them is durable: what a node sustains.
//!
//! Signed blocks go through the node's own import. Serial and one-worker figures import block after
//! block on one thread; the parallel one is the import of many blocks, in which signatures of a
//! block are checked while the one before runs and those before that are synced.
//!
//! Time runs from before the first timed block's bytes are looked at until the last one is durable.
//! Blocks that warm up are an import of their own, over before that.
//!
//! Blocks whose signatures count as verified cannot go that way, since nobody has verified them:
//! they are executed here, and written to a store on threads of their own in the parallel figure.

use std::iter::from_fn;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::spawn;

use althing_executor::{Executed, Explanation, Parent, State};
use althing_primitives::{Block, Hash256, Header};
use parity_scale_codec::{Decode, Encode};
use rayon::ThreadPoolBuilder;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::case::{Case, Facts, Samples, WARM_UPS};
use super::error::BenchError;
use super::measure::{Meter, Took};
use super::members::Witness;
use super::progress::Progress;
use super::run::{self, Input, Mode, Runner};
use super::scratch::Scratch;
use super::stage::Stage;
use crate::chain::{BlockNotice, Chain, ChainConfig, Justification, StoredReceipt, block_record};
use crate::store::{Genesis, Options, SledStore, Store, StoreError, Ticket};

/// Blocks that may wait for the next thread.
const AHEAD: usize = 2;

/// A block as it comes from a peer, with what it must lead to.
struct Foreign {
    bytes: Vec<u8>,
    hash: Hash256,
}

/// An import of blocks: what all of it took, and how they ran.
struct Pass {
    took: Took,
    explanations: Vec<Explanation>,
}

/// Rows and header that the next block is put on.
type Tip = (Header, State);

/// Run all blocks of a stage in every mode, each into a store of its own in `folder`.
pub(crate) fn measure(
    case: &Case,
    runner: &Runner,
    (stage, folder): (&Stage, &Path),
) -> Result<(Facts, [Samples; 3]), BenchError> {
    // A node's import of many blocks decodes on the threads that all of the process shares. They
    // are as many as the first measurement says.
    let _ = ThreadPoolBuilder::new().num_threads(case.workers).build_global();
    let (facts, blocks) = author(runner, stage)?;
    let total = blocks.len().saturating_mul(3);
    let progress = Progress::new(format!("importing {}", case.workload), total);
    let mut samples: [Samples; 3] = Default::default();
    for (mode, samples) in Mode::ALL.into_iter().zip(&mut samples) {
        let scratch = Scratch::new(folder)?;
        let store = Arc::new(SledStore::open(scratch.path(), Options::default())?);
        let import = Import { runner, mode, progress: &progress };
        let Pass { took, explanations } = match case.witness {
            Witness::Signed(_) => import.by_the_node(store, (stage, &blocks)),
            Witness::Assumed(_) => import.by_hand(store.as_ref(), (stage, &blocks)),
        }?;
        // Groups of blocks become durable at once, so a single one says little: the mean does.
        *samples = Samples { took: vec![took.part(explanations.len())], explanations };
    }
    Ok((facts, samples))
}

/// Blocks that fill caches, and those that count. The latter are an import of their own, so that
/// nothing of them is done before its time begins.
fn parted(blocks: &[Foreign]) -> (&[Foreign], &[Foreign]) {
    blocks.split_at(WARM_UPS.min(blocks.len()))
}

/// The blocks of a stage, made beforehand.
fn author(runner: &Runner, stage: &Stage) -> Result<(Facts, Vec<Foreign>), BenchError> {
    let progress = Progress::new("making blocks", stage.blocks.len());
    let (mut header, mut rows) = (stage.header.clone(), stage.state.clone());
    let mut blocks = Vec::with_capacity(stage.blocks.len());
    let mut facts = None;
    for offered in &stage.blocks {
        let parent = Parent { header: &header, state: &rows, genesis: stage.genesis };
        let block = runner.author(&parent, offered)?;
        if let Some((position, reason)) = block.refused.first() {
            let (count, position, reason) = (block.refused.len(), *position, reason.clone());
            return Err(BenchError::Refused { count, position, reason });
        }
        blocks.push(Foreign { bytes: run::block_bytes(&block), hash: run::hash_of(&block) });
        facts = Some(Facts::of(&block));
        (header, rows) = (block.header, block.state);
        progress.advance(1);
    }
    Ok((facts.ok_or(BenchError::Empty)?, blocks))
}

/// One way to import blocks.
struct Import<'a> {
    runner: &'a Runner,
    mode: Mode,
    progress: &'a Progress,
}

impl Import<'_> {
    fn by_the_node(
        &self,
        store: Arc<dyn Store>,
        (stage, blocks): (&Stage, &[Foreign]),
    ) -> Result<Pass, BenchError> {
        let executor = self.runner.executor(self.mode).clone();
        let chain = Chain::open(ChainConfig { spec: stage.spec(), executor, store })?;
        let (first, timed) = parted(blocks);
        self.import(&chain, first)?;
        let pass = self.import(&chain, timed)?;
        let (found, expected) =
            (chain.head().hash, blocks.last().map_or(stage.genesis, |b| b.hash));
        if found != expected {
            return Err(BenchError::Roots { mode: self.mode.name(), found, expected });
        }
        Ok(pass)
    }

    /// From before the first block's bytes are looked at until the last block is durable.
    fn import(&self, chain: &Chain, blocks: &[Foreign]) -> Result<Pass, BenchError> {
        if self.mode == Mode::Parallel {
            self.all_at_once(chain, blocks)
        } else {
            self.one_by_one(chain, blocks)
        }
    }

    fn one_by_one(&self, chain: &Chain, blocks: &[Foreign]) -> Result<Pass, BenchError> {
        let meter = Meter::start();
        // On one thread: phases that are parallel by themselves use the pool they are in.
        let explanations = self.runner.pool_of(self.mode).install(|| {
            let import = |block: &Foreign| {
                let (block, why) = decode(block)?;
                let head = chain.import(&block, why)?;
                self.progress.advance(1);
                Ok(explanation(head.explanation.as_deref()))
            };
            blocks.iter().map(import).collect::<Result<Vec<_>, BenchError>>()
        })?;
        Ok(Pass { took: meter.stop(), explanations })
    }

    fn all_at_once(&self, chain: &Chain, blocks: &[Foreign]) -> Result<Pass, BenchError> {
        let heads = chain.subscribe();
        let meter = Arc::new(Meter::start());
        // It is not waited for after an error, since it would wait for blocks that never come.
        let told = spawn({
            let (meter, count) = (Arc::clone(&meter), blocks.len());
            move || listen(heads, &meter, count)
        });
        let mut bytes = blocks.iter();
        let decoded = from_fn(|| {
            let block = bytes.next();
            match block {
                Some(_) => self.progress.advance(1),
                // The thread that decodes ends now.
                None => meter.look(),
            }
            block.map(decode)
        });
        chain.import_all(decoded)?;
        let took = meter.stop();
        let explanations = told.join().map_err(|_| panicked("listener"))?;
        Ok(Pass { took, explanations })
    }

    fn by_hand(
        &self,
        store: &dyn Store,
        (stage, blocks): (&Stage, &[Foreign]),
    ) -> Result<Pass, BenchError> {
        // The rows of block 0 are not needed there: nothing is loaded from it again.
        let (hash, header) = (stage.genesis, stage.header.encode());
        store.initialise(Genesis { hash, header, ..Genesis::default() })?;
        let mut tip = (stage.header.clone(), stage.state.clone());
        let (first, timed) = parted(blocks);
        self.commit(store, (stage.genesis, &mut tip), first)?;
        self.commit(store, (stage.genesis, &mut tip), timed)
    }

    /// As [`Import::import`] does, without anybody who asks for signatures.
    fn commit(
        &self,
        store: &dyn Store,
        at: (Hash256, &mut Tip),
        blocks: &[Foreign],
    ) -> Result<Pass, BenchError> {
        let meter = Meter::start();
        let explanations = if self.mode == Mode::Parallel {
            self.pipelined((store, &meter), at, blocks)?
        } else {
            self.execute(at, blocks, |executed| Ok(submit(store, &executed)?.wait()?))?
        };
        Ok(Pass { took: meter.stop(), explanations })
    }

    /// Execute block after block and hand each of them on.
    fn execute(
        &self,
        (genesis, tip): (Hash256, &mut Tip),
        blocks: &[Foreign],
        mut next: impl FnMut(Executed) -> Result<(), BenchError>,
    ) -> Result<Vec<Explanation>, BenchError> {
        let mut explanations = Vec::with_capacity(blocks.len());
        for block in blocks {
            let input = Input::ProvenBlock(&block.bytes);
            let parent = Parent { header: &tip.0, state: &tip.1, genesis };
            let executed = self.runner.run(self.mode, &parent, input)?.executed;
            let (found, expected) = (run::hash_of(&executed), block.hash);
            if found != expected {
                return Err(BenchError::Roots { mode: self.mode.name(), found, expected });
            }
            *tip = (executed.header.clone(), executed.state.clone());
            explanations.push(executed.explanation.clone());
            next(executed)?;
            self.progress.advance(1);
        }
        Ok(explanations)
    }

    fn pipelined(
        &self,
        (store, meter): (&dyn Store, &Meter),
        at: (Hash256, &mut Tip),
        blocks: &[Foreign],
    ) -> Result<Vec<Explanation>, BenchError> {
        let (executed, to_write) = sync_channel(AHEAD);
        let (tickets, to_wait) = sync_channel(AHEAD);
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let written = write(store, &to_write, &tickets);
                meter.look();
                written
            });
            let waiter = scope.spawn(move || wait(&to_wait));
            let explanations = self.execute(at, blocks, |block| {
                // The writer only goes away after an error, which it reports itself.
                let _ = executed.send(block);
                Ok(())
            });
            drop(executed);
            writer.join().map_err(|_| panicked("writer"))??;
            waiter.join().map_err(|_| panicked("listener"))??;
            explanations
        })
    }
}

fn decode(block: &Foreign) -> Result<(Block, Justification), BenchError> {
    let decoded = Block::decode(&mut &block.bytes[..]).map_err(|_| BenchError::Bytes)?;
    Ok((decoded, Justification::Dev))
}

/// How so many blocks ran, and their threads meanwhile: the one that tells of them is gone after
/// the last.
fn listen(
    mut heads: broadcast::Receiver<Arc<BlockNotice>>,
    meter: &Meter,
    count: usize,
) -> Vec<Explanation> {
    let mut explanations = Vec::with_capacity(count);
    while explanations.len() < count {
        match heads.blocking_recv() {
            Ok(notice) => {
                meter.look();
                explanations.push(explanation(notice.head.explanation.as_deref()));
            }
            // Blocks that it was too slow to hear of ran as well.
            Err(RecvError::Lagged(missed)) => {
                let left = count.saturating_sub(explanations.len());
                let missed = usize::try_from(missed).unwrap_or(left).min(left);
                explanations.extend(std::iter::repeat_n(Explanation::default(), missed));
            }
            Err(RecvError::Closed) => break,
        }
    }
    explanations
}

fn wait(tickets: &Receiver<Ticket>) -> Result<(), BenchError> {
    tickets.iter().try_for_each(|ticket| Ok(ticket.wait()?))
}

fn write(
    store: &dyn Store,
    blocks: &Receiver<Executed>,
    tickets: &SyncSender<Ticket>,
) -> Result<(), BenchError> {
    for executed in blocks {
        // Whoever waits goes away after an error only, and reports it.
        let _ = tickets.send(submit(store, &executed)?);
    }
    Ok(())
}

/// Hand in a block with all that a node keeps of it.
fn submit(store: &dyn Store, executed: &Executed) -> Result<Ticket, StoreError> {
    let receipts: Vec<_> = executed.receipts.iter().map(StoredReceipt::from).collect();
    store.submit(block_record(executed, &Justification::Dev, &receipts))
}

fn explanation(known: Option<&Explanation>) -> Explanation {
    known.cloned().unwrap_or_default()
}

fn panicked(process: &'static str) -> BenchError {
    BenchError::Process { process, what: "panicked".to_owned() }
}
