//! Headers and blocks, in the encoding Substrate clients hash themselves.

use parity_scale_codec::{Compact, Decode, DecodeWithMemTracking, Encode, Error, Input};
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

use crate::{BlockNumber, BoundedBytes, BoundedVec, Hash256, blake2_256};

/// Engine id of the digest item that names the state tree's hash.
pub const TREE_ENGINE: [u8; 4] = *b"tree";
/// Engine id of the digest item that commits to the block's signatures.
pub const WITNESS_ENGINE: [u8; 4] = *b"wtns";

/// A note in a header. Clients decode these five kinds and no other.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq)]
pub enum DigestItem {
    /// Free bytes.
    #[codec(index = 0)]
    Other(BoundedBytes<4096>),
    /// A message of the runtime to the engine named.
    #[codec(index = 4)]
    Consensus([u8; 4], BoundedBytes<4096>),
    /// Added after the block was made.
    #[codec(index = 5)]
    Seal([u8; 4], BoundedBytes<4096>),
    /// Known before the block was executed.
    #[codec(index = 6)]
    PreRuntime([u8; 4], BoundedBytes<4096>),
    /// The block brings a new runtime.
    #[codec(index = 8)]
    RuntimeEnvironmentUpdated,
}

// Polkadot's clients name the type by this path.
impl TypeInfo for DigestItem {
    type Identity = Self;

    fn type_info() -> Type {
        let engine = || {
            Fields::unnamed()
                .field(|f| f.ty::<[u8; 4]>().type_name("ConsensusEngineId"))
                .field(|f| f.ty::<Vec<u8>>().type_name("Vec<u8>"))
        };
        let variants = Variants::new()
            .variant("PreRuntime", |v| v.index(6).fields(engine()))
            .variant("Consensus", |v| v.index(4).fields(engine()))
            .variant("Seal", |v| v.index(5).fields(engine()))
            .variant("Other", |v| v.index(0).fields(Fields::unnamed().field(|f| f.ty::<Vec<u8>>())))
            .variant("RuntimeEnvironmentUpdated", |v| v.index(8));
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "generic", "digest", "DigestItem"]))
            .variant(variants)
    }
}

/// All notes of a header.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq)]
pub struct Digest {
    /// In the order they were added.
    pub logs: BoundedVec<DigestItem, 16>,
}

impl TypeInfo for Digest {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "generic", "digest", "Digest"]))
            .composite(
                Fields::named()
                    .field(|f| f.ty::<Vec<DigestItem>>().name("logs").type_name("Vec<DigestItem>")),
            )
    }
}

/// What a block commits to. Its hash is BLAKE2b-256 of its SCALE form.
#[derive(Clone, Debug, Encode, Eq, PartialEq)]
pub struct Header {
    /// Hash of the block before.
    pub parent_hash: Hash256,
    /// Height.
    #[codec(compact)]
    pub number: BlockNumber,
    /// Root of the state tree after this block.
    pub state_root: Hash256,
    /// Root over the extrinsics without their signatures.
    pub extrinsics_root: Hash256,
    /// Notes; among them the root over the signatures.
    pub digest: Digest,
}

// By hand, because clients write the number in the compact form and a non-minimal one must not
// decode: two encodings of one header would have two hashes.
impl Decode for Header {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        Ok(Self {
            parent_hash: Decode::decode(input)?,
            number: Compact::<BlockNumber>::decode(input)?.0,
            state_root: Decode::decode(input)?,
            extrinsics_root: Decode::decode(input)?,
            digest: Decode::decode(input)?,
        })
    }
}

impl Header {
    /// The block's hash.
    pub fn hash(&self) -> Hash256 {
        blake2_256(&self.encode())
    }

    /// The data of the consensus item of `engine`, if there is one.
    pub fn consensus_item(&self, engine: [u8; 4]) -> Option<&[u8]> {
        self.digest.logs.iter().find_map(|item| match item {
            DigestItem::Consensus(id, data) if id == &engine => Some(&**data),
            DigestItem::Other(_)
            | DigestItem::Consensus(..)
            | DigestItem::Seal(..)
            | DigestItem::PreRuntime(..)
            | DigestItem::RuntimeEnvironmentUpdated => None,
        })
    }
}

/// A header and the extrinsics it commits to, each as the bytes that were received.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// The body, in order.
    pub extrinsics: BoundedVec<BoundedBytes<{ crate::EXTRINSIC_BYTES_MAX }>, 200_000>,
}
