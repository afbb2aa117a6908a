//! The order of transactions: by what they pay for their place, and by how long they have waited.
//!
//! Waiting counts as paying: with each block a transaction has waited it stands as if it paid twice
//! as much. Both are added on a logarithmic scale, so that the order of two transactions never
//! changes while they wait, and nobody waits for ever.

use std::cmp::Reverse;

use althing_primitives::BlockNumber;
use althing_runtime::PRIORITY_PER_DOUBLING;

/// Where a transaction stands among others. The greater goes first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Standing {
    /// Priority, less what one gains by the height at which the transaction came.
    level: i64,
    arrival: Reverse<u64>,
}

impl Standing {
    /// The standing of a transaction of `priority` that came while block `number` was being waited
    /// for; `arrival` counts up.
    pub(crate) fn new(priority: u64, number: BlockNumber, arrival: u64) -> Self {
        // Both are far below 2^62: 32 bits of height, and a doubling of 17 bits.
        let priority = i64::try_from(priority).unwrap_or(i64::MAX);
        let per_block = i64::try_from(PRIORITY_PER_DOUBLING).unwrap_or(i64::MAX);
        let late = i64::from(number).saturating_mul(per_block);
        Self { level: priority.saturating_sub(late), arrival: Reverse(arrival) }
    }
}
