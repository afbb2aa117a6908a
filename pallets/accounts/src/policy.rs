//! Who may sign for an account.

use althing_frame::Authority;
use althing_primitives::{
    Balance, BlockNumber, BoundedBytes, BoundedVec, Hash256, KeyHandle, PUBLIC_KEY_BYTES_MAX,
    SchemeId, SignerKey,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The most keys one account may have.
pub const KEYS_MAX: u32 = 8;

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

    /// Whether a key with these rights, not an owner, signs alone for `authority`.
    pub const fn allow(self, authority: Authority) -> bool {
        match authority {
            Authority::Policy | Authority::Transfer(_) => false,
            Authority::Vote => self.contain(Self::VOTE) || self.contain(Self::SESSION),
            Authority::Everyday => self.contain(Self::SESSION),
        }
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
    /// The first block in which it may no longer sign.
    pub expires: Option<BlockNumber>,
}

impl KeyEntry {
    /// An owner key of weight 1.
    pub const fn owner(scheme: SchemeId, handle: KeyHandle, expires: Option<BlockNumber>) -> Self {
        Self { scheme, handle, weight: 1, scopes: Scopes::OWNER, expires }
    }

    /// Whether the key has not expired by block `now`.
    pub fn is_live(&self, now: BlockNumber) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// The keys that control an account.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Policy {
    /// The keys, each handle once.
    pub keys: BoundedVec<KeyEntry, KEYS_MAX>,
    /// The weight that signatures of a transaction must reach together.
    pub threshold: u16,
    /// Commitment to the key that may take over when the present schemes fall.
    pub next: Option<Hash256>,
    /// How often the policy has changed. Part of every proof of possession.
    pub rotation_nonce: u32,
}

impl Policy {
    /// The key under `handle`, whether or not it may sign.
    pub fn key(&self, handle: KeyHandle) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| key.handle == handle)
    }

    /// The entries of `signers` if together, in this order, they sign for `authority` in block `now`
    /// (AC4): owners whose weights reach the threshold, none of them superfluous and in the order of
    /// the policy; or one key with fewer rights that is allowed this much.
    pub fn signers(
        &self,
        signers: &[SignerKey],
        authority: Authority,
        now: BlockNumber,
    ) -> Option<Vec<&KeyEntry>> {
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
            [one] if !one.scopes.contain(Scopes::OWNER) => one.scopes.allow(authority),
            _ => self.is_enough(&entries),
        };
        enough.then_some(entries)
    }

    /// Whether these owners reach the threshold, and would not without any one of them.
    fn is_enough(&self, entries: &[&KeyEntry]) -> bool {
        let weight = |entry: &&KeyEntry| u32::from(entry.weight);
        let sum = entries.iter().map(weight).fold(0_u32, u32::saturating_add);
        let threshold = u32::from(self.threshold);
        sum >= threshold
            && entries.iter().all(|entry| {
                entry.scopes.contain(Scopes::OWNER) && sum.saturating_sub(weight(entry)) < threshold
            })
    }

    /// Whether `key` is an owner key whose weight reaches the threshold.
    pub fn is_sufficient(&self, key: &KeyEntry) -> bool {
        key.weight >= self.threshold && key.scopes.contain(Scopes::OWNER)
    }

    /// The keys that control the account alone and for good (AC-I2).
    pub fn permanent(&self) -> impl Iterator<Item = &KeyEntry> {
        self.keys.iter().filter(|key| key.expires.is_none() && self.is_sufficient(key))
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
