//! The hashes clients compute themselves (BLAKE2b, xxHash) and the one the state tree uses
//! (BLAKE3).

mod memo;

use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode, Output};
use scale_info::{Path, Type, TypeInfo, build::Fields};
use xxhash_rust::const_xxh64::xxh64;

/// A 256-bit hash.
#[derive(
    Clone,
    Copy,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
pub struct Hash256(pub [u8; 32]);

impl core::fmt::Debug for Hash256 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "0x{}", const_hex::encode(self.0))
    }
}

impl core::fmt::Display for Hash256 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self, f)
    }
}

impl AsRef<[u8]> for Hash256 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

// Clients look this type up by its path.
impl TypeInfo for Hash256 {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["primitive_types", "H256"]))
            .composite(Fields::unnamed().field(|f| f.ty::<[u8; 32]>().type_name("[u8; 32]")))
    }
}

/// BLAKE2b with a 256-bit output: blocks, extrinsics, keys.
pub fn blake2_256(bytes: &[u8]) -> Hash256 {
    let mut out = [0; 32];
    let digest = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    out.copy_from_slice(digest.as_bytes());
    Hash256(out)
}

/// BLAKE2b with a 64-bit output: names of runtime APIs.
pub fn blake2_64(bytes: &[u8]) -> [u8; 8] {
    let mut out = [0; 8];
    let digest = blake2b_simd::Params::new().hash_length(8).hash(bytes);
    out.copy_from_slice(digest.as_bytes());
    out
}

/// BLAKE2b with a 128-bit output: storage keys.
pub fn blake2_128(bytes: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    let digest = blake2b_simd::Params::new().hash_length(16).hash(bytes);
    out.copy_from_slice(digest.as_bytes());
    out
}

/// BLAKE3 with a 256-bit output: the state tree and the block's two body roots.
pub fn blake3_256(bytes: &[u8]) -> Hash256 {
    Hash256(*blake3::hash(bytes).as_bytes())
}

/// BLAKE3 of `first ++ second` under `key`: one compression for a node of a tree. The key keeps
/// kinds of nodes apart without a byte that would make the input two blocks long.
pub fn blake3_pair(key: &[u8; 32], first: &Hash256, second: &Hash256) -> Hash256 {
    let mut bytes = [0; 64];
    let (head, tail) = bytes.split_at_mut(32);
    head.copy_from_slice(&first.0);
    tail.copy_from_slice(&second.0);
    Hash256(*blake3::keyed_hash(key, &bytes).as_bytes())
}

/// xxHash64 with seed 0, little-endian.
pub const fn twox_64(bytes: &[u8]) -> [u8; 8] {
    xxh64(bytes, 0).to_le_bytes()
}

/// xxHash64 with seeds 0 and 1, little-endian, laid end to end.
pub const fn twox_128(bytes: &[u8]) -> [u8; 16] {
    let (low, high) = (xxh64(bytes, 0), xxh64(bytes, 1));
    ((high as u128) << 64 | low as u128).to_le_bytes()
}

/// The first 32 bytes of every row key of an item: `twox128(pallet) ++ twox128(item)`.
pub const fn row_prefix(pallet: &str, item: &str) -> [u8; 32] {
    let pallet = twox_128(pallet.as_bytes());
    let item = twox_128(item.as_bytes());
    let mut prefix = [0; 32];
    let (left, right) = prefix.split_at_mut(16);
    left.copy_from_slice(&pallet);
    right.copy_from_slice(&item);
    prefix
}

/// How a map turns an encoded key into bytes of a row key. All keep the key readable at the end.
pub trait KeyHasher: core::fmt::Debug + Send + Sync + 'static {
    /// The name metadata gives it.
    const NAME: &'static str;
    /// How many bytes of hash stand before the key.
    const HASH_BYTES: usize;

    /// Append the hashed form of `key` to `out`.
    fn append<O: Output>(key: &[u8], out: &mut O);
}

/// `blake2b128(key) ++ key`: for keys a stranger may choose.
#[derive(Debug)]
pub struct Blake2_128Concat;

/// `twox64(key) ++ key`: for keys nobody can choose freely, such as indices.
#[derive(Debug)]
pub struct Twox64Concat;

/// The key itself: for keys that are hashes already.
#[derive(Debug)]
pub struct Identity;

impl KeyHasher for Blake2_128Concat {
    const NAME: &'static str = "Blake2_128Concat";
    const HASH_BYTES: usize = 16;

    fn append<O: Output>(key: &[u8], out: &mut O) {
        out.write(&memo::blake2_128_of_key(key));
        out.write(key);
    }
}

impl KeyHasher for Twox64Concat {
    const NAME: &'static str = "Twox64Concat";
    const HASH_BYTES: usize = 8;

    fn append<O: Output>(key: &[u8], out: &mut O) {
        // Not the `const` form, which is made for compile time and slow at any other.
        out.write(&xxhash_rust::xxh64::xxh64(key, 0).to_le_bytes());
        out.write(key);
    }
}

impl KeyHasher for Identity {
    const NAME: &'static str = "Identity";
    const HASH_BYTES: usize = 0;

    fn append<O: Output>(key: &[u8], out: &mut O) {
        out.write(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_prefixes_are_those_substrate_clients_compute() {
        let hex = |pallet, item| const_hex::encode(row_prefix(pallet, item));
        assert_eq!(
            hex("System", "Account"),
            "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9"
        );
        assert_eq!(
            hex("Timestamp", "Now"),
            "f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb"
        );
    }
}
