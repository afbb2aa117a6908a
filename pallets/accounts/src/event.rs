//! What happened to a policy.

use althing_primitives::{
    AccountId, Balance, BlockNumber, BoundedVec, Hash256, KeyHandle, SchemeId,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{KEYS_MAX, Policy};

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
    /// A whole policy took the place of another: by its owners at once, or because its delay ended.
    #[codec(index = 4)]
    PolicySet {
        /// The account.
        account: AccountId,
        /// The keys that sign from now on.
        keys: BoundedVec<KeyHandle, KEYS_MAX>,
        /// The weight that owner keys must reach together.
        threshold: u16,
        /// The policy's nonce after the change.
        rotation_nonce: u32,
    },
    /// The account committed itself to another next key, or to none.
    #[codec(index = 5)]
    NextCommitted {
        /// The account.
        account: AccountId,
        /// The commitment.
        next: Option<Hash256>,
        /// The policy's nonce.
        rotation_nonce: u32,
    },
    /// The key to which the account had committed itself took over; all others are forgotten.
    #[codec(index = 6)]
    Escaped {
        /// The account.
        account: AccountId,
        /// The key's scheme.
        scheme: SchemeId,
        /// The key.
        handle: KeyHandle,
        /// The policy's nonce after the change.
        rotation_nonce: u32,
    },
    /// A change of the policy waits.
    #[codec(index = 7)]
    ChangeAnnounced {
        /// The account.
        account: AccountId,
        /// Who wrote it: the account, or the friend who proposed its recovery.
        author: AccountId,
        /// What the policy's nonce will be.
        rotation_nonce: u32,
        /// The block at whose end it takes effect.
        effective_at: BlockNumber,
    },
    /// The change that waited takes no effect.
    #[codec(index = 8)]
    ChangeCancelled {
        /// The account.
        account: AccountId,
        /// Who stopped it: its owners, or the friend who objected last.
        by: AccountId,
    },
    /// The change that waited takes no effect: a rule forbids it by now.
    #[codec(index = 9)]
    ChangeDropped {
        /// The account.
        account: AccountId,
        /// Index of the pallet whose rule it is.
        pallet: u8,
        /// Index of its error.
        error: u8,
    },
    /// A friend objects to the change that waits.
    #[codec(index = 10)]
    Objected {
        /// The account.
        account: AccountId,
        /// The friend.
        friend: AccountId,
        /// How many object.
        objections: u64,
    },
    /// A friend proposes to recover the account.
    #[codec(index = 11)]
    RecoveryProposed {
        /// The account.
        account: AccountId,
        /// The friend.
        proposer: AccountId,
        /// BLAKE2b-256 of the draft.
        draft_hash: Hash256,
        /// What the friend has set aside.
        deposit: Balance,
    },
    /// A friend approves a recovery.
    #[codec(index = 12)]
    RecoveryApproved {
        /// The account.
        account: AccountId,
        /// The friend.
        friend: AccountId,
        /// BLAKE2b-256 of the draft.
        draft_hash: Hash256,
        /// How many approve.
        approvals: u64,
    },
    /// The owners of the account cancelled all its recoveries.
    #[codec(index = 13)]
    RecoveryCancelled {
        /// The account.
        account: AccountId,
    },
    /// A friend has the deposit of a recovery back.
    #[codec(index = 14)]
    RecoveryWithdrawn {
        /// The account.
        account: AccountId,
        /// The friend.
        proposer: AccountId,
        /// The deposit.
        deposit: Balance,
    },
    /// A referendum gave the account a new key.
    #[codec(index = 15)]
    Rescued {
        /// The account.
        account: AccountId,
        /// The key's scheme.
        scheme: SchemeId,
        /// The key.
        handle: KeyHandle,
        /// The policy's nonce after the change.
        rotation_nonce: u32,
    },
}

impl Event {
    /// That `policy` holds now.
    pub(crate) fn policy_set(account: &AccountId, policy: &Policy) -> Self {
        let keys: Vec<KeyHandle> = policy.keys.iter().map(|key| key.handle).collect();
        Self::PolicySet {
            account: *account,
            // As many as the policy has entries, and of those there are not too many.
            keys: keys.try_into().unwrap_or_default(),
            threshold: policy.threshold,
            rotation_nonce: policy.rotation_nonce,
        }
    }
}

impl althing_frame::Event for Event {
    const PALLET: u8 = crate::INDEX;
}
