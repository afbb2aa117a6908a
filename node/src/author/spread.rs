//! Put some distance between transactions that conflict.
//!
//! Workers take transactions from the front of a block. Neighbours that conflict would make all
//! workers but one look further; a few places between them keep everybody busy.
//!
//! # Rules (`specs/pool.md`)
//!
//! - Q14: transactions that conflict stay in their order, those of one sender among them, so the
//!   outcome for each of them is what the pool's order gives.
//! - Q15: at least [`GAP`] places lie between two that conflict, as long as others can be had from
//!   the next [`HELD_MAX`] to fill them. Nothing is put off any further.
//!
//! The same transactions in the same order always give the same block.

use std::collections::VecDeque;
use std::sync::Arc;

use althing_frame::Mode;

use crate::pool::{Entry, RowMap, Touch};

/// How far apart transactions that conflict should be.
pub(super) const GAP: usize = 4;
/// How many transactions may be put off at a time.
pub(super) const HELD_MAX: usize = 64;
/// How many of those that were put off are tried at each place.
const TRIED: usize = 8;

/// A row's last use by what is in its place already.
#[derive(Clone, Copy)]
struct Use {
    mode: Mode,
    at: usize,
    /// Where the newest use stands that conflicts with `mode`.
    other: Option<usize>,
}

/// How often the transactions that were put off use a row, by mode.
#[derive(Clone, Copy, Default)]
struct Held([u32; 4]);

#[derive(Default)]
struct Spreader {
    placed: Vec<Arc<Entry>>,
    used: RowMap<Use>,
    held: VecDeque<Arc<Entry>>,
    held_rows: RowMap<Held>,
}

/// The same transactions with those that conflict apart.
pub(super) fn spread(entries: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
    let mut spreader =
        Spreader { placed: Vec::with_capacity(entries.len()), ..Spreader::default() };
    for entry in entries {
        spreader.take(entry);
    }
    spreader.drain();
    spreader.placed
}

impl Spreader {
    fn take(&mut self, entry: Arc<Entry>) {
        if entry.touches.is_exclusive {
            // It conflicts with everything, so nothing passes it.
            self.drain();
            self.placed.push(entry);
            self.used.clear();
            return;
        }
        if self.conflicts_with_held(&entry) || !self.is_far(&entry) {
            if self.held.len() >= HELD_MAX {
                self.release(0);
            }
            self.count(&entry, true);
            self.held.push_back(entry);
        } else {
            self.place(entry);
        }
        while self.release_one() {}
    }

    fn drain(&mut self) {
        while !self.held.is_empty() {
            if !self.release_one() {
                self.release(0);
            }
        }
    }

    /// Place one of those that were put off, if one is far enough from its conflicts by now.
    fn release_one(&mut self) -> bool {
        let found = (0..self.held.len().min(TRIED)).find(|at| {
            let Some(entry) = self.held.get(*at) else { return false };
            let mut earlier = self.held.iter().take(*at);
            self.is_far(entry) && !earlier.any(|other| conflict(other, entry))
        });
        found.is_some_and(|at| self.release(at))
    }

    fn release(&mut self, at: usize) -> bool {
        let Some(entry) = self.held.remove(at) else { return false };
        self.count(&entry, false);
        self.place(entry);
        true
    }

    fn place(&mut self, entry: Arc<Entry>) {
        let at = self.placed.len();
        for touch in &entry.touches.rows {
            let fresh = Use { mode: touch.mode, at, other: None };
            let used = self.used.entry(touch.row).or_insert(fresh);
            if used.mode.conflicts(touch.mode) {
                *used = Use { mode: touch.mode, at, other: Some(used.at) };
            }
            used.at = at;
        }
        self.placed.push(entry);
    }

    /// Whether all placed transactions that conflict with `entry` are far enough from the next
    /// place.
    fn is_far(&self, entry: &Entry) -> bool {
        let next = self.placed.len();
        entry.touches.rows.iter().all(|touch| {
            let Some(used) = self.used.get(&touch.row) else { return true };
            let last = if used.mode.conflicts(touch.mode) { Some(used.at) } else { used.other };
            last.is_none_or(|at| next.saturating_sub(at) > GAP)
        })
    }

    fn conflicts_with_held(&self, entry: &Entry) -> bool {
        !self.held.is_empty()
            && entry.touches.rows.iter().any(|touch| {
                self.held_rows.get(&touch.row).is_some_and(|held| held.conflicts(touch.mode))
            })
    }

    fn count(&mut self, entry: &Entry, is_in: bool) {
        for touch in &entry.touches.rows {
            let held = self.held_rows.entry(touch.row).or_default();
            held.count(touch.mode, is_in);
            if held.0 == [0; 4] {
                self.held_rows.remove(&touch.row);
            }
        }
    }
}

impl Held {
    const MODES: [Mode; 4] = [Mode::Read, Mode::Add, Mode::Bounded, Mode::Write];

    fn count(&mut self, mode: Mode, is_in: bool) {
        for (known, count) in Self::MODES.iter().zip(&mut self.0) {
            if *known == mode {
                *count = if is_in { count.saturating_add(1) } else { count.saturating_sub(1) };
            }
        }
    }

    fn conflicts(self, mode: Mode) -> bool {
        Self::MODES.iter().zip(self.0).any(|(known, count)| count > 0 && known.conflicts(mode))
    }
}

/// Whether two transactions must stay in their order.
fn conflict(one: &Entry, other: &Entry) -> bool {
    let meets = |a: &Touch, b: &Touch| a.row == b.row && a.mode.conflicts(b.mode);
    let (one, other) = (&one.touches, &other.touches);
    one.is_exclusive
        || other.is_exclusive
        || one.rows.iter().any(|a| other.rows.iter().any(|b| meets(a, b)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pool::tests::entries::{touching, writing};

    fn order(entries: &[Arc<Entry>]) -> Vec<u64> {
        entries.iter().map(|entry| entry.since.1).collect()
    }

    #[test]
    fn those_who_conflict_are_kept_apart_by_those_who_do_not() {
        // Ten on one row, then forty on rows of their own.
        let rows = (0..10).map(|_| 7).chain(100..140);
        let entries: Vec<_> = (0..).zip(rows).map(|(n, row)| writing(n, row)).collect();
        let spread = spread(entries);
        let hot: Vec<usize> = spread
            .iter()
            .enumerate()
            .filter(|(_, one)| one.since.1 < 10)
            .map(|(at, _)| at)
            .collect();
        assert!(hot.windows(2).all(|pair| pair[1] - pair[0] > GAP), "{hot:?}");
    }

    #[test]
    fn those_who_conflict_with_nobody_stay_where_they_are() {
        let entries: Vec<_> = (0..50).map(|n| writing(n, n)).collect();
        assert_eq!(order(&spread(entries)), (0..50).collect::<Vec<_>>());
        let same = |n| touching(n, &[(1, Mode::Add), (2, Mode::Read)], false);
        assert_eq!(order(&spread((0..50).map(same).collect())), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn where_there_is_nobody_to_put_between_nobody_waits() {
        let entries: Vec<_> = (0..200).map(|n| writing(n, 1)).collect();
        assert_eq!(order(&spread(entries)), (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_passes_one_that_runs_alone() {
        let entries = vec![
            writing(0, 1),
            writing(1, 1),
            touching(2, &[], true),
            writing(3, 2),
            writing(4, 3),
        ];
        assert_eq!(order(&spread(entries)), [0, 1, 2, 3, 4]);
    }

    proptest! {
        /// Q14: all are there, and those that conflict are in their order.
        #[test]
        fn spreading_keeps_everybody_and_the_order_of_conflicts(
            rows in prop::collection::vec(
                (prop::collection::vec((0_u64..6, 0_usize..4), 0..4), prop::bool::weighted(0.05)),
                0..120,
            )
        ) {
            let modes = [Mode::Read, Mode::Add, Mode::Bounded, Mode::Write];
            let make = |(number, (rows, alone)): (u64, (Vec<(u64, usize)>, bool))| {
                let rows: Vec<_> = rows.into_iter().map(|(row, mode)| (row, modes[mode])).collect();
                touching(number, &rows, alone)
            };
            let entries: Vec<_> = (0..).zip(rows).map(make).collect();
            let spread_out = spread(entries.clone());
            prop_assert_eq!(order(&spread_out), order(&spread(entries.clone())));
            let mut all = order(&spread_out);
            all.sort_unstable();
            prop_assert_eq!(all, order(&entries));
            for (at, one) in spread_out.iter().enumerate() {
                for later in &spread_out[at + 1..] {
                    prop_assert!(one.since.1 < later.since.1 || !conflict(one, later));
                }
            }
        }
    }
}
