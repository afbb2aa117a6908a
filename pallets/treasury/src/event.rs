//! What happens to the common funds.

use althing_frame::{DispatchError, Track};
use althing_primitives::{AccountId, Balance};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use crate::{Memo, SpendId};

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// The members decided to spend.
    #[codec(index = 0)]
    Approved {
        /// Which spend.
        spend: SpendId,
        /// The track that decided.
        track: Track,
        /// Who is to be paid.
        beneficiary: AccountId,
        /// How much, in the smallest unit.
        amount: Balance,
        /// What for.
        memo: Memo,
    },
    /// The beneficiary has the funds.
    #[codec(index = 1)]
    Paid {
        /// Which spend.
        spend: SpendId,
        /// Who was paid.
        beneficiary: AccountId,
        /// How much, in the smallest unit.
        amount: Balance,
    },
    /// The pot cannot pay yet: the spend waits.
    #[codec(index = 2)]
    Waiting {
        /// Which spend.
        spend: SpendId,
        /// What it takes, in the smallest unit.
        needed: Balance,
        /// What the pot can pay.
        available: Balance,
    },
    /// The pot could pay, but the beneficiary cannot be paid. It is tried again in every block.
    #[codec(index = 3)]
    PayoutFailed {
        /// Which spend.
        spend: SpendId,
        /// Why.
        error: DispatchError,
    },
    /// The beneficiary could not be paid for too long.
    #[codec(index = 4)]
    Lapsed {
        /// Which spend.
        spend: SpendId,
        /// Who is not paid.
        beneficiary: AccountId,
        /// How much stays in the pot, in the smallest unit.
        amount: Balance,
    },
    /// The members took the approval back.
    #[codec(index = 5)]
    Voided {
        /// Which spend.
        spend: SpendId,
        /// Who is not paid.
        beneficiary: AccountId,
        /// How much stays in the pot, in the smallest unit.
        amount: Balance,
    },
    /// Someone gave to the common funds.
    #[codec(index = 6)]
    Received {
        /// Who.
        from: AccountId,
        /// How much, in the smallest unit.
        amount: Balance,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
