//! Code that decides about signatures, apart from what a scheme is.

use std::sync::Arc;

use crate::batch::Check;

/// Code that decides for one scheme.
///
/// Implementations are pure: same bytes in, same verdict out, on every machine. They never panic
/// on hostile input and never allocate more than their fixed sizes.
pub trait Backend: Send + Sync {
    /// Whether `signature` over `message` was made with the secret of `public`. Other lengths
    /// than the scheme's are refused.
    fn verify(&self, public: &[u8], message: &[u8], signature: &[u8]) -> bool;

    /// How many signatures it checks together at best: one, unless it has code for more.
    fn lanes(&self) -> usize {
        1
    }

    /// The verdict of [`Backend::verify`] on each of these checks, in order (C8). What scheme they
    /// name is not looked at.
    fn verify_batch(&self, checks: &[Check<'_>]) -> Vec<bool> {
        let one = |check: &Check<'_>| self.verify(check.public, check.message, check.signature);
        checks.iter().map(one).collect()
    }

    /// Whether [`Backend::prepare`] saves enough to keep its result.
    fn prepares(&self) -> bool {
        false
    }

    /// Decode `public` once, to verify often; `None` if no signature can be valid under it, or
    /// if this backend does not prepare keys.
    fn prepare(&self, _public: &[u8]) -> Option<Arc<dyn PreparedKey>> {
        None
    }
}

impl core::fmt::Debug for dyn Backend + '_ {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("backend")
    }
}

/// A public key that was decoded before.
pub trait PreparedKey: Send + Sync {
    /// The verdict that [`Backend::verify`] gives under the key this was made of.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;

    /// How much memory it takes.
    fn bytes(&self) -> usize;
}
