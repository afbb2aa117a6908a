//! Extrinsics: format version 4, signed or bare, kept as the bytes that were received.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use parity_scale_codec::{Compact, Decode, Encode};
use scale_info::TypeInfo;

use crate::{
    AccountId, Balance, Circumstances, Era, Hash256, MultiAddress, Nonce, Signature, blake2_256,
    blake3_256, statement,
};

/// The largest extrinsic, in bytes, its length prefix included.
pub const EXTRINSIC_BYTES_MAX: u32 = 1_310_720;

const SIGNED_V4: u8 = 0x84;
const BARE_V4: u8 = 0x04;
const BARE_V5: u8 = 0x05;

/// Why bytes are not an extrinsic.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ExtrinsicError {
    /// Longer than any block would take.
    #[error("{found} bytes exceed the maximum of {max}")]
    TooLarge {
        /// Its length in bytes.
        found: usize,
        /// The limit in bytes.
        max: u32,
    },
    /// The length prefix does not say how many bytes follow.
    #[error("length prefix does not match the {found} bytes that follow")]
    Length {
        /// How many bytes follow.
        found: usize,
    },
    /// Neither 0x84 (signed), 0x04 nor 0x05 (bare).
    #[error("extrinsic format {found:#04x} is not known")]
    Version {
        /// The byte found.
        found: u8,
    },
    /// Address, signature or extensions do not decode.
    #[error("address, signature or extensions do not decode")]
    Malformed,
    /// The address form is not an account id.
    #[error("the signer's address is not an account id")]
    Address,
}

/// The transaction extensions' data inside the extrinsic, in their order
/// (`specs/formats.md`, F6).
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Extra {
    /// `CheckMortality`.
    pub era: Era,
    /// `CheckNonce`.
    #[codec(compact)]
    pub nonce: Nonce,
    /// `ChargeTransactionPayment`.
    #[codec(compact)]
    pub tip: Balance,
    /// `CheckMetadataHash`; only mode 0 is accepted.
    pub metadata_hash_mode: u8,
}

/// What the extensions add to the signed payload without travelling in the extrinsic.
#[derive(Clone, Copy, Debug, Encode, Eq, PartialEq)]
pub struct Implicit {
    /// `CheckSpecVersion`.
    pub spec_version: u32,
    /// `CheckTxVersion`.
    pub transaction_version: u32,
    /// `CheckGenesis`.
    pub genesis: Hash256,
    /// `CheckMortality`: hash of the birth block; genesis for an immortal extrinsic.
    pub birth: Hash256,
    /// `CheckMetadataHash`: always none.
    pub metadata_hash: Option<Hash256>,
}

/// The payload that clients know: call, extra and implicit laid end to end, or their BLAKE2b-256
/// when they are longer than 256 bytes. What keys sign is the [`statement`] around it.
pub fn signing_payload(call: &[u8], extra: &Extra, implicit: &Implicit) -> Vec<u8> {
    let mut payload = Vec::with_capacity(call.len().saturating_add(160));
    payload.extend_from_slice(call);
    extra.encode_to(&mut payload);
    implicit.encode_to(&mut payload);
    if payload.len() > 256 { blake2_256(&payload).0.to_vec() } else { payload }
}

/// Who signed, with what, and the extensions' data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedPart {
    /// The sender.
    pub account: AccountId,
    /// The witness.
    pub signature: Signature,
    /// The extensions' data.
    pub extra: Extra,
}

/// A decoded envelope around a call that only the runtime can decode. Copies share the bytes and
/// every hash that was asked for once.
#[derive(Clone, Debug)]
pub struct Extrinsic(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    bytes: Arc<[u8]>,
    call_at: usize,
    /// Where the encoded witness stands; empty if there is none.
    witness: Range<usize>,
    signed: Option<SignedPart>,
    hash: OnceLock<Hash256>,
    body_hash: OnceLock<Hash256>,
    witness_hash: OnceLock<Hash256>,
}

impl Parts {
    fn new(
        bytes: Arc<[u8]>,
        call_at: usize,
        witness: Range<usize>,
        signed: Option<SignedPart>,
    ) -> Self {
        let (hash, body_hash, witness_hash) = Default::default();
        Self { bytes, call_at, witness, signed, hash, body_hash, witness_hash }
    }
}

impl Extrinsic {
    /// Read the envelope. The call's own bytes are kept unread.
    pub fn decode(bytes: impl Into<Arc<[u8]>>) -> Result<Self, ExtrinsicError> {
        let bytes = bytes.into();
        if bytes.len() > EXTRINSIC_BYTES_MAX as usize {
            return Err(ExtrinsicError::TooLarge { found: bytes.len(), max: EXTRINSIC_BYTES_MAX });
        }
        let mut input = &bytes[..];
        let length = Compact::<u32>::decode(&mut input)
            .map_err(|_| ExtrinsicError::Length { found: input.len() })?
            .0;
        if length as usize != input.len() {
            return Err(ExtrinsicError::Length { found: input.len() });
        }
        let Some((version, mut rest)) = input.split_first() else {
            return Err(ExtrinsicError::Length { found: 0 });
        };
        let (signed, witness) = match *version {
            BARE_V4 | BARE_V5 => (None, 0..0),
            SIGNED_V4 => {
                let (part, left) = decode_signed(&mut rest)?;
                let at = |left: usize| bytes.len().saturating_sub(left);
                (Some(part), at(left.start)..at(left.end))
            }
            found => return Err(ExtrinsicError::Version { found }),
        };
        let call_at = bytes.len().saturating_sub(rest.len());
        Ok(Self(Arc::new(Parts::new(bytes, call_at, witness, signed))))
    }

    /// Build a signed extrinsic around an encoded call.
    pub fn signed(part: SignedPart, call: &[u8]) -> Self {
        let mut body = vec![SIGNED_V4];
        MultiAddress::Id(part.account).encode_to(&mut body);
        let start = body.len();
        part.signature.encode_to(&mut body);
        let witness = start..body.len();
        part.extra.encode_to(&mut body);
        Self::build(&body, witness, call, Some(part))
    }

    /// Build a bare extrinsic (an inherent) around an encoded call.
    pub fn bare(call: &[u8]) -> Self {
        Self::build(&[BARE_V4], 0..0, call, None)
    }

    fn build(
        envelope: &[u8],
        witness: Range<usize>,
        call: &[u8],
        signed: Option<SignedPart>,
    ) -> Self {
        let length = envelope.len().saturating_add(call.len());
        let mut bytes = Vec::with_capacity(length.saturating_add(5));
        // A call longer than 4 GiB cannot exist; the decoder would refuse the saturated prefix.
        Compact(u32::try_from(length).unwrap_or(u32::MAX)).encode_to(&mut bytes);
        let prefix = bytes.len();
        bytes.extend_from_slice(envelope);
        let call_at = bytes.len();
        bytes.extend_from_slice(call);
        let witness = witness.start.saturating_add(prefix)..witness.end.saturating_add(prefix);
        Self(Arc::new(Parts::new(bytes.into(), call_at, witness, signed)))
    }

    /// All bytes, length prefix included, as received.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.0.bytes
    }

    /// The encoded call.
    pub fn call(&self) -> &[u8] {
        self.0.bytes.get(self.0.call_at..).unwrap_or(&[])
    }

    /// The sender's part, unless the extrinsic is bare.
    pub fn signed_part(&self) -> Option<&SignedPart> {
        self.0.signed.as_ref()
    }

    /// BLAKE2b-256 of all bytes: the name clients know it by. Computed once.
    pub fn hash(&self) -> Hash256 {
        *self.0.hash.get_or_init(|| blake2_256(&self.0.bytes))
    }

    /// What the extrinsics root commits to: everything but the signature. Computed once.
    pub fn body_hash(&self) -> Hash256 {
        *self.0.body_hash.get_or_init(|| self.hash_body())
    }

    fn hash_body(&self) -> Hash256 {
        let mut body = Vec::with_capacity(self.call().len().saturating_add(64));
        match self.signed_part() {
            // The format as received: there are two, and a block's hash must tell them apart.
            None => body.extend(self.0.call_at.checked_sub(1).and_then(|at| self.0.bytes.get(at))),
            Some(part) => {
                body.push(SIGNED_V4);
                part.account.encode_to(&mut body);
                part.extra.encode_to(&mut body);
            }
        }
        body.extend_from_slice(self.call());
        blake3_256(&body)
    }

    /// What the witness root commits to: the signature alone. Computed once.
    pub fn witness_hash(&self) -> Hash256 {
        *self.0.witness_hash.get_or_init(|| self.hash_witness())
    }

    /// BLAKE3 of the SCALE form of the optional signature. The received bytes are that form: every
    /// length in it has one encoding, the decoder refuses others.
    fn hash_witness(&self) -> Hash256 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[u8::from(self.signed_part().is_some())]);
        hasher.update(self.0.bytes.get(self.0.witness.clone()).unwrap_or(&[]));
        Hash256(*hasher.finalize().as_bytes())
    }

    /// The bytes each of the sender's keys signed, unless the extrinsic is bare.
    pub fn statement(&self, implicit: &Implicit, circumstances: Circumstances) -> Option<Vec<u8>> {
        let SignedPart { account, signature, extra } = self.signed_part()?;
        let payload = signing_payload(self.call(), extra, implicit);
        Some(statement(account, circumstances, &signature.signers(), &payload))
    }
}

impl PartialEq for Extrinsic {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.bytes == other.0.bytes
    }
}

impl Eq for Extrinsic {}

/// The sender's part, and how many bytes were left before and after its signature.
fn decode_signed(rest: &mut &[u8]) -> Result<(SignedPart, Range<usize>), ExtrinsicError> {
    let address = MultiAddress::decode(rest).map_err(|_| ExtrinsicError::Malformed)?;
    let account = address.account().ok_or(ExtrinsicError::Address)?;
    let before = rest.len();
    let signature = Signature::decode(rest).map_err(|_| ExtrinsicError::Malformed)?;
    let after = rest.len();
    let extra = Extra::decode(rest).map_err(|_| ExtrinsicError::Malformed)?;
    Ok((SignedPart { account, signature, extra }, before..after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemeId;

    fn sample() -> Extrinsic {
        let signature = Signature::Key {
            scheme: SchemeId::ML_DSA_65,
            public: vec![1; 1952].try_into().unwrap(),
            signature: vec![2; 3309].try_into().unwrap(),
        };
        let extra = Extra { era: Era::mortal(64, 10), nonce: 3, tip: 5, metadata_hash_mode: 0 };
        Extrinsic::signed(SignedPart { account: AccountId([9; 32]), signature, extra }, &[6, 0, 1])
    }

    #[test]
    fn a_signed_extrinsic_reads_back_as_it_was_built() {
        let built = sample();
        let read = Extrinsic::decode(built.bytes().clone()).unwrap();
        assert_eq!(read.signed_part(), built.signed_part());
        assert_eq!(read.call(), [6, 0, 1]);
        assert_eq!(read.hash(), built.hash());
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = sample().bytes().to_vec();
        for end in 0..bytes.len() {
            assert!(Extrinsic::decode(&bytes[..end]).is_err());
        }
    }

    #[test]
    fn bare_extrinsics_of_two_formats_have_two_body_hashes() {
        let bare = |version| Extrinsic::decode(vec![4 << 2, version, 1, 0, 9]).unwrap();
        assert_eq!(bare(BARE_V4), Extrinsic::bare(&[1, 0, 9]));
        assert_eq!(bare(BARE_V4).body_hash(), blake3_256(&[BARE_V4, 1, 0, 9]));
        assert_ne!(bare(BARE_V4).body_hash(), bare(BARE_V5).body_hash());
    }

    #[test]
    fn the_body_hash_does_not_depend_on_the_signature() {
        let one = sample();
        let mut part = one.signed_part().unwrap().clone();
        part.signature = Signature::Ed25519([0; 64]);
        let two = Extrinsic::signed(part, one.call());
        assert_eq!(one.body_hash(), two.body_hash());
        assert_ne!(one.witness_hash(), two.witness_hash());
    }

    #[test]
    fn the_witness_hash_is_over_the_encoded_signature_however_the_extrinsic_was_made() {
        let built = sample();
        let read = Extrinsic::decode(built.bytes().clone()).unwrap();
        let witness = built.signed_part().map(|part| part.signature.clone());
        for one in [&built, &read, &built.clone()] {
            assert_eq!(one.witness_hash(), blake3_256(&witness.encode()));
        }
        let bare = Extrinsic::bare(&[1, 0, 9]);
        assert_eq!(bare.witness_hash(), blake3_256(&None::<Signature>.encode()));
    }
}
