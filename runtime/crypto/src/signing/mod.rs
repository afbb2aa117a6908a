//! Make keys, signatures and encapsulations: everything that needs a secret or randomness.
//!
//! For wallets, block authors, peers and tests. Behind the cargo feature `signing`, so that the
//! crates which decide what a block means cannot reach it.
//!
//! Randomness comes in as an [`Entropy`], with one honest exception: the `pqcrypto` backends of
//! schemes 1 and 32 take no seeds and ask the operating system themselves, whatever source is
//! passed. Their keys are therefore kept as expanded secrets and cannot be had back from a
//! mnemonic. ML-DSA and SLH-DSA sign deterministically; schemes 1 and 5 draw a randomizer from the
//! operating system each time.
//!
//! Secrets are wiped when dropped, except for the copies the `pqcrypto` types make on the stack,
//! which offer no way to do so.

mod dev;
mod entropy;
mod fn_dsa;
mod kem;
mod members;
mod ml_dsa;
mod slh_dsa;
mod sphincs_r3;

use althing_primitives::SchemeId;

pub use self::{
    dev::dev_sphincs_r3,
    entropy::{Entropy, EntropyError, OsEntropy},
    kem::{RandomKem, RandomKemError, random_kem},
    members::{DEV_MEMBERS, DevMember},
};
use crate::{
    scheme::{SIGNING, Scheme},
    secret::Secret,
};

/// A key pair for signatures.
#[derive(Debug)]
pub struct KeyPair {
    /// Given to everybody.
    pub public: Vec<u8>,
    /// Kept. For ML-DSA this is the seed; for SLH-DSA and SPHINCS+ it ends in the public key.
    pub secret: Secret,
}

/// Why a key could not be made or used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SigningError {
    /// The backend draws its own randomness; keys of this scheme have no mnemonic.
    #[error("scheme {scheme} has no keys from seeds")]
    NoSeed {
        /// The scheme.
        scheme: SchemeId,
    },
    /// A seed of any other length.
    #[error("seed has {found} bytes, the scheme's have {expected}")]
    SeedSize {
        /// What the scheme says.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// A secret of any other length.
    #[error("secret has {found} bytes, the scheme's have {expected}")]
    SecretSize {
        /// What the scheme says.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// The backend gave up, which for ML-DSA has a probability below 2^-128.
    #[error("scheme {scheme} found no signature")]
    NoSignature {
        /// The scheme.
        scheme: SchemeId,
    },
    /// No randomness to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A secret made ready to sign many messages.
pub trait Signer: Send + Sync {
    /// The scheme it signs under.
    fn scheme(&self) -> SchemeId;
    /// The public key that its signatures verify under.
    fn public(&self) -> &[u8];
    /// Sign `message`, which begins with its domain tag.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError>;
}

/// The other half of a [`Scheme`].
pub trait SigningScheme: Scheme {
    /// The key pair of a seed of [`crate::Sizes::seed`] bytes. SLH-DSA takes its three 16-byte
    /// parts one after the other: secret seed, secret PRF key, public seed.
    fn generate_from_seed(&self, seed: &[u8]) -> Result<KeyPair, SigningError>;

    /// A fresh key pair. Schemes without seeds ignore `entropy` and ask the operating system.
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<KeyPair, SigningError>;

    /// Expand `secret` once, to sign often.
    fn signer(&self, secret: &Secret) -> Result<Box<dyn Signer>, SigningError>;

    /// Sign one message, which begins with its domain tag.
    fn sign(&self, secret: &Secret, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        self.signer(secret)?.sign(message)
    }

    /// The public key of `secret`.
    fn public_of(&self, secret: &Secret) -> Result<Vec<u8>, SigningError> {
        Ok(self.signer(secret)?.public().to_vec())
    }
}

/// The built-in scheme `id` with its signing half.
#[must_use]
pub fn signing_scheme(id: SchemeId) -> Option<&'static dyn SigningScheme> {
    SIGNING.into_iter().find(|scheme| scheme.id() == id)
}

/// Draw a seed of `N` bytes and hand it to `make`; wiped afterwards.
fn with_seed<const N: usize>(
    entropy: &mut dyn Entropy,
    make: impl FnOnce(&[u8]) -> Result<KeyPair, SigningError>,
) -> Result<KeyPair, SigningError> {
    let mut seed = zeroize::Zeroizing::new([0; N]);
    entropy.fill(seed.as_mut_slice())?;
    make(seed.as_slice())
}
