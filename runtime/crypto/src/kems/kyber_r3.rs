//! KEM 32, Kyber-768 as `pqcrypto-kyber` 0.8.1 has it.
//!
//! The registered name says round 3, but the code in that crate is the later revision that became
//! the draft of FIPS 203: no hash over the coins, the shared secret straight from `G`. So it opens
//! ML-KEM ciphertexts and the other way round, and KEMs 32 and 33 are one assumption, not two. It
//! differs in that keys are derived without the parameter set, that a public key with
//! coefficients out of range is accepted, and that the backend has neither seeds nor coins of
//! ours, so that it cannot serve ballots everybody must be able to check. Unmaintained upstream
//! (RUSTSEC-2024-0381). Only its portable C code is built.

use althing_primitives::{Family, SchemeId};
use pqcrypto_kyber::kyber768 as backend;
use pqcrypto_traits::kem::{Ciphertext as _, SecretKey as _, SharedSecret as _};

use crate::{
    kem::{Encapsulation, Kem, KemError, KemKeyPair, KemSizes, exact},
    secret::Secret,
};

/// Kyber-768 of `pqcrypto-kyber`.
pub(crate) struct Kyber768R3;

impl Kyber768R3 {
    const SIZES: KemSizes = KemSizes {
        public: 1184,
        secret: 2400,
        ciphertext: 1088,
        shared: 32,
        seed: None,
        coins: None,
    };
}

impl Kem for Kyber768R3 {
    fn id(&self) -> SchemeId {
        SchemeId::KYBER_768_R3
    }

    fn name(&self) -> &'static str {
        "kyber-768-r3"
    }

    fn family(&self) -> Family {
        Family::Lattice
    }

    fn sizes(&self) -> KemSizes {
        Self::SIZES
    }

    fn check_public(&self, public: &[u8]) -> Result<(), KemError> {
        exact(Self::SIZES.public, public)
    }

    fn generate_from_seed(&self, _seed: &[u8]) -> Result<KemKeyPair, KemError> {
        Err(KemError::NotDeterministic { kem: self.id() })
    }

    fn encapsulate_from_coins(
        &self,
        _public: &[u8],
        _coins: &[u8],
    ) -> Result<Encapsulation, KemError> {
        Err(KemError::NotDeterministic { kem: self.id() })
    }

    fn decapsulate(&self, secret: &Secret, ciphertext: &[u8]) -> Result<Secret, KemError> {
        let size = KemError::Size { expected: Self::SIZES.secret, found: secret.expose().len() };
        let secret = backend::SecretKey::from_bytes(secret.expose()).map_err(|_| size)?;
        let size = KemError::Size { expected: Self::SIZES.ciphertext, found: ciphertext.len() };
        let ciphertext = backend::Ciphertext::from_bytes(ciphertext).map_err(|_| size)?;
        let shared = backend::decapsulate(&ciphertext, &secret);
        Ok(Secret::new(shared.as_bytes().to_vec()))
    }
}
