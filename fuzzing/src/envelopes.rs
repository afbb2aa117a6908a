//! Sealed files from strangers.

use std::sync::LazyLock;

use althing_crypto::{
    KemKeyPair, SchemeId, Secret,
    seal::{Envelope, Opener, SealPurpose, SealRecipient, Sealing},
    signing::random_kem,
};
use althing_primitives::{AccountId, Hash256};

use crate::samples::Counting;

const GENESIS: Hash256 = Hash256([7; 32]);
const RECIPIENT: AccountId = AccountId([2; 32]);
const CONTENT: &[u8] = b"read this first";

static KEYS: LazyLock<KemKeyPair> =
    LazyLock::new(|| random_kem(SchemeId::ML_KEM_768).unwrap().generate(&mut Counting(9)).unwrap());

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let recipient =
        SealRecipient { account: RECIPIENT, kem: SchemeId::ML_KEM_768, public: &KEYS.public };
    let sealing = Sealing {
        genesis: GENESIS,
        purpose: SealPurpose::File,
        sender: AccountId([1; 32]),
        authors: &[],
        recipients: &[recipient],
    };
    sealing.seal(CONTENT, &mut Counting(1)).unwrap().to_bytes()
});

fn open(envelope: &Envelope) -> Option<Secret> {
    let opener = Opener {
        account: RECIPIENT,
        kem: SchemeId::ML_KEM_768,
        public: &KEYS.public,
        secret: &KEYS.secret,
    };
    envelope.open(&opener, GENESIS, SealPurpose::File).ok()
}

/// Bytes are an envelope: read and written again it is the same, and it opens only if nothing was
/// changed.
pub fn envelope(bytes: &[u8]) {
    let Ok(read) = Envelope::from_bytes(bytes) else { return };
    assert_eq!(read.to_bytes(), bytes);
    let opened = open(&read);
    assert_eq!(opened.is_some(), bytes == *SEALED);
    assert!(opened.is_none_or(|content| content.expose() == CONTENT));
}

/// A file for one.
#[must_use]
pub fn envelopes() -> Vec<Vec<u8>> {
    vec![SEALED.clone()]
}
