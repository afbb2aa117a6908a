//! What a referendum decides on: a call, or its hash and length.

use althing_primitives::{BoundedBytes, Hash256, blake2_256};
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// The longest call that a proposal carries itself (PR10).
pub const INLINE_BYTES_MAX: u32 = 128;

/// A call to be decided on: addressed by content, so that it cannot change under its voters.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub enum Proposal {
    /// The call's bytes.
    #[codec(index = 0)]
    Inline(BoundedBytes<INLINE_BYTES_MAX>),
    /// Bytes that this pallet keeps.
    #[codec(index = 1)]
    Preimage {
        /// BLAKE2b-256 of the call.
        hash: Hash256,
        /// How many bytes it has.
        len: u32,
    },
}

impl Proposal {
    /// The proposal of `call`: inline if it is short, else by hash. `None` for more bytes than a
    /// length can say.
    pub fn of(call: &[u8]) -> Option<Self> {
        if let Ok(bytes) = call.to_vec().try_into() {
            return Some(Self::Inline(bytes));
        }
        let len = u32::try_from(call.len()).ok()?;
        Some(Self::Preimage { hash: blake2_256(call), len })
    }

    /// BLAKE2b-256 of the call: equal for all proposals of one call.
    pub fn hash(&self) -> Hash256 {
        match self {
            Self::Inline(bytes) => blake2_256(bytes),
            Self::Preimage { hash, .. } => *hash,
        }
    }

    /// How many bytes the call has.
    pub fn call_bytes(&self) -> u32 {
        match self {
            // The type bounds the length to far less than `u32::MAX`.
            Self::Inline(bytes) => u32::try_from(bytes.len()).unwrap_or(INLINE_BYTES_MAX),
            Self::Preimage { len, .. } => *len,
        }
    }

    /// Hash and length that must be noted, if the bytes are not inline.
    pub(crate) fn preimage(&self) -> Option<(Hash256, u32)> {
        match self {
            Self::Inline(_) => None,
            Self::Preimage { hash, len } => Some((*hash, *len)),
        }
    }
}
