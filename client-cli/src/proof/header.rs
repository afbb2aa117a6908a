//! Headers in the JSON form of `chain_getHeader`.

use althing_primitives::{Digest, DigestItem, Hash256, Header};
use parity_scale_codec::DecodeAll as _;
use serde::{Deserialize, Serialize};

use super::ProofFileError;
use crate::chain::parse_hash;

/// A header as nodes write it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeaderJson {
    parent_hash: String,
    number: String,
    state_root: String,
    extrinsics_root: String,
    digest: DigestJson,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct DigestJson {
    logs: Vec<String>,
}

/// A header by itself, or as the answer of a node.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Header(HeaderJson),
    Answer { result: HeaderJson },
}

impl HeaderJson {
    /// Read the text of a file called `name`: a header, or a node's whole answer.
    pub fn read(name: &str, text: &str) -> Result<Self, ProofFileError> {
        match serde_json::from_str(text) {
            Ok(Given::Header(header) | Given::Answer { result: header }) => Ok(header),
            Err(error) => {
                Err(ProofFileError::NoHeader { name: name.to_owned(), reason: error.to_string() })
            }
        }
    }

    /// The header these texts mean.
    pub fn to_header(&self) -> Result<Header, ProofFileError> {
        let digits = self.number.strip_prefix("0x");
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let logs = self.digest.logs.iter().map(|log| item(log)).collect::<Option<Vec<_>>>();
        let logs = logs.and_then(|logs| logs.try_into().ok());
        Ok(Header {
            parent_hash: hash("parentHash", &self.parent_hash)?,
            number: number.ok_or_else(|| wrong("number"))?,
            state_root: hash("stateRoot", &self.state_root)?,
            extrinsics_root: hash("extrinsicsRoot", &self.extrinsics_root)?,
            digest: Digest { logs: logs.ok_or_else(|| wrong("digest"))? },
        })
    }
}

fn item(log: &str) -> Option<DigestItem> {
    DigestItem::decode_all(&mut &const_hex::decode(log).ok()?[..]).ok()
}

fn hash(field: &str, text: &str) -> Result<Hash256, ProofFileError> {
    parse_hash(text).ok_or_else(|| wrong(field))
}

fn wrong(field: &str) -> ProofFileError {
    let reason = format!("{field} is not what a header has there");
    ProofFileError::NoHeader { name: "the header".to_owned(), reason }
}
