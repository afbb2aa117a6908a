//! The key encapsulation trait and the table of built-in KEMs.
//!
//! Only what is deterministic: sealed ballots are opened, and re-encapsulated to be checked, by
//! every node alike. Drawing fresh keys and fresh secrets is in `signing`.

use althing_primitives::{Family, SchemeId};

use crate::{
    kems::{Kyber768R3, MlKem768},
    secret::Secret,
};

/// Exact lengths of a KEM, in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KemSizes {
    /// The public (encapsulation) key.
    pub public: usize,
    /// The secret as [`Kem::decapsulate`] takes it.
    pub secret: usize,
    /// A ciphertext.
    pub ciphertext: usize,
    /// The shared secret.
    pub shared: usize,
    /// The seed of a key pair; `None` if the backend cannot derive one.
    pub seed: Option<usize>,
    /// The coins of one encapsulation; `None` if the backend draws its own.
    pub coins: Option<usize>,
}

/// Why a KEM refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KemError {
    /// The backend has no deterministic form of this operation.
    #[error("kem {kem} cannot be derived from a seed")]
    NotDeterministic {
        /// The KEM.
        kem: SchemeId,
    },
    /// C3: one of the inputs has another length than the scheme's.
    #[error("{found} bytes where the kem takes {expected}")]
    Size {
        /// What the KEM says.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// The public key is not the encoding of any key.
    #[error("public key is not canonical")]
    PublicKey,
}

/// A key pair for encapsulation.
#[derive(Debug)]
pub struct KemKeyPair {
    /// Given to everybody.
    pub public: Vec<u8>,
    /// Kept.
    pub secret: Secret,
}

/// What an encapsulation makes.
#[derive(Debug)]
pub struct Encapsulation {
    /// Sent to the holder of the secret key.
    pub ciphertext: Vec<u8>,
    /// What both sides then share.
    pub shared: Secret,
}

/// A key encapsulation mechanism. Pure like [`crate::Scheme`].
pub trait Kem: Send + Sync {
    /// The registry's number. Never reused, and never that of a signature scheme.
    fn id(&self) -> SchemeId;
    /// The name people and files use.
    fn name(&self) -> &'static str;
    /// The assumption it rests on.
    fn family(&self) -> Family;
    /// Exact lengths.
    fn sizes(&self) -> KemSizes;
    /// Refuse a public key that has another length or is not the encoding of any key, as far as the
    /// backend can tell. That of KEM 32 knows lengths only (C9).
    fn check_public(&self, public: &[u8]) -> Result<(), KemError>;
    /// The key pair of `seed`.
    fn generate_from_seed(&self, seed: &[u8]) -> Result<KemKeyPair, KemError>;
    /// Encapsulate to `public` with the given coins: the same bytes for everybody, so that an
    /// opened ballot can be checked.
    fn encapsulate_from_coins(
        &self,
        public: &[u8],
        coins: &[u8],
    ) -> Result<Encapsulation, KemError>;
    /// The shared secret of `ciphertext`. A ciphertext made for another key gives unrelated
    /// bytes, not an error: the cipher that uses them is what notices.
    fn decapsulate(&self, secret: &Secret, ciphertext: &[u8]) -> Result<Secret, KemError>;
}

/// Refuse input of any other length.
pub(crate) fn exact(expected: usize, bytes: &[u8]) -> Result<(), KemError> {
    let found = bytes.len();
    if found == expected { Ok(()) } else { Err(KemError::Size { expected, found }) }
}

static KYBER_768_R3: Kyber768R3 = Kyber768R3;
static ML_KEM_768: MlKem768 = MlKem768;

static KEMS: [&dyn Kem; 2] = [&KYBER_768_R3, &ML_KEM_768];

/// Every built-in KEM, by ascending id.
#[must_use]
pub fn kems() -> &'static [&'static dyn Kem] {
    &KEMS
}

/// The built-in KEM `id`.
#[must_use]
pub fn kem(id: SchemeId) -> Option<&'static dyn Kem> {
    KEMS.into_iter().find(|kem| kem.id() == id)
}

/// The built-in KEM called exactly `name`.
#[must_use]
pub fn kem_by_name(name: &str) -> Option<&'static dyn Kem> {
    KEMS.into_iter().find(|kem| kem.name() == name)
}

/// The same table for those who draw keys.
#[cfg(feature = "signing")]
pub(crate) static RANDOM: [&dyn crate::signing::RandomKem; 2] = [&KYBER_768_R3, &ML_KEM_768];
