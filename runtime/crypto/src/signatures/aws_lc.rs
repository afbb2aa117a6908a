//! The fast backend of schemes 2 and 3: AWS-LC's ML-DSA, by `aws-lc-rs`.
//!
//! Assembly chosen by the processor at run time, about four times as fast as the canonical code.
//! Keys are decoded with each signature: keeping them saves nothing here.

use aws_lc_rs::signature::{self, PqdsaVerificationAlgorithm, UnparsedPublicKey};

use crate::backend::Backend;

/// Bytes before the key in its X.509 form: two sequences, an object identifier, a bit string.
const HEADER: usize = 22;

/// ML-DSA-44.
pub(super) static ML_DSA_44: AwsLc<1312, { HEADER + 1312 }> = AwsLc {
    algorithm: &signature::ML_DSA_44,
    header:
        *b"\x30\x82\x05\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x03\x82\x05\x21\x00",
    signature: 2420,
};

/// ML-DSA-65.
pub(super) static ML_DSA_65: AwsLc<1952, { HEADER + 1952 }> = AwsLc {
    algorithm: &signature::ML_DSA_65,
    header:
        *b"\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00",
    signature: 3309,
};

/// One parameter set: `PUBLIC` bytes of key, `X509` with the header.
///
/// Keys go in with the X.509 header before them. `aws-lc-rs` takes raw keys too, but looks for a
/// header first and overlooks what follows the structure: it would take an ML-DSA-65 key that
/// begins like a whole ML-DSA-44 key with header for that key, and refuse all its signatures.
/// Whoever makes a key chooses the bytes at its beginning, so such keys can be had; the canonical
/// backend knows no such form. With our own header there is one way to read it.
pub(super) struct AwsLc<const PUBLIC: usize, const X509: usize> {
    algorithm: &'static PqdsaVerificationAlgorithm,
    header: [u8; HEADER],
    signature: usize,
}

impl<const PUBLIC: usize, const X509: usize> Backend for AwsLc<PUBLIC, X509> {
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        if public.len() != PUBLIC || signature.len() != self.signature {
            return false;
        }
        let mut x509 = [0; X509];
        let (header, key) = x509.split_at_mut(HEADER);
        header.copy_from_slice(&self.header);
        key.copy_from_slice(public);
        UnparsedPublicKey::new(self.algorithm, &x509).verify(message, signature).is_ok()
    }
}
