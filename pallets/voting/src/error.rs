//! Why a ballot does not count.

use althing_primitives::{AccountId, Balance, BlockNumber};

althing_frame::pallet_errors! {
    /// Why a ballot does not count.
    pub enum Error in pallet 9 {
        /// There is no such referendum.
        1 "VOT-101" UnknownReferendum { referendum: u32 } => "there is no referendum {referendum}";
        /// Its poll has ended.
        2 "VOT-102" Closed { referendum: u32, closed_at: BlockNumber }
            => "voting on referendum {referendum} ended in block {closed_at}";
        /// The ballot is heavier than the account.
        3 "VOT-103" TooHeavy { asked: Balance, available: Balance }
            => "a ballot of {asked} is more than the {available} the account holds";
        /// The ballot has no weight.
        4 "VOT-104" EmptyBallot => "the ballot has no balance behind it";
        /// The member has as many ballots as they may have.
        5 "VOT-105" TooManyBallots { max: u32 }
            => "the account has {max} ballots, the most it may have: remove or unlock some";
        /// The member has not voted.
        6 "VOT-106" NoBallot { referendum: u32 } => "no ballot on referendum {referendum}";
        /// What was put behind a ballot stays there until the next block.
        7 "VOT-107" JustCast { referendum: u32, block: BlockNumber }
            => "the ballot on referendum {referendum} was cast in this block {block}: it cannot be removed or lowered before the next one";
        /// Pots belong to nobody.
        8 "VOT-108" Pot { who: AccountId } => "account {who} is a pot and cannot vote";
        /// The member has as many locks as a ladder can hold.
        9 "VOT-109" LadderFull { until: BlockNumber }
            => "a lock until block {until} does not fit: wait until an earlier one has ended";
        /// The ballot's weight is above 128 bits.
        10 "VOT-110" Uncountable => "the ballot weighs more than 128 bits hold";
        /// Genesis names more pots than there may be.
        11 "VOT-111" TooManyPots { found: u32, max: u32 }
            => "{found} pots are more than the {max} there may be";
    }
}
