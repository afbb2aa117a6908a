//! Checking signatures, one or many, with the reason when one is refused.

use althing_primitives::SchemeId;
use rayon::prelude::*;

use crate::scheme::scheme;

/// Batches up to this size are done by the caller itself: waking workers would cost more time
/// than it saves when the pool is busy with other batches.
const SERIAL_MAX: usize = 2;

/// One signature to check.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// The scheme, as state names it. Never what a sender claims.
    pub scheme: SchemeId,
    /// The public key.
    pub public: &'a [u8],
    /// What was signed, beginning with its domain tag.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
}

/// Why a signature was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VerifyError {
    /// C1: the id names no built-in signature scheme.
    #[error("scheme {scheme} is not known")]
    UnknownScheme {
        /// The id that was asked for.
        scheme: SchemeId,
    },
    /// C3.
    #[error("public key has {found} bytes, the scheme's have {expected}")]
    PublicKeySize {
        /// What the scheme says.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// C3.
    #[error("signature has {found} bytes, the scheme's have {expected}")]
    SignatureSize {
        /// What the scheme says.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// The signature does not belong to this key and message.
    #[error("signature is invalid")]
    Invalid,
}

impl Check<'_> {
    /// Check this signature: the scheme first, then the sizes, then the signature itself.
    pub fn verify(&self) -> Result<(), VerifyError> {
        let scheme =
            scheme(self.scheme).ok_or(VerifyError::UnknownScheme { scheme: self.scheme })?;
        let sizes = scheme.sizes();
        let found = self.public.len();
        if found != sizes.public {
            return Err(VerifyError::PublicKeySize { expected: sizes.public, found });
        }
        let found = self.signature.len();
        if found != sizes.signature {
            return Err(VerifyError::SignatureSize { expected: sizes.signature, found });
        }
        if scheme.verify(self.public, self.message, self.signature) {
            Ok(())
        } else {
            Err(VerifyError::Invalid)
        }
    }
}

/// Check every signature, on the current rayon pool. Verdicts are those of [`Check::verify`] and
/// come in input order; one refusal does not stop the others.
#[must_use]
pub fn verify_all(checks: &[Check<'_>]) -> Vec<Result<(), VerifyError>> {
    if checks.len() <= SERIAL_MAX {
        return checks.iter().map(Check::verify).collect();
    }
    checks.par_iter().map(Check::verify).collect()
}
