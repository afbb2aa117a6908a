//! The rows a transaction touches, in the cheap form that is good enough to plan with.
//!
//! Rows are told apart by fingerprints. Two rows with one fingerprint only look like a conflict
//! that is none: the executor decides by the rows themselves.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

use althing_frame::{Access, Mode};
use althing_primitives::AccountId;

/// One row and what happens to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Touch {
    pub(crate) row: u64,
    pub(crate) mode: Mode,
}

/// What a transaction touches.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Touches {
    pub(crate) rows: Box<[Touch]>,
    /// It touches anything, and runs alone.
    pub(crate) is_exclusive: bool,
}

impl Touches {
    /// The rows that `access` declares. Whatever they are, transactions of one sender conflict.
    pub(crate) fn of(access: &Access, sender: &AccountId) -> Self {
        let declared = access.rows().iter().map(|one| Touch {
            row: one.key.fingerprint(),
            // Additions within bounds are planned as if they commuted: bounds rarely bite.
            mode: one.mode,
        });
        let (head, _) = sender.0.split_at(8);
        let row = head.iter().fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
        let own = Touch { row, mode: Mode::Write };
        Self {
            rows: declared.chain(core::iter::once(own)).collect(),
            is_exclusive: access.is_exclusive(),
        }
    }
}

/// Something for each row that was touched.
pub(crate) type RowMap<V> = HashMap<u64, V, BuildHasherDefault<RowHasher>>;

/// Hashes fingerprints, which are mixed well already. Who finds rows that meet in a map makes a
/// block's worth of them slower to plan by some milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowHasher(u64);

impl Hasher for RowHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 << 8 | u64::from(*byte));
        }
    }

    fn write_u64(&mut self, row: u64) {
        let wide = u128::from(row).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Both halves, so that all bits of the row reach the lowest of the hash.
        self.0 = u64::try_from((wide ^ (wide >> 64)) & u128::from(u64::MAX)).unwrap_or(row);
    }
}
