//! Signing with FN-DSA: the secret is the 32-byte seed of the key pair.
//!
//! Signatures are randomized, never deterministic: two different signatures over one hashed
//! message betray the key, and the sampler's floating point could make them differ on another
//! machine if the randomness were the same. The backend hashes key and message into what it draws,
//! so that a poor source of randomness is not fatal either.

use althing_primitives::SchemeId;
use fn_dsa_kgen::{CryptoRng, KeyPairGenerator as _, KeyPairGenerator512, RngCore, RngError};
use fn_dsa_sign::{DOMAIN_NONE, HASH_ID_RAW, SigningKey as _, SigningKey512};
use zeroize::Zeroizing;

use super::{Entropy, KeyPair, OsEntropy, Signer, SigningError, SigningScheme, with_seed};
use crate::{secret::Secret, signatures::FnDsa512};

const LOGN: u32 = fn_dsa_kgen::FN_DSA_LOGN_512;
const SEED: usize = 32;
/// What the backend draws for a signature.
const RANDOM: usize = 40;
/// The backend's expanded secret key.
const EXPANDED: usize = fn_dsa_kgen::sign_key_size(LOGN);

struct Ready {
    /// Encoded, and decoded anew for each signature: the backend's own type is 80 KB of scratch
    /// space that only one thread may use.
    expanded: Zeroizing<[u8; EXPANDED]>,
    public: Vec<u8>,
}

impl Ready {
    fn of(seed: &[u8]) -> Option<Self> {
        let seed: &[u8; SEED] = seed.try_into().ok()?;
        let mut expanded = Zeroizing::new([0; EXPANDED]);
        let mut public = vec![0; FnDsa512::PUBLIC];
        // The generator draws exactly one seed and derives everything from it.
        let mut drawn = Drawn(seed);
        let mut generator = Box::<KeyPairGenerator512>::default();
        generator.keygen(LOGN, &mut drawn, expanded.as_mut_slice(), &mut public);
        Some(Self { expanded, public })
    }
}

impl Signer for Ready {
    fn scheme(&self) -> SchemeId {
        SchemeId::FN_DSA_512
    }

    fn public(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let no_signature = SigningError::NoSignature { scheme: self.scheme() };
        // The backend cannot be told that there is no randomness, so it is drawn before.
        let mut drawn = Zeroizing::new([0; RANDOM]);
        OsEntropy.fill(drawn.as_mut_slice())?;
        let mut key = SigningKey512::decode(self.expanded.as_slice()).map(Box::new);
        let key = key.as_mut().ok_or(no_signature)?;
        let mut signature = vec![0; FnDsa512::SIGNATURE];
        key.sign(&mut Drawn(drawn.as_slice()), &DOMAIN_NONE, &HASH_ID_RAW, message, &mut signature)
            .ok_or(no_signature)?;
        Ok(signature)
    }
}

impl SigningScheme for FnDsa512 {
    fn generate_from_seed(&self, seed: &[u8]) -> Result<KeyPair, SigningError> {
        let size = SigningError::SeedSize { expected: SEED, found: seed.len() };
        let ready = Ready::of(seed).ok_or(size)?;
        Ok(KeyPair { public: ready.public, secret: Secret::new(seed.to_vec()) })
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KeyPair, SigningError> {
        with_seed::<SEED>(entropy, |seed| self.generate_from_seed(seed))
    }

    fn signer(&self, secret: &Secret) -> Result<Box<dyn Signer>, SigningError> {
        let size = SigningError::SecretSize { expected: SEED, found: secret.expose().len() };
        Ok(Box::new(Ready::of(secret.expose()).ok_or(size)?))
    }
}

/// Bytes that were drawn before, in the form in which the backend asks for them. What it asks for
/// beyond them repeats them: it hashes all it gets.
struct Drawn<'a>(&'a [u8]);

impl RngCore for Drawn<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for (byte, drawn) in bytes.iter_mut().zip(self.0.iter().cycle()) {
            *byte = *drawn;
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), RngError> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Drawn<'_> {}
