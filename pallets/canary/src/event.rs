//! What happens to canaries.

use althing_primitives::{AccountId, Balance, SchemeId};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use crate::Canary;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// Someone proved that a scheme is broken. What follows happens at the end of the block.
    #[codec(index = 0)]
    Reported {
        /// The scheme.
        scheme: SchemeId,
        /// The canary whose key signed.
        canary: Canary,
        /// Who proved it.
        finder: AccountId,
    },
    /// The canary fell: its scheme has lost its power, the finder has the reward.
    #[codec(index = 1)]
    Fell {
        /// The scheme.
        scheme: SchemeId,
        /// The canary.
        canary: Canary,
        /// Who proved it.
        finder: AccountId,
        /// What the treasury paid, in the smallest unit.
        paid: Balance,
    },
    /// A key of reduced strength was planted.
    #[codec(index = 2)]
    Planted {
        /// The scheme.
        scheme: SchemeId,
        /// The binary logarithm of the work that finds its secret.
        bits: u16,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
