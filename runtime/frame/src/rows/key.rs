//! Keys of rows.

use std::sync::Arc;

/// Keys up to this length need no heap: `twox128 ++ twox128 ++ blake2_128(id) ++ id ++ hash`.
const INLINE: usize = 112;

/// Full key of a row: `twox128(pallet) ++ twox128(item) ++ hashed keys`.
///
/// Calls compare keys far more often than they order them, so a key carries a fingerprint of its
/// bytes: two different keys hardly ever share it. Whoever takes the trouble can find keys that
/// do, so it only ever saves work: equality looks at the bytes.
#[derive(Clone)]
pub struct RowKey {
    fingerprint: u64,
    bytes: Bytes,
}

#[derive(Clone)]
enum Bytes {
    Inline { length: u8, bytes: [u8; INLINE] },
    Heap(Arc<[u8]>),
}

impl RowKey {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let fingerprint = fingerprint(bytes);
        let mut inline = [0; INLINE];
        let bytes = match (inline.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(bytes);
                Bytes::Inline { length, bytes: inline }
            }
            _ => Bytes::Heap(bytes.into()),
        };
        Self { fingerprint, bytes }
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.bytes {
            // The length was taken from a slice of these bytes.
            Bytes::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or(bytes),
            Bytes::Heap(bytes) => bytes,
        }
    }

    /// A number that equal keys share and different keys hardly ever do. The same on every
    /// machine; not a commitment, and nothing that consensus may depend on.
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

/// Mix two words of the item's name, every byte of its keys, and the length. Where a map is keyed by
/// what a stranger chooses, nothing he chooses may be left out.
fn fingerprint(bytes: &[u8]) -> u64 {
    let word = |at: usize| {
        let chunk = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
        chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk))
    };
    let last = match bytes.last_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let mix = |seed: u64, word: u64| {
        let wide = u128::from(seed ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (wide ^ (wide >> 64)) as u64
    };
    let name = [word(8), word(24), bytes.len() as u64, last];
    let seed = name.into_iter().fold(0x2545_f491_4f6c_dd1d, mix);
    let (keys, _) = bytes.get(32..).unwrap_or(&[]).as_chunks::<8>();
    keys.iter().map(|chunk| u64::from_le_bytes(*chunk)).fold(seed, mix)
}

impl Eq for RowKey {}

impl PartialEq for RowKey {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint && self.as_bytes() == other.as_bytes()
    }
}

impl core::hash::Hash for RowKey {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(self.fingerprint);
    }
}

impl Ord for RowKey {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl PartialOrd for RowKey {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Vec<u8>> for RowKey {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(&bytes)
    }
}

impl From<&[u8]> for RowKey {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes)
    }
}

impl From<Arc<[u8]>> for RowKey {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::new(&bytes)
    }
}

impl AsRef<[u8]> for RowKey {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl core::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("0x")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_any_length_are_their_bytes() {
        for length in [0, 1, 7, 8, 80, 112, 113, 300] {
            let bytes: Vec<u8> = (0..length).map(|n: u32| (n % 251) as u8).collect();
            let key = RowKey::from(bytes.clone());
            assert_eq!(key.as_bytes(), bytes);
            assert_eq!(key, RowKey::from(&bytes[..]));
            assert_eq!(key.fingerprint(), RowKey::from(Arc::<[u8]>::from(bytes)).fingerprint());
        }
    }

    #[test]
    fn keys_are_ordered_as_their_bytes_are() {
        let long = [vec![1; 200], vec![2]].concat();
        let keys = [vec![], vec![0], vec![0, 0], vec![1], vec![1; 112], vec![1; 113], long];
        let mut sorted: Vec<RowKey> = keys.iter().rev().cloned().map(RowKey::from).collect();
        sorted.sort();
        assert!(sorted.iter().map(RowKey::as_bytes).eq(keys.iter().map(Vec::as_slice)));
    }

    #[test]
    fn keys_that_begin_and_end_alike_have_different_fingerprints() {
        let keys = (0_u32..10_000).map(|n| {
            let mut bytes = [7; 64];
            bytes[44..48].copy_from_slice(&n.to_le_bytes());
            RowKey::from(&bytes[..]).fingerprint()
        });
        assert_eq!(keys.collect::<std::collections::BTreeSet<_>>().len(), 10_000);
    }

    #[test]
    fn neighbouring_numbers_and_ids_have_different_fingerprints() {
        let numbers = (0_u32..10_000).map(|n| [&[7; 40][..], &n.to_le_bytes()].concat());
        let short = (0_u16..1_000).map(|n| n.to_be_bytes().to_vec());
        let keys: Vec<RowKey> = numbers.chain(short).map(RowKey::from).collect();
        let fingerprints: std::collections::BTreeSet<u64> =
            keys.iter().map(RowKey::fingerprint).collect();
        assert_eq!(fingerprints.len(), keys.len());
    }
}
