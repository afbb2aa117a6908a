//! Who may sign for an account.

use althing_frame::Authority;
use althing_primitives::{
    AccountId, Balance, BlockNumber, BoundedBytes, BoundedVec, Hash256, KeyHandle,
    PUBLIC_KEY_BYTES_MAX, SIGNERS_MAX, SchemeId, SignerKey,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The most keys one account may have.
pub const KEYS_MAX: u32 = 8;
/// The most friends who may recover an account.
pub const FRIENDS_MAX: u32 = 8;

/// What a transaction takes of the keys that sign it (AC4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Demand {
    /// What its call takes.
    pub authority: Authority,
    /// What it gives to whoever puts it first, in the smallest unit: funds that go away, unlike the
    /// fee, at the sender's choice.
    pub tip: Balance,
}

impl From<Authority> for Demand {
    /// That of a call without tip.
    fn from(authority: Authority) -> Self {
        Self { authority, tip: 0 }
    }
}

/// What a key may be used for: a set of bits.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Scopes(pub u8);

impl Scopes {
    /// Everything, policies included.
    pub const OWNER: Self = Self(1);
    /// Transfers up to a limit.
    pub const TRANSFER: Self = Self(2);
    /// Ballots.
    pub const VOTE: Self = Self(4);
    /// Everyday calls for a time.
    pub const SESSION: Self = Self(8);

    /// Whether a key with these rights, not an owner, signs alone for `demand`. It sends at most
    /// `limit` away in one transaction, tip included; without scope transfer nothing.
    pub fn allow(self, demand: impl Into<Demand>, limit: Balance) -> bool {
        let Demand { authority, tip } = demand.into();
        match authority {
            Authority::Policy
            | Authority::Rotation
            | Authority::Escape { .. }
            | Authority::Owners => false,
            Authority::Transfer(amount) => {
                let away = amount.checked_add(tip);
                self.contain(Self::TRANSFER) && away.is_some_and(|away| away <= limit)
            }
            Authority::Vote => {
                tip == 0 && (self.contain(Self::VOTE) || self.contain(Self::SESSION))
            }
            Authority::Everyday => tip == 0 && self.contain(Self::SESSION),
        }
    }

    /// Whether the set is one that a key may have: that of an owner, or some of the others.
    pub const fn is_known(self) -> bool {
        const FEWER: u8 = Scopes::TRANSFER.0 | Scopes::VOTE.0 | Scopes::SESSION.0;
        self.0 == Self::OWNER.0 || (self.0 != 0 && self.0 & !FEWER == 0)
    }

    /// Whether all of `wanted` is in the set.
    pub const fn contain(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

/// One key of a policy.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct KeyEntry {
    /// The scheme.
    pub scheme: SchemeId,
    /// The key's handle; its bytes are in [`KEYS`](crate::KEYS).
    pub handle: KeyHandle,
    /// What its signature counts towards the threshold.
    pub weight: u16,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The most it sends away in one transaction, in the smallest unit; for scope
    /// [`Scopes::TRANSFER`], else 0.
    pub limit: Balance,
    /// The first block in which it may no longer sign.
    pub expires: Option<BlockNumber>,
}

impl KeyEntry {
    /// An owner key of weight 1.
    pub const fn owner(scheme: SchemeId, handle: KeyHandle, expires: Option<BlockNumber>) -> Self {
        Self { scheme, handle, weight: 1, scopes: Scopes::OWNER, limit: 0, expires }
    }

    /// Whether it controls the account with others, or alone.
    pub const fn is_owner(&self) -> bool {
        self.scopes.contain(Scopes::OWNER)
    }

    /// Whether the key has not expired by block `now`.
    pub fn is_live(&self, now: BlockNumber) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// Members who may give an account new keys together, and stop changes of the old ones.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Recovery {
    /// The members, each once.
    pub friends: BoundedVec<AccountId, FRIENDS_MAX>,
    /// How many of them it takes.
    pub threshold: u8,
}

/// The keys that control an account.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Policy {
    /// The keys, each handle once.
    pub keys: BoundedVec<KeyEntry, KEYS_MAX>,
    /// The weight that signatures of a transaction must reach together.
    pub threshold: u16,
    /// Commitment to the key that may take over when the present schemes fall: see
    /// [`next_commitment`](crate::next_commitment).
    pub next: Option<Hash256>,
    /// Who may recover the account when its keys are lost. While somebody may, changes of the
    /// policy wait.
    pub recovery: Option<Recovery>,
    /// How often the policy has changed. Part of every proof of possession, and of what transactions
    /// sign (AC11).
    pub rotation_nonce: u32,
}

impl Policy {
    /// That of an account which has none: no keys.
    pub(crate) const fn none() -> Self {
        let keys = BoundedVec::new();
        Self { keys, threshold: 1, next: None, recovery: None, rotation_nonce: 0 }
    }

    /// The key under `handle`, whether or not it may sign.
    pub fn key(&self, handle: KeyHandle) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| key.handle == handle)
    }

    /// The entries of `signers` if together, in this order, they sign for `demand` in block `now`
    /// (AC4): owners whose weights reach the threshold, none of them superfluous and in the order of
    /// the policy; or one key with fewer rights that is allowed this much.
    pub fn signers(
        &self,
        signers: &[SignerKey],
        demand: impl Into<Demand>,
        now: BlockNumber,
    ) -> Option<Vec<&KeyEntry>> {
        let demand = demand.into();
        // For this one the policy has a commitment, no keys.
        if matches!(demand.authority, Authority::Escape { .. }) {
            return None;
        }
        let mut entries = Vec::with_capacity(signers.len());
        let mut rest = self.keys.iter();
        for signer in signers {
            // Going on where the last one was found keeps the order and takes no key twice.
            let entry = rest.find(|key| key.handle == signer.handle)?;
            // The scheme is the policy's word; what the transaction says must agree with it.
            if entry.scheme != signer.scheme || !entry.is_live(now) {
                return None;
            }
            entries.push(entry);
        }
        let enough = match &entries[..] {
            [one] if !one.is_owner() => one.scopes.allow(demand, one.limit),
            _ => self.is_enough(&entries),
        };
        enough.then_some(entries)
    }

    /// The fewest owner keys that sign everything together in block `now`, in the policy's order; none
    /// if those that have not expired do not reach the threshold.
    pub fn quorum(&self, now: BlockNumber) -> Vec<&KeyEntry> {
        let owners = self.keys.iter().enumerate();
        let mut owners: Vec<_> =
            owners.filter(|(_, key)| key.is_owner() && key.is_live(now)).collect();
        owners.sort_by_key(|(at, key)| (core::cmp::Reverse(key.weight), *at));
        // The lightest of the heaviest is needed, so all of them are.
        let mut missing = u32::from(self.threshold);
        let mut quorum = Vec::new();
        for (at, key) in owners.into_iter().take(SIGNERS_MAX as usize) {
            if missing == 0 {
                break;
            }
            missing = missing.saturating_sub(key.weight.into());
            quorum.push((at, key));
        }
        if missing > 0 {
            return Vec::new();
        }
        quorum.sort_by_key(|(at, _)| *at);
        quorum.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether these owners reach the threshold, and would not without any one of them.
    fn is_enough(&self, entries: &[&KeyEntry]) -> bool {
        let weight = |entry: &&KeyEntry| u32::from(entry.weight);
        let sum = entries.iter().map(weight).fold(0_u32, u32::saturating_add);
        let threshold = u32::from(self.threshold);
        sum >= threshold
            && entries
                .iter()
                .all(|entry| entry.is_owner() && sum.saturating_sub(weight(entry)) < threshold)
    }

    /// The owner keys that never expire: they control the account for good (AC-I2).
    pub fn permanent(&self) -> impl Iterator<Item = &KeyEntry> {
        self.keys.iter().filter(|key| key.expires.is_none() && key.is_owner())
    }

    /// What the heaviest of `keys` weigh that can sign one transaction together.
    pub fn reach<'a>(keys: impl Iterator<Item = &'a KeyEntry>) -> u32 {
        let mut weights: Vec<u16> = keys.map(|key| key.weight).collect();
        weights.sort_unstable_by(|one, other| other.cmp(one));
        let heaviest = weights.into_iter().take(SIGNERS_MAX as usize);
        heaviest.fold(0, |sum: u32, weight| sum.saturating_add(weight.into()))
    }

    /// Whether `keys`, owner keys of this policy, can reach the threshold in one transaction.
    pub fn is_reached_by<'a>(&self, keys: impl Iterator<Item = &'a KeyEntry>) -> bool {
        Self::reach(keys) >= u32::from(self.threshold)
    }
}

/// A public key the chain keeps.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct StoredKey {
    /// The scheme.
    pub scheme: SchemeId,
    /// The key.
    pub public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
    /// What the account set aside for it; 0 for a key of genesis.
    pub deposit: Balance,
}
