//! The chain spec itself and its JSON form.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{ChainType, SpecError};

/// The longest spec that is read. Its rows are in memory several times while a chain begins.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What clients show amounts and addresses with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Properties {
    /// Prefix of addresses.
    pub ss58_format: u16,
    /// Decimal places of the token.
    pub token_decimals: u32,
    /// What one token is called.
    pub token_symbol: String,
}

/// A member whose key is published. Only development chains have any.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// What the wallet calls the account.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The scheme of its key.
    pub scheme: String,
    /// What it holds at genesis, in tokens.
    pub balance: String,
}

/// Where a chain begins.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSpec {
    /// Name for people.
    pub name: String,
    /// Name for programs.
    pub id: String,
    /// What the chain is for.
    pub chain_type: ChainType,
    /// Which periods its governance has: `fast` or `main`.
    pub governance: String,
    /// How clients show amounts and addresses.
    pub properties: Properties,
    /// Members with published keys.
    #[serde(default)]
    pub members: Vec<Member>,
    /// The rows of block 0, as pairs of hexadecimal key and value.
    #[serde(serialize_with = "write_rows", deserialize_with = "read_rows")]
    pub rows: Vec<(Vec<u8>, Vec<u8>)>,
}

impl ChainSpec {
    /// Read the spec in the file at `path`.
    pub fn read(path: &Path) -> Result<Self, SpecError> {
        let read = |source| SpecError::Read { path: path.to_path_buf(), source };
        let found = fs::metadata(path).map_err(read)?.len();
        if found > BYTES_MAX {
            return Err(SpecError::TooLarge { path: path.to_path_buf(), found, max: BYTES_MAX });
        }
        Self::from_json(&fs::read(path).map_err(read)?)
    }

    /// Read a spec from its JSON form.
    pub fn from_json(json: &[u8]) -> Result<Self, SpecError> {
        Ok(serde_json::from_slice(json)?)
    }

    /// The JSON form.
    pub fn to_json(&self) -> Result<Vec<u8>, SpecError> {
        Ok(serde_json::to_vec_pretty(self)?)
    }
}

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

fn write_rows<S: Serializer>(
    rows: &[(Vec<u8>, Vec<u8>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let hex = |(key, value): &(Vec<u8>, Vec<u8>)| [key, value].map(const_hex::encode_prefixed);
    serializer.collect_seq(rows.iter().map(hex))
}

fn read_rows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rows, D::Error> {
    let decode = |hex: &String| const_hex::decode(hex).map_err(D::Error::custom);
    let pairs = Vec::<[String; 2]>::deserialize(deserializer)?;
    pairs.iter().map(|[key, value]| Ok((decode(key)?, decode(value)?))).collect()
}
