//! Blocks as they lie in the store, decoded.

use core::fmt;
use std::sync::Arc;

use althing_primitives::{BlockNumber, Hash256, Header};
use parity_scale_codec::DecodeAll;

use super::{ChainError, Justification, StoredReceipt};
use crate::store::Store;

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

    pub(crate) fn block(&self, number: BlockNumber) -> Result<Option<CommittedBlock>, ChainError> {
        let Some(stored) = self.0.block(number)? else { return Ok(None) };
        // Genesis is written without a body, receipts or a reason to be final.
        let (justification, receipts) = if number == 0 {
            (Justification::Genesis, Vec::new())
        } else {
            let justification = decode("justification", number, &stored.justification)?;
            (justification, decode("receipts", number, &stored.receipts)?)
        };
        Ok(Some(CommittedBlock {
            hash: stored.hash,
            header: decode("header", number, &stored.header)?,
            extrinsics: stored.extrinsics,
            justification,
            receipts,
        }))
    }
}

fn decode<T: DecodeAll>(
    what: &'static str,
    number: BlockNumber,
    mut bytes: &[u8],
) -> Result<T, ChainError> {
    T::decode_all(&mut bytes).map_err(|_| ChainError::Undecodable { what, number })
}
