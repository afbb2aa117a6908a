//! Whole policies as their owners write them, and the rules for what a policy may be (AC15).

use althing_frame::{DispatchError, Tx};
use althing_primitives::{
    AccountId, Balance, BlockNumber, BoundedBytes, BoundedVec, Hash256, KeyHandle,
    PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX, SchemeId, blake2_256,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::changes::{controlling, may_enrol, next_nonce, stored};
use crate::possession::{NewKey, draft_payload};
use crate::{Change, Error, KEYS_MAX, KeyEntry, Policy, Recovery, Scopes};

/// Proofs of possession, one for each new key of a draft, in its order.
pub type Proofs = BoundedVec<BoundedBytes<SIGNATURE_BYTES_MAX>, KEYS_MAX>;

/// A policy as its owners write it: with the keys themselves.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct PolicyDraft {
    /// The keys, each once.
    pub keys: BoundedVec<KeyDraft, KEYS_MAX>,
    /// The weight that owner keys must reach together.
    pub threshold: u16,
    /// Commitment to the key that may take over.
    pub next: Option<Hash256>,
    /// Who may recover the account.
    pub recovery: Option<Recovery>,
}

/// A key of a draft.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct KeyDraft {
    /// The scheme.
    pub scheme: SchemeId,
    /// The public key.
    pub public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
    /// What its signature counts towards the threshold.
    pub weight: u16,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The most it sends away in one transaction, in the smallest unit; 0 without scope transfer.
    pub limit: Balance,
    /// The first block in which it may no longer sign.
    pub expires: Option<BlockNumber>,
}

impl KeyDraft {
    /// The key's handle.
    pub fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme, &self.public)
    }

    fn entry(&self) -> KeyEntry {
        let Self { scheme, weight, scopes, limit, expires, .. } = *self;
        KeyEntry { scheme, handle: self.handle(), weight, scopes, limit, expires }
    }

    /// What the rules say of this key alone.
    fn check(&self, handle: Hash256, now: BlockNumber) -> Result<(), Error> {
        let (scopes, limit) = (self.scopes, self.limit);
        if self.weight == 0 {
            return Err(Error::NoWeight { handle });
        }
        if !scopes.is_known() || (limit > 0 && !scopes.contain(Scopes::TRANSFER)) {
            return Err(Error::BadScopes { handle, scopes: scopes.0, limit });
        }
        if scopes.contain(Scopes::SESSION) && self.expires.is_none() {
            return Err(Error::EndlessSession { handle });
        }
        match self.expires.filter(|expires| *expires <= now) {
            Some(expires) => Err(Error::Expired { expires, now }),
            None => Ok(()),
        }
    }
}

impl PolicyDraft {
    /// BLAKE2b-256 of its SCALE form: what new keys sign, and the name by which friends approve it.
    pub fn hash(&self) -> Hash256 {
        blake2_256(&self.encode())
    }

    /// The policy this would be after `before`, if a policy may be like this.
    fn policy(
        &self,
        account: &AccountId,
        before: &Policy,
        now: BlockNumber,
    ) -> Result<Policy, Error> {
        let mut policy = Policy {
            keys: BoundedVec::new(),
            threshold: self.threshold,
            next: self.next,
            recovery: self.recovery.clone(),
            rotation_nonce: next_nonce(before)?,
        };
        for key in self.keys.iter() {
            let entry = key.entry();
            let handle = entry.handle.0;
            key.check(handle, now)?;
            if policy.key(entry.handle).is_some() {
                return Err(Error::KnownKey { handle });
            }
            let full = |_| Error::TooManyKeys { maximum: KEYS_MAX };
            policy.keys.try_push(entry).map_err(full)?;
        }
        self.recovery.as_ref().map_or(Ok(()), |recovery| check_recovery(account, recovery))?;
        Ok(policy)
    }
}

fn check_recovery(account: &AccountId, recovery: &Recovery) -> Result<(), Error> {
    let Recovery { friends, threshold } = recovery;
    if friends.contains(account) {
        return Err(Error::OwnFriend { account: *account });
    }
    let twice = friends
        .iter()
        .enumerate()
        .find(|(at, friend)| friends.iter().take(*at).any(|one| one == *friend));
    if let Some((_, friend)) = twice {
        return Err(Error::FriendTwice { friend: *friend });
    }
    let (threshold, friends) = (u32::from(*threshold), friends.len() as u64);
    if threshold == 0 || u64::from(threshold) > friends {
        return Err(Error::FriendThreshold { threshold, friends });
    }
    Ok(())
}

/// The change from `before` to what `draft` says. The new keys prove possession over the same
/// bytes; that is looked at last.
pub(crate) fn change(
    tx: &Tx<'_>,
    account: &AccountId,
    before: &Policy,
    (draft, proofs): (&PolicyDraft, &Proofs),
) -> Result<Change, DispatchError> {
    let policy = draft.policy(account, before, tx.block().number)?;
    let new: Vec<&KeyDraft> =
        draft.keys.iter().filter(|key| before.key(key.handle()).is_none()).collect();
    if proofs.len() != new.len() {
        let (expected, found) = (new.len() as u64, proofs.len() as u64);
        return Err(Error::ProofCount { expected, found }.into());
    }
    let mut records = Vec::with_capacity(new.len());
    for key in &new {
        records.push(may_enrol(tx, account, key.scheme)?);
    }
    let reachable = Policy::reach(controlling(tx, &policy)?.into_iter());
    let threshold = u32::from(policy.threshold);
    if threshold == 0 || threshold > reachable {
        return Err(Error::Unreachable { threshold, reachable }.into());
    }
    let nonce = before.rotation_nonce;
    let message = draft_payload(&tx.block().genesis_hash, account, nonce, &draft.hash());
    let mut keys = BoundedVec::new();
    for ((key, record), proof) in new.iter().zip(&records).zip(proofs.iter()) {
        let new = NewKey { scheme: key.scheme, public: &key.public, proof };
        new.verify(tx, record, &message, nonce)?;
        let full = |_| Error::TooManyKeys { maximum: KEYS_MAX };
        keys.try_push(stored(new)?).map_err(full)?;
    }
    Ok(Change { keys, ..Change::of(policy) })
}
