//! What happened to a policy.

use althing_primitives::{AccountId, Balance, BlockNumber, KeyHandle, SchemeId};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// What happened to a policy.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Event {
    /// The account signed for the first time; its policy is this one key.
    #[codec(index = 0)]
    KeyEnrolled {
        /// The account.
        account: AccountId,
        /// The scheme.
        scheme: SchemeId,
        /// The key.
        handle: KeyHandle,
        /// What was set aside for it.
        deposit: Balance,
    },
    /// One key took the place of another.
    #[codec(index = 1)]
    KeyRotated {
        /// The account.
        account: AccountId,
        /// The key that signs nothing more.
        old: KeyHandle,
        /// The scheme of the new key.
        scheme: SchemeId,
        /// The new key.
        new: KeyHandle,
        /// The policy's nonce after the change.
        rotation_nonce: u32,
    },
    /// A key joined the policy.
    #[codec(index = 2)]
    KeyAdded {
        /// The account.
        account: AccountId,
        /// The scheme.
        scheme: SchemeId,
        /// The key.
        handle: KeyHandle,
        /// The first block in which it may no longer sign.
        expires: Option<BlockNumber>,
        /// The policy's nonce after the change.
        rotation_nonce: u32,
    },
    /// A key left the policy.
    #[codec(index = 3)]
    KeyRemoved {
        /// The account.
        account: AccountId,
        /// The key that signs nothing more.
        handle: KeyHandle,
        /// The policy's nonce after the change.
        rotation_nonce: u32,
    },
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
