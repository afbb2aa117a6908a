//! One block, from the pool into the chain.

use std::sync::{Arc, Mutex, PoisonError};

use althing_executor::Executed;
use althing_frame::Invalid;
use althing_primitives::Hash256;

use super::AuthorError;
use crate::chain::{BlockExecutor, Chain, ChainError, Head, Justification};
use crate::clock::Clock;
use crate::pool::Pool;

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

/// Makes the blocks of a chain that needs no votes.
#[derive(Debug)]
pub struct Author {
    chain: Arc<Chain>,
    pool: Arc<Pool>,
    clock: Arc<Clock>,
    turn: Mutex<()>,
}

impl Author {
    /// An author of blocks on `chain`, of transactions in `pool`.
    pub fn new(chain: Arc<Chain>, pool: Arc<Pool>, clock: Arc<Clock>) -> Self {
        Self { chain, pool, clock, turn: Mutex::new(()) }
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
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.pool.maintain()?;
        let (parent, transactions) = self.pool.best();
        if transactions.is_empty() && want == Want::Transactions {
            return Ok(Sealed::Nothing);
        }
        let hashes: Vec<Hash256> = transactions.iter().map(|one| one.extrinsic.hash()).collect();
        let now = self.clock.after(self.chain.head().time);
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
