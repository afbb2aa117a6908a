//! One block, from the pool into the chain.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use althing_executor::Executed;
use althing_frame::Invalid;
use althing_primitives::Hash256;

use super::AuthorError;
use super::pace::Pace;
use super::spread::spread;
use crate::chain::{BlockExecutor, Chain, ChainError, Head, Justification};
use crate::clock::Clock;
use crate::pool::{Offer, Pool};

/// Which blocks are wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Want {
    /// Only one with transactions.
    Transactions,
    /// One in any case.
    Any,
}

/// What came of wanting a block.
#[derive(Clone, Debug)]
pub enum Sealed {
    /// This block.
    Block(Arc<Head>),
    /// No transaction could enter a block, and an empty one was not wanted.
    Nothing,
}

/// The time for a block whose author was told none: blocks are made whenever one is wanted.
const BUDGET: Duration = Duration::from_secs(2);

/// Makes the blocks of a chain that needs no votes.
#[derive(Debug)]
pub struct Author {
    chain: Arc<Chain>,
    pool: Arc<Pool>,
    clock: Arc<Clock>,
    /// Held while a block is made.
    turn: Mutex<Pace>,
}

impl Author {
    /// An author of blocks on `chain`, of transactions in `pool`.
    pub fn new(chain: Arc<Chain>, pool: Arc<Pool>, clock: Arc<Clock>) -> Self {
        Self::with_budget(chain, pool, clock, BUDGET)
    }

    /// The same, with a time within which a block should be made, its way to the disk included.
    pub fn with_budget(
        chain: Arc<Chain>,
        pool: Arc<Pool>,
        clock: Arc<Clock>,
        budget: Duration,
    ) -> Self {
        let pace = Pace::new(budget, chain.runtime().block_weight_max().ref_time);
        Self { chain, pool, clock, turn: Mutex::new(pace) }
    }

    /// The chain whose blocks it makes.
    pub fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// The pool whose transactions it takes.
    pub fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Make the next block. Blocks the thread.
    pub fn seal(&self, want: Want) -> Result<Sealed, AuthorError> {
        let mut pace = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.pool.maintain()?;
        let Offer { parent, entries } = self.pool.best(pace.fits());
        if entries.is_empty() && want == Want::Transactions {
            return Ok(Sealed::Nothing);
        }
        let entries = spread(entries);
        let head = self.chain.head();
        let number = head.number.saturating_add(1);
        let hashes: Vec<Hash256> = entries.iter().map(|entry| entry.hash).collect();
        let transactions = entries.iter().map(|entry| entry.transaction(number)).collect();
        let now = self.clock.after(head.time);
        let began = Instant::now();
        let executed = self.chain.build(now, transactions)?;
        // Signatures were proven for the block after this parent; another block needs them anew.
        if executed.header.parent_hash != parent {
            let (hash, head) = (executed.header.hash(), executed.header.parent_hash);
            return Err(ChainError::NotOnHead { hash, parent, head }.into());
        }
        let taken = hashes.len().saturating_sub(executed.refused.len());
        self.pool.refuse(hopeless(&executed, &hashes, taken));
        if taken == 0 && want == Want::Transactions {
            return Ok(Sealed::Nothing);
        }
        let head = self.chain.commit(executed.header.hash(), Justification::Dev)?;
        let weights = entries.iter().map(|entry| entry.weight.ref_time);
        pace.learn(weights.fold(0, u64::saturating_add), began.elapsed());
        self.pool.maintain()?;
        Ok(Sealed::Block(head))
    }
}

/// The refused transactions for which waiting is no help (W3).
fn hopeless(executed: &Executed, hashes: &[Hash256], taken: usize) -> Vec<(Hash256, Invalid)> {
    let is_hopeless = |invalid: &Invalid| match invalid {
        // What does not fit into a block of its own never will.
        Invalid::Exhausted => taken == 0,
        other => !other.is_future(),
    };
    executed
        .refused
        .iter()
        .filter(|(_, invalid)| is_hopeless(invalid))
        .filter_map(|(at, invalid)| hashes.get(*at).map(|hash| (*hash, invalid.clone())))
        .collect()
}
