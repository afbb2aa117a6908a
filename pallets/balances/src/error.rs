//! Why funds do not move. Variants that clients know from elsewhere keep their index and name.

use althing_primitives::{AccountId, Balance};

althing_frame::pallet_errors! {
    /// Why funds do not move.
    pub enum Error in pallet 2 {
        /// Locks keep the funds where they are.
        1 "BAL-101" LiquidityRestrictions { needed: Balance, spendable: Balance, frozen: Balance }
            => "{needed} is needed and {spendable} can be spent, since {frozen} is locked";
        /// The account holds less than is needed.
        2 "BAL-102" InsufficientBalance { needed: Balance, free: Balance }
            => "{needed} is needed and {free} is free";
        /// The amount is too small to begin an account.
        3 "BAL-103" ExistentialDeposit { amount: Balance, minimum: Balance }
            => "{amount} cannot begin an account, which takes {minimum}";
        /// The account must keep the existential deposit: the caller asked for it, or deposits
        /// and locks bind it.
        4 "BAL-104" Expendability { needed: Balance, spendable: Balance, minimum: Balance }
            => "{needed} is needed and {spendable} can be spent, since {minimum} must stay";
        /// The account has no funds.
        6 "BAL-105" DeadAccount { who: AccountId } => "account {who} has no funds";
        /// The account has as many locks as it may have.
        12 "BAL-106" TooManyLocks { max: u32 } => "the account has {max} locks, the most it may have";
        /// Less is reserved than is asked for.
        13 "BAL-107" ReservedShort { asked: Balance, reserved: Balance }
            => "{asked} is asked for and {reserved} is reserved";
        /// There would be more funds than a balance can count.
        14 "BAL-108" IssuanceOverflow { issuance: Balance, amount: Balance }
            => "{amount} on top of an issuance of {issuance} is more than can be counted";
        /// The beneficiary is not given as an account id.
        15 "BAL-109" AddressForm => "the beneficiary must be an account id";
    }
}
