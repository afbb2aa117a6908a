//! What was paid.

use althing_primitives::{AccountId, Balance};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// An extrinsic was paid for.
    #[codec(index = 0)]
    TransactionFeePaid {
        /// Who paid.
        who: AccountId,
        /// How much, the tip included.
        actual_fee: Balance,
        /// How much of it was the tip.
        tip: Balance,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
