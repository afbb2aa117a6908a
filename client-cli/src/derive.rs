//! From 24 words to the seed of any scheme.
//!
//! The words are BIP-39 (English). Their standard 64-byte seed, without a passphrase, feeds
//! HKDF-SHA-512 without a salt; the label `althing:derive:v1/<scheme name>/<index>` names what the
//! output is for. One backup therefore covers every scheme, schemes that do not exist yet
//! included, and no scheme's seed tells anything about another's.
//!
//! Reserve keys (`reserve.rs`) come from a root of their own under `althing:derive:v1/reserve`, so
//! that the wallet can keep that root and make the next reserve without asking for the words.
//!
//! These rules are frozen (`specs/wallet.md`, W7, W30): `specs/vectors/wallet.json` pins them.

use althing_crypto::{Kem, Scheme, Secret};
use bip39::{Language, Mnemonic};
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

/// How many words a backup has.
pub const WORDS: usize = 24;
/// How long the root of the reserve keys is.
pub const RESERVE_ROOT_BYTES: usize = 64;
/// Where the root of the reserve keys stands in the derivation.
const RESERVE_LABEL: &str = "althing:derive:v1/reserve";
const ENTROPY_BYTES: usize = 32;

/// Why words or a derivation are refused. Never repeats the words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DeriveError {
    /// Too few or too many words.
    #[error("{found} words, a backup has {WORDS}")]
    WordCount {
        /// How many there were.
        found: usize,
    },
    /// A word that is not in the list.
    #[error("word {position} is not in the BIP-39 English list")]
    UnknownWord {
        /// Which one, counted from 1.
        position: usize,
    },
    /// All words exist, but together they are not a backup.
    #[error("the checksum does not match: a word is wrong or the order is")]
    Checksum,
    /// The scheme's keys cannot be derived from a seed.
    #[error("keys of {scheme} cannot be made from words")]
    NoSeed {
        /// Name of the scheme.
        scheme: &'static str,
    },
    /// The scheme asks for more bytes than HKDF gives.
    #[error("{scheme} asks for a seed of {bytes} bytes, which is more than HKDF-SHA-512 gives")]
    SeedTooLong {
        /// Name of the scheme.
        scheme: &'static str,
        /// How many bytes it asks for.
        bytes: usize,
    },
    /// The operating system gave no randomness.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

/// A backup: 24 words that restore keys under every scheme with seeds.
pub struct Words(Mnemonic);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words")
    }
}

impl Words {
    /// New words from the operating system's randomness.
    pub fn generate() -> Result<Self, DeriveError> {
        let mut entropy = Zeroizing::new([0; ENTROPY_BYTES]);
        getrandom::fill(entropy.as_mut_slice()).map_err(|_| DeriveError::NoRandomness)?;
        Self::from_entropy(&entropy)
    }

    /// The words of 256 bits.
    pub fn from_entropy(entropy: &[u8; ENTROPY_BYTES]) -> Result<Self, DeriveError> {
        Mnemonic::from_entropy_in(Language::English, entropy)
            .map(Self)
            .map_err(|_| DeriveError::WordCount { found: 0 })
    }

    /// Read words, whatever their case and the white space between them.
    pub fn parse(text: &str) -> Result<Self, DeriveError> {
        let words: Vec<_> = text.split_whitespace().collect();
        if words.len() != WORDS {
            return Err(DeriveError::WordCount { found: words.len() });
        }
        let line = Zeroizing::new(words.join(" ").to_lowercase());
        Mnemonic::parse_in_normalized(Language::English, &line).map(Self).map_err(|error| {
            match error {
                bip39::Error::UnknownWord(index) => {
                    DeriveError::UnknownWord { position: index + 1 }
                }
                _ => DeriveError::Checksum,
            }
        })
    }

    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// The seed of key `index` under `scheme`.
    pub fn seed(&self, scheme: &dyn Scheme, index: u32) -> Result<Secret, DeriveError> {
        let root = Zeroizing::new(self.0.to_seed_normalized(""));
        seed_below(root.as_slice(), scheme, &path(scheme.name(), index))
    }

    /// The seed of encryption key `index` under `kem`.
    pub fn kem_seed(&self, kem: &dyn Kem, index: u32) -> Result<Secret, DeriveError> {
        let name = kem.name();
        let bytes = kem.sizes().seed.ok_or(DeriveError::NoSeed { scheme: name })?;
        let root = Zeroizing::new(self.0.to_seed_normalized(""));
        let seed = expand(root.as_slice(), &path(name, index), bytes);
        seed.ok_or(DeriveError::SeedTooLong { scheme: name, bytes })
    }

    /// The root of all reserve keys of these words.
    pub fn reserve_root(&self) -> Result<Secret, DeriveError> {
        let root = Zeroizing::new(self.0.to_seed_normalized(""));
        expand(root.as_slice(), RESERVE_LABEL, RESERVE_ROOT_BYTES)
            .ok_or(DeriveError::SeedTooLong { scheme: "reserve", bytes: RESERVE_ROOT_BYTES })
    }
}

/// The seed of a key of `scheme` under `label`, from the secret that it is derived from.
pub(crate) fn seed_below(
    root: &[u8],
    scheme: &dyn Scheme,
    label: &str,
) -> Result<Secret, DeriveError> {
    let name = scheme.name();
    let bytes = scheme.sizes().seed.ok_or(DeriveError::NoSeed { scheme: name })?;
    expand(root, label, bytes).ok_or(DeriveError::SeedTooLong { scheme: name, bytes })
}

/// HKDF-SHA-512 of `root` without a salt; none if HKDF does not give as many bytes.
pub(crate) fn expand(root: &[u8], label: &str, bytes: usize) -> Option<Secret> {
    let mut out = Zeroizing::new(vec![0; bytes]);
    Hkdf::<Sha512>::new(None, root).expand(label.as_bytes(), &mut out).ok()?;
    Some(Secret::new(std::mem::take(&mut *out)))
}

/// The label of reserve key `index` under the scheme called `scheme`.
pub fn reserve_path(scheme: &str, index: u32) -> String {
    format!("{RESERVE_LABEL}/{scheme}/{index}")
}

/// The label of key `index` under the scheme called `scheme`.
pub fn path(scheme: &str, index: u32) -> String {
    format!("althing:derive:v1/{scheme}/{index}")
}

#[cfg(test)]
mod tests {
    use althing_crypto::{scheme_by_name, schemes};

    use super::*;

    fn words() -> Words {
        Words::from_entropy(&[7; 32]).unwrap()
    }

    #[test]
    fn words_read_back_whatever_their_spacing_and_case() {
        let text = words().iter().collect::<Vec<_>>().join(" \n ").to_uppercase();
        assert_eq!(Words::parse(&text).unwrap().0, words().0);
    }

    #[test]
    fn wrong_words_are_told_apart_and_never_repeated() {
        let mut list: Vec<_> = words().iter().collect();
        let joined = |list: &[&str]| Words::parse(&list.join(" ")).unwrap_err();
        assert_eq!(joined(&list[1..]), DeriveError::WordCount { found: 23 });
        list.swap(0, 23);
        assert_eq!(joined(&list), DeriveError::Checksum);
        list[4] = "althing";
        assert_eq!(joined(&list), DeriveError::UnknownWord { position: 5 });
        assert!(!joined(&list).to_string().contains("althing"));
    }

    #[test]
    fn every_scheme_and_index_has_its_own_seed() {
        let mut seen = std::collections::BTreeSet::new();
        let mut expected = 0;
        for scheme in schemes().iter().filter(|scheme| scheme.sizes().seed.is_some()) {
            for index in [0, 1, u32::MAX] {
                let derived = words().seed(*scheme, index).unwrap();
                seen.insert(derived.expose()[..32].to_vec());
                expected += 1;
            }
        }
        assert_eq!(seen.len(), expected);
    }

    #[test]
    fn a_scheme_without_seeds_is_refused_by_name() {
        let scheme = scheme_by_name("sphincs+-sha2-128s-r3").unwrap();
        let refusal = words().seed(scheme, 0).unwrap_err();
        assert_eq!(refusal, DeriveError::NoSeed { scheme: "sphincs+-sha2-128s-r3" });
    }
}
