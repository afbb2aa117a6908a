//! What is kept of a block whose signatures were thrown away.
//!
//! Of each extrinsic there stay the bytes that `extrinsics_root` commits to and the hash that
//! `witness_root` commits to, so both roots of the header can be computed again.

use althing_executor::body_root;
use althing_primitives::{DigestItem, Extrinsic, Hash256, Header, WITNESS_ENGINE, blake3_256};
use parity_scale_codec::{Compact, Decode, Encode};

use super::ChainError;

/// First byte of what a signed extrinsic commits to.
const SIGNED: u8 = 0x84;

/// An extrinsic without its signature.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct PrunedExtrinsic {
    /// What the extrinsics root commits to: the format, then sender and extensions if it was signed,
    /// then the call (`specs/formats.md`, F8).
    pub body: Vec<u8>,
    /// What the witness root commits to: the hash of the signature.
    pub witness_hash: Hash256,
}

/// The body of a block without signatures.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct PrunedBody {
    /// One for each extrinsic, in block order.
    pub extrinsics: Vec<PrunedExtrinsic>,
}

impl PrunedBody {
    /// What stays of these extrinsics.
    pub(crate) fn of(extrinsics: &[Extrinsic]) -> Self {
        let pruned = |one: &Extrinsic| PrunedExtrinsic {
            body: body_of(one),
            witness_hash: one.witness_hash(),
        };
        Self { extrinsics: extrinsics.iter().map(pruned).collect() }
    }

    /// Check that the header commits to this body.
    pub fn check(&self, header: &Header) -> Result<(), ChainError> {
        let bodies: Vec<_> = self.extrinsics.iter().map(|one| blake3_256(&one.body)).collect();
        let witnesses: Vec<_> = self.extrinsics.iter().map(|one| one.witness_hash).collect();
        let number = header.number;
        for (what, found, expected) in [
            ("extrinsics root", body_root(&bodies), Some(header.extrinsics_root)),
            ("witness root", body_root(&witnesses), witness_root(header)),
        ] {
            if Some(found) != expected {
                return Err(ChainError::PrunedBody { what, number });
            }
        }
        Ok(())
    }

    /// The bytes of the first extrinsic, as received, if it had no signature.
    pub(crate) fn first_bare(&self) -> Option<Vec<u8>> {
        let body = &self.extrinsics.first()?.body;
        if body.first() == Some(&SIGNED) {
            return None;
        }
        let mut bytes = Compact(u32::try_from(body.len()).unwrap_or(u32::MAX)).encode();
        bytes.extend_from_slice(body);
        Some(bytes)
    }
}

/// The bytes whose hash is the extrinsic's `body_hash`.
fn body_of(extrinsic: &Extrinsic) -> Vec<u8> {
    let (bytes, call) = (extrinsic.bytes(), extrinsic.call());
    let mut body = Vec::with_capacity(call.len().saturating_add(64));
    match extrinsic.signed_part() {
        None => {
            let version = bytes.len().checked_sub(call.len()).and_then(|at| at.checked_sub(1));
            body.extend(version.and_then(|at| bytes.get(at)));
        }
        Some(part) => {
            body.push(SIGNED);
            part.account.encode_to(&mut body);
            part.extra.encode_to(&mut body);
        }
    }
    body.extend_from_slice(call);
    body
}

fn witness_root(header: &Header) -> Option<Hash256> {
    header.digest.logs.iter().find_map(|item| match item {
        DigestItem::Consensus(engine, data) if *engine == WITNESS_ENGINE => {
            Some(Hash256(data[..].try_into().ok()?))
        }
        _ => None,
    })
}
