//! Several blocks in a row until each of them is durable: what a node sustains.
//!
//! Signed blocks go through the node's own import. Serial and one-worker figures import block after
//! block on one thread; the parallel one is the import of many blocks, in which signatures of a
//! block are checked while the one before runs and those before that are synced.
//!
//! Blocks whose signatures count as verified cannot go that way, since nobody has verified them:
//! they are executed here, and written to a store on threads of their own in the parallel figure.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use althing_executor::{Executed, Explanation, Parent, State};
use althing_primitives::{Block, Hash256, Header};
use parity_scale_codec::{Decode, Encode};
use rayon::ThreadPoolBuilder;

use super::case::{Case, Facts, Samples, WARM_UPS};
use super::error::BenchError;
use super::measure::{Took, processor_time};
use super::members::Witness;
use super::progress::Progress;
use super::run::{self, Input, Mode, Runner};
use super::scratch::Scratch;
use super::stage::Stage;
use crate::chain::{Chain, ChainConfig, Justification, StoredReceipt, block_record};
use crate::store::{Genesis, Options, SledStore, Store, StoreError, Ticket};

/// Blocks that may wait for the next thread.
const AHEAD: usize = 2;

/// A block as it comes from a peer, with what it must lead to.
struct Foreign {
    bytes: Vec<u8>,
    hash: Hash256,
}

/// When a block was durable: on the wall, and in processor time.
type Mark = (Instant, std::time::Duration);

/// What a pass through all blocks leaves.
type Pass = (Vec<Mark>, Vec<Explanation>);

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
        *samples = sample(match case.witness {
            Witness::Signed(_) => import.by_the_node(store, (stage, &blocks)),
            Witness::Assumed(_) => import.by_hand(store.as_ref(), (stage, &blocks)),
        }?);
    }
    Ok((facts, samples))
}

/// The time between blocks becoming durable. The first ones fill caches and the pipeline.
fn sample((marks, explanations): Pass) -> Samples {
    let marks = marks.get(WARM_UPS.saturating_sub(1)..).unwrap_or_default();
    let between = |pair: &[Mark]| match pair {
        [(wall, cpu), (next_wall, next_cpu)] => Some(Took {
            wall: next_wall.saturating_duration_since(*wall),
            cpu: next_cpu.saturating_sub(*cpu),
        }),
        _ => None,
    };
    let took: Vec<_> = marks.windows(2).filter_map(between).collect();
    // Groups of blocks become durable at once, so single distances say little: the mean does.
    let sum = took.iter().fold(Took::default(), |sum, one| Took {
        wall: sum.wall.saturating_add(one.wall),
        cpu: sum.cpu.saturating_add(one.cpu),
    });
    let mean = sum.part(took.len());
    Samples { took: vec![mean], explanations: explanations.into_iter().skip(WARM_UPS).collect() }
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
    fn mark(&self) -> Mark {
        self.progress.advance(1);
        (Instant::now(), processor_time())
    }

    fn by_the_node(
        &self,
        store: Arc<dyn Store>,
        (stage, blocks): (&Stage, &[Foreign]),
    ) -> Result<Pass, BenchError> {
        let executor = self.runner.executor(self.mode).clone();
        let chain = Chain::open(ChainConfig { spec: stage.spec(), executor, store })?;
        let decoded = blocks.iter().map(|block| {
            let decoded = Block::decode(&mut &block.bytes[..]).map_err(|_| BenchError::Bytes)?;
            Ok((decoded, Justification::Dev))
        });
        let pass = if self.mode == Mode::Parallel {
            self.all_at_once(&chain, decoded)?
        } else {
            self.one_by_one(&chain, decoded)?
        };
        let (found, expected) =
            (chain.head().hash, blocks.last().map_or(stage.genesis, |b| b.hash));
        if found != expected {
            return Err(BenchError::Roots { mode: self.mode.name(), found, expected });
        }
        Ok(pass)
    }

    fn one_by_one(
        &self,
        chain: &Chain,
        blocks: impl Iterator<Item = Result<(Block, Justification), BenchError>> + Send,
    ) -> Result<Pass, BenchError> {
        // On one thread: phases that are parallel by themselves use the pool they are in.
        self.runner.pool_of(self.mode).install(|| {
            let (mut marks, mut explanations) = (Vec::new(), Vec::new());
            for block in blocks {
                let (block, why) = block?;
                let head = chain.import(&block, why)?;
                marks.push(self.mark());
                explanations.push(explanation(head.explanation.as_deref()));
            }
            Ok((marks, explanations))
        })
    }

    fn all_at_once(
        &self,
        chain: &Chain,
        blocks: impl Iterator<Item = Result<(Block, Justification), BenchError>> + Send,
    ) -> Result<Pass, BenchError> {
        let mut heads = chain.subscribe();
        let last = blocks.size_hint().0;
        std::thread::scope(|scope| {
            let told = scope.spawn(move || {
                let (mut marks, mut explanations) = (Vec::new(), Vec::new());
                while marks.len() < last
                    && let Ok(notice) = heads.blocking_recv()
                {
                    marks.push(self.mark());
                    explanations.push(explanation(notice.head.explanation.as_deref()));
                }
                (marks, explanations)
            });
            chain.import_all(blocks)?;
            told.join().map_err(|_| panicked("listener"))
        })
    }

    fn by_hand(
        &self,
        store: &dyn Store,
        (stage, blocks): (&Stage, &[Foreign]),
    ) -> Result<Pass, BenchError> {
        // The rows of block 0 are not needed there: nothing is loaded from it again.
        let (hash, header) = (stage.genesis, stage.header.encode());
        store.initialise(Genesis { hash, header, ..Genesis::default() })?;
        if self.mode == Mode::Parallel {
            return self.pipelined(store, (stage, blocks));
        }
        let mut marks = Vec::with_capacity(blocks.len());
        let explanations = self.execute(stage, blocks, |executed| {
            submit(store, &executed)?.wait()?;
            marks.push(self.mark());
            Ok(())
        })?;
        Ok((marks, explanations))
    }

    /// Execute block after block and hand each of them on.
    fn execute(
        &self,
        stage: &Stage,
        blocks: &[Foreign],
        mut next: impl FnMut(Executed) -> Result<(), BenchError>,
    ) -> Result<Vec<Explanation>, BenchError> {
        let (mut header, mut rows): (Header, State) = (stage.header.clone(), stage.state.clone());
        let mut explanations = Vec::with_capacity(blocks.len());
        for block in blocks {
            let input = Input::ProvenBlock(&block.bytes);
            let parent = Parent { header: &header, state: &rows, genesis: stage.genesis };
            let executed = self.runner.run(self.mode, &parent, input)?.executed;
            let (found, expected) = (run::hash_of(&executed), block.hash);
            if found != expected {
                return Err(BenchError::Roots { mode: self.mode.name(), found, expected });
            }
            (header, rows) = (executed.header.clone(), executed.state.clone());
            explanations.push(executed.explanation.clone());
            next(executed)?;
        }
        Ok(explanations)
    }

    fn pipelined(
        &self,
        store: &dyn Store,
        (stage, blocks): (&Stage, &[Foreign]),
    ) -> Result<Pass, BenchError> {
        let (executed, to_write) = sync_channel(AHEAD);
        let (tickets, to_wait) = sync_channel(AHEAD);
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || write(store, &to_write, &tickets));
            let waiter = scope.spawn(move || self.wait(&to_wait));
            let explanations = self.execute(stage, blocks, |block| {
                // The writer only goes away after an error, which it reports itself.
                let _ = executed.send(block);
                Ok(())
            });
            drop(executed);
            writer.join().map_err(|_| panicked("writer"))??;
            let marks = waiter.join().map_err(|_| panicked("listener"))??;
            Ok((marks, explanations?))
        })
    }

    fn wait(&self, tickets: &Receiver<Ticket>) -> Result<Vec<Mark>, BenchError> {
        let mut marks = Vec::new();
        for ticket in tickets {
            ticket.wait()?;
            marks.push(self.mark());
        }
        Ok(marks)
    }
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
