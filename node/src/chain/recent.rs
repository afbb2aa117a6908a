//! The last heights with their states.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use althing_primitives::{BlockNumber, Hash256};

use super::Head;

/// How many heights stay readable at least.
pub const RECENT: BlockNumber = 256;

/// The heads of consecutive heights, oldest first, and genesis for ever.
#[derive(Debug)]
pub(crate) struct Recent {
    genesis: Arc<Head>,
    heads: VecDeque<Arc<Head>>,
    numbers: HashMap<Hash256, BlockNumber>,
}

impl Recent {
    pub(crate) fn new(genesis: Arc<Head>) -> Self {
        let mut recent = Self { genesis, heads: VecDeque::new(), numbers: HashMap::new() };
        recent.push(Arc::clone(&recent.genesis));
        recent
    }

    /// Begin again at `head`, whatever came before.
    pub(crate) fn restart(&mut self, head: Arc<Head>) {
        self.heads.clear();
        self.numbers.clear();
        self.push(head);
    }

    /// Add the head of the next height.
    pub(crate) fn push(&mut self, head: Arc<Head>) {
        self.numbers.insert(head.hash, head.number);
        self.heads.push_back(head);
        while self.heads.len() > RECENT as usize {
            if let Some(gone) = self.heads.pop_front() {
                self.numbers.remove(&gone.hash);
            }
        }
    }

    pub(crate) fn newest(&self) -> &Arc<Head> {
        self.heads.back().unwrap_or(&self.genesis)
    }

    /// The oldest height whose state is here, genesis aside.
    pub(crate) fn oldest(&self) -> BlockNumber {
        self.heads.front().map_or(0, |head| head.number)
    }

    pub(crate) fn by_number(&self, number: BlockNumber) -> Option<&Arc<Head>> {
        if number == 0 {
            return Some(&self.genesis);
        }
        self.heads.get(number.checked_sub(self.oldest())? as usize)
    }

    pub(crate) fn by_hash(&self, hash: Hash256) -> Option<&Arc<Head>> {
        if hash == self.genesis.hash {
            return Some(&self.genesis);
        }
        self.by_number(*self.numbers.get(&hash)?)
    }
}
