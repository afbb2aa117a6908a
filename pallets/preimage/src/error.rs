//! Why a preimage is not kept, given back or found.

use althing_primitives::{AccountId, Hash256};

althing_frame::pallet_errors! {
    /// Why a preimage is not kept, given back or found.
    pub enum Error in pallet 6 {
        /// The chain keeps these bytes already.
        1 "PRE-101" AlreadyNoted { hash: Hash256, who: AccountId }
            => "{who} has noted preimage {hash} already";
        /// The chain does not keep these bytes.
        2 "PRE-102" NotNoted { hash: Hash256 } => "no preimage {hash} is noted";
        /// Only the noter gets the deposit back.
        3 "PRE-103" NotTheNoter { hash: Hash256, noter: AccountId }
            => "preimage {hash} belongs to {noter}";
        /// A referendum or a task relies on the bytes.
        4 "PRE-104" Pinned { hash: Hash256, pins: u32 }
            => "{pins} referenda or tasks rely on preimage {hash}";
        /// The proposal and the bytes differ in length.
        5 "PRE-105" WrongLength { hash: Hash256, said: u32, noted: u32 }
            => "the proposal says {said} bytes, preimage {hash} has {noted}";
        /// There is nothing to keep.
        6 "PRE-106" Empty => "a preimage needs at least one byte";
        /// A call names more preimages than can be pinned for it.
        7 "PRE-107" TooManyRelied { found: u32, max: u32 }
            => "the call relies on {found} preimages, more than the {max} of one call";
    }
}
