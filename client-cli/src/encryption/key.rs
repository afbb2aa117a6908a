//! An encryption key in use.

use althing_crypto::{
    Kem, KeyHandle, Secret,
    seal::Opener,
    signing::{DevMember, OsEntropy, random_kem},
};
use althing_primitives::AccountId;

use crate::{
    derive::{self, Words},
    key::SecretKind,
    near::nearest,
    output::{CliError, codes},
};

/// KEM of a key when nothing else is said.
pub const DEFAULT_KEM: &str = "ml-kem-768";

/// A key pair with what is needed to keep it.
#[derive(Debug)]
pub struct EncryptionKey {
    kem_name: &'static str,
    pub(super) kind: SecretKind,
    /// The public key.
    pub public: Vec<u8>,
    pub(super) secret: Secret,
    /// Where the key stands in the derivation, if it came from words.
    pub path: Option<String>,
}

impl EncryptionKey {
    /// Key `index` of `words`.
    pub fn from_words(kem: &'static dyn Kem, words: &Words, index: u32) -> Result<Self, CliError> {
        let seed = words.kem_seed(kem, index)?;
        let pair = kem.generate_from_seed(seed.expose()).map_err(|error| broken(kem, error))?;
        Ok(Self {
            kem_name: kem.name(),
            kind: SecretKind::Seed,
            public: pair.public,
            secret: pair.secret,
            path: Some(derive::path(kem.name(), index)),
        })
    }

    /// A random key, which no words restore.
    pub fn random(kem: &'static dyn Kem) -> Result<Self, CliError> {
        let random = random_kem(kem.id()).ok_or_else(|| unknown(kem.name()))?;
        let pair = random.generate(&mut OsEntropy).map_err(|error| broken(kem, error))?;
        let has_seed = kem.sizes().seed.is_some();
        let kind = if has_seed { SecretKind::Seed } else { SecretKind::Expanded };
        let (public, secret) = (pair.public, pair.secret);
        Ok(Self { kem_name: kem.name(), kind, public, secret, path: None })
    }

    /// The key of a dev member: everyone has it.
    pub fn of_dev_member(member: &DevMember) -> Result<Self, CliError> {
        let kem = althing_crypto::kem(DevMember::ENCRYPTION_KEM);
        let kem = kem.ok_or_else(|| unknown(DEFAULT_KEM))?;
        let pair = member.encryption_key_pair().map_err(|error| broken(kem, error))?;
        let (public, secret, kind) = (pair.public, pair.secret, SecretKind::Seed);
        Ok(Self { kem_name: kem.name(), kind, public, secret, path: None })
    }

    /// The key of a secret that was kept. A seed must make the public key again.
    pub(super) fn from_kept(
        kem: &'static dyn Kem,
        kind: SecretKind,
        public: &[u8],
        secret: Secret,
    ) -> Option<Self> {
        if kind == SecretKind::Seed
            && kem.generate_from_seed(secret.expose()).ok()?.public != public
        {
            return None;
        }
        let (kem_name, public) = (kem.name(), public.to_vec());
        Some(Self { kem_name, kind, public, secret, path: None })
    }

    /// Name of the KEM.
    pub fn kem_name(&self) -> &'static str {
        self.kem_name
    }

    /// The KEM.
    pub fn kem(&self) -> Result<&'static dyn Kem, CliError> {
        kem_named(self.kem_name)
    }

    /// The short name of the public key.
    pub fn handle(&self) -> Result<KeyHandle, CliError> {
        Ok(KeyHandle::of(self.kem()?.id(), &self.public))
    }

    /// The key as `account` opens envelopes with it.
    pub fn opener(&self, account: AccountId) -> Result<Opener<'_>, CliError> {
        let (kem, public, secret) = (self.kem()?.id(), &*self.public, &self.secret);
        Ok(Opener { account, kem, public, secret })
    }
}

/// The KEM called `name`, in any case of letters.
pub fn kem_named(name: &str) -> Result<&'static dyn Kem, CliError> {
    althing_crypto::kem_by_name(&name.to_ascii_lowercase()).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> CliError {
    let lower = name.to_ascii_lowercase();
    let message = if althing_crypto::scheme_by_name(&lower).is_some() {
        format!("{lower} signs and encapsulates no keys, so nothing can be sealed to it")
    } else {
        format!("no key encapsulation scheme is called {name:?}")
    };
    let names: Vec<_> = althing_crypto::kems().iter().map(|kem| kem.name()).collect();
    let fix = match nearest(&lower, names.iter().copied()) {
        Some(near) => vec![format!("--kem {near}")],
        None => names.iter().map(|name| format!("--kem {name}")).collect(),
    };
    CliError::new(codes::KEY_UNKNOWN_SCHEME, message).detail("known", names).fix(fix)
}

fn broken(kem: &dyn Kem, error: impl std::fmt::Display) -> CliError {
    CliError::new(codes::KEY_CRYPTO, format!("{}: {error}", kem.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(byte: u8) -> Words {
        Words::from_entropy(&[byte; 32]).unwrap()
    }

    #[test]
    fn words_make_the_same_key_again_and_each_index_another() {
        let kem = kem_named("ML-KEM-768").unwrap();
        let key = |byte, index| EncryptionKey::from_words(kem, &words(byte), index).unwrap();
        assert_eq!(key(1, 0).public, key(1, 0).public);
        assert_ne!(key(1, 0).public, key(1, 1).public);
        assert_ne!(key(1, 0).public, key(2, 0).public);
        assert_eq!(key(1, 7).path.as_deref(), Some("althing:derive:v1/ml-kem-768/7"));
    }

    /// Frozen (W22). Computed apart from this code, with Python's hashlib and hmac.
    #[test]
    fn the_label_of_a_kem_gives_the_seed_it_always_gave() {
        let words = Words::parse(&format!("{}art", "abandon ".repeat(23))).unwrap();
        let key = EncryptionKey::from_words(kem_named(DEFAULT_KEM).unwrap(), &words, 0).unwrap();
        let seed = "e7944a4c6e36f96454f07fefdc97424b5c35dd1766121b4cb2187df8dc9c7d60\
                    4c2af8ca329f6d6be0608946befdb731073ab82ded5fc15466c72206d6cad2c7";
        assert_eq!(const_hex::encode(key.secret.expose()), seed);
    }

    #[test]
    fn a_kem_without_seeds_has_no_words() {
        let kem = kem_named("kyber-768-r3").unwrap();
        let refusal = EncryptionKey::from_words(kem, &words(1), 0).unwrap_err();
        assert_eq!(refusal.code, "KEY-315");
        let key = EncryptionKey::random(kem).unwrap();
        assert_eq!((key.kind, key.path), (SecretKind::Expanded, None));
    }

    #[test]
    fn a_name_that_is_no_kem_gets_one_that_is() {
        let fix = |name| kem_named(name).err().unwrap().fix;
        assert_eq!(fix("ml-kem-786"), ["--kem ml-kem-768"]);
        assert_eq!(fix("ed25519"), ["--kem kyber-768-r3", "--kem ml-kem-768"]);
        let message = kem_named("ml-dsa-65").err().unwrap().message;
        assert!(message.contains("signs"), "{message}");
    }

    #[test]
    fn debug_output_of_a_key_shows_no_secret() {
        let key = EncryptionKey::random(kem_named(DEFAULT_KEM).unwrap()).unwrap();
        let bytes = format!("{:?}", &key.secret.expose()[..6]);
        assert!(!format!("{key:?}").contains(bytes.trim_matches(['[', ']'])));
    }
}
