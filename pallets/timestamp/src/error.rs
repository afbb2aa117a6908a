//! Why a stated time is refused.

use althing_primitives::{BlockNumber, Moment};

althing_frame::pallet_errors! {
    /// Why a stated time is refused.
    pub enum Error in pallet 1 {
        /// A block sets its time once.
        1 "TIM-101" Repeated { now: Moment } => "the time of this block is already set to {now}";
        /// The time never goes back.
        2 "TIM-102" Backwards { now: Moment, last: Moment }
            => "time {now} is before {last}, the time of the block before";
        /// The inherent and the block's environment name the same time.
        3 "TIM-103" Disagrees { now: Moment, block_time: Moment }
            => "time {now} is not {block_time}, at which this block runs";
        /// Every block sets its time.
        4 "TIM-104" Missing { block: BlockNumber } => "block {block} does not say its time";
    }
}
