//! A whole policy as its owners write it, and the proofs that new keys give (`specs/accounts.md`).

use althing_crypto::{KeyHandle, Purpose, SchemeId, domain};
use althing_primitives::{AccountId, Balance, Hash256, blake2_256};
use parity_scale_codec::Encode as _;
use scale_value::{Composite, Value};

use crate::{
    amount,
    chain::{
        Chain,
        policy::{Friends, Policy, PolicyKey, Scopes},
    },
    key::Key,
    output::{CliError, codes},
    transact::commitment_value,
    wording,
};

/// The call that replaces a policy.
const SET_POLICY: (&str, &str) = ("Accounts", "set_policy");

/// A key of a draft.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DraftKey {
    /// Number of the scheme.
    pub scheme: SchemeId,
    /// The public key.
    pub public: Vec<u8>,
    /// What its signature counts.
    pub weight: u16,
    /// What it may do.
    pub scopes: Scopes,
    /// The most it sends away in one transaction.
    pub limit: Balance,
    /// The first block in which it may no longer sign.
    pub expires: Option<u32>,
}

impl DraftKey {
    /// An owner key of weight 1.
    pub fn owner(key: &Key) -> Self {
        Self {
            scheme: key.scheme().id(),
            public: key.public().to_vec(),
            weight: 1,
            scopes: Scopes::OWNER,
            limit: 0,
            expires: None,
        }
    }

    /// Its short name.
    pub fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme, &self.public)
    }

    fn value(&self) -> Value {
        let expires = match self.expires {
            Some(block) => Value::unnamed_variant("Some", [Value::u128(block.into())]),
            None => Value::unnamed_variant("None", []),
        };
        Value::named_composite([
            ("scheme", Value::u128(self.scheme.0.into())),
            ("public", Value::from_bytes(&self.public)),
            ("weight", Value::u128(self.weight.into())),
            ("scopes", Value::u128(self.scopes.0.into())),
            ("limit", Value::u128(self.limit)),
            ("expires", expires),
        ])
    }
}

/// A policy as its owners write it: with the keys themselves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Draft {
    /// The keys, in the order in which they will sign.
    pub keys: Vec<DraftKey>,
    /// The weight that owner keys must reach together.
    pub threshold: u16,
    /// Commitment to the key that may take over.
    pub next: Option<Hash256>,
    /// Who may recover the account.
    pub recovery: Option<Friends>,
}

impl Draft {
    /// The present policy of `account`, to be changed.
    pub fn of(chain: &mut Chain, account: &AccountId, policy: &Policy) -> Result<Self, CliError> {
        let mut keys = Vec::with_capacity(policy.keys.len());
        for key in &policy.keys {
            let PolicyKey { scheme, handle, weight, scopes, limit, expires } = *key;
            let public = chain.kept_key(account, handle)?.ok_or_else(|| {
                let message = format!("the chain does not show key {}", handle.0);
                CliError::new(codes::META_BAD, message).nothing_sent()
            })?;
            keys.push(DraftKey {
                scheme: SchemeId(scheme),
                public,
                weight,
                scopes,
                limit,
                expires,
            });
        }
        let Policy { threshold, next, recovery, .. } = policy.clone();
        Ok(Self { keys, threshold, next, recovery })
    }

    /// The owner keys are replaced by `new`, which sign together; keys with fewer rights stay.
    pub fn put_owners(&mut self, new: &[&Key]) {
        let limited = self.keys.iter().filter(|key| !key.scopes.contain(Scopes::OWNER)).cloned();
        self.keys = new.iter().map(|key| DraftKey::owner(key)).chain(limited).collect();
        self.threshold = u16::try_from(new.len()).unwrap_or(u16::MAX);
    }

    /// The draft as a value of the chain's types.
    pub fn value(&self) -> Value {
        let recovery = match &self.recovery {
            Some(Friends { friends, threshold }) => {
                let friends = friends.iter().map(|friend| Value::from_bytes(friend.0));
                let fields = [
                    ("friends", Value::unnamed_composite(friends)),
                    ("threshold", Value::u128((*threshold).into())),
                ];
                Value::unnamed_variant("Some", [Value::named_composite(fields)])
            }
            None => Value::unnamed_variant("None", []),
        };
        Value::named_composite([
            ("keys", Value::unnamed_composite(self.keys.iter().map(DraftKey::value))),
            ("threshold", Value::u128(self.threshold.into())),
            ("next", commitment_value(self.next)),
            ("recovery", recovery),
        ])
    }

    /// The draft in SCALE.
    pub fn bytes(&self, chain: &mut Chain) -> Result<Vec<u8>, CliError> {
        let metadata = chain.metadata()?;
        if !metadata.has_call(SET_POLICY.0, SET_POLICY.1) {
            let message = "this chain cannot replace a whole policy";
            return Err(CliError::new(codes::KEY_NO_COMMITMENTS, message).nothing_sent());
        }
        Ok(metadata.encode_field(SET_POLICY, "draft", &self.value())?)
    }

    /// The proofs of those keys that the policy lacks: each signs the same bytes.
    pub fn proofs(
        &self,
        chain: &mut Chain,
        (account, rotation_nonce): (&AccountId, u32),
        new: &[&Key],
    ) -> Result<Vec<Vec<u8>>, CliError> {
        let hash = blake2_256(&self.bytes(chain)?);
        let message = possession(&chain.genesis()?, account, rotation_nonce, &hash);
        let of = |key: &DraftKey| new.iter().find(|new| new.handle() == key.handle());
        let signing = self.keys.iter().filter_map(of);
        Ok(signing.map(|key| key.sign(&message)).collect::<Result<_, _>>()?)
    }

    /// The call that makes it the policy of `account`. `new` are the keys that the present policy
    /// lacks.
    pub fn call(
        &self,
        chain: &mut Chain,
        (account, rotation_nonce): (&AccountId, u32),
        new: &[&Key],
    ) -> Result<Vec<u8>, CliError> {
        let proofs = self.proofs(chain, (account, rotation_nonce), new)?;
        let fields = [("draft", self.value()), ("proofs", proofs_value(&proofs))];
        let fields = Composite::named(fields);
        Ok(chain.metadata()?.encode_fields(SET_POLICY.0, SET_POLICY.1, fields)?)
    }
}

/// Proofs as a value of the chain's types.
pub fn proofs_value(proofs: &[Vec<u8>]) -> Value {
    Value::unnamed_composite(proofs.iter().map(Value::from_bytes))
}

/// The bytes that every new key of a draft signs: the domain tag, then genesis, account, its
/// rotation nonce and the draft's hash.
fn possession(genesis: &Hash256, account: &AccountId, nonce: u32, draft: &Hash256) -> Vec<u8> {
    let mut bytes = domain(Purpose::RotatePop).to_vec();
    (genesis, account, nonce, draft).encode_to(&mut bytes);
    bytes
}

/// A key of a policy in plain words.
pub fn describe(key: &PolicyKey, scheme: &str, now: u32) -> String {
    let handle = wording::short(&const_hex::encode_prefixed(key.handle.0.0));
    let mut text = format!("{scheme} {handle}: {}", wording::scopes(key.scopes));
    if key.scopes.contain(Scopes::TRANSFER) {
        text = format!("{text} of {}", amount::to_text_with_unit(key.limit));
    }
    if key.is_owner() && key.weight != 1 {
        text = format!("{text}, counts {}", key.weight);
    }
    match key.expires {
        Some(block) if block <= now => {
            format!("{text}, expired at block {}", wording::count(block))
        }
        Some(block) => {
            let left = wording::count(block.saturating_sub(now));
            format!("{text}, until block {} (in {left})", wording::count(block))
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{derive::Words, key::scheme_named};

    fn key(scheme: &str, byte: u8) -> Key {
        let words = Words::from_entropy(&[byte; 32]).unwrap();
        Key::from_words(scheme_named(scheme).unwrap(), &words, 0).unwrap()
    }

    #[test]
    fn new_owners_take_the_place_of_all_owners_and_sign_together() {
        let (old, votes) = (key("ml-dsa-44", 1), key("ml-dsa-44", 2));
        let limited = DraftKey { scopes: Scopes::VOTE, ..DraftKey::owner(&votes) };
        let keys = vec![DraftKey::owner(&old), limited.clone()];
        let mut draft = Draft { keys, threshold: 1, next: None, recovery: None };
        let new = [&key("ml-dsa-65", 3), &key("slh-dsa-sha2-128s", 3)];
        draft.put_owners(&new);
        let handles: Vec<_> = draft.keys.iter().map(DraftKey::handle).collect();
        assert_eq!(handles, [new[0].handle(), new[1].handle(), votes.handle()]);
        assert_eq!((draft.threshold, &draft.keys[2]), (2, &limited));
    }

    #[test]
    fn possession_is_the_specified_bytes() {
        let (genesis, account) = (Hash256([1; 32]), AccountId([2; 32]));
        let mut bytes = b"althing:rotate-pop:v1".to_vec();
        bytes.extend([1; 32]);
        bytes.extend([2; 32]);
        bytes.extend([7, 0, 0, 0]);
        bytes.extend([3; 32]);
        assert_eq!(possession(&genesis, &account, 7, &Hash256([3; 32])), bytes);
    }

    #[test]
    fn a_key_is_described_with_rights_limit_and_end() {
        let handle = KeyHandle(Hash256([1; 32]));
        let scopes = Scopes(Scopes::VOTE.0 | Scopes::TRANSFER.0);
        let (limit, expires) = (5_000_000_000_000, Some(90));
        let key = PolicyKey { scheme: 2, handle, weight: 1, scopes, limit, expires };
        let text = describe(&key, "ml-dsa-44", 50);
        assert!(
            text.contains("vote, send up to a limit of 5.00 ALT, until block 90 (in 40)"),
            "{text}"
        );
        assert!(describe(&key, "ml-dsa-44", 90).contains("expired at block 90"));
    }
}
