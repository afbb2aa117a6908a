//! The last heights with their states.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use althing_primitives::{BlockNumber, Hash256};

use super::Head;
use super::genesis::Genesis;

/// How many heights stay readable at least.
pub const RECENT: BlockNumber = 256;

/// The heads of consecutive heights, oldest first, and genesis for ever.
#[derive(Debug)]
pub(crate) struct Recent {
    genesis: Arc<Genesis>,
    heads: VecDeque<Arc<Head>>,
    numbers: HashMap<Hash256, BlockNumber>,
}

impl Recent {
    /// Nothing but where the chain begins.
    pub(crate) fn new(genesis: Genesis) -> Self {
        let genesis = Arc::new(genesis);
        Self { genesis, heads: VecDeque::new(), numbers: HashMap::new() }
    }

    /// Where the chain begins.
    pub(crate) fn genesis(&self) -> &Arc<Genesis> {
        &self.genesis
    }

    /// Begin again at `head`, whatever came before.
    pub(crate) fn restart(&mut self, head: Arc<Head>) {
        self.heads.clear();
        self.numbers.clear();
        self.push(head);
    }

    /// Add the head of the next height; returns the one that is too old now. Dropping it frees all
    /// that only its state held, so it is not done in here, under a lock.
    pub(crate) fn push(&mut self, head: Arc<Head>) -> Option<Arc<Head>> {
        self.numbers.insert(head.hash, head.number);
        self.heads.push_back(head);
        if self.heads.len() <= RECENT as usize {
            return None;
        }
        let gone = self.heads.pop_front();
        if let Some(gone) = &gone {
            self.numbers.remove(&gone.hash);
        }
        gone
    }

    pub(crate) fn newest(&self) -> &Arc<Head> {
        self.heads.back().unwrap_or_else(|| self.genesis.head())
    }

    /// The oldest height whose state is here, genesis aside.
    pub(crate) fn oldest(&self) -> BlockNumber {
        self.heads.front().map_or(0, |head| head.number)
    }

    /// The block at a height, genesis aside.
    pub(crate) fn by_number(&self, number: BlockNumber) -> Option<&Arc<Head>> {
        self.heads.get(number.checked_sub(self.oldest())? as usize)
    }

    /// The block with this hash, genesis aside.
    pub(crate) fn by_hash(&self, hash: Hash256) -> Option<&Arc<Head>> {
        self.by_number(*self.numbers.get(&hash)?)
    }
}
