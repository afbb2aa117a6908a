//! The format of an envelope (E10, E11): magic, version, header, one wrapped content key for each
//! recipient, commitment, body, signatures.

use althing_primitives::{
    AccountId, BoundedBytes, BoundedVec, Hash256, KeyHandle, PUBLIC_KEY_BYTES_MAX,
    SIGNATURE_BYTES_MAX, SIGNERS_MAX, SchemeId,
};
use parity_scale_codec::{Decode, Encode};

use super::schedule::{self, CONTENT_KEY_BYTES, TAG_BYTES};

/// What every envelope begins with.
const MAGIC: [u8; 8] = *b"ALTHSEAL";
/// The version of the format and of the key schedule.
const VERSION: u8 = 1;
/// A wrapped content key: the key and the cipher's tag.
const WRAPPED_BYTES: usize = CONTENT_KEY_BYTES + TAG_BYTES;

/// The most recipients of an envelope.
pub const RECIPIENTS_MAX: u32 = 32;
/// The longest file that is sealed, in bytes.
pub const FILE_BYTES_MAX: u32 = 16 * 1024 * 1024;
/// The longest annex that is sealed, in bytes.
pub const ANNEX_BYTES_MAX: u32 = 60 * 1024;
/// The longest ciphertext of any KEM, in bytes.
pub const CIPHERTEXT_BYTES_MAX: u32 = 4 * 1024;
/// The longest envelope, in bytes: a whole file, all recipients, four keys and their signatures.
pub const ENVELOPE_BYTES_MAX: u32 = FILE_BYTES_MAX + 512 * 1024;

/// Longest body: a whole file and the cipher's tag.
const BODY_BYTES_MAX: u32 = FILE_BYTES_MAX + 16;

/// What an envelope is for. Part of every key that is derived.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub enum SealPurpose {
    /// A file from member to member.
    #[codec(index = 0)]
    File,
    /// What the council reads of a referendum before the public does.
    #[codec(index = 1)]
    Annex {
        /// The referendum.
        referendum: u32,
    },
}

impl SealPurpose {
    /// The longest content, in bytes.
    pub const fn content_bytes_max(self) -> u32 {
        match self {
            Self::File => FILE_BYTES_MAX,
            Self::Annex { .. } => ANNEX_BYTES_MAX,
        }
    }
}

/// A recipient and what only the recipient's key opens.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Recipient {
    /// Whose key it is.
    pub account: AccountId,
    /// The KEM.
    pub kem: SchemeId,
    /// The key: hash of KEM and public key (C6).
    pub key: KeyHandle,
    /// The KEM's ciphertext for it.
    pub ciphertext: BoundedBytes<CIPHERTEXT_BYTES_MAX>,
}

/// A key that signed the envelope.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Author {
    /// The signature scheme.
    pub scheme: SchemeId,
    /// The public key. Whether it is one of the sender's is for the chain to say.
    pub public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
}

/// What everyone may read of an envelope.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct SealHeader {
    /// The chain: hash of its block 0.
    pub genesis: Hash256,
    /// What it is for.
    pub purpose: SealPurpose,
    /// Who says to have sealed it. Proved by the authors' signatures, or by the extrinsic that
    /// carries the envelope.
    pub sender: AccountId,
    /// The keys whose signatures end the envelope, if there are any: one, or several that act for
    /// the sender together.
    pub authors: BoundedVec<Author, SIGNERS_MAX>,
    /// Who can open it, by ascending account, each once.
    pub recipients: BoundedVec<Recipient, RECIPIENTS_MAX>,
}

/// A sealed content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Envelope {
    pub(super) header: SealHeader,
    pub(super) sealed: Sealed,
    pub(super) signatures: BoundedVec<Signed, SIGNERS_MAX>,
}

/// The signature of an author.
pub(super) type Signed = BoundedBytes<SIGNATURE_BYTES_MAX>;

/// The part that the header vouches for, before the signature.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub(super) struct Sealed {
    pub(super) wrapped: BoundedVec<[u8; WRAPPED_BYTES], RECIPIENTS_MAX>,
    pub(super) commitment: [u8; schedule::COMMITMENT_BYTES],
    pub(super) body: BoundedBytes<BODY_BYTES_MAX>,
}

/// Why bytes are no envelope.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EnvelopeError {
    /// Something else altogether.
    #[error("it does not begin like a sealed envelope")]
    Magic,
    /// A version that this program does not read.
    #[error("version {found} of the envelope is not known, {VERSION} is")]
    Version {
        /// The version found.
        found: u8,
    },
    /// Cut short, too long, or not in the one encoding there is.
    #[error("it is not the encoding of an envelope")]
    Encoding,
    /// No recipient.
    #[error("it has no recipient")]
    NoRecipient,
    /// Recipients out of order, or one of them twice.
    #[error("its recipients are not in order, each once")]
    Order,
    /// Not one wrapped key for each recipient.
    #[error("it has {wrapped} wrapped keys for {recipients} recipients")]
    Slots {
        /// Wrapped keys.
        wrapped: usize,
        /// Recipients.
        recipients: usize,
    },
    /// A body too short for a tag, or too long for its purpose.
    #[error("its body of {found} bytes is not one of {minimum} to {maximum}")]
    Body {
        /// Its length.
        found: usize,
        /// The shortest one.
        minimum: usize,
        /// The longest one.
        maximum: usize,
    },
    /// Not one signature for each author.
    #[error("it has {signatures} signatures of {authors} authors")]
    Authors {
        /// Authors.
        authors: usize,
        /// Signatures.
        signatures: usize,
    },
}

impl SealHeader {
    /// Magic, version and header: what wrapped keys are bound to.
    pub(super) fn bytes(&self) -> Vec<u8> {
        (MAGIC, VERSION, self).encode()
    }
}

impl Envelope {
    /// Read an envelope. There is one encoding for each, so that equal envelopes are equal bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(EnvelopeError::Magic)?;
        let (version, mut rest) = rest.split_first().ok_or(EnvelopeError::Encoding)?;
        if *version != VERSION {
            return Err(EnvelopeError::Version { found: *version });
        }
        let decoded = <(SealHeader, Sealed, BoundedVec<Signed, SIGNERS_MAX>)>::decode(&mut rest);
        let (header, sealed, signatures) = decoded.map_err(|_| EnvelopeError::Encoding)?;
        if !rest.is_empty() {
            return Err(EnvelopeError::Encoding);
        }
        let envelope = Self { header, sealed, signatures };
        envelope.check()?;
        Ok(envelope)
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.signed_bytes();
        self.signatures.encode_to(&mut bytes);
        bytes
    }

    /// What everyone may read.
    pub fn header(&self) -> &SealHeader {
        &self.header
    }

    /// Whether `key` is the content key that the envelope commits to. Says nothing of the body:
    /// its tag may still be wrong.
    pub fn is_content_key(&self, key: &[u8; CONTENT_KEY_BYTES]) -> bool {
        let keys = schedule::content_keys(&self.header.bytes(), key);
        schedule::is_equal(&keys.commitment, &self.sealed.commitment)
    }

    /// All bytes before the signatures.
    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.bytes();
        self.sealed.encode_to(&mut bytes);
        bytes
    }

    fn check(&self) -> Result<(), EnvelopeError> {
        let accounts = self.header.recipients.iter().map(|recipient| recipient.account);
        let recipients = accounts.len();
        if recipients == 0 {
            return Err(EnvelopeError::NoRecipient);
        }
        if !accounts.is_sorted_by(|one, next| one < next) {
            return Err(EnvelopeError::Order);
        }
        let wrapped = self.sealed.wrapped.len();
        if wrapped != recipients {
            return Err(EnvelopeError::Slots { wrapped, recipients });
        }
        let longest = usize::try_from(self.header.purpose.content_bytes_max()).unwrap_or(0);
        let (found, minimum) = (self.sealed.body.len(), TAG_BYTES);
        let maximum = longest.saturating_add(TAG_BYTES);
        if !(minimum..=maximum).contains(&found) {
            return Err(EnvelopeError::Body { found, minimum, maximum });
        }
        let (authors, signatures) = (self.header.authors.len(), self.signatures.len());
        if authors != signatures {
            return Err(EnvelopeError::Authors { authors, signatures });
        }
        Ok(())
    }
}
