//! What happens to keys and annexes.

use althing_primitives::{AccountId, Balance, Hash256, KeyHandle, SchemeId};
use parity_scale_codec::Encode;
use scale_info::TypeInfo;

use crate::{ContentKey, Council};

/// What happened.
#[derive(Clone, Debug, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// Anyone can seal to the account from now on, with this key and no earlier one.
    #[codec(index = 0)]
    KeyPublished {
        /// Whose key it is.
        who: AccountId,
        /// The KEM.
        kem: SchemeId,
        /// The key's handle.
        key: KeyHandle,
        /// What was set aside for it, in the smallest unit.
        deposit: Balance,
    },
    /// Nobody can seal to the account any more.
    #[codec(index = 1)]
    KeyWithdrawn {
        /// Whose key it was.
        who: AccountId,
        /// What is free again, in the smallest unit.
        deposit: Balance,
    },
    /// Others read sealed annexes first from now on.
    #[codec(index = 2)]
    CouncilSet {
        /// All of them.
        members: Council,
    },
    /// A referendum has an annex.
    #[codec(index = 3)]
    AnnexAttached {
        /// The referendum.
        referendum: u32,
        /// Who attached it.
        who: AccountId,
        /// BLAKE2b-256 of the envelope.
        hash: Hash256,
        /// What was set aside for it, in the smallest unit.
        deposit: Balance,
    },
    /// The chain no longer keeps an annex, and its deposit is free again.
    #[codec(index = 4)]
    AnnexDetached {
        /// The referendum.
        referendum: u32,
        /// Who had attached it.
        who: AccountId,
        /// What is free again, in the smallest unit.
        deposit: Balance,
    },
    /// Everyone can read an annex.
    #[codec(index = 5)]
    AnnexRevealed {
        /// The referendum.
        referendum: u32,
        /// Who gave the key.
        who: AccountId,
        /// The content key.
        key: ContentKey,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
