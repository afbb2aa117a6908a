//! What made a block final.

use althing_primitives::BlockNumber;
use parity_scale_codec::{Decode, Encode};

use super::ChainError;
use crate::spec::ChainType;

/// What made a block final.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Justification {
    /// It is block 0.
    #[codec(index = 0)]
    Genesis,
    /// The only author of a development chain made it.
    #[codec(index = 1)]
    Dev,
    /// Enough validators voted for it: the consensus engine's certificate.
    #[codec(index = 2)]
    Certificate(Vec<u8>),
}

impl Justification {
    /// Whether a block may be final for this reason on a chain of this type (C4).
    pub(crate) fn check(
        &self,
        chain_type: ChainType,
        number: BlockNumber,
    ) -> Result<(), ChainError> {
        match (self, chain_type) {
            (Self::Genesis, _) => Err(ChainError::GenesisTwice { number }),
            (Self::Dev, ChainType::Local | ChainType::Live) => Err(ChainError::DevOnLive),
            (Self::Certificate(_), ChainType::Development) => Err(ChainError::CertificateOnDev),
            (Self::Dev, ChainType::Development)
            | (Self::Certificate(_), ChainType::Local | ChainType::Live) => Ok(()),
        }
    }
}
