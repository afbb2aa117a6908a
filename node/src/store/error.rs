//! Why the store could not answer.

use std::path::PathBuf;

use althing_primitives::{BlockNumber, Hash256};

use super::Record;

/// Why the store could not answer. Every variant says whether trying again can help.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk refused. Pointless to retry until someone frees space or fixes permissions; after
    /// a refused write the store must be opened again.
    #[error("cannot {action} {path}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// sled refused. As for `Io`: the disk first, then open again.
    #[error("cannot {action} the database")]
    Engine {
        /// What was tried.
        action: &'static str,
        /// What sled said.
        source: sled::Error,
    },
    /// The database's log is damaged beyond what a crash leaves. As for `Corrupt`.
    #[error("the database in {path} is damaged")]
    Damaged {
        /// The store's folder.
        path: PathBuf,
    },
    /// The log ends before a batch that was acknowledged: damaged, or of another backup than the
    /// rest of the folder. As for `Corrupt`; removing the file accepts the loss.
    #[error("the database ends at write {found}, but {path} says {acknowledged}")]
    RolledBack {
        /// The file with the number of the last acknowledged write.
        path: PathBuf,
        /// The number of the last write in the log.
        found: u64,
        /// The number of the last acknowledged write.
        acknowledged: u64,
    },
    /// A file of large values ends before what was acknowledged. As for `Corrupt`.
    #[error("{path} has {found} bytes, {expected} were acknowledged")]
    CutShort {
        /// The segment.
        path: PathBuf,
        /// How many bytes it should have at least.
        expected: u64,
        /// How many it has.
        found: u64,
    },
    /// Bytes on disk are not what was written. The node stops, since going on could fork the
    /// chain: restore the folder or sync it anew from peers.
    #[error("{record}: checksum is {found}, expected {expected}")]
    Corrupt {
        /// Which record.
        record: Record,
        /// The checksum written with it.
        expected: Hash256,
        /// The checksum of the bytes found.
        found: Hash256,
    },
    /// Part of a record is gone or has the wrong length. As for `Corrupt`.
    #[error("{record}: {found} of {expected} bytes are there")]
    Incomplete {
        /// Which record.
        record: Record,
        /// How many bytes it should have, framing included.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// A record that others point to is gone. As for `Corrupt`.
    #[error("{record} is missing")]
    Missing {
        /// Which record.
        record: Record,
    },
    /// The bytes are those written, but do not decode: they were written by a faulty program.
    #[error("{record} does not decode")]
    Malformed {
        /// Which record.
        record: Record,
        /// Where decoding failed.
        source: parity_scale_codec::Error,
    },
    /// The index from hash to height disagrees with the block. As for `Corrupt`.
    #[error("the index gives height {number} for {asked}, but that block is {found}")]
    Index {
        /// The hash asked for.
        asked: Hash256,
        /// The height the index gives.
        number: BlockNumber,
        /// The hash of the block at that height.
        found: Hash256,
    },
    /// Written by a newer or older program. Use that one, or another folder.
    #[error("store format {found}, this program reads {supported}")]
    Format {
        /// The folder's format.
        found: u32,
        /// The one of this program.
        supported: u32,
    },
    /// The folder holds another chain. Use another folder, or that chain's spec.
    #[error("the store holds the chain with genesis {found}, asked for {expected}")]
    Genesis {
        /// The genesis in the store.
        found: Hash256,
        /// The genesis asked for.
        expected: Hash256,
    },
    /// Another process uses the folder. Stop it, or use another folder; then retry.
    #[error("{path} is in use by another process; stop that one or choose another base path")]
    Locked {
        /// The store's folder.
        path: PathBuf,
    },
    /// There is no chain yet: call [`Store::initialise`](super::Store::initialise) first.
    #[error("the store holds no chain yet")]
    Uninitialised,
    /// Blocks in between are not here. Commit those first.
    #[error("block {offered} cannot follow, the next block is {expected}")]
    Gap {
        /// The height offered.
        offered: BlockNumber,
        /// The height above the tip.
        expected: BlockNumber,
    },
    /// Another block is durable at this height. Never retry: one of the two is a fork.
    #[error("block {number} is {stored}, offered {offered}")]
    Conflict {
        /// The height.
        number: BlockNumber,
        /// The durable block's hash.
        stored: Hash256,
        /// The offered block's hash.
        offered: Hash256,
    },
    /// The block builds on something else than the tip. Never retry.
    #[error("block {number} builds on {found}, the tip is {expected}")]
    Parent {
        /// The height offered.
        number: BlockNumber,
        /// The parent it names.
        found: Hash256,
        /// The tip's hash.
        expected: Hash256,
    },
    /// There is nothing to fold so far up yet. Retry when the chain is longer.
    #[error("cannot fold up to block {up_to}, the tip is {tip}")]
    FoldBeyondTip {
        /// The height asked for.
        up_to: BlockNumber,
        /// The highest block.
        tip: BlockNumber,
    },
    /// Bodies are pruned one after the other, and only those of blocks that are folded. Offer the
    /// right ones.
    #[error("cannot prune the body of block {offered}, the next is {expected}, up to {last}")]
    Prune {
        /// The height offered.
        offered: BlockNumber,
        /// The lowest height whose body is whole.
        expected: BlockNumber,
        /// The highest height that may be pruned.
        last: BlockNumber,
    },
    /// An earlier write failed, so what is durable is known only to the disk. Open again.
    #[error("the store stopped after a failed write and must be opened again")]
    Stopped,
}
