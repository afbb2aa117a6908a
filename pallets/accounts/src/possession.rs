//! The proof that whoever enrols a key holds its secret (AC7), and commitments to keys that nobody
//! has seen yet (AC17).

use althing_crypto::{Check, Purpose, VerifyError, domain};
use althing_frame::{DispatchError, Tx};
use althing_primitives::{AccountId, Hash256, KeyHandle, SchemeId, blake2_256};
use pallet_crypto_registry::{SchemeRecord, voted_in};
use parity_scale_codec::Encode;

use crate::Error;

/// What a commitment to a key begins with.
const NEXT_DOMAIN: &[u8] = b"althing:next:v1";

/// The bytes that a new key signs: the domain tag, then in SCALE the genesis hash, the account,
/// its rotation nonce, the scheme and the public key with its length.
pub fn possession_payload(
    genesis: &Hash256,
    account: &AccountId,
    rotation_nonce: u32,
    scheme: SchemeId,
    public: &[u8],
) -> Vec<u8> {
    let mut bytes = domain(Purpose::RotatePop).to_vec();
    (genesis, account, rotation_nonce, scheme, public).encode_to(&mut bytes);
    bytes
}

/// The bytes that every new key of a draft signs: the domain tag, then in SCALE the genesis hash,
/// the account, its rotation nonce and the draft's hash.
pub fn draft_payload(
    genesis: &Hash256,
    account: &AccountId,
    rotation_nonce: u32,
    draft_hash: &Hash256,
) -> Vec<u8> {
    let mut bytes = domain(Purpose::RotatePop).to_vec();
    (genesis, account, rotation_nonce, draft_hash).encode_to(&mut bytes);
    bytes
}

/// The commitment to a key: BLAKE2b-256 of the domain tag, then in SCALE the scheme, the public key
/// with its length, and a salt that nobody else knows.
pub fn next_commitment(scheme: SchemeId, public: &[u8], salt: &[u8; 32]) -> Hash256 {
    let mut bytes = NEXT_DOMAIN.to_vec();
    (scheme, public, salt).encode_to(&mut bytes);
    blake2_256(&bytes)
}

/// A key that wants to enter the policy of an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKey<'a> {
    pub(crate) scheme: SchemeId,
    pub(crate) public: &'a [u8],
    pub(crate) proof: &'a [u8],
}

impl NewKey<'_> {
    pub(crate) fn handle(&self) -> KeyHandle {
        KeyHandle::of(self.scheme, self.public)
    }

    /// Check sizes and proof for `account` alone, at this nonce of its policy.
    pub(crate) fn verify_alone(
        &self,
        tx: &Tx<'_>,
        record: &SchemeRecord,
        (account, rotation_nonce): (&AccountId, u32),
    ) -> Result<(), DispatchError> {
        let genesis = &tx.block().genesis_hash;
        let message =
            possession_payload(genesis, account, rotation_nonce, self.scheme, self.public);
        self.verify(tx, record, &message, rotation_nonce)
    }

    /// Check sizes, and the proof over `message`, made for this nonce of a policy.
    pub(crate) fn verify(
        &self,
        tx: &Tx<'_>,
        record: &SchemeRecord,
        message: &[u8],
        rotation_nonce: u32,
    ) -> Result<(), DispatchError> {
        let (scheme, public, signature) = (self.scheme, self.public, self.proof);
        let size = |expected: u32, found: &[u8]| {
            let (expected, found) = (u64::from(expected), found.len() as u64);
            (expected != found).then_some((expected, found))
        };
        if let Some((expected, found)) = size(record.public_bytes, public) {
            return Err(Error::KeySize { scheme, expected, found }.into());
        }
        if let Some((expected, found)) = size(record.signature_bytes, signature) {
            return Err(Error::ProofSize { scheme, expected, found }.into());
        }
        let verdict = match voted_in(tx, scheme, record)? {
            Some(code) if code.verify(public, message, signature) => Ok(()),
            Some(_) => Err(VerifyError::Invalid),
            None => Check { scheme, public, message, signature }.verify(),
        };
        Ok(verdict.map_err(|error| match error {
            VerifyError::UnknownScheme { scheme } => Error::UnknownScheme { scheme },
            VerifyError::PublicKeySize { .. }
            | VerifyError::SignatureSize { .. }
            | VerifyError::Invalid => Error::BadProof { scheme, rotation_nonce },
        })?)
    }
}
