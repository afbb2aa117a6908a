//! Bytes as 0x-hex inside JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Bytes of any length.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hex(pub Vec<u8>);

/// Exactly `N` bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HexArray<const N: usize>(pub [u8; N]);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&const_hex::encode_prefixed(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode(deserializer).map(Self)
    }
}

impl<const N: usize> Serialize for HexArray<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&const_hex::encode_prefixed(self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for HexArray<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = decode(deserializer)?;
        let found = bytes.len();
        let wrong = |_| D::Error::custom(format_args!("{found} bytes where {N} belong"));
        bytes.try_into().map(Self).map_err(wrong)
    }
}

fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    // The message leaves out the text: a secret file may be read through this as well.
    let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
    let digits = text.strip_prefix("0x").ok_or_else(|| D::Error::custom("hex without 0x"))?;
    const_hex::decode(digits).map_err(|_| D::Error::custom("not hexadecimal"))
}
