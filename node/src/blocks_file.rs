//! Blocks in a file: to carry a chain to another machine without a network.
//!
//! A file is the magic, the genesis hash, and then for each block its length in four bytes,
//! little-endian, and the SCALE form of the block and of what made it final. Importing executes
//! every block, so a file can be wrong but cannot mislead.
//!
//! Exporting writes beside the file that is asked for and renames at the end. Invariants: 1. under
//! that name there is a whole export on the disk, or what was there before; 2. a file that exists
//! is replaced only on demand; 3. a file has a block at least, both when written and when read.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

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
    /// The file that is named, or the one beside it, cannot be written or read.
    #[error("cannot {action} {path}")]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is a file already, and nobody said that it may be replaced.
    #[error("{path} exists already")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to export.
    #[error("the chain has no block after genesis yet")]
    NothingToExport,
    /// There is nothing to import.
    #[error("the file holds no block")]
    Empty,
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

/// Write the blocks from 1 to the head to a file, which appears whole or not at all. One that
/// exists is replaced if `replace` says so. Returns the number of the last block.
pub fn export_file(chain: &Chain, path: &Path, replace: bool) -> Result<BlockNumber, BlocksError> {
    if chain.head().number == 0 {
        return Err(BlocksError::NothingToExport);
    }
    // Signatures are pruned from block 1 on, so a chain that has this one has all of them.
    chain.block(1)?.ok_or(ChainError::Unknown { at: 1.into() })?;
    let failed = |action| {
        let path = path.to_path_buf();
        move |source| BlocksError::File { action, path, source }
    };
    match fs::metadata(path) {
        Ok(there) if there.is_file() && !replace => {
            Err(BlocksError::Exists { path: path.to_path_buf() })
        }
        Ok(there) if there.is_file() => {
            // Behind a link it is the file that is replaced, not the link.
            let target = fs::canonicalize(path).map_err(failed("find"))?;
            export_whole(chain, &target)
        }
        Ok(_) => {
            // Pipes and devices keep nothing that could be lost, and cannot be renamed onto.
            let pipe = OpenOptions::new().write(true).open(path).map_err(failed("write"))?;
            export(chain, &mut BufWriter::new(pipe))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => export_whole(chain, path),
        Err(error) => Err(failed("find")(error)),
    }
}

/// Write a file beside `path`, and give it that name once all of it is on the disk.
fn export_whole(chain: &Chain, path: &Path) -> Result<BlockNumber, BlocksError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(OsStr::new(&format!(".{}.tmp", std::process::id())));
    let draft = path.with_file_name(name);
    let failed = |source| {
        let path = path.to_path_buf();
        BlocksError::File { action: "write", path, source }
    };
    let mut out = BufWriter::new(File::create(&draft).map_err(failed)?);
    let written = export(chain, &mut out).and_then(|last| {
        out.get_ref().sync_all().and_then(|()| fs::rename(&draft, path)).map_err(failed)?;
        Ok(last)
    });
    if written.is_err() {
        // What failed is what to report, not that its remains stay.
        let _ = fs::remove_file(&draft);
        return written;
    }
    // The name is on the disk once the folder is.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).map_err(failed)?;
    written
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

/// [`import`] the blocks of a file, of which there must be one at least.
pub fn import_file(chain: &Chain, path: &Path) -> Result<BlockNumber, BlocksError> {
    let failed = |source| {
        let path = path.to_path_buf();
        BlocksError::File { action: "read", path, source }
    };
    let mut input = BufReader::new(File::open(path).map_err(failed)?);
    import_header(chain, &mut input)?;
    if input.fill_buf().map_err(failed)?.is_empty() {
        return Err(BlocksError::Empty);
    }
    import_blocks(chain, &mut input)
}

/// Execute, verify and commit the blocks of an export. Those that are here already are passed
/// over. Returns the number of the last one.
pub fn import(chain: &Chain, input: &mut (impl Read + Send)) -> Result<BlockNumber, BlocksError> {
    import_header(chain, input)?;
    import_blocks(chain, input)
}

/// What comes before the blocks: they are of this version and of this chain.
fn import_header(chain: &Chain, input: &mut impl Read) -> Result<(), BlocksError> {
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
    Ok(())
}

fn import_blocks(
    chain: &Chain,
    input: &mut (impl Read + Send),
) -> Result<BlockNumber, BlocksError> {
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
