//! What a call costs the chain.

use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::{Path, Type, TypeInfo, build::Fields};

/// Two-dimensional cost: picoseconds of reference time, and bytes a stateless verifier would need.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq)]
pub struct Weight {
    /// Picoseconds on the reference machine.
    #[codec(compact)]
    pub ref_time: u64,
    /// Bytes of proof.
    #[codec(compact)]
    pub proof_size: u64,
}

impl Weight {
    /// No cost.
    pub const ZERO: Self = Self { ref_time: 0, proof_size: 0 };

    /// `micros` microseconds of reference time and `proof_size` bytes.
    pub const fn from_micros(micros: u64, proof_size: u64) -> Self {
        Self { ref_time: micros.saturating_mul(1_000_000), proof_size }
    }

    /// Both parts added; saturates, since a weight past the maximum never fits a block anyway.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self {
            ref_time: self.ref_time.saturating_add(other.ref_time),
            proof_size: self.proof_size.saturating_add(other.proof_size),
        }
    }

    /// Whether either part is larger than that of `limit`.
    pub const fn exceeds(self, limit: Self) -> bool {
        self.ref_time > limit.ref_time || self.proof_size > limit.proof_size
    }
}

// Clients look this type up by its path.
impl TypeInfo for Weight {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_weights", "weight_v2", "Weight"]))
            .composite(
                Fields::named()
                    .field(|f| f.compact::<u64>().name("ref_time").type_name("u64"))
                    .field(|f| f.compact::<u64>().name("proof_size").type_name("u64")),
            )
    }
}
