//! Secret bytes: wiped when dropped, never printed.

use core::fmt;

use zeroize::Zeroizing;

/// A seed, signing key, decapsulation key or shared secret.
///
/// Wiped from memory when dropped. `Debug` shows nothing of it, and it is not `Clone`, so that
/// each copy is a decision somebody wrote down.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Take over `bytes`. The caller's vector becomes the secret: nothing is copied.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves, for a keystore or a backend.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_output_of_a_secret_tells_nothing() {
        assert_eq!(format!("{:?}", Secret::new(vec![7; 32])), "Secret");
    }
}
