//! Names of cryptographic schemes. What they do lives in `althing-crypto`.

use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use crate::{Hash256, hashing::blake2_256};

/// The registry's number of a signature or KEM scheme. Never reused (`specs/cryptography.md`).
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub struct SchemeId(pub u16);

impl SchemeId {
    /// No scheme: stands for several that signed together, none of which could have alone.
    pub const JOINT: Self = Self(0);
    /// SPHINCS+ round 3.1, SHA2-128s simple (not SLH-DSA).
    pub const SPHINCS_R3: Self = Self(1);
    /// ML-DSA-44, FIPS 204.
    pub const ML_DSA_44: Self = Self(2);
    /// ML-DSA-65, FIPS 204.
    pub const ML_DSA_65: Self = Self(3);
    /// SLH-DSA-SHA2-128s, FIPS 205.
    pub const SLH_DSA_128S: Self = Self(4);
    /// FN-DSA-512 as it was before FIPS 206.
    pub const FN_DSA_512: Self = Self(5);
    /// Kyber-768, round 3 (not ML-KEM).
    pub const KYBER_768_R3: Self = Self(32);
    /// ML-KEM-768, FIPS 203.
    pub const ML_KEM_768: Self = Self(33);
}

impl core::fmt::Display for SchemeId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// The mathematical assumption a scheme rests on. Diversity is counted in families.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub enum Family {
    /// Structured lattices.
    #[codec(index = 0)]
    Lattice,
    /// Hash functions only.
    #[codec(index = 1)]
    Hash,
    /// Error-correcting codes.
    #[codec(index = 2)]
    Code,
}

/// Short name of a public key: the hash of its scheme and bytes. Later uses of a key carry this.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub struct KeyHandle(pub Hash256);

impl KeyHandle {
    /// The handle of `public` under `scheme`: BLAKE2b-256 of `althing:key:v1`, the scheme and the
    /// length-prefixed key.
    pub fn of(scheme: SchemeId, public: &[u8]) -> Self {
        let preimage = (b"althing:key:v1", scheme, public).encode();
        Self(blake2_256(&preimage))
    }
}
