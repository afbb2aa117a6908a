//! The form of a proof file.

use althing_primitives::Hash256;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct as _};

use super::{HeaderJson, ProofFileError};
use crate::chain::{Bytes, parse_hash};

/// Name and version of the form.
pub const SCHEMA: &str = "althing-proof/1";

/// Which chain a proof is about. Not proved: a help for the reader.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ChainName {
    /// Its name.
    pub id: String,
    /// Hash of its first block, 0x-hex.
    pub genesis: String,
}

/// The block after which the state is meant.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Block {
    /// Its height.
    pub number: u32,
    /// Its hash.
    #[serde(deserialize_with = "hash", serialize_with = "write_hash")]
    pub hash: Hash256,
    /// Its header, which has that hash.
    pub header: HeaderJson,
}

/// A proof about one row of the state after one block.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct ProofFile {
    schema: String,
    /// Which chain.
    pub chain: ChainName,
    /// Which block.
    pub block: Block,
    /// The row's key.
    #[serde(deserialize_with = "bytes")]
    pub key: Vec<u8>,
    /// What it holds; `None` says that there is no such row.
    // A field with a reader of its own has no default: leaving it out is no claim (P2).
    #[serde(deserialize_with = "optional_bytes")]
    pub value: Option<Vec<u8>>,
    /// The way from the row to the root (`specs/state-tree.md` T8).
    #[serde(deserialize_with = "bytes")]
    pub proof: Vec<u8>,
}

/// The start of every version of the form.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

impl ProofFile {
    /// A file about a row.
    pub fn new(
        (chain, block): (ChainName, Block),
        key: Vec<u8>,
        value: Option<Vec<u8>>,
        proof: Vec<u8>,
    ) -> Self {
        Self { schema: SCHEMA.to_owned(), chain, block, key, value, proof }
    }

    /// Read the text of a file called `name`.
    pub fn read(name: &str, text: &str) -> Result<Self, ProofFileError> {
        let unreadable = |error: serde_json::Error| ProofFileError::Unreadable {
            name: name.to_owned(),
            reason: error.to_string(),
        };
        let Head { schema } = serde_json::from_str(text).map_err(unreadable)?;
        if schema != SCHEMA {
            let name = name.to_owned();
            return Err(ProofFileError::Format { name, found: schema, expected: SCHEMA });
        }
        serde_json::from_str(text).map_err(unreadable)
    }
}

impl Serialize for ProofFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ProofFile", 6)?;
        fields.serialize_field("schema", &self.schema)?;
        fields.serialize_field("chain", &self.chain)?;
        fields.serialize_field("block", &self.block)?;
        fields.serialize_field("key", &const_hex::encode_prefixed(&self.key))?;
        fields.serialize_field("value", &self.value.as_ref().map(const_hex::encode_prefixed))?;
        fields.serialize_field("proof", &const_hex::encode_prefixed(&self.proof))?;
        fields.end()
    }
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    Bytes::deserialize(deserializer).map(|bytes| bytes.0)
}

fn optional_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    Option::<Bytes>::deserialize(deserializer).map(|bytes| bytes.map(|bytes| bytes.0))
}

fn hash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash256, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_hash(&text).ok_or_else(|| de::Error::custom(format!("{text:?} is no hash")))
}

fn write_hash<S: Serializer>(hash: &Hash256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&const_hex::encode_prefixed(hash.0))
}
