//! KEM 33, ML-KEM-768 (FIPS 203), by RustCrypto's `ml-kem`.
//!
//! The secret is the 64-byte seed `d || z`, never the expanded key: an expanded key can be made
//! to open one ciphertext in two ways, a seed cannot.

use althing_primitives::{Family, SchemeId};
use ml_kem::{
    B32, KeyExport as _, Seed,
    kem::Decapsulate as _,
    ml_kem_768::{Ciphertext, DecapsulationKey, EncapsulationKey},
};
use zeroize::Zeroize as _;

use crate::{
    kem::{Encapsulation, Kem, KemError, KemKeyPair, KemSizes, exact},
    secret::Secret,
};

const PUBLIC: usize = 1184;
const CIPHERTEXT: usize = 1088;
const SHARED: usize = 32;
const SEED: usize = 64;
const COINS: usize = 32;

/// ML-KEM-768.
pub(crate) struct MlKem768;

impl Kem for MlKem768 {
    fn id(&self) -> SchemeId {
        SchemeId::ML_KEM_768
    }

    fn name(&self) -> &'static str {
        "ml-kem-768"
    }

    fn family(&self) -> Family {
        Family::Lattice
    }

    fn sizes(&self) -> KemSizes {
        KemSizes {
            public: PUBLIC,
            secret: SEED,
            ciphertext: CIPHERTEXT,
            shared: SHARED,
            seed: Some(SEED),
            coins: Some(COINS),
        }
    }

    fn check_public(&self, public: &[u8]) -> Result<(), KemError> {
        parse(public).map(|_| ())
    }

    fn generate_from_seed(&self, seed: &[u8]) -> Result<KemKeyPair, KemError> {
        let public = expand(seed)?.encapsulation_key().to_bytes().to_vec();
        Ok(KemKeyPair { public, secret: Secret::new(seed.to_vec()) })
    }

    fn encapsulate_from_coins(
        &self,
        public: &[u8],
        coins: &[u8],
    ) -> Result<Encapsulation, KemError> {
        let public = parse(public)?;
        let size = KemError::Size { expected: COINS, found: coins.len() };
        let coins = <&B32>::try_from(coins).map_err(|_| size)?;
        let (ciphertext, mut shared) = public.encapsulate_deterministic(coins);
        let made =
            Encapsulation { ciphertext: ciphertext.to_vec(), shared: Secret::new(shared.to_vec()) };
        shared.zeroize();
        Ok(made)
    }

    fn decapsulate(&self, secret: &Secret, ciphertext: &[u8]) -> Result<Secret, KemError> {
        let size = KemError::Size { expected: CIPHERTEXT, found: ciphertext.len() };
        let ciphertext = <&Ciphertext>::try_from(ciphertext).map_err(|_| size)?;
        let mut shared = expand(secret.expose())?.decapsulate(ciphertext);
        let kept = Secret::new(shared.to_vec());
        shared.zeroize();
        Ok(kept)
    }
}

/// The key with these bytes: FIPS 203 allows one encoding, with coefficients below the modulus.
fn parse(public: &[u8]) -> Result<EncapsulationKey, KemError> {
    exact(PUBLIC, public)?;
    let public = public.try_into().map_err(|_| KemError::PublicKey)?;
    EncapsulationKey::new(public).map_err(|_| KemError::PublicKey)
}

/// The decapsulation key of a seed; wiped by its own drop.
fn expand(seed: &[u8]) -> Result<DecapsulationKey, KemError> {
    let size = KemError::Size { expected: SEED, found: seed.len() };
    let mut seed = Seed::try_from(seed).map_err(|_| size)?;
    let key = DecapsulationKey::from_seed(seed);
    seed.zeroize();
    Ok(key)
}
