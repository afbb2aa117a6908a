//! Drawing keys and secrets for the KEMs.

use althing_primitives::SchemeId;
use pqcrypto_kyber::kyber768 as kyber;
use pqcrypto_traits::kem::{Ciphertext as _, PublicKey as _, SecretKey as _, SharedSecret as _};
use zeroize::Zeroizing;

use super::{Entropy, EntropyError};
use crate::{
    kem::{Encapsulation, Kem, KemError, KemKeyPair, RANDOM},
    kems::{Kyber768R3, MlKem768},
    secret::Secret,
};

/// Why drawing failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RandomKemError {
    /// The KEM refused its input.
    #[error(transparent)]
    Kem(#[from] KemError),
    /// No randomness to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// The other half of a [`Kem`]. KEM 32 ignores `entropy` and asks the operating system.
pub trait RandomKem: Kem {
    /// A fresh key pair.
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KemKeyPair, RandomKemError>;
    /// A fresh shared secret for the holder of the secret of `public`.
    fn encapsulate(
        &self,
        public: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Encapsulation, RandomKemError>;
}

/// The built-in KEM `id` with its random half.
#[must_use]
pub fn random_kem(id: SchemeId) -> Option<&'static dyn RandomKem> {
    RANDOM.into_iter().find(|kem| kem.id() == id)
}

impl RandomKem for MlKem768 {
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KemKeyPair, RandomKemError> {
        let mut seed = Zeroizing::new([0; 64]);
        entropy.fill(seed.as_mut_slice())?;
        Ok(self.generate_from_seed(seed.as_slice())?)
    }

    fn encapsulate(
        &self,
        public: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Encapsulation, RandomKemError> {
        let mut coins = Zeroizing::new([0; 32]);
        entropy.fill(coins.as_mut_slice())?;
        Ok(self.encapsulate_from_coins(public, coins.as_slice())?)
    }
}

impl RandomKem for Kyber768R3 {
    fn generate(&self, _entropy: &mut dyn Entropy) -> Result<KemKeyPair, RandomKemError> {
        let (public, secret) = kyber::keypair();
        Ok(KemKeyPair {
            public: public.as_bytes().to_vec(),
            secret: Secret::new(secret.as_bytes().to_vec()),
        })
    }

    fn encapsulate(
        &self,
        public: &[u8],
        _entropy: &mut dyn Entropy,
    ) -> Result<Encapsulation, RandomKemError> {
        let size = KemError::Size { expected: self.sizes().public, found: public.len() };
        let public = kyber::PublicKey::from_bytes(public).map_err(|_| size)?;
        let (shared, ciphertext) = kyber::encapsulate(&public);
        Ok(Encapsulation {
            ciphertext: ciphertext.as_bytes().to_vec(),
            shared: Secret::new(shared.as_bytes().to_vec()),
        })
    }
}
