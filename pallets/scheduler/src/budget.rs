//! How much of a block enactments may use.

use althing_frame::Runtime;
use althing_primitives::Weight;
use pallet_preimage::Relied;
use pallet_system::limits::rows_weight;

/// Enactments use at most one part in this many of a block (SC5).
pub const BUDGET_DIVISOR: u64 = 4;

/// Picoseconds to fetch and decode one byte of a call.
const PICOSECONDS_PER_BYTE: u64 = 3_000;

/// How much the enactments of one block may weigh together.
pub fn budget(runtime: &dyn Runtime) -> Weight {
    let block = runtime.block_weight_max();
    let part = |whole: u64| whole.checked_div(BUDGET_DIVISOR).unwrap_or(whole);
    Weight { ref_time: part(block.ref_time), proof_size: part(block.proof_size) }
}

/// What a task costs beside its call of `bytes`, which relies on these preimages.
pub(crate) fn overhead(bytes: u32, relied: &Relied) -> Weight {
    let reading = u64::from(bytes).saturating_mul(PICOSECONDS_PER_BYTE);
    // Each is looked for and unpinned. The type bounds their number.
    let relied = u64::try_from(relied.len()).unwrap_or(u64::MAX);
    rows_weight(6, 6)
        .saturating_add(rows_weight(relied.saturating_mul(2), relied))
        .saturating_add(Weight { ref_time: reading, proof_size: 0 })
}

/// What is left of a block's budget.
#[derive(Debug)]
pub(crate) struct Purse {
    limit: Weight,
    spent: Weight,
    is_untouched: bool,
}

impl Purse {
    pub(crate) fn new(runtime: &dyn Runtime) -> Self {
        Self { limit: budget(runtime), spent: Weight::ZERO, is_untouched: true }
    }

    /// Whether a task of this weight may run now; if so, it is paid for. The first task of a
    /// block always may, so no task is too heavy to ever run.
    pub(crate) fn pay(&mut self, weight: Weight) -> bool {
        let spent = self.spent.saturating_add(weight);
        if spent.exceeds(self.limit) && !self.is_untouched {
            return false;
        }
        self.spent = spent;
        self.is_untouched = false;
        true
    }
}
