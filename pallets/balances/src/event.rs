//! What happened to funds, under the names and indices clients know.

use althing_primitives::{AccountId, Balance};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// An account began with these free funds.
    #[codec(index = 0)]
    Endowed {
        /// The account.
        account: AccountId,
        /// What it holds.
        free_balance: Balance,
    },
    /// An account ended with less than the existential deposit, which is gone.
    #[codec(index = 1)]
    DustLost {
        /// The account.
        account: AccountId,
        /// What is gone.
        amount: Balance,
    },
    /// Funds went from one account to another.
    #[codec(index = 2)]
    Transfer {
        /// The sender.
        from: AccountId,
        /// The beneficiary.
        to: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Free funds were set aside.
    #[codec(index = 4)]
    Reserved {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Reserved funds are free again.
    #[codec(index = 5)]
    Unreserved {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Reserved funds of one account became free funds of another.
    #[codec(index = 6)]
    ReserveRepatriated {
        /// Who had reserved them.
        from: AccountId,
        /// Who has them now.
        to: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Funds came from a pot.
    #[codec(index = 7)]
    Deposit {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Funds went to a pot.
    #[codec(index = 8)]
    Withdraw {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Reserved funds were taken as a penalty and are gone.
    #[codec(index = 9)]
    Slashed {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Funds were made.
    #[codec(index = 10)]
    Minted {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// Funds were destroyed.
    #[codec(index = 11)]
    Burned {
        /// The account.
        who: AccountId,
        /// How much.
        amount: Balance,
    },
    /// More funds are locked.
    #[codec(index = 17)]
    Locked {
        /// The account.
        who: AccountId,
        /// How much more.
        amount: Balance,
    },
    /// Fewer funds are locked.
    #[codec(index = 18)]
    Unlocked {
        /// The account.
        who: AccountId,
        /// How much less.
        amount: Balance,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
