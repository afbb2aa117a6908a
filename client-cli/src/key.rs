//! A key in use: scheme, secret, and what can be done with them.

use althing_crypto::{
    KeyHandle, Scheme, SchemeId, Secret, schemes,
    signing::{DevMember, KeyPair, OsEntropy, Signer, SigningError, SigningScheme, signing_scheme},
};
use althing_primitives::{AccountId, Signature, SignerKey};

use crate::{
    derive::{self, DeriveError, Words},
    modules::{self, ModulesError},
    near::nearest,
};

/// Why a key cannot be made or used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// No such signature scheme.
    #[error("no signature scheme is called {name:?}")]
    UnknownScheme {
        /// The name given.
        name: String,
    },
    /// A key encapsulation scheme, which cannot control an account.
    #[error("{name} encapsulates keys and cannot sign, so it cannot control an account")]
    NotForSigning {
        /// The name given.
        name: String,
    },
    /// Words refused.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// The scheme refused the secret.
    #[error("{scheme}: {source}")]
    Signing {
        /// Name of the scheme.
        scheme: &'static str,
        /// Why.
        source: SigningError,
    },
    /// The scheme's verifier refuses the signature that was just made.
    #[error("{scheme}: the signature made is not valid, so it was thrown away")]
    SelfCheck {
        /// Name of the scheme.
        scheme: &'static str,
    },
    /// A learned scheme cannot be used.
    #[error(transparent)]
    Module(#[from] ModulesError),
    /// The scheme's key or signature is larger than an extrinsic may carry.
    #[error("{scheme}: a key or signature is larger than an extrinsic may carry")]
    TooLarge {
        /// Name of the scheme.
        scheme: &'static str,
    },
}

/// In which form a secret is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretKind {
    /// The seed of which the key pair is made; words give the same seed again.
    Seed,
    /// The backend's own form, for schemes whose keys have no seed. No words restore it.
    Expanded,
}

/// The secret in the form it is kept.
#[derive(Debug)]
pub struct Material {
    /// Which form.
    pub kind: SecretKind,
    /// The bytes.
    pub secret: Secret,
}

/// A key pair with everything needed to keep and to use it.
pub struct Key {
    scheme: &'static dyn SigningScheme,
    pair: KeyPair,
    material: Material,
    path: Option<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("scheme", &self.scheme.name()).finish_non_exhaustive()
    }
}

impl Key {
    /// Key `index` of `words`.
    pub fn from_words(
        scheme: &'static dyn SigningScheme,
        words: &Words,
        index: u32,
    ) -> Result<Self, KeyError> {
        let seed = words.seed(scheme, index)?;
        let material = Material { kind: SecretKind::Seed, secret: seed };
        let path = derive::path(scheme.name(), index);
        Ok(Self { path: Some(path), ..Self::from_material(scheme, material)? })
    }

    /// A random key of a scheme that has no seeds, kept in expanded form.
    pub fn random(scheme: &'static dyn SigningScheme) -> Result<Self, KeyError> {
        let pair = scheme.generate(&mut OsEntropy).map_err(|source| refused(scheme, source))?;
        let secret = Secret::new(pair.secret.expose().to_vec());
        Self::from_material(scheme, Material { kind: SecretKind::Expanded, secret })
    }

    /// A random key that no words restore, kept as a seed where the scheme has one.
    pub fn without_words(scheme: &'static dyn SigningScheme) -> Result<Self, KeyError> {
        let Some(bytes) = scheme.sizes().seed else { return Self::random(scheme) };
        let mut seed = vec![0; bytes];
        getrandom::fill(&mut seed).map_err(|_| DeriveError::NoRandomness)?;
        Self::from_material(scheme, Material { kind: SecretKind::Seed, secret: Secret::new(seed) })
    }

    /// The key of a secret that was kept.
    pub fn from_material(
        scheme: &'static dyn SigningScheme,
        material: Material,
    ) -> Result<Self, KeyError> {
        let bytes = material.secret.expose();
        let pair = match material.kind {
            SecretKind::Seed => scheme.generate_from_seed(bytes),
            SecretKind::Expanded => {
                let secret = Secret::new(bytes.to_vec());
                scheme.public_of(&secret).map(|public| KeyPair { public, secret })
            }
        };
        let pair = pair.map_err(|source| refused(scheme, source))?;
        Ok(Self { scheme, pair, material, path: None })
    }

    /// The key of a dev member: everyone has it.
    pub fn of_dev_member(member: &DevMember) -> Result<Self, KeyError> {
        let scheme = signing_scheme(member.scheme)
            .ok_or_else(|| KeyError::UnknownScheme { name: member.scheme.to_string() })?;
        let pair = member.key_pair().map_err(|source| refused(scheme, source))?;
        Self::from_material(scheme, Material { kind: SecretKind::Expanded, secret: pair.secret })
    }

    /// The same key, with its place in the derivation.
    pub fn with_path(mut self, path: Option<String>) -> Self {
        self.path = path;
        self
    }

    /// The scheme.
    pub fn scheme(&self) -> &'static dyn SigningScheme {
        self.scheme
    }

    /// The public key.
    pub fn public(&self) -> &[u8] {
        &self.pair.public
    }

    /// The short name of the public key.
    pub fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme.id(), &self.pair.public)
    }

    /// The account that this key alone creates.
    pub fn account(&self) -> AccountId {
        AccountId::from_key(self.handle(), [0; 32])
    }

    /// The secret as it is kept.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// Where in the derivation the key stands, if it came from words.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The key made ready to sign many messages.
    pub fn ready(&self) -> Result<Box<dyn Signer>, KeyError> {
        self.scheme.signer(&self.pair.secret).map_err(|source| refused(self.scheme, source))
    }

    /// Sign bytes as they are. A signature that the scheme's own verifier refuses, whether by a
    /// fault of the machine or of a module, never leaves the wallet: it could betray the secret.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signed = self.scheme.sign(&self.pair.secret, message);
        let signature = signed.map_err(|source| refused(self.scheme, source))?;
        if !self.scheme.verify(&self.pair.public, message, &signature) {
            return Err(KeyError::SelfCheck { scheme: self.scheme.name() });
        }
        Ok(signature)
    }

    /// The key as an extrinsic names it.
    pub fn signer(&self) -> SignerKey {
        SignerKey { scheme: self.scheme.id(), handle: self.handle() }
    }

    /// The witness of an extrinsic under a key that the chain keeps: shorter by the public key.
    pub fn witness_by_handle(&self, statement: &[u8]) -> Result<Signature, KeyError> {
        let (scheme, handle) = (self.scheme.id(), self.handle());
        let Signature::Key { signature, .. } = self.witness(statement)? else {
            return Err(KeyError::TooLarge { scheme: self.scheme.name() });
        };
        Ok(Signature::Handle { scheme, handle, signature })
    }

    /// The witness of an extrinsic, public key included, which is accepted on first and on later
    /// use. What is signed is the statement of the extrinsic rules (F6).
    pub fn witness(&self, statement: &[u8]) -> Result<Signature, KeyError> {
        let signature = self.sign(statement)?;
        let too_large = || KeyError::TooLarge { scheme: self.scheme.name() };
        Ok(Signature::Key {
            scheme: self.scheme.id(),
            public: self.pair.public.clone().try_into().map_err(|_| too_large())?,
            signature: signature.try_into().map_err(|_| too_large())?,
        })
    }
}

fn refused(scheme: &dyn Scheme, source: SigningError) -> KeyError {
    KeyError::Signing { scheme: scheme.name(), source }
}

/// The signature scheme called `name`, in any case of letters: one of the program's own, or one that
/// was learned.
pub fn scheme_named(name: &str) -> Result<&'static dyn SigningScheme, KeyError> {
    let wanted = name.to_ascii_lowercase();
    if let Some(scheme) = althing_crypto::scheme_by_name(&wanted).map(|scheme| scheme.id()) {
        return scheme_with_id(scheme)
            .ok_or_else(|| KeyError::UnknownScheme { name: name.to_owned() });
    }
    if althing_crypto::kem_by_name(&wanted).is_some() {
        return Err(KeyError::NotForSigning { name: wanted });
    }
    modules::named(&wanted)?.ok_or_else(|| KeyError::UnknownScheme { name: name.to_owned() })
}

/// The signature scheme with this id, if this program can sign with it.
pub fn scheme_with_id(id: SchemeId) -> Option<&'static dyn SigningScheme> {
    signing_scheme(id).or_else(|| modules::with_id(id))
}

/// The scheme that `name` was probably meant to be.
pub fn nearest_scheme(name: &str) -> Option<&'static str> {
    nearest(&name.to_ascii_lowercase(), schemes().iter().map(|scheme| scheme.name()))
}

#[cfg(test)]
mod tests {
    use althing_crypto::scheme;

    use super::*;

    fn key(name: &str) -> Key {
        let scheme = scheme_named(name).unwrap();
        Key::from_words(scheme, &Words::from_entropy(&[1; 32]).unwrap(), 0).unwrap()
    }

    #[test]
    fn a_statement_is_signed_as_it_is() {
        let key = key("ml-dsa-44");
        let verifier = scheme(SchemeId::ML_DSA_44).unwrap();
        for length in [0, 1, 256, 257, 4096] {
            let statement = vec![9; length];
            let witness = key.witness(&statement).unwrap();
            assert_eq!(witness.handle(), Some(key.handle()));
            assert!(verifier.verify(key.public(), &statement, witness.signature()), "{length}");
        }
    }

    #[test]
    fn kept_material_gives_the_same_key_again() {
        let first = key("slh-dsa-sha2-128s");
        let copy = Material {
            kind: first.material().kind,
            secret: Secret::new(first.material().secret.expose().to_vec()),
        };
        let second = Key::from_material(first.scheme(), copy).unwrap();
        assert_eq!(first.handle(), second.handle());
        assert_eq!(first.account(), second.account());
    }

    #[test]
    fn a_random_key_signs_and_has_no_path() {
        let scheme = scheme_named("SPHINCS+-sha2-128s-r3").unwrap();
        let key = Key::random(scheme).unwrap();
        assert_eq!((key.path(), key.material().kind), (None, SecretKind::Expanded));
        let signature = key.sign(b"aye").unwrap();
        assert!(scheme.verify(key.public(), b"aye", &signature));
    }

    #[test]
    fn a_scheme_that_cannot_sign_is_told_from_one_that_does_not_exist() {
        assert!(matches!(scheme_named("ml-kem-768").err(), Some(KeyError::NotForSigning { .. })));
        assert!(matches!(scheme_named("ml-dsa-66").err(), Some(KeyError::UnknownScheme { .. })));
        assert!(nearest_scheme("ml-dsa-66").is_some());
    }
}
