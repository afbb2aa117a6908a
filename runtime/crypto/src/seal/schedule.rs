//! The key schedule (E13, E14): HKDF-SHA-512 over everything a key must be bound to.
//!
//! The ciphertext and the public key go into each slot's derivation: ML-KEM alone does not bind a
//! shared secret to both of them for every form of its keys.

use core::hint::black_box;

use althing_primitives::SchemeId;
use hkdf::Hkdf;
use parity_scale_codec::Encode as _;
use sha2::{Digest as _, Sha512};
use zeroize::Zeroizing;

use super::{Recipient, SealHeader};
use crate::domain::{Purpose, domain};

/// Length of the key that the content of an envelope is sealed under, in bytes.
pub const CONTENT_KEY_BYTES: usize = 32;
/// Length of a Poly1305 tag.
pub(super) const TAG_BYTES: usize = 16;
pub(super) const COMMITMENT_BYTES: usize = 32;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

const SLOT: &[u8] = b"althing:seal:v1/slot";
const COMMITMENT: &[u8] = b"althing:seal:v1/commitment";
const BODY: &[u8] = b"althing:seal:v1/body";

/// Key and nonce of XChaCha20-Poly1305, used once.
pub(super) struct CipherKey {
    key: Zeroizing<[u8; KEY_BYTES]>,
    nonce: [u8; NONCE_BYTES],
}

impl CipherKey {
    fn expand(from: &Hkdf<Sha512>, info: &[u8]) -> Self {
        let mut output = Zeroizing::new([0; KEY_BYTES + NONCE_BYTES]);
        from.expand(info, output.as_mut_slice()).expect("HKDF-SHA-512 gives up to 16,320 bytes");
        let (mut key, mut nonce) = (Zeroizing::new([0; KEY_BYTES]), [0; NONCE_BYTES]);
        let (first, rest) = output.split_at(KEY_BYTES);
        key.copy_from_slice(first);
        nonce.copy_from_slice(rest);
        Self { key, nonce }
    }

    pub(super) fn key(&self) -> &[u8; KEY_BYTES] {
        &self.key
    }

    pub(super) fn nonce(&self) -> [u8; NONCE_BYTES] {
        self.nonce
    }
}

/// What a content key becomes.
pub(super) struct ContentKeys {
    pub(super) commitment: [u8; COMMITMENT_BYTES],
    pub(super) body: CipherKey,
}

/// The key that wraps the content key for `recipient`, whose KEM gave `shared` (E13).
pub(super) fn slot_key(
    header: &SealHeader,
    recipient: &Recipient,
    public: &[u8],
    shared: &[u8],
) -> CipherKey {
    let kem: SchemeId = recipient.kem;
    let key = (kem, public, &recipient.ciphertext);
    let bound = (header.genesis, header.purpose, header.sender, recipient.account);
    CipherKey::expand(&Hkdf::new(Some(SLOT), shared), &(key, bound).encode())
}

/// Commitment and body key of a content key under the header with these bytes (E14).
pub(super) fn content_keys(header: &[u8], key: &[u8; CONTENT_KEY_BYTES]) -> ContentKeys {
    let from = Hkdf::<Sha512>::new(Some(&sha512(&[header])), key);
    let mut commitment = [0; COMMITMENT_BYTES];
    from.expand(COMMITMENT, &mut commitment).expect("HKDF-SHA-512 gives up to 16,320 bytes");
    ContentKeys { commitment, body: CipherKey::expand(&from, BODY) }
}

/// What the body is bound to: everything before it but its own length (E14).
pub(super) fn body_binding(
    header: &[u8],
    wrapped: &impl parity_scale_codec::Encode,
    commitment: &[u8; COMMITMENT_BYTES],
) -> [u8; 64] {
    sha512(&[header, &wrapped.encode(), commitment])
}

/// What an author signs: the domain tag and the hash of all bytes before the signature (E15).
pub(super) fn author_message(signed: &[u8]) -> Vec<u8> {
    [domain(Purpose::Seal), &sha512(&[signed])].concat()
}

/// Compare without telling by time where two values differ.
pub(super) fn is_equal(one: &[u8; COMMITMENT_BYTES], other: &[u8; COMMITMENT_BYTES]) -> bool {
    let differ = one.iter().zip(other).fold(0, |differ, (a, b)| black_box(differ | (a ^ b)));
    differ == 0
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut hash = Sha512::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}
