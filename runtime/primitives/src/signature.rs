//! The witness an extrinsic carries: which key signed it, and the signature.

use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{BoundedBytes, KeyHandle, SchemeId};

/// The largest public key any scheme may have, in bytes.
pub const PUBLIC_KEY_BYTES_MAX: u32 = 8 * 1024;
/// The largest signature any scheme may have, in bytes.
pub const SIGNATURE_BYTES_MAX: u32 = 64 * 1024;

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
}

impl Signature {
    /// The scheme, unless this is one of the placeholders.
    pub fn scheme(&self) -> Option<SchemeId> {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => None,
            Self::Key { scheme, .. } | Self::Handle { scheme, .. } => Some(*scheme),
        }
    }

    /// The handle of the signing key, unless this is one of the placeholders.
    pub fn handle(&self) -> Option<KeyHandle> {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => None,
            Self::Key { scheme, public, .. } => Some(KeyHandle::of(*scheme, public)),
            Self::Handle { handle, .. } => Some(*handle),
        }
    }

    /// The signature's own bytes; empty for a placeholder.
    pub fn signature(&self) -> &[u8] {
        match self {
            Self::Ed25519(_) | Self::Sr25519(_) | Self::Ecdsa(_) => &[],
            Self::Key { signature, .. } | Self::Handle { signature, .. } => signature,
        }
    }
}
