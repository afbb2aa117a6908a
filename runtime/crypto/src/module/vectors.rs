//! Known answers that a verifier must give before the chain believes it (VM10).

use althing_primitives::{BoundedBytes, BoundedVec};
use parity_scale_codec::{Decode, DecodeAll as _, Encode};

use super::limits::{
    PUBLIC_BYTES_MAX, SIGNATURE_BYTES_MAX_OF_MODULES, VECTOR_MESSAGE_BYTES_MAX, VECTORS_BYTES_MAX,
    VECTORS_MAX, VECTORS_OF_EACH_MIN,
};

/// One known answer.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Vector {
    /// The public key.
    pub public: BoundedBytes<PUBLIC_BYTES_MAX>,
    /// The message.
    pub message: BoundedBytes<VECTOR_MESSAGE_BYTES_MAX>,
    /// The signature.
    pub signature: BoundedBytes<SIGNATURE_BYTES_MAX_OF_MODULES>,
    /// Whether the signature is valid.
    pub valid: bool,
}

/// Known answers of one scheme, enough of them to mean something (VM10).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vectors(BoundedVec<Vector, VECTORS_MAX>);

/// Why known answers are refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VectorsError {
    /// VM10: too long.
    #[error("vectors have {found} bytes, at most {max} are allowed")]
    Size {
        /// What was given.
        found: usize,
        /// What is allowed.
        max: usize,
    },
    /// VM10: too many.
    #[error("there are {found} vectors, at most {max} are allowed")]
    Many {
        /// What was given.
        found: usize,
        /// What is allowed.
        max: u32,
    },
    /// VM10: not the SCALE encoding of vectors within the bounds.
    #[error("vectors do not decode")]
    Encoding,
    /// VM10: too few that are valid.
    #[error("{found} vectors are valid ones, at least {min} with distinct messages are needed")]
    FewPositive {
        /// How many with distinct messages there are.
        found: usize,
        /// How many are needed.
        min: usize,
    },
    /// VM10: all valid ones are under one key.
    #[error("all valid vectors are under one public key, at least two are needed")]
    OneKey,
    /// VM10: too few that are invalid.
    #[error("{found} distinct vectors are invalid ones, at least {min} are needed")]
    FewNegative {
        /// How many there are.
        found: usize,
        /// How many are needed.
        min: usize,
    },
}

impl Vectors {
    /// Vectors that obey VM10.
    pub fn new(vectors: Vec<Vector>) -> Result<Self, VectorsError> {
        let many = |error: Vec<Vector>| VectorsError::Many { found: error.len(), max: VECTORS_MAX };
        if vectors.len() > VECTORS_MAX as usize {
            return Err(many(vectors));
        }
        let vectors = Self(BoundedVec::try_from(vectors).map_err(|_| VectorsError::Encoding)?);
        let found = vectors.0.encoded_size();
        if found > VECTORS_BYTES_MAX {
            return Err(VectorsError::Size { found, max: VECTORS_BYTES_MAX });
        }
        vectors.enough()?;
        Ok(vectors)
    }

    /// Decode any bytes; they are vectors only if they obey VM10 and nothing follows.
    pub fn decode(bytes: &[u8]) -> Result<Self, VectorsError> {
        if bytes.len() > VECTORS_BYTES_MAX {
            return Err(VectorsError::Size { found: bytes.len(), max: VECTORS_BYTES_MAX });
        }
        let decoded = BoundedVec::<Vector, VECTORS_MAX>::decode_all(&mut &*bytes);
        Self::new(decoded.map_err(|_| VectorsError::Encoding)?.into_inner())
    }

    /// The SCALE encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.0.encode()
    }

    /// All vectors in order.
    #[must_use]
    pub fn all(&self) -> &[Vector] {
        &self.0
    }

    /// The valid ones, with their place among all.
    pub fn positive(&self) -> impl Iterator<Item = (usize, &Vector)> {
        self.0.iter().enumerate().filter(|(_, vector)| vector.valid)
    }

    /// How often the gate runs the module: once for each vector, and three more times for each
    /// valid one.
    #[must_use]
    pub fn runs(&self) -> u64 {
        let more = u64::try_from(self.positive().count()).unwrap_or(u64::MAX).saturating_mul(3);
        u64::try_from(self.0.len()).unwrap_or(u64::MAX).saturating_add(more)
    }

    fn enough(&self) -> Result<(), VectorsError> {
        let min = VECTORS_OF_EACH_MIN;
        let positive: Vec<_> = self.positive().map(|(_, vector)| vector).collect();
        let found = distinct(positive.iter().map(|vector| &*vector.message));
        if found < min {
            return Err(VectorsError::FewPositive { found, min });
        }
        if distinct(positive.iter().map(|vector| &*vector.public)) < 2 {
            return Err(VectorsError::OneKey);
        }
        let negative = self.0.iter().filter(|vector| !vector.valid);
        let parts = |vector: &Vector| {
            (vector.public.to_vec(), vector.message.to_vec(), vector.signature.to_vec())
        };
        let found = distinct(negative.map(parts));
        if found < min { Err(VectorsError::FewNegative { found, min }) } else { Ok(()) }
    }
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> usize {
    items.collect::<std::collections::BTreeSet<T>>().len()
}
