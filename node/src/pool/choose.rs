//! Which of the waiting transactions fit into one block.
//!
//! # Rules (`specs/pool.md`)
//!
//! - Q10: a block has so much weight and so many bytes, of which normal calls may fill a part.
//! - Q11: no chain of transactions that must run one after another may be longer than its share,
//!   so that nobody can take the workers from a block for the price of one row. Operational calls
//!   may go on beyond it, within the share that is kept for them; a transaction that waits for no
//!   other may always begin.
//! - Q12: what is left out is offered again in the next block.
//!
//! The longest chain is found as transactions are chosen: each row knows when the last transaction
//! that conflicts will have ended if workers were unlimited. Signatures count in, as in all weights.

use althing_frame::Mode;
use althing_primitives::Weight;

use super::entry::Entry;
use super::touches::RowMap;

/// What one block may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) weight: Weight,
    pub(crate) bytes: u64,
    /// The part of both that normal calls may fill together.
    pub(crate) normal: (Weight, u64),
    /// Reference time of the longest chain.
    pub(crate) chain: u64,
}

/// Parts of a block's time that the longest chain may take, if the block is to run twice as fast on
/// two workers with room to spare.
const CHAIN_SHARE: u64 = 4;

impl Room {
    /// The room of a block with these limits, of which the author has `time` in picoseconds of
    /// reference time.
    pub(crate) fn new(
        (weight, bytes): (Weight, u64),
        (normal_weight, normal_bytes): (Weight, u64),
        time: u64,
    ) -> Self {
        let whole = weight.ref_time.max(1);
        let time = time.min(whole);
        // The product of two 64-bit numbers fits, and what is divided is not above the first.
        let scaled = u128::from(normal_weight.ref_time).saturating_mul(time.into());
        let part = scaled.checked_div(whole.into()).unwrap_or(0);
        let normal_time = u64::try_from(part).unwrap_or(u64::MAX);
        Self {
            weight: Weight { ref_time: time, ..weight },
            bytes,
            normal: (Weight { ref_time: normal_time, ..normal_weight }, normal_bytes),
            chain: time / CHAIN_SHARE,
        }
    }
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fit {
    /// It is in.
    Taken,
    /// There is not enough room left.
    NoRoom,
    /// It would have to run after too much else.
    ChainTooLong,
}

/// The transactions on one row so far, by the times at which they end.
#[derive(Clone, Copy, Debug)]
struct Chain {
    mode: Mode,
    /// The end of all that conflict with the newest.
    before: u64,
    /// The end of the newest and those that commute with them.
    end: u64,
}

/// A block being filled.
#[derive(Debug)]
pub(crate) struct Chooser {
    room: Room,
    weight: Weight,
    bytes: u64,
    normal: (Weight, u64),
    /// Weight of operational calls that went on beyond the longest chain.
    beyond: u64,
    chains: RowMap<Chain>,
    /// Nothing can begin before: the end of the last one that ran alone.
    floor: u64,
    /// The end of all.
    end: u64,
}

impl Chooser {
    pub(crate) fn new(room: Room) -> Self {
        Self {
            room,
            weight: Weight::ZERO,
            bytes: 0,
            normal: (Weight::ZERO, 0),
            beyond: 0,
            chains: RowMap::default(),
            floor: 0,
            end: 0,
        }
    }

    /// Take `entry` if it fits.
    pub(crate) fn offer(&mut self, entry: &Entry) -> Fit {
        let length = entry.length() as u64;
        let weight = self.weight.saturating_add(entry.weight);
        let bytes = self.bytes.saturating_add(length);
        let normal = if entry.is_operational {
            self.normal
        } else {
            (self.normal.0.saturating_add(entry.weight), self.normal.1.saturating_add(length))
        };
        let Room { normal: (normal_weight, normal_bytes), .. } = self.room;
        let is_over_share = normal.0.exceeds(normal_weight) || normal.1 > normal_bytes;
        if weight.exceeds(self.room.weight) || bytes > self.room.bytes || is_over_share {
            return Fit::NoRoom;
        }
        let start = self.start(entry);
        let end = start.saturating_add(entry.weight.ref_time);
        if start > 0 && end > self.room.chain {
            let beyond = self.beyond.saturating_add(entry.weight.ref_time);
            let reserve = self.room.weight.ref_time.saturating_sub(normal_weight.ref_time);
            if !entry.is_operational || beyond > reserve {
                return Fit::ChainTooLong;
            }
            self.beyond = beyond;
        }
        (self.weight, self.bytes, self.normal) = (weight, bytes, normal);
        self.put(entry, end);
        Fit::Taken
    }

    /// When `entry` could begin: after all that it conflicts with.
    fn start(&self, entry: &Entry) -> u64 {
        if entry.touches.is_exclusive {
            return self.end;
        }
        let after = entry.touches.rows.iter().filter_map(|touch| {
            let chain = self.chains.get(&touch.row)?;
            Some(if chain.mode.conflicts(touch.mode) { chain.end } else { chain.before })
        });
        after.fold(self.floor, u64::max)
    }

    fn put(&mut self, entry: &Entry, end: u64) {
        self.end = self.end.max(end);
        if entry.touches.is_exclusive {
            self.floor = self.end;
            self.chains.clear();
            return;
        }
        for touch in &entry.touches.rows {
            let fresh = Chain { mode: touch.mode, before: self.floor, end: self.floor };
            let chain = self.chains.entry(touch.row).or_insert(fresh);
            if chain.mode.conflicts(touch.mode) {
                *chain = Chain { mode: touch.mode, before: chain.end, end: chain.end };
            }
            chain.end = chain.end.max(end);
        }
    }
}
