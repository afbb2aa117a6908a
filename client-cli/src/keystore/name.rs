//! What a key may be called.

use std::fmt;

use super::KeystoreError;

const LENGTH_MAX: usize = 32;

/// A name: 1 to 32 of the characters a-z, 0-9, `-` and `_`. Safe as a file name everywhere.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize)]
pub struct KeyName(String);

impl KeyName {
    /// Check `text`.
    pub fn new(text: &str) -> Result<Self, KeystoreError> {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if text.is_empty() || text.len() > LENGTH_MAX || !text.chars().all(known) {
            return Err(KeystoreError::BadName { name: text.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_the_folder_or_look_like_another_one() {
        for good in ["a", "alice", "cold-2_b", &"x".repeat(32)] {
            assert_eq!(KeyName::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "Alice", "a b", "../a", "a.json", "\u{e9}", "a/b", &"x".repeat(33)] {
            assert!(KeyName::new(bad).is_err(), "{bad}");
        }
    }
}
