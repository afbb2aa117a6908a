//! The proof that whoever enrols a key holds its secret (AC7).

use althing_crypto::{Check, Purpose, VerifyError, domain};
use althing_frame::BlockEnv;
use althing_primitives::{AccountId, Hash256, SchemeId};
use parity_scale_codec::Encode;

use crate::Error;

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

/// A key that wants to enter the policy of an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKey<'a> {
    pub(crate) scheme: SchemeId,
    pub(crate) public: &'a [u8],
    pub(crate) proof: &'a [u8],
}

impl NewKey<'_> {
    /// Check sizes and proof for `account` at this nonce of its policy.
    pub(crate) fn verify(
        &self,
        block: &BlockEnv,
        account: &AccountId,
        rotation_nonce: u32,
    ) -> Result<(), Error> {
        let scheme = self.scheme;
        let message =
            possession_payload(&block.genesis_hash, account, rotation_nonce, scheme, self.public);
        let check = Check { scheme, public: self.public, message: &message, signature: self.proof };
        check.verify().map_err(|error| match error {
            VerifyError::UnknownScheme { scheme } => Error::UnknownScheme { scheme },
            VerifyError::PublicKeySize { expected, found } => {
                Error::KeySize { scheme, expected: wide(expected), found: wide(found) }
            }
            VerifyError::SignatureSize { expected, found } => {
                Error::ProofSize { scheme, expected: wide(expected), found: wide(found) }
            }
            VerifyError::Invalid => Error::BadProof { scheme, rotation_nonce },
        })
    }
}

fn wide(bytes: usize) -> u64 {
    bytes as u64
}
