//! The members of development chains: their names, schemes and published keys.
//!
//! A development chain funds them at genesis and the wallet signs for them by name, so node and
//! wallet read this one table. Every key here is public knowledge; no other chain may know them.

use althing_primitives::{AccountId, KeyHandle, SchemeId, blake2_256};
use zeroize::Zeroizing;

use super::{KeyPair, SigningError, dev_sphincs_r3, signing_scheme};
use crate::kem::{KemError, KemKeyPair, kem};

/// A member of every development chain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DevMember {
    /// What the wallet calls the account.
    pub name: &'static str,
    /// The scheme of its only key.
    pub scheme: SchemeId,
}

/// All of them, in the order in which a banner lists them.
pub const DEV_MEMBERS: [DevMember; 10] = [
    DevMember { name: "alice", scheme: SchemeId::ML_DSA_65 },
    DevMember { name: "bob", scheme: SchemeId::ML_DSA_44 },
    DevMember { name: "carol", scheme: SchemeId::SLH_DSA_128S },
    DevMember { name: "dave", scheme: SchemeId::SPHINCS_R3 },
    DevMember { name: "erin", scheme: SchemeId::ML_DSA_65 },
    DevMember { name: "frank", scheme: SchemeId::ML_DSA_44 },
    DevMember { name: "grace", scheme: SchemeId::ML_DSA_65 },
    DevMember { name: "heidi", scheme: SchemeId::ML_DSA_44 },
    DevMember { name: "ivan", scheme: SchemeId::ML_DSA_65 },
    DevMember { name: "judy", scheme: SchemeId::ML_DSA_44 },
];

impl DevMember {
    /// The KEM of every member's encryption key.
    pub const ENCRYPTION_KEM: SchemeId = SchemeId::ML_KEM_768;

    /// The member called exactly `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DEV_MEMBERS.iter().find(|member| member.name == name)
    }

    /// The member's key pair: from the seed of its name, or the published one where the backend
    /// takes no seeds.
    pub fn key_pair(&self) -> Result<KeyPair, SigningError> {
        if self.scheme == SchemeId::SPHINCS_R3 {
            return Ok(dev_sphincs_r3());
        }
        let no_seed = SigningError::NoSeed { scheme: self.scheme };
        let scheme = signing_scheme(self.scheme).ok_or(no_seed)?;
        let bytes = scheme.sizes().seed.ok_or(no_seed)?;
        scheme.generate_from_seed(&seed(self.name, bytes))
    }

    /// The member's encryption key pair, under ML-KEM-768: from the seed of its name and the KEM's.
    pub fn encryption_key_pair(&self) -> Result<KemKeyPair, KemError> {
        let id = Self::ENCRYPTION_KEM;
        let not_deterministic = KemError::NotDeterministic { kem: id };
        let kem = kem(id).ok_or(not_deterministic)?;
        let bytes = kem.sizes().seed.ok_or(not_deterministic)?;
        kem.generate_from_seed(&seed(&format!("{}/{}", self.name, kem.name()), bytes))
    }

    /// The account that the member's key creates, with a salt of zeros.
    pub fn account(&self) -> Result<AccountId, SigningError> {
        let handle = KeyHandle::of(self.scheme, &self.key_pair()?.public);
        Ok(AccountId::from_key(handle, [0; 32]))
    }
}

/// BLAKE2b-256 of `althing:dev:v1/<name>`. Longer seeds go on with the digest of
/// `althing:dev:v1/<name>/1`, and so forth, cut to length.
fn seed(name: &str, bytes: usize) -> Zeroizing<Vec<u8>> {
    let first = format!("althing:dev:v1/{name}");
    let labels = (1_u32..).map(|block| format!("{first}/{block}"));
    let blocks = core::iter::once(first.clone()).chain(labels);
    let stream = blocks.flat_map(|label| blake2_256(label.as_bytes()).0);
    Zeroizing::new(stream.take(bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_has_its_own_account_and_a_key_that_signs() {
        let mut accounts = std::collections::BTreeSet::new();
        for member in DEV_MEMBERS {
            let pair = member.key_pair().unwrap();
            let scheme = signing_scheme(member.scheme).unwrap();
            assert_eq!(scheme.public_of(&pair.secret).unwrap(), pair.public, "{}", member.name);
            accounts.insert(member.account().unwrap());
        }
        assert_eq!(accounts.len(), DEV_MEMBERS.len());
    }

    #[test]
    fn every_member_has_its_own_encryption_key() {
        let public = |member: &DevMember| member.encryption_key_pair().unwrap().public;
        let keys: std::collections::BTreeSet<_> = DEV_MEMBERS.iter().map(public).collect();
        assert_eq!(keys.len(), DEV_MEMBERS.len());
        let alice = DevMember::named("alice").unwrap().encryption_key_pair().unwrap();
        let begins = blake2_256(b"althing:dev:v1/alice/ml-kem-768").0;
        assert_eq!(alice.secret.expose()[..32], begins);
    }

    #[test]
    fn a_short_seed_is_the_digest_of_the_name() {
        assert_eq!(*seed("alice", 32), blake2_256(b"althing:dev:v1/alice").0);
        assert_eq!(seed("carol", 48)[..32], blake2_256(b"althing:dev:v1/carol").0);
    }
}
