//! What happens to preimages.

use althing_primitives::{AccountId, Balance, Hash256};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// The chain keeps the bytes from now on.
    #[codec(index = 0)]
    Noted {
        /// BLAKE2b-256 of the bytes.
        hash: Hash256,
        /// How many there are.
        len: u32,
        /// Who noted them.
        who: AccountId,
        /// What was set aside for them, in the smallest unit.
        deposit: Balance,
    },
    /// The chain no longer keeps the bytes, and the deposit is free again.
    #[codec(index = 1)]
    Unnoted {
        /// BLAKE2b-256 of the bytes.
        hash: Hash256,
        /// Who had noted them.
        who: AccountId,
        /// What is free again, in the smallest unit.
        deposit: Balance,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
