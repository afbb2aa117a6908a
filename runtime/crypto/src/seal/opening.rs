//! Opening an envelope.

use althing_primitives::{AccountId, Hash256, KeyHandle, SchemeId};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

use super::{
    Envelope, SealPurpose,
    schedule::{self, CONTENT_KEY_BYTES, CipherKey},
};
use crate::{
    kem::kem,
    scheme::{Scheme, scheme},
    secret::Secret,
};

/// A recipient with the key that opens.
#[derive(Clone, Copy, Debug)]
pub struct Opener<'a> {
    /// Whose key it is.
    pub account: AccountId,
    /// The KEM.
    pub kem: SchemeId,
    /// The public key.
    pub public: &'a [u8],
    /// The secret, as [`crate::Kem::decapsulate`] takes it.
    pub secret: &'a Secret,
}

/// Finds the scheme that verifies an author's signature.
pub type Schemes<'a> = dyn Fn(SchemeId) -> Option<&'static dyn Scheme> + 'a;

/// Why an envelope stays closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// Sealed for members of another chain.
    #[error("it was sealed on another chain, with genesis {found}")]
    OtherChain {
        /// The genesis it names.
        found: Hash256,
    },
    /// Sealed for another purpose.
    #[error("it was sealed for another purpose")]
    OtherPurpose {
        /// The purpose it names.
        found: SealPurpose,
    },
    /// No slot for this account and key.
    #[error("it is not sealed to this account and key")]
    NotForYou,
    /// Changed on the way, or made to deceive. There is no other reason to be had, on purpose.
    #[error("it does not open: it was damaged or forged")]
    Damaged,
}

impl Envelope {
    /// The content, if `opener` is a recipient and the envelope is whole and meant for this chain
    /// and purpose (E16). The authors' signatures are verified; whether the keys act for the sender is
    /// for the caller, who knows the chain, and no state of a KEM matters (E17).
    pub fn open(
        &self,
        opener: &Opener<'_>,
        genesis: Hash256,
        purpose: SealPurpose,
    ) -> Result<Secret, OpenError> {
        self.open_with(opener, (genesis, purpose), &native)
    }

    /// The same where authors may sign under schemes that were voted in: `schemes` finds them.
    pub fn open_with(
        &self,
        opener: &Opener<'_>,
        (genesis, purpose): (Hash256, SealPurpose),
        schemes: &Schemes<'_>,
    ) -> Result<Secret, OpenError> {
        let key = self.content_key(opener, genesis, purpose)?;
        self.open_body(&key, schemes)
    }

    /// The content key, for a recipient: whoever holds it opens this envelope and no other.
    pub fn content_key(
        &self,
        opener: &Opener<'_>,
        genesis: Hash256,
        purpose: SealPurpose,
    ) -> Result<Zeroizing<[u8; CONTENT_KEY_BYTES]>, OpenError> {
        self.expect(genesis, purpose)?;
        let handle = KeyHandle::of(opener.kem, opener.public);
        let slots = self.header.recipients.iter().zip(self.sealed.wrapped.iter());
        let (slot, wrapped) = slots
            .into_iter()
            .find(|(slot, _)| {
                (slot.account, slot.kem, slot.key) == (opener.account, opener.kem, handle)
            })
            .ok_or(OpenError::NotForYou)?;
        let kem = kem(opener.kem).ok_or(OpenError::NotForYou)?;
        let shared = kem.decapsulate(opener.secret, &slot.ciphertext);
        let shared = shared.map_err(|_| OpenError::Damaged)?;
        let key = schedule::slot_key(&self.header, slot, opener.public, shared.expose());
        let content_key = decrypt(&key, wrapped, &self.header.bytes())?;
        let content_key = content_key.as_slice().try_into().map_err(|_| OpenError::Damaged)?;
        Ok(Zeroizing::new(content_key))
    }

    /// The content, for anyone who was given the content key: a revealed annex (E9).
    pub fn open_revealed(
        &self,
        key: &[u8; CONTENT_KEY_BYTES],
        genesis: Hash256,
        purpose: SealPurpose,
    ) -> Result<Secret, OpenError> {
        self.expect(genesis, purpose)?;
        self.open_body(key, &native)
    }

    fn expect(&self, genesis: Hash256, purpose: SealPurpose) -> Result<(), OpenError> {
        if self.header.genesis != genesis {
            return Err(OpenError::OtherChain { found: self.header.genesis });
        }
        if self.header.purpose != purpose {
            return Err(OpenError::OtherPurpose { found: self.header.purpose });
        }
        Ok(())
    }

    /// Commitment first: a body that opens under two keys is never tried under both (SE2).
    fn open_body(
        &self,
        key: &[u8; CONTENT_KEY_BYTES],
        schemes: &Schemes<'_>,
    ) -> Result<Secret, OpenError> {
        let bytes = self.header.bytes();
        let keys = schedule::content_keys(&bytes, key);
        if !schedule::is_equal(&keys.commitment, &self.sealed.commitment) {
            return Err(OpenError::Damaged);
        }
        let binding = schedule::body_binding(&bytes, &self.sealed.wrapped, &keys.commitment);
        let mut content = decrypt(&keys.body, &self.sealed.body, &binding)?;
        if !self.is_signed_by_its_authors(schemes) {
            return Err(OpenError::Damaged);
        }
        Ok(Secret::new(core::mem::take(&mut *content)))
    }

    fn is_signed_by_its_authors(&self, schemes: &Schemes<'_>) -> bool {
        if self.header.authors.is_empty() {
            return true;
        }
        let message = schedule::author_message(&self.signed_bytes());
        let mut signed = self.header.authors.iter().zip(self.signatures.iter());
        signed.all(|(author, signature)| {
            schemes(author.scheme)
                .is_some_and(|scheme| scheme.verify(&author.public, &message, signature))
        })
    }
}

fn native(id: SchemeId) -> Option<&'static dyn Scheme> {
    scheme(id)
}

fn decrypt(key: &CipherKey, sealed: &[u8], bound: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let payload = Payload { msg: sealed, aad: bound };
    let cipher = XChaCha20Poly1305::new(key.key().into());
    let opened = cipher.decrypt(&XNonce::from(key.nonce()), payload);
    opened.map(Zeroizing::new).map_err(|_| OpenError::Damaged)
}
