//! How values travel in JSON: amounts as decimal strings, bytes as 0x-hex.

use std::fmt;

use althing_primitives::{Balance, Hash256};
use serde::{Deserialize, Deserializer, de};

/// An amount in the smallest unit.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Amount(pub Balance);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;

        impl de::Visitor<'_> for Digits {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                text.parse().map(Amount).map_err(|_| E::custom(format!("{text:?} is no amount")))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
                Ok(Amount(number.into()))
            }
        }

        deserializer.deserialize_any(Digits)
    }
}

/// Bytes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        const_hex::decode(&text).map(Self).map_err(de::Error::custom)
    }
}

/// A hash as the node writes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct HashHex(pub(super) Hash256);

impl<'de> Deserialize<'de> for HashHex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_hash(&text).map(Self).ok_or_else(|| de::Error::custom(format!("{text:?}: no hash")))
    }
}

/// Read a hash of 32 bytes.
pub(crate) fn parse_hash(text: &str) -> Option<Hash256> {
    let mut bytes = [0; 32];
    const_hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(Hash256(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_from_strings_of_any_size() {
        let read = |text| serde_json::from_str::<Amount>(text).map(|amount| amount.0);
        assert_eq!(read("\"340282366920938463463374607431768211455\"").unwrap(), u128::MAX);
        assert_eq!(read("7").unwrap(), 7);
        for wrong in ["\"-1\"", "\"1.5\"", "1.5", "null", "\"\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_hash_has_exactly_thirty_two_bytes() {
        assert!(parse_hash(&format!("0x{}", "ab".repeat(32))).is_some());
        for wrong in ["", "0x", "0xab", &format!("0x{}", "zz".repeat(32))] {
            assert!(parse_hash(wrong).is_none(), "{wrong}");
        }
    }
}
