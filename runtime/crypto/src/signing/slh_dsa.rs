//! Signing with SLH-DSA: the secret is the 64-byte form of FIPS 205, the seed its first 48 bytes.

use althing_primitives::SchemeId;
use slh_dsa::{Sha2_128s, SigningKey};
use zeroize::Zeroize as _;

use super::{Entropy, KeyPair, Signer, SigningError, SigningScheme, with_seed};
use crate::{scheme::Scheme as _, secret::Secret, signatures::SlhDsa128s};

const PART: usize = 16;
const SEED: usize = 48;
const SECRET: usize = 64;

struct Ready {
    key: SigningKey<Sha2_128s>,
    public: Vec<u8>,
}

impl Signer for Ready {
    fn scheme(&self) -> SchemeId {
        SchemeId::SLH_DSA_128S
    }

    fn public(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let signature = self.key.try_sign_with_context(message, &[], None);
        let signature =
            signature.map_err(|_| SigningError::NoSignature { scheme: self.scheme() })?;
        Ok(signature.to_bytes().to_vec())
    }
}

impl SigningScheme for SlhDsa128s {
    fn generate_from_seed(&self, seed: &[u8]) -> Result<KeyPair, SigningError> {
        let size = SigningError::SeedSize { expected: SEED, found: seed.len() };
        let seed: &[u8; SEED] = seed.try_into().map_err(|_| size)?;
        let (secret_seed, rest) = seed.split_at(PART);
        let (secret_prf, public_seed) = rest.split_at(PART);
        let key =
            SigningKey::<Sha2_128s>::slh_keygen_internal(secret_seed, secret_prf, public_seed);
        let public = key.as_ref().to_bytes().to_vec();
        let mut bytes = key.to_bytes();
        let secret = Secret::new(bytes.to_vec());
        bytes.zeroize();
        Ok(KeyPair { public, secret })
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KeyPair, SigningError> {
        with_seed::<SEED>(entropy, |seed| self.generate_from_seed(seed))
    }

    fn signer(&self, secret: &Secret) -> Result<Box<dyn Signer>, SigningError> {
        let size = SigningError::SecretSize { expected: SECRET, found: secret.expose().len() };
        let key = SigningKey::<Sha2_128s>::try_from(secret.expose()).map_err(|_| size)?;
        let public = key.as_ref().to_bytes().to_vec();
        debug_assert_eq!(public.len(), self.sizes().public);
        Ok(Box::new(Ready { key, public }))
    }
}
