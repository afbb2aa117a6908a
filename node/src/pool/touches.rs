//! The rows a transaction touches, in the cheap form that is good enough to plan with.
//!
//! Rows are told apart by fingerprints. Two rows with one fingerprint only look like a conflict
//! that is none: the executor decides by the rows themselves.

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
            // A row that commutes within bounds is planned as a sum: bounds rarely bite.
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
