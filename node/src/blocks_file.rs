//! Blocks in a file: to carry a chain to another machine without a network.
//!
//! A file is the magic, the genesis hash, and then for each block its length in four bytes,
//! little-endian, and the SCALE form of the block and of what made it final. Importing executes
//! every block, so a file can be wrong but cannot mislead.

use std::io::{self, Read, Write};

use althing_primitives::{Block, BlockNumber, BoundedBytes, BoundedVec, Hash256};
use parity_scale_codec::{DecodeAll, Encode};

use crate::chain::{Chain, ChainError, CommittedBlock, Justification};

/// The first bytes of every file; the last one is the version.
pub const MAGIC: [u8; 8] = *b"ALTHBLK\x01";

/// The longest block in a file: the body's limit, and room for the rest.
const BLOCK_BYTES_MAX: u32 = 64 * 1024 * 1024;

/// Why blocks could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BlocksError {
    /// The file cannot be written or read.
    #[error("cannot {action} the blocks file")]
    Io {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Not a file of blocks, or of another version.
    #[error("this is not a blocks file of version 1")]
    Magic,
    /// Blocks of another chain.
    #[error("the file holds blocks of the chain with genesis {found}, this one has {expected}")]
    Genesis {
        /// The genesis in the file.
        found: Hash256,
        /// The genesis of the chain.
        expected: Hash256,
    },
    /// A block is longer than any can be.
    #[error("the block after block {after} has {found} bytes, the most is {max}")]
    TooLarge {
        /// The last block that was fine.
        after: BlockNumber,
        /// Its length in bytes.
        found: u64,
        /// The limit in bytes.
        max: u32,
    },
    /// The file ends in the middle of a block.
    #[error("the file ends in the middle of the block after block {after}")]
    Truncated {
        /// The last block that was whole.
        after: BlockNumber,
    },
    /// Bytes that are no block.
    #[error("what comes after block {after} is not a block")]
    Malformed {
        /// The last block that was fine.
        after: BlockNumber,
    },
    /// The chain refused a block, or cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// Write the blocks from 1 to the head. Returns the number of the last one.
pub fn export(chain: &Chain, out: &mut impl Write) -> Result<BlockNumber, BlocksError> {
    let write = |source| BlocksError::Io { action: "write", source };
    out.write_all(&MAGIC).map_err(write)?;
    out.write_all(&chain.genesis().0).map_err(write)?;
    let last = chain.head().number;
    for number in 1..=last {
        let at = number.into();
        let block = chain.block(number)?.ok_or(ChainError::Unknown { at })?;
        let justification = block.justification.clone();
        let bytes = (body(block), justification).encode();
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= BLOCK_BYTES_MAX);
        let (after, found) = (number.saturating_sub(1), bytes.len() as u64);
        let too_large = BlocksError::TooLarge { after, found, max: BLOCK_BYTES_MAX };
        out.write_all(&length.ok_or(too_large)?.to_le_bytes()).map_err(write)?;
        out.write_all(&bytes).map_err(write)?;
    }
    out.flush().map_err(write)?;
    Ok(last)
}

/// Execute, verify and commit the blocks of a file. Those that are here already are passed over.
/// Returns the number of the last one.
pub fn import(chain: &Chain, input: &mut (impl Read + Send)) -> Result<BlockNumber, BlocksError> {
    let mut magic = [0; 8];
    let mut genesis = Hash256::default();
    input.read_exact(&mut magic).map_err(|_| BlocksError::Magic)?;
    if magic != MAGIC {
        return Err(BlocksError::Magic);
    }
    input.read_exact(&mut genesis.0).map_err(|_| BlocksError::Magic)?;
    if genesis != chain.genesis() {
        return Err(BlocksError::Genesis { found: genesis, expected: chain.genesis() });
    }
    let mut last = 0;
    chain.import_all(core::iter::from_fn(|| {
        let bytes = next_block(input, last).transpose()?;
        let next = bytes.and_then(|bytes| {
            <(Block, Justification)>::decode_all(&mut &bytes[..])
                .map_err(|_| BlocksError::Malformed { after: last })
        });
        if let Ok((block, _)) = &next {
            last = block.header.number;
        }
        Some(next)
    }))
}

/// The bytes of the next block, or `None` at the end of the file.
fn next_block(input: &mut impl Read, after: BlockNumber) -> Result<Option<Vec<u8>>, BlocksError> {
    let read = |source| BlocksError::Io { action: "read", source };
    let mut length = Vec::new();
    input.take(4).read_to_end(&mut length).map_err(read)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length = length.first_chunk().ok_or(BlocksError::Truncated { after })?;
    let length = u32::from_le_bytes(*length);
    if length > BLOCK_BYTES_MAX {
        let found = u64::from(length);
        return Err(BlocksError::TooLarge { after, found, max: BLOCK_BYTES_MAX });
    }
    // What is allocated follows the bytes that exist, not the length that is claimed.
    let mut bytes = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut bytes).map_err(read)?;
    if bytes.len() < length as usize {
        return Err(BlocksError::Truncated { after });
    }
    Ok(Some(bytes))
}

fn body(block: CommittedBlock) -> Block {
    let bounded = |bytes: Vec<u8>| BoundedBytes::try_from(bytes).unwrap_or_default();
    let extrinsics: Vec<_> = block.extrinsics.into_iter().map(bounded).collect();
    // Blocks in the store keep to these bounds; one that did not would not import.
    Block { header: block.header, extrinsics: BoundedVec::try_from(extrinsics).unwrap_or_default() }
}
