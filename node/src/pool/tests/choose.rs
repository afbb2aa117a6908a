//! What fits into a block.

use std::sync::Arc;

use althing_frame::{CallClass, Mode};
use althing_primitives::Weight;
use proptest::prelude::*;

use super::entries::{Draft, WEIGHT, touching, writing};
use crate::pool::choose::{Chooser, Fit, Room};
use crate::pool::entry::Entry;
use crate::pool::touches::{Touch, Touches};

/// Room for forty entries, thirty of them normal, ten in a chain.
fn room() -> Room {
    let whole = Weight { ref_time: 4_000, proof_size: 10 };
    Room::new((whole, 1_000_000), (Weight { ref_time: 3_000, ..whole }, 1_000_000), u64::MAX)
}

fn take(entries: &[Arc<Entry>]) -> Vec<Fit> {
    let mut chooser = Chooser::new(room());
    entries.iter().map(|entry| chooser.offer(entry)).collect()
}

fn taken(entries: &[Arc<Entry>]) -> usize {
    take(entries).iter().filter(|fit| **fit == Fit::Taken).count()
}

fn operational(number: u64, row: u64) -> Arc<Entry> {
    let rows = [Touch { row, mode: Mode::Write }].into();
    let touches = Touches { rows, is_exclusive: false };
    Draft { class: CallClass::Operational, touches, ..Draft::new(number, 0, number) }.finish()
}

#[test]
fn one_row_takes_its_share_of_a_block_and_others_take_the_rest() {
    let hot = (0..100).map(|n| writing(n, 7));
    let other = (100..200).map(|n| writing(n, n));
    let entries: Vec<_> = hot.chain(other).collect();
    let fits = take(&entries);
    let of = |fit| fits.iter().filter(|one| **one == fit).count();
    assert_eq!(fits[..100].iter().filter(|one| **one == Fit::Taken).count(), 10);
    assert_eq!((of(Fit::Taken), of(Fit::ChainTooLong), of(Fit::NoRoom)), (30, 90, 80));
}

#[test]
fn reads_and_additions_on_one_row_are_no_chain() {
    for mode in [Mode::Read, Mode::Add, Mode::Bounded] {
        let entries: Vec<_> = (0..30).map(|n| touching(n, &[(7, mode)], false)).collect();
        assert_eq!(taken(&entries), 30, "{mode:?}");
    }
}

#[test]
fn a_chain_over_many_rows_is_a_chain() {
    let entries: Vec<_> =
        (0..30).map(|n| touching(n, &[(n, Mode::Write), (n + 1, Mode::Write)], false)).collect();
    let refused: Vec<usize> = (0_usize..)
        .zip(take(&entries))
        .filter_map(|(at, fit)| (fit == Fit::ChainTooLong).then_some(at))
        .collect();
    assert_eq!(refused, [10, 21], "where one is left out the chain is broken");
    let two_readers_between_writers = [Mode::Write, Mode::Read, Mode::Read];
    let entries: Vec<_> = (0_u64..)
        .zip(two_readers_between_writers.into_iter().cycle())
        .map(|(n, mode)| touching(n, &[(7, mode)], false))
        .take(30)
        .collect();
    assert_eq!(taken(&entries), 25, "five writers, and every reader shares a place with others");
}

#[test]
fn governance_goes_beyond_the_longest_chain_within_its_own_share() {
    let hot = (0..30).map(|n| writing(n, 7));
    let governance = (30..60).map(|n| operational(n, 7));
    let entries: Vec<_> = hot.chain(governance).collect();
    let fits = take(&entries);
    assert_eq!(fits[..30].iter().filter(|one| **one == Fit::Taken).count(), 10);
    assert_eq!(fits[30..].iter().filter(|one| **one == Fit::Taken).count(), 10);
}

#[test]
fn what_runs_alone_is_a_part_of_every_chain() {
    let entries: Vec<_> = (0..30).map(|n| touching(n, &[], true)).collect();
    assert_eq!(taken(&entries), 10);
    let mut mixed: Vec<_> = (0..20).map(|n| writing(n, n)).collect();
    mixed.push(touching(20, &[], true));
    mixed.extend((21..40).map(|n| writing(n, n)));
    assert_eq!(taken(&mixed), 30, "before and after it others run side by side");
}

#[test]
fn what_is_longer_than_the_longest_chain_may_begin_one() {
    let room = Room { chain: 50, ..room() };
    let mut chooser = Chooser::new(room);
    assert_eq!(chooser.offer(&writing(1, 7)), Fit::Taken);
    assert_eq!(chooser.offer(&writing(2, 7)), Fit::ChainTooLong);
    assert_eq!(chooser.offer(&writing(3, 8)), Fit::Taken);
}

#[test]
fn with_less_time_everything_shrinks() {
    let whole = Weight { ref_time: 4_000, proof_size: 10 };
    let normal = Weight { ref_time: 3_000, ..whole };
    let half = Room::new((whole, 100), (normal, 75), 2_000);
    assert_eq!((half.weight.ref_time, half.normal.0.ref_time, half.chain), (2_000, 1_500, 500));
    assert_eq!((half.bytes, half.normal.1), (100, 75));
}

proptest! {
    /// Q10 and Q11, whatever is offered.
    #[test]
    fn no_block_is_over_its_limits(
        offers in prop::collection::vec(
            (prop::collection::vec((0_u64..8, 0_usize..4), 0..4), any::<bool>()), 0..80,
        )
    ) {
        let modes = [Mode::Read, Mode::Add, Mode::Bounded, Mode::Write];
        let mut chooser = Chooser::new(room());
        let mut inside: Vec<(Arc<Entry>, u64)> = Vec::new();
        for (number, (rows, is_vote)) in (0..).zip(offers) {
            let rows: Vec<_> = rows.into_iter().map(|(row, mode)| (row, modes[mode])).collect();
            let mut draft = Draft::new(number, 0, number);
            draft.touches = touching(number, &rows, false).touches.clone();
            draft.class = if is_vote { CallClass::Operational } else { CallClass::Normal };
            let entry = draft.finish();
            if chooser.offer(&entry) != Fit::Taken {
                continue;
            }
            // When it ends, the slow way.
            let start = inside.iter().filter(|(one, _)| meets(one, &entry)).map(|(_, end)| *end);
            let end = start.max().unwrap_or(0) + WEIGHT.ref_time;
            let is_first = end == WEIGHT.ref_time;
            prop_assert!(is_first || entry.is_operational || end <= room().chain);
            inside.push((entry, end));
        }
        let normal = inside.iter().filter(|(one, _)| !one.is_operational).count();
        prop_assert!(normal <= 30 && inside.len() <= 40);
    }
}

fn meets(one: &Entry, other: &Entry) -> bool {
    one.touches
        .rows
        .iter()
        .any(|a| other.touches.rows.iter().any(|b| a.row == b.row && a.mode.conflicts(b.mode)))
}
