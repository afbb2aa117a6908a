//! Signing with SPHINCS+ round 3.1: expanded secrets only, randomness from the operating system.

use althing_primitives::SchemeId;
use pqcrypto_sphincsplus::sphincssha2128ssimple as backend;
use pqcrypto_traits::sign::{DetachedSignature as _, PublicKey as _, SecretKey as _};

use super::{Entropy, KeyPair, Signer, SigningError, SigningScheme};
use crate::{scheme::Scheme as _, secret::Secret, signatures::SphincsR3};

struct Ready {
    secret: Secret,
    public: Vec<u8>,
}

impl Signer for Ready {
    fn scheme(&self) -> SchemeId {
        SchemeId::SPHINCS_R3
    }

    fn public(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let found = self.secret.expose().len();
        let size = SigningError::SecretSize { expected: SphincsR3::SECRET, found };
        // Built anew each time: the backend's own type would stay in memory unwiped.
        let secret = backend::SecretKey::from_bytes(self.secret.expose()).map_err(|_| size)?;
        Ok(backend::detached_sign(message, &secret).as_bytes().to_vec())
    }
}

impl SigningScheme for SphincsR3 {
    fn generate_from_seed(&self, _seed: &[u8]) -> Result<KeyPair, SigningError> {
        Err(SigningError::NoSeed { scheme: self.id() })
    }

    fn generate(&self, _entropy: &mut dyn Entropy) -> Result<KeyPair, SigningError> {
        let (public, secret) = backend::keypair();
        Ok(KeyPair {
            public: public.as_bytes().to_vec(),
            secret: Secret::new(secret.as_bytes().to_vec()),
        })
    }

    fn signer(&self, secret: &Secret) -> Result<Box<dyn Signer>, SigningError> {
        let bytes = secret.expose();
        let size = SigningError::SecretSize { expected: Self::SECRET, found: bytes.len() };
        let bytes: &[u8; Self::SECRET] = bytes.try_into().map_err(|_| size)?;
        let (_, public) = bytes.split_at(Self::SECRET.saturating_sub(Self::PUBLIC));
        Ok(Box::new(Ready { secret: Secret::new(bytes.to_vec()), public: public.to_vec() }))
    }
}
