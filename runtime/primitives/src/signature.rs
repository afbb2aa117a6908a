//! The witness an extrinsic carries: which keys signed it, and their signatures.

use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{BoundedBytes, BoundedVec, KeyHandle, SchemeId};

/// The largest public key any scheme may have, in bytes.
pub const PUBLIC_KEY_BYTES_MAX: u32 = 8 * 1024;
/// The largest signature any scheme may have, in bytes.
pub const SIGNATURE_BYTES_MAX: u32 = 64 * 1024;
/// The most keys that may sign one extrinsic together.
pub const SIGNERS_MAX: u32 = 4;

/// What proves who sent an extrinsic (`specs/formats.md`, F5).
///
/// The first three variants are placeholders: clients price extrinsics with a made-up classical
/// signature, so these decode and are priced, and no path ever verifies them. The scheme's id is
/// data rather than a variant, so that a scheme voted in later changes no type.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
#[scale_info(replace_segment("Signature", "AlthingSignature"))]
pub enum Signature {
    /// Placeholder; never valid.
    #[codec(index = 0)]
    Ed25519([u8; 64]),
    /// Placeholder; never valid.
    #[codec(index = 1)]
    Sr25519([u8; 64]),
    /// Placeholder; never valid.
    #[codec(index = 2)]
    Ecdsa([u8; 65]),
    /// A signature with its public key: the first use of a key, and always accepted later.
    #[codec(index = 16)]
    Key {
        /// The scheme of both.
        scheme: SchemeId,
        /// The public key.
        public: BoundedBytes<PUBLIC_KEY_BYTES_MAX>,
        /// The signature.
        signature: BoundedBytes<SIGNATURE_BYTES_MAX>,
    },
    /// A signature under a key the chain keeps.
    #[codec(index = 17)]
    Handle {
        /// The scheme of both.
        scheme: SchemeId,
        /// Which key.
        handle: KeyHandle,
        /// The signature.
        signature: BoundedBytes<SIGNATURE_BYTES_MAX>,
    },
    /// Signatures of several kept keys that are worth something only together.
    #[codec(index = 18)]
    Joint {
        /// One for each key, in the order in which the policy lists the keys.
        parts: BoundedVec<JointPart, SIGNERS_MAX>,
    },
}

/// One of several signatures that count together: under a key the chain keeps.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct JointPart {
    /// The scheme of both.
    pub scheme: SchemeId,
    /// Which key.
    pub handle: KeyHandle,
    /// The signature.
    pub signature: BoundedBytes<SIGNATURE_BYTES_MAX>,
}

/// A key that signs, by what an extrinsic says of it.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct SignerKey {
    /// Its scheme.
    pub scheme: SchemeId,
    /// Its handle.
    pub handle: KeyHandle,
}

/// One key's part of a witness, borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Part<'a> {
    /// The key.
    pub key: SignerKey,
    /// The public key, if it travels along.
    pub public: Option<&'a [u8]>,
    /// The signature.
    pub signature: &'a [u8],
}

impl Signature {
    /// The signatures, in order; none if this is one of the placeholders.
    pub fn parts(&self) -> Vec<Part<'_>> {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => Vec::new(),
            Self::Key { scheme, public, signature } => {
                let key = SignerKey { scheme: *scheme, handle: KeyHandle::of(*scheme, public) };
                vec![Part { key, public: Some(public), signature }]
            }
            Self::Handle { scheme, handle, signature } => {
                let key = SignerKey { scheme: *scheme, handle: *handle };
                vec![Part { key, public: None, signature }]
            }
            Self::Joint { parts } => parts
                .iter()
                .map(|part| Part {
                    key: SignerKey { scheme: part.scheme, handle: part.handle },
                    public: None,
                    signature: &part.signature,
                })
                .collect(),
        }
    }

    /// The keys that signed, in order.
    pub fn signers(&self) -> Vec<SignerKey> {
        self.parts().into_iter().map(|part| part.key).collect()
    }

    /// The scheme, unless this is one of the placeholders; the first one of several.
    pub fn scheme(&self) -> Option<SchemeId> {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => None,
            Self::Key { scheme, .. } | Self::Handle { scheme, .. } => Some(*scheme),
            Self::Joint { parts } => parts.first().map(|part| part.scheme),
        }
    }

    /// The handle of the signing key, unless this is one of the placeholders; of the first one of
    /// several.
    pub fn handle(&self) -> Option<KeyHandle> {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => None,
            Self::Key { scheme, public, .. } => Some(KeyHandle::of(*scheme, public)),
            Self::Handle { handle, .. } => Some(*handle),
            Self::Joint { parts } => parts.first().map(|part| part.handle),
        }
    }

    /// The signature's own bytes; empty for a placeholder; the first one's of several.
    pub fn signature(&self) -> &[u8] {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => &[],
            Self::Key { signature, .. } | Self::Handle { signature, .. } => signature,
            Self::Joint { parts } => parts.first().map_or(&[], |part| &part.signature),
        }
    }
}
