//! What members can change about their keys, and about those of their friends.

use althing_frame::{Access, Authority, DispatchError, Fault, Origin, Rows, Tx};
use althing_primitives::{
    AccountId, BlockNumber, BoundedBytes, Hash256, KeyHandle, PUBLIC_KEY_BYTES_MAX,
    SIGNATURE_BYTES_MAX, SchemeId, Weight,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::possession::NewKey;
use crate::{PolicyDraft, Proofs, changes, declare, escape, recovery, rescue, weight};

/// What members can change about their keys, and about those of their friends.
///
/// While the policy names friends who may recover the account, `rotate`, `add_key`, `remove_key`,
/// `set_policy` and `commit_next` are announced and take effect after a delay, else at once.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum Call {
    /// Put a new key in the place of one of the policy. Works for as long as a scheme of the policy
    /// lets its keys rotate.
    #[codec(index = 0)]
    Rotate {
        /// The key that goes.
        replace: KeyHandle,
        /// The scheme of the new key.
        scheme: SchemeId,
        /// The new public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The new key's signature over its proof of possession.
        proof: BoundedBytes<SIGNATURE_BYTES_MAX>,
    },
    /// Add a key that may sign like the others.
    #[codec(index = 1)]
    AddKey {
        /// The scheme.
        scheme: SchemeId,
        /// The public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The new key's signature over its proof of possession.
        proof: BoundedBytes<SIGNATURE_BYTES_MAX>,
        /// The first block in which it may no longer sign.
        expires: Option<BlockNumber>,
    },
    /// Take a key away. Keys that control the account for good must stay.
    #[codec(index = 2)]
    RemoveKey {
        /// The key that goes.
        handle: KeyHandle,
    },
    /// Replace the policy as a whole.
    #[codec(index = 3)]
    SetPolicy {
        /// The policy.
        draft: PolicyDraft,
        /// A signature of each key that the present policy lacks, in the draft's order, all over the
        /// same proof of possession.
        proofs: Proofs,
    },
    /// Commit the account to a key that may take over, or to none.
    #[codec(index = 4)]
    CommitNext {
        /// The commitment.
        next: Option<Hash256>,
    },
    /// Let the key that signs this take over: the one to which the account is committed. At once,
    /// whatever the state of the other keys' schemes; they are forgotten.
    #[codec(index = 5)]
    Escape {
        /// The salt of the commitment.
        salt: [u8; 32],
        /// The commitment to the key that may take over next.
        next: Option<Hash256>,
    },
    /// As a friend, object to the change of an account's policy that waits.
    #[codec(index = 6)]
    Object {
        /// The account.
        account: AccountId,
    },
    /// Stop the own change that waits.
    #[codec(index = 7)]
    CancelChange {},
    /// As a friend, propose new keys for an account that has lost its own.
    #[codec(index = 8)]
    ProposeRecovery {
        /// The account.
        account: AccountId,
        /// The policy it shall have.
        draft: PolicyDraft,
        /// As for `set_policy`.
        proofs: Proofs,
    },
    /// As a friend, approve a recovery.
    #[codec(index = 9)]
    ApproveRecovery {
        /// The account.
        account: AccountId,
        /// BLAKE2b-256 of the draft.
        draft_hash: Hash256,
    },
    /// As the account itself, stop all recoveries of it.
    #[codec(index = 10)]
    CancelRecovery {},
    /// Give an account a key that nobody can sign for any more. Tracks `crypto-sunset` and `root`.
    #[codec(index = 11)]
    Rescue {
        /// The account.
        account: AccountId,
        /// The scheme of its new key.
        scheme: SchemeId,
        /// The new public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The new key's signature over its proof of possession.
        proof: BoundedBytes<SIGNATURE_BYTES_MAX>,
    },
    /// As a friend, take back a recovery that does not wait for its block, and its deposit.
    #[codec(index = 12)]
    WithdrawRecovery {
        /// The account.
        account: AccountId,
    },
}

impl althing_frame::Call for Call {
    fn name(&self) -> (&'static str, &'static str) {
        let name = match self {
            Self::Rotate { .. } => "rotate",
            Self::AddKey { .. } => "add_key",
            Self::RemoveKey { .. } => "remove_key",
            Self::SetPolicy { .. } => "set_policy",
            Self::CommitNext { .. } => "commit_next",
            Self::Escape { .. } => "escape",
            Self::Object { .. } => "object",
            Self::CancelChange {} => "cancel_change",
            Self::ProposeRecovery { .. } => "propose_recovery",
            Self::ApproveRecovery { .. } => "approve_recovery",
            Self::CancelRecovery {} => "cancel_recovery",
            Self::Rescue { .. } => "rescue",
            Self::WithdrawRecovery { .. } => "withdraw_recovery",
        };
        (crate::NAME, name)
    }

    fn access(&self, origin: &Origin, parent: &dyn Rows, access: &mut Access) -> Result<(), Fault> {
        declare::rows(self, origin, parent, access)
    }

    fn weight(&self) -> Weight {
        weight::of(self)
    }

    fn authority(&self) -> Authority {
        match self {
            Self::Rotate { .. } | Self::SetPolicy { .. } => Authority::Rotation,
            Self::Escape { salt, .. } => Authority::Escape { salt: *salt },
            Self::AddKey { .. }
            | Self::RemoveKey { .. }
            | Self::CommitNext { .. }
            | Self::Object { .. }
            | Self::CancelChange {}
            | Self::ProposeRecovery { .. }
            | Self::ApproveRecovery { .. }
            | Self::CancelRecovery {}
            | Self::Rescue { .. }
            | Self::WithdrawRecovery { .. } => Authority::Policy,
        }
    }

    fn dispatch(&self, tx: &mut Tx<'_>, origin: Origin) -> Result<(), DispatchError> {
        if let Self::Rescue { account, scheme, public, proof } = self {
            return rescue::rescue(tx, origin, account, NewKey { scheme: *scheme, public, proof });
        }
        let who = origin.signed()?;
        match self {
            Self::Rotate { replace, scheme, public, proof } => {
                changes::rotate(tx, &who, *replace, NewKey { scheme: *scheme, public, proof })
            }
            Self::AddKey { scheme, public, proof, expires } => {
                changes::add_key(tx, &who, NewKey { scheme: *scheme, public, proof }, *expires)
            }
            Self::RemoveKey { handle } => changes::remove_key(tx, &who, *handle),
            Self::SetPolicy { draft, proofs } => changes::set_policy(tx, &who, draft, proofs),
            Self::CommitNext { next } => changes::commit_next(tx, &who, *next),
            Self::Escape { next, .. } => escape::renew(tx, &who, *next),
            Self::Object { account } => recovery::object(tx, &who, account),
            Self::CancelChange {} => recovery::cancel_change(tx, &who),
            Self::ProposeRecovery { account, draft, proofs } => {
                recovery::propose(tx, &who, account, (draft, proofs))
            }
            Self::ApproveRecovery { account, draft_hash } => {
                recovery::approve(tx, &who, account, *draft_hash)
            }
            Self::CancelRecovery {} => recovery::cancel(tx, &who),
            Self::WithdrawRecovery { account } => recovery::withdraw(tx, &who, account),
            Self::Rescue { .. } => Err(DispatchError::BadOrigin),
        }
    }
}
