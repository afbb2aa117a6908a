//! Blocks as they lie in the store, decoded.

use core::fmt;
use std::sync::Arc;

use althing_primitives::{BlockNumber, Extrinsic, Hash256, Header};
use parity_scale_codec::DecodeAll;

use super::pruned::PrunedBody;
use super::receipt::unpack;
use super::{ChainError, Justification, StoredReceipt};
use crate::store::{Body, Store, StoredBlock};

/// Which block is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum At {
    /// The block with this hash.
    Hash(Hash256),
    /// The block at this height.
    Number(BlockNumber),
}

impl From<Hash256> for At {
    fn from(hash: Hash256) -> Self {
        Self::Hash(hash)
    }
}

impl From<BlockNumber> for At {
    fn from(number: BlockNumber) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(hash) => hash.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A block with what it did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommittedBlock {
    /// Its hash.
    pub hash: Hash256,
    /// Its header.
    pub header: Header,
    /// Its extrinsics' bytes as received, length prefix included.
    pub extrinsics: Vec<Vec<u8>>,
    /// What made it final.
    pub justification: Justification,
    /// One for each extrinsic.
    pub receipts: Vec<StoredReceipt>,
}

/// How a block begins.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) hash: Hash256,
    pub(crate) header: Header,
    /// The first extrinsic, which states the block's time. It has no signature, so it is there even
    /// if the body is pruned.
    pub(crate) first: Option<Extrinsic>,
}

/// The store, read as blocks rather than bytes.
#[derive(Clone, Debug)]
pub(crate) struct History(pub(crate) Arc<dyn Store>);

impl History {
    /// The height of the block meant, if it is here.
    pub(crate) fn number_of(&self, at: At) -> Result<Option<BlockNumber>, ChainError> {
        Ok(match at {
            At::Hash(hash) => self.0.number_of(hash)?,
            At::Number(number) => self.0.hash_of(number)?.map(|_| number),
        })
    }

    pub(crate) fn header(&self, number: BlockNumber) -> Result<Option<Header>, ChainError> {
        let Some(head) = self.0.head(number)? else { return Ok(None) };
        decode("header", number, &head.header).map(Some)
    }

    /// A block with its whole body.
    pub(crate) fn block(&self, number: BlockNumber) -> Result<Option<CommittedBlock>, ChainError> {
        let Some(mut stored) = self.0.block(number)? else { return Ok(None) };
        let extrinsics = match core::mem::replace(&mut stored.body, Body::Whole(Vec::new())) {
            Body::Whole(extrinsics) => extrinsics,
            Body::Pruned(_) => {
                return Err(ChainError::WitnessesPruned { number, last: self.0.pruned_to() });
            }
        };
        // Genesis is written without a body, receipts or a reason to be final.
        let justification = if number == 0 {
            Justification::Genesis
        } else {
            decode("justification", number, &stored.justification)?
        };
        Ok(Some(CommittedBlock {
            hash: stored.hash,
            header: decode("header", number, &stored.header)?,
            extrinsics,
            justification,
            receipts: receipts(number, &stored)?,
        }))
    }

    /// How a block begins, be its body whole or not.
    pub(crate) fn opening(&self, number: BlockNumber) -> Result<Option<Opening>, ChainError> {
        let Some(stored) = self.0.block(number)? else { return Ok(None) };
        let first = match stored.body {
            Body::Whole(extrinsics) => extrinsics.into_iter().next(),
            Body::Pruned(bytes) => {
                decode::<PrunedBody>("pruned body", number, &bytes)?.first_bare()
            }
        };
        let first = first.map(Extrinsic::decode).transpose();
        Ok(Some(Opening {
            hash: stored.hash,
            header: decode("header", number, &stored.header)?,
            first: first.map_err(|_| ChainError::Undecodable { what: "body", number })?,
        }))
    }

    /// What executing a block gave, be its body whole or not.
    pub(crate) fn receipts(
        &self,
        number: BlockNumber,
    ) -> Result<Option<Vec<StoredReceipt>>, ChainError> {
        let stored = self.0.block(number)?;
        stored.map(|stored| receipts(number, &stored)).transpose()
    }

    /// What is kept of a block's body; `None` while it is whole.
    pub(crate) fn pruned(&self, number: BlockNumber) -> Result<Option<PrunedBody>, ChainError> {
        match self.0.block(number)?.map(|stored| stored.body) {
            Some(Body::Pruned(bytes)) => decode("pruned body", number, &bytes).map(Some),
            Some(Body::Whole(_)) | None => Ok(None),
        }
    }
}

fn receipts(number: BlockNumber, stored: &StoredBlock) -> Result<Vec<StoredReceipt>, ChainError> {
    if number == 0 {
        return Ok(Vec::new());
    }
    unpack(&stored.receipts).ok_or(ChainError::Undecodable { what: "receipts", number })
}

fn decode<T: DecodeAll>(
    what: &'static str,
    number: BlockNumber,
    mut bytes: &[u8],
) -> Result<T, ChainError> {
    T::decode_all(&mut bytes).map_err(|_| ChainError::Undecodable { what, number })
}
