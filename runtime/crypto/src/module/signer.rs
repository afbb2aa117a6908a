//! Signer modules: the half of a scheme that holds secrets, for wallets that were not compiled with
//! it (VM12 to VM14).
//!
//! A signer runs in the same sandbox as a verifier and may import nothing, so what it is given can
//! leave it by its answers alone. It could still answer with a bad signature, or hide the secret in
//! one: whoever uses a signer trusts its author as the author of a wallet, and a wallet verifies
//! what it signed before it sends it.
//!
//! # Invariants
//!
//! - S1: seeds, secrets and the whole memory of an instance are wiped on our side before it goes.
//!   What compiled code leaves in registers and on the stack is beyond reach, as it is for any
//!   other code that signs.
//! - S2: an instance makes one key pair or one signature: no secret meets the next input.
//! - S3: every call ends, within [`SIGNER_FUEL`](super::limits::SIGNER_FUEL).
//! - S4: randomness comes in as an argument. The module has no other source, so the same inputs
//!   give the same bytes.
//!
//! Nothing here is part of consensus: recursion is allowed, and nobody compares verdicts.

use althing_primitives::{Hash256, blake2_256};
use zeroize::Zeroizing;

use super::{
    Kind, ModuleError, Outcome, Shape,
    engine::{self, Running},
    examine::examine,
    limits::{
        ABI, MESSAGE_BYTES_MAX, PUBLIC_BYTES_MAX, SECRET_BYTES_MAX, SEED_BYTES_MAX,
        SIGNATURE_BYTES_MAX_OF_MODULES, SIGNER_FUEL,
    },
    verifier::ask,
};
use crate::{secret::Secret, signing::KeyPair};

/// Exact lengths of a scheme, as its signer names them (VM13).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SignerSizes {
    /// A seed.
    pub seed: u32,
    /// A public key.
    pub public: u32,
    /// A secret.
    pub secret: u32,
    /// A signature.
    pub signature: u32,
    /// The randomness of one signature; 0 if signing is deterministic.
    pub randomness: u32,
}

/// Why a signer did not do its work.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignerError {
    /// An input of another length.
    #[error("{what} has {found} bytes, the signer takes {expected}")]
    Size {
        /// Which input.
        what: &'static str,
        /// What the signer takes.
        expected: u32,
        /// What was given.
        found: usize,
    },
    /// A message that no verifier accepts either (VM8).
    #[error("message has {found} bytes, at most {max} are allowed")]
    Message {
        /// What was given.
        found: usize,
        /// What is allowed.
        max: usize,
    },
    /// The signer answered 0, or did not answer.
    #[error("`{name}` of the signer failed: {outcome}")]
    Failed {
        /// Which function.
        name: &'static str,
        /// What it did.
        outcome: Outcome,
    },
}

/// A compiled signer.
pub struct SignerModule {
    hash: Hash256,
    shape: Shape,
    sizes: SignerSizes,
    code: wasmtime::Module,
}

impl SignerModule {
    /// Apply the static rules for signers to any bytes.
    pub fn examine(code: &[u8]) -> Result<Shape, ModuleError> {
        examine(code, Kind::Signer)
    }

    /// Examine and compile a signer, and ask it for its version and sizes.
    pub fn compile(code: &[u8]) -> Result<Self, ModuleError> {
        let shape = Self::examine(code)?;
        let compiled = engine::compile(code)?;
        ask(&compiled, "althing_signer_abi", Some(ABI))?;
        let size = |what, name, min: u32, max: u32| {
            let found = ask(&compiled, name, None)?;
            let outside =
                ModuleError::Facts { what, found: found.into(), min: min.into(), max: max.into() };
            if (min..=max).contains(&found) { Ok(found) } else { Err(outside) }
        };
        let sizes = SignerSizes {
            seed: size("the size of seeds", "seed_len", 1, SEED_BYTES_MAX)?,
            public: size("the size of public keys", "public_len", 1, PUBLIC_BYTES_MAX)?,
            secret: size("the size of secrets", "secret_len", 1, SECRET_BYTES_MAX)?,
            signature: size(
                "the size of signatures",
                "signature_len",
                1,
                SIGNATURE_BYTES_MAX_OF_MODULES,
            )?,
            randomness: size("the size of randomness", "randomness_len", 0, SEED_BYTES_MAX)?,
        };
        Ok(Self { hash: blake2_256(code), shape, sizes, code: compiled })
    }

    /// BLAKE2b-256 of the code.
    #[must_use]
    pub const fn hash(&self) -> Hash256 {
        self.hash
    }

    /// What the static rules found.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Exact lengths.
    #[must_use]
    pub const fn sizes(&self) -> SignerSizes {
        self.sizes
    }

    /// The key pair of a seed: the same one every time.
    pub fn generate(&self, seed: &[u8]) -> Result<KeyPair, SignerError> {
        exact("seed", seed, self.sizes.seed)?;
        let public = length(self.sizes.public);
        let made = public.saturating_add(length(self.sizes.secret));
        let seed_length = self.sizes.seed.cast_signed();
        let keys = self.work("generate", &[seed], made, |running| {
            running.call::<(i32,), i32>("generate", (seed_length,))
        })?;
        // Copies, so that nothing of the secret stays behind the public key in one allocation.
        let (public, secret) = keys.split_at(public.min(keys.len()));
        Ok(KeyPair { public: public.to_vec(), secret: Secret::new(secret.to_vec()) })
    }

    /// Sign `message`, which begins with its domain tag.
    pub fn sign(
        &self,
        secret: &Secret,
        message: &[u8],
        randomness: &[u8],
    ) -> Result<Vec<u8>, SignerError> {
        exact("secret", secret.expose(), self.sizes.secret)?;
        exact("randomness", randomness, self.sizes.randomness)?;
        let message_length = i32::try_from(message.len()).ok();
        let Some(message_length) = message_length.filter(|_| message.len() <= MESSAGE_BYTES_MAX)
        else {
            return Err(SignerError::Message { found: message.len(), max: MESSAGE_BYTES_MAX });
        };
        let parts = [secret.expose(), message, randomness];
        let (secret, random) = (self.sizes.secret, self.sizes.randomness);
        let sizes = (secret.cast_signed(), message_length, random.cast_signed());
        let mut signature = self.work("sign", &parts, length(self.sizes.signature), |running| {
            running.call::<(i32, i32, i32), i32>("sign", sizes)
        })?;
        Ok(std::mem::take(&mut *signature))
    }

    /// Put `parts` into a fresh instance, let it work there, and take `made` bytes from the place
    /// where the parts were. The instance is wiped, whatever came of it.
    fn work(
        &self,
        name: &'static str,
        parts: &[&[u8]],
        made: usize,
        call: impl FnOnce(&mut Running) -> Result<i32, Outcome>,
    ) -> Result<Zeroizing<Vec<u8>>, SignerError> {
        let mut running = Running::start(&self.code, SIGNER_FUEL);
        let worked = running.put(parts, made).and_then(|at| {
            let answer = call(&mut running)?;
            let place = running.place(at, made).map(|place| Zeroizing::new(place.to_vec()));
            match (answer, place) {
                (1, Some(place)) => Ok(place),
                (1, None) => Err(Outcome::BadBuffer(u32::try_from(at).unwrap_or(u32::MAX))),
                (0, _) => Err(Outcome::Invalid),
                (other, _) => Err(Outcome::BadAnswer(other)),
            }
        });
        running.wipe();
        worked.map_err(|outcome| SignerError::Failed { name, outcome })
    }
}

fn exact(what: &'static str, bytes: &[u8], expected: u32) -> Result<(), SignerError> {
    if bytes.len() == length(expected) {
        Ok(())
    } else {
        Err(SignerError::Size { what, expected, found: bytes.len() })
    }
}

fn length(size: u32) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

impl core::fmt::Debug for SignerModule {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut module = f.debug_struct("SignerModule");
        module.field("hash", &self.hash).field("sizes", &self.sizes).finish_non_exhaustive()
    }
}
