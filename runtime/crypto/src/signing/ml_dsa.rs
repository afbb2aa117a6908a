//! Signing with ML-DSA: the secret is the 32-byte seed.

use althing_primitives::SchemeId;
use ml_dsa::{Keypair as _, Seed, SigningKey};
use zeroize::Zeroize as _;

use super::{Entropy, KeyPair, Signer, SigningError, SigningScheme, with_seed};
use crate::{
    secret::Secret,
    signatures::{MlDsa, Set},
};

const SEED: usize = 32;

struct Ready<P: Set> {
    key: SigningKey<P>,
    public: Vec<u8>,
}

impl<P: Set> Ready<P> {
    fn of(seed: &[u8]) -> Option<Self> {
        let mut seed = Seed::try_from(seed).ok()?;
        let key = SigningKey::<P>::from_seed(&seed);
        seed.zeroize();
        let public = key.verifying_key().encode().to_vec();
        Some(Self { key, public })
    }
}

impl<P: Set> Signer for Ready<P> {
    fn scheme(&self) -> SchemeId {
        P::ID
    }

    fn public(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let signature = self.key.expanded_key().sign_deterministic(message, &[]);
        let signature = signature.map_err(|_| SigningError::NoSignature { scheme: P::ID })?;
        Ok(signature.encode().to_vec())
    }
}

impl<P: Set> SigningScheme for MlDsa<P> {
    fn generate_from_seed(&self, seed: &[u8]) -> Result<KeyPair, SigningError> {
        let size = SigningError::SeedSize { expected: SEED, found: seed.len() };
        let ready = Ready::<P>::of(seed).ok_or(size)?;
        Ok(KeyPair { public: ready.public, secret: Secret::new(seed.to_vec()) })
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KeyPair, SigningError> {
        with_seed::<SEED>(entropy, |seed| self.generate_from_seed(seed))
    }

    fn signer(&self, secret: &Secret) -> Result<Box<dyn Signer>, SigningError> {
        let size = SigningError::SecretSize { expected: SEED, found: secret.expose().len() };
        Ok(Box::new(Ready::<P>::of(secret.expose()).ok_or(size)?))
    }
}
