//! What a policy will be, and who has a say in it until then.

use althing_primitives::{AccountId, Balance, BlockNumber, BoundedVec, Family, Hash256};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{FRIENDS_MAX, KEYS_MAX, Policy, StoredKey, Word};

/// How many announced changes take effect in one block.
pub const AGENDA_MAX: u32 = 64;

/// Accounts whose changes take effect in one block.
pub type Agenda = BoundedVec<AccountId, AGENDA_MAX>;
/// The recoveries of one account: at most one of each friend.
pub type Recoveries = BoundedVec<RecoveryProposal, FRIENDS_MAX>;

/// A policy that is to follow, with the keys that it brings. Their possession is proven.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Change {
    /// The policy, its rotation nonce the one after the present.
    pub policy: Policy,
    /// The keys that the present policy lacks, each with its deposit.
    pub keys: BoundedVec<StoredKey, KEYS_MAX>,
    /// What its author has set aside while it waits, in the smallest unit.
    pub deposit: Balance,
    /// Its author's word, while it waits.
    pub word: Word,
}

/// A change that everybody can see coming.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Pending {
    /// Who wrote it: the account itself, or the friend who wants it recovered.
    pub author: AccountId,
    /// The block at whose end it takes effect.
    pub effective_at: BlockNumber,
    /// The friends who object.
    pub objections: BoundedVec<AccountId, FRIENDS_MAX>,
}

/// A recovery that a friend proposes.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct RecoveryProposal {
    /// The friend. The policy is in [`CHANGES`](crate::CHANGES).
    pub proposer: AccountId,
    /// BLAKE2b-256 of the draft.
    pub draft_hash: Hash256,
    /// The friends who want it, the proposer among them.
    pub approvals: BoundedVec<Approval, FRIENDS_MAX>,
}

/// A friend's word for a recovery.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Approval {
    /// The friend.
    pub friend: AccountId,
    /// On which assumptions the word rests.
    pub families: Families,
    /// The word.
    pub word: Word,
}

/// A set of families, one bit each.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Families(pub u8);

impl Families {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// This one.
    pub const fn of(family: Family) -> Self {
        match family {
            Family::Lattice => Self(1),
            Family::Hash => Self(2),
            Family::Code => Self(4),
        }
    }

    /// How many.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// How many families these approvals come from.
    pub(crate) fn of_all<'a>(approvals: impl Iterator<Item = &'a Approval>) -> u32 {
        approvals.map(|approval| approval.families).fold(Self::NONE, Self::or).count()
    }

    /// What is in one of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl RecoveryProposal {
    /// How many families the approvals come from.
    pub fn families(&self) -> u32 {
        Families::of_all(self.approvals.iter())
    }

    /// Whether `friend` has approved.
    pub fn has(&self, friend: &AccountId) -> bool {
        self.approvals.iter().any(|approval| approval.friend == *friend)
    }
}
