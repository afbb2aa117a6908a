//! Reserve keys: the key that takes over when the present scheme falls.
//!
//! An account commits on the chain to the hash of a key that nobody has seen yet. Should the scheme
//! of its present key be frozen or broken, the owner shows that key and moves the account to it
//! (`althing key escape`); whoever broke the old scheme cannot, since the chain knows but a hash.
//! The reserve is a key of SLH-DSA, which like the commitment rests on hash functions alone.
//!
//! All reserves of an account come from one root of 64 bytes. Words give that root, so words alone
//! are enough to escape; where there are no words the root is random. The wallet keeps the root
//! under the account's password, and every escape takes the next index.

use althing_crypto::{SchemeId, Secret, signing::SigningScheme};
use althing_primitives::{Hash256, blake2_256};
use parity_scale_codec::Encode as _;

use crate::{
    derive::{self, DeriveError, RESERVE_ROOT_BYTES, Words},
    key::{Key, KeyError, Material, SecretKind, scheme_with_id},
};

/// The scheme of every reserve key.
pub const RESERVE_SCHEME: SchemeId = SchemeId::SLH_DSA_128S;
/// What the chain hashes before scheme, key and salt.
const COMMITMENT_DOMAIN: &[u8] = b"althing:next:v1";

/// The secret of which all reserve keys of an account are made.
pub struct ReserveRoot {
    secret: Secret,
    from_words: bool,
}

impl std::fmt::Debug for ReserveRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReserveRoot")
    }
}

impl ReserveRoot {
    /// The root that these words give.
    pub fn from_words(words: &Words) -> Result<Self, KeyError> {
        Ok(Self { secret: words.reserve_root()?, from_words: true })
    }

    /// A random root, for accounts that no words restore.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = vec![0; RESERVE_ROOT_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| DeriveError::NoRandomness)?;
        Ok(Self { secret: Secret::new(bytes), from_words: false })
    }

    /// A root that was kept.
    pub(crate) const fn kept(secret: Secret, from_words: bool) -> Self {
        Self { secret, from_words }
    }

    /// Reserve number `index`, counted by the escapes of the account.
    pub fn reserve(&self, index: u32) -> Result<Reserve, KeyError> {
        let scheme = scheme_with_id(RESERVE_SCHEME)
            .ok_or_else(|| KeyError::UnknownScheme { name: RESERVE_SCHEME.to_string() })?;
        let label = derive::reserve_path(scheme.name(), index);
        let seed = derive::seed_below(self.secret.expose(), scheme, &label)?;
        let salt = self.salt(scheme, &label)?;
        let material = Material { kind: SecretKind::Seed, secret: seed };
        let path = self.from_words.then_some(label);
        let key = Key::from_material(scheme, material)?.with_path(path);
        let root = Self::kept(Secret::new(self.secret.expose().to_vec()), self.from_words);
        Ok(Reserve { key, index, salt, root })
    }

    fn salt(&self, scheme: &dyn SigningScheme, label: &str) -> Result<[u8; 32], KeyError> {
        let label = format!("{label}/salt");
        let salt = derive::expand(self.secret.expose(), &label, 32);
        let salt = salt.and_then(|salt| salt.expose().try_into().ok());
        Ok(salt.ok_or(DeriveError::SeedTooLong { scheme: scheme.name(), bytes: 32 })?)
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.secret.expose()
    }
}

/// A reserve key, its place, and the salt that hides it until it is used.
#[derive(Debug)]
pub struct Reserve {
    /// The key.
    pub key: Key,
    /// How many escapes of the account come before it.
    pub index: u32,
    /// What is hashed with the key. No secret once the key is shown.
    pub salt: [u8; 32],
    root: ReserveRoot,
}

impl Reserve {
    /// What the chain is told beforehand.
    pub fn commitment(&self) -> Hash256 {
        commitment(self.key.scheme().id(), self.key.public(), &self.salt)
    }

    /// The reserve that follows this one.
    pub fn following(&self) -> Result<Self, KeyError> {
        self.root.reserve(self.index.saturating_add(1))
    }

    /// The root it was made of.
    pub(crate) const fn root(&self) -> &ReserveRoot {
        &self.root
    }
}

/// What the chain is told of a key that may take over later: a hash of its scheme, the key and a
/// salt behind a domain tag (`specs/accounts.md`).
pub fn commitment(scheme: SchemeId, public: &[u8], salt: &[u8; 32]) -> Hash256 {
    let mut bytes = COMMITMENT_DOMAIN.to_vec();
    (scheme, public, salt).encode_to(&mut bytes);
    blake2_256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::from_entropy(&[7; 32]).unwrap()
    }

    #[test]
    fn every_reserve_has_its_own_key_salt_and_commitment() {
        let first = ReserveRoot::from_words(&words()).unwrap().reserve(0).unwrap();
        let second = first.following().unwrap();
        assert_eq!(second.index, 1);
        assert_ne!(first.key.handle(), second.key.handle());
        assert_ne!(first.salt, second.salt);
        assert_ne!(first.commitment(), second.commitment());
    }

    #[test]
    fn a_reserve_is_not_a_key_that_the_words_give_otherwise() {
        let reserve = ReserveRoot::from_words(&words()).unwrap().reserve(0).unwrap();
        let plain = Key::from_words(reserve.key.scheme(), &words(), 0).unwrap();
        assert_ne!(reserve.key.handle(), plain.handle());
        assert_eq!(
            reserve.key.path(),
            Some("althing:derive:v1/reserve/slh-dsa-sha2-128s/0"),
            "and its path says so"
        );
    }

    #[test]
    fn a_random_root_has_no_words_and_is_never_the_same() {
        let (one, other) = (ReserveRoot::random().unwrap(), ReserveRoot::random().unwrap());
        let (one, other) = (one.reserve(0).unwrap(), other.reserve(0).unwrap());
        assert_eq!(one.key.path(), None);
        assert_ne!(one.commitment(), other.commitment());
    }

    #[test]
    fn a_commitment_is_the_specified_bytes() {
        let mut bytes = b"althing:next:v1".to_vec();
        bytes.extend([4, 0, 12, 1, 2, 3]);
        bytes.extend([9; 32]);
        assert_eq!(commitment(SchemeId(4), &[1, 2, 3], &[9; 32]), blake2_256(&bytes));
    }

    #[test]
    fn nothing_of_a_root_shows_in_debug_output() {
        let reserve = ReserveRoot::from_words(&words()).unwrap().reserve(0).unwrap();
        let shown = format!("{reserve:?} {:?}", reserve.root());
        let root = format!("{:?}", &reserve.root().expose()[..4]);
        assert!(!shown.contains(root.trim_matches(['[', ']'])), "{shown}");
    }
}
