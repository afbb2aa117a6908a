//! Values of rows.

use std::sync::Arc;

use parity_scale_codec::Encode;

use super::scratch::Scratch;

/// Values up to this length need no heap: account, policy of one key, ballot, tally.
const INLINE: usize = 94;

/// SCALE bytes of a row. Copying is cheap whatever their length.
#[derive(Clone)]
pub struct RowValue(Bytes);

#[derive(Clone)]
enum Bytes {
    Inline { length: u8, bytes: [u8; INLINE] },
    Heap(Arc<[u8]>),
}

impl RowValue {
    /// The bytes of `value`.
    pub fn encoding<V: Encode + ?Sized>(value: &V) -> Self {
        let mut scratch = Scratch::new();
        value.encode_to(&mut scratch);
        Self::from(scratch.bytes())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            // The length was taken from a slice of these bytes.
            Bytes::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or(bytes),
            Bytes::Heap(bytes) => bytes,
        }
    }

    fn inline(bytes: &[u8]) -> Option<Self> {
        let mut inline = [0; INLINE];
        inline.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let length = u8::try_from(bytes.len()).ok()?;
        Some(Self(Bytes::Inline { length, bytes: inline }))
    }
}

impl core::ops::Deref for RowValue {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for RowValue {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Eq for RowValue {}

impl PartialEq for RowValue {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl From<&[u8]> for RowValue {
    fn from(bytes: &[u8]) -> Self {
        Self::inline(bytes).unwrap_or_else(|| Self(Bytes::Heap(bytes.into())))
    }
}

impl From<Vec<u8>> for RowValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self::inline(&bytes).unwrap_or_else(|| Self(Bytes::Heap(bytes.into())))
    }
}

impl From<Arc<[u8]>> for RowValue {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::inline(&bytes).unwrap_or(Self(Bytes::Heap(bytes)))
    }
}

impl core::fmt::Debug for RowValue {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("0x")?;
        self.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_length_are_their_bytes() {
        for length in [0, 1, 93, 94, 95, 1_000] {
            let bytes: Vec<u8> = (0..length).map(|n: u32| (n % 251) as u8).collect();
            let value = RowValue::from(bytes.clone());
            assert_eq!(&*value, bytes);
            assert_eq!(value, RowValue::from(&bytes[..]));
            assert_eq!(value, RowValue::from(Arc::<[u8]>::from(bytes.clone())));
            assert_eq!(&*RowValue::encoding(&bytes), bytes.encode());
        }
    }
}
