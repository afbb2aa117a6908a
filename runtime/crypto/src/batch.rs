//! Signatures to check, one or many, and the reason when one is refused.

use althing_primitives::SchemeId;

use crate::scheme::{Scheme, scheme};

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

/// What became of a signature.
pub type Verdict = Result<(), VerifyError>;

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
    /// Check this signature with the canonical backend: the scheme first, then the sizes, then
    /// the signature itself.
    pub fn verify(&self) -> Verdict {
        let scheme = self.sized()?;
        if scheme.verify(self.public, self.message, self.signature) {
            Ok(())
        } else {
            Err(VerifyError::Invalid)
        }
    }

    /// The scheme, if it is known and the sizes are its own.
    pub(crate) fn sized(&self) -> Result<&'static dyn Scheme, VerifyError> {
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
        Ok(scheme)
    }
}
