//! Making an envelope.

use althing_primitives::{AccountId, BoundedVec, Hash256, KeyHandle, SchemeId};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

use super::{
    Author, Envelope, RECIPIENTS_MAX, Recipient, SealHeader, SealPurpose,
    envelope::Sealed,
    schedule::{self, CONTENT_KEY_BYTES, CipherKey},
};
use crate::{
    secret::Secret,
    signing::{Entropy, EntropyError, RandomKemError, Signer, SigningError, random_kem},
};

/// A recipient's published key.
#[derive(Clone, Copy, Debug)]
pub struct SealRecipient<'a> {
    /// Whose key it is.
    pub account: AccountId,
    /// The KEM.
    pub kem: SchemeId,
    /// The public key.
    pub public: &'a [u8],
}

/// What an envelope says in the clear, and to whom it goes.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// The chain: hash of its block 0.
    pub genesis: Hash256,
    /// What it is for.
    pub purpose: SealPurpose,
    /// Who seals.
    pub sender: AccountId,
    /// The sender's keys that sign the envelope, as many as act for the sender together; none where
    /// the envelope travels in an extrinsic, which is signed itself.
    pub authors: &'a [&'a dyn Signer],
    /// Who shall open it, in any order, each once.
    pub recipients: &'a [SealRecipient<'a>],
}

impl core::fmt::Debug for Sealing<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sealing").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// Why nothing was sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealError {
    /// Nobody could open it, or too many could.
    #[error("an envelope has 1 to {RECIPIENTS_MAX} recipients, not {found}")]
    Recipients {
        /// How many there were.
        found: usize,
    },
    /// A recipient twice.
    #[error("{account} is a recipient twice")]
    Twice {
        /// Who.
        account: AccountId,
    },
    /// Longer than the purpose allows.
    #[error("{found} bytes are more than the {maximum} that can be sealed for this purpose")]
    TooLong {
        /// The length of the content.
        found: usize,
        /// The longest one.
        maximum: u32,
    },
    /// The program has no such KEM.
    #[error("no key encapsulation scheme has number {kem}")]
    UnknownKem {
        /// The number.
        kem: SchemeId,
    },
    /// The KEM refused a recipient's key.
    #[error("the encryption key of {account}: {source}")]
    Kem {
        /// Whose key.
        account: AccountId,
        /// Why.
        source: RandomKemError,
    },
    /// An author's key refused to sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// No randomness to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A key, ciphertext or signature does not fit the format.
    #[error("a key, ciphertext or signature is longer than an envelope can carry")]
    Format,
}

impl Sealing<'_> {
    /// Seal `content`. Draws the content key, and the coins of every KEM that takes them, from
    /// `entropy` (E12).
    pub fn seal(&self, content: &[u8], entropy: &mut dyn Entropy) -> Result<Envelope, SealError> {
        let recipients = self.sorted_recipients()?;
        let maximum = self.purpose.content_bytes_max();
        if u32::try_from(content.len()).map_or(true, |length| length > maximum) {
            return Err(SealError::TooLong { found: content.len(), maximum });
        }
        let mut content_key = Zeroizing::new([0; CONTENT_KEY_BYTES]);
        entropy.fill(content_key.as_mut_slice())?;

        let (slots, shared) = encapsulate(&recipients, entropy)?;
        let header = self.header(slots)?;
        let bytes = header.bytes();
        let wraps = header.recipients.iter().zip(&recipients).zip(&shared).map(
            |((slot, recipient), shared)| {
                let key = schedule::slot_key(&header, slot, recipient.public, shared.expose());
                encrypt(&key, content_key.as_slice(), &bytes)?
                    .try_into()
                    .map_err(|_| SealError::Format)
            },
        );
        let wrapped = wraps.collect::<Result<Vec<_>, SealError>>()?;
        let wrapped = wrapped.try_into().map_err(|_| SealError::Format)?;

        let keys = schedule::content_keys(&bytes, &content_key);
        let binding = schedule::body_binding(&bytes, &wrapped, &keys.commitment);
        let body = encrypt(&keys.body, content, &binding)?;
        let body = body.try_into().map_err(|_| SealError::Format)?;
        let sealed = Sealed { wrapped, commitment: keys.commitment, body };
        self.signed(Envelope { header, sealed, signatures: BoundedVec::new() })
    }

    fn sorted_recipients(&self) -> Result<Vec<SealRecipient<'_>>, SealError> {
        let found = self.recipients.len();
        if found == 0 || found > RECIPIENTS_MAX as usize {
            return Err(SealError::Recipients { found });
        }
        let mut recipients = self.recipients.to_vec();
        recipients.sort_by_key(|recipient| recipient.account);
        let twice = recipients.windows(2).find_map(|pair| match pair {
            [one, next] if one.account == next.account => Some(one.account),
            _ => None,
        });
        twice.map_or(Ok(recipients), |account| Err(SealError::Twice { account }))
    }

    fn header(&self, slots: Vec<Recipient>) -> Result<SealHeader, SealError> {
        let authors = self.authors.iter().map(|signer| {
            let public = signer.public().to_vec().try_into().map_err(|_| SealError::Format)?;
            Ok(Author { scheme: signer.scheme(), public })
        });
        let authors = authors.collect::<Result<Vec<_>, SealError>>()?;
        Ok(SealHeader {
            genesis: self.genesis,
            purpose: self.purpose,
            sender: self.sender,
            authors: authors.try_into().map_err(|_| SealError::Format)?,
            recipients: slots.try_into().map_err(|_| SealError::Format)?,
        })
    }

    fn signed(&self, mut envelope: Envelope) -> Result<Envelope, SealError> {
        let message = schedule::author_message(&envelope.signed_bytes());
        let signatures = self
            .authors
            .iter()
            .map(|signer| signer.sign(&message)?.try_into().map_err(|_| SealError::Format));
        let signatures = signatures.collect::<Result<Vec<_>, SealError>>()?;
        envelope.signatures = signatures.try_into().map_err(|_| SealError::Format)?;
        Ok(envelope)
    }
}

/// A slot and a shared secret for each recipient.
fn encapsulate(
    recipients: &[SealRecipient<'_>],
    entropy: &mut dyn Entropy,
) -> Result<(Vec<Recipient>, Vec<Secret>), SealError> {
    let (mut slots, mut secrets) = (Vec::new(), Vec::new());
    for SealRecipient { account, kem, public } in recipients.iter().copied() {
        let known = random_kem(kem).ok_or(SealError::UnknownKem { kem })?;
        let refused = |source| SealError::Kem { account, source };
        known.check_public(public).map_err(|error| refused(error.into()))?;
        let made = known.encapsulate(public, entropy).map_err(refused)?;
        let ciphertext = made.ciphertext.try_into().map_err(|_| SealError::Format)?;
        slots.push(Recipient { account, kem, key: KeyHandle::of(kem, public), ciphertext });
        secrets.push(made.shared);
    }
    Ok((slots, secrets))
}

fn encrypt(key: &CipherKey, content: &[u8], bound: &[u8]) -> Result<Vec<u8>, SealError> {
    let payload = Payload { msg: content, aad: bound };
    let cipher = XChaCha20Poly1305::new(key.key().into());
    // The cipher refuses only what is longer than 256 GiB.
    cipher.encrypt(&XNonce::from(key.nonce()), payload).map_err(|_| SealError::Format)
}
