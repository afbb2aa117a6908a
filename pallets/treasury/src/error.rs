//! Why nothing is spent or paid.

use althing_primitives::Balance;

use crate::SpendId;

althing_frame::pallet_errors! {
    /// Why nothing is spent or paid.
    pub enum Error in pallet 10 {
        /// The spend is more than the track may spend at once.
        1 "TRE-101" OverCap { track: &'static str, amount: Balance, cap: Balance }
            => "{amount} is more than the {cap} that track {track} may spend at once";
        /// The track has spent too much lately.
        2 "TRE-102" OverBudget {
            track: &'static str, amount: Balance, spent: Balance, cap: Balance
        } => "track {track} may spend {cap} per period and spent {spent} lately: {amount} is too \
              much";
        /// The track has no budget.
        3 "TRE-103" NoBudget { track: &'static str } => "track {track} has no budget";
        /// Nothing is to be spent.
        4 "TRE-104" Nothing => "a spend must be more than nothing";
        /// The pot cannot be its own beneficiary.
        5 "TRE-105" ToThePot => "the treasury cannot pay itself";
        /// Too many spends wait for funds.
        6 "TRE-106" QueueFull { max: u32 } => "{max} spends wait for funds, as many as may";
        /// The spend is paid, lapsed or void, or never was.
        7 "TRE-107" UnknownSpend { spend: SpendId } => "no spend {spend} is pending";
        /// The pot cannot pay yet.
        8 "TRE-108" PotShort { spend: SpendId, needed: Balance, available: Balance }
            => "spend {spend} needs {needed} and the treasury can pay {available}";
        /// The budget has no period, or a spend may be more than all spends together.
        9 "TRE-109" UnsoundBudget { track: &'static str }
            => "the budget of track {track} has no period or caps a spend above the period";
        /// A deposit must be enough to begin an account.
        10 "TRE-110" DepositTooSmall { amount: Balance, minimum: Balance }
            => "a deposit of {amount} is too small: the least is {minimum}";
    }
}
