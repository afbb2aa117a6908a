//! The public codes of what sealing and opening refuse.

use althing_crypto::seal::{EnvelopeError, OpenError, SealError};

use crate::output::{CliError, codes};

impl From<SealError> for CliError {
    fn from(error: SealError) -> Self {
        let message = error.to_string();
        match error {
            SealError::Recipients { .. } | SealError::Twice { .. } => {
                Self::new(codes::SEAL_RECIPIENTS, message)
            }
            SealError::TooLong { maximum, .. } => {
                Self::new(codes::INPUT_TOO_LONG, message).detail("max", maximum)
            }
            SealError::Entropy(_) => Self::new(codes::KEY_RANDOM, message),
            SealError::UnknownKem { .. }
            | SealError::Kem { .. }
            | SealError::Signing(_)
            | SealError::Format => Self::new(codes::SEAL_REFUSED, message),
        }
    }
}

impl From<EnvelopeError> for CliError {
    fn from(error: EnvelopeError) -> Self {
        let message = format!("this is no sealed envelope: {error}");
        Self::new(codes::SEAL_NO_ENVELOPE, message)
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        let info = match error {
            OpenError::OtherChain { .. } => codes::SEAL_OTHER_CHAIN,
            OpenError::OtherPurpose { .. } => codes::SEAL_OTHER_PURPOSE,
            OpenError::NotForYou => codes::SEAL_NOT_FOR_YOU,
            OpenError::Damaged => codes::SEAL_DAMAGED,
        };
        Self::new(info, error.to_string())
    }
}
