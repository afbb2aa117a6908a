//! Pages: the rows of the state, grouped by ranges of the hash of their keys (S13 to S15).
//!
//! One page begins as the whole range. A page that outgrows [`PAGE_BYTES`] becomes two, each with
//! half of its range, so pages grow in number with the state and not in size. The hash is the row's
//! path in the state tree, so that nobody can choose keys that crowd one page, and so that pages
//! read one after the other give the rows in the tree's own order.

use std::collections::BTreeMap;
use std::thread;

use althing_primitives::{BlockNumber, Hash256, state_proof::path_of};
use parity_scale_codec::{Decode, Encode};

use super::{
    Change, Engine, Page, Row, Rows, StoreError,
    record::{self, Record},
    rows::{self, Whole},
};

/// A page with more bytes than this is split.
pub(crate) const PAGE_BYTES: usize = 64 * 1024;

/// No page covers less than 2^64 / 2^48 of the range: rows too large for a page are left whole.
const HALVINGS_MAX: u8 = 48;

/// Threads that read pages at most: more are no faster than the disk.
const READERS_MAX: usize = 8;

/// The last change of each row, in the order of paths.
pub(crate) type Merged = BTreeMap<Hash256, Change>;

/// How far changes are folded, and into which pages.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub(crate) struct Folded {
    /// Every page holds at least the changes up to here, and only later changes are kept.
    pub(crate) base: BlockNumber,
    /// Some pages may hold the changes up to here: a round of folding is under way if above base.
    pub(crate) target: BlockNumber,
    /// Where each page begins, and how often the whole range was halved to get it. Empty, or
    /// covering the whole range.
    pub(crate) pages: BTreeMap<u64, u8>,
}

impl Folded {
    /// The page that a path belongs to: where it begins and how often it was halved.
    pub(crate) fn page_of(&self, path: &Hash256) -> (u64, u8) {
        let page = self.pages.range(..=place_of(path)).next_back();
        page.map_or((0, 0), |(start, halvings)| (*start, *halvings))
    }
}

/// The last hash of a page.
pub(crate) fn page_end(start: u64, halvings: u8) -> u64 {
    start | u64::MAX.checked_shr(u32::from(halvings)).unwrap_or(0)
}

/// Where a path lies in the range.
pub(crate) fn place_of(path: &Hash256) -> u64 {
    path.0.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// A row with its path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PathRow<'a> {
    pub(crate) path: Hash256,
    pub(crate) key: &'a [u8],
    pub(crate) value: &'a [u8],
}

impl PathRow<'_> {
    fn bytes(&self) -> usize {
        rows::size_of::<Whole>(self.key, self.value)
    }
}

/// Rows of one page and the number of parts they lie in; none when there are no pages yet.
pub(crate) fn read_page(
    engine: &impl Engine,
    folded: &Folded,
    start: u64,
) -> Result<(Page, u32), StoreError> {
    let Some(halvings) = folded.pages.get(&start) else {
        return Ok((Page::default(), 0));
    };
    let record = Record::Page(start);
    let found = record::require::<Rows>(engine, record)?;
    let rows = found.value;
    let paths: Vec<Hash256> = rows.iter().map(|(key, _)| path_of(key)).collect();
    let range = start..=page_end(start, *halvings);
    let is_in_place = paths.is_sorted_by(|one, next| one < next)
        && [paths.first(), paths.last()]
            .into_iter()
            .flatten()
            .all(|path| range.contains(&place_of(path)));
    if is_in_place {
        Ok((Page { paths, rows }, found.parts))
    } else {
        let source = "rows are not in the order of their paths".into();
        Err(StoreError::Malformed { record, source })
    }
}

/// All pages in order, read by several threads.
pub(crate) fn read_all(engine: &impl Engine, folded: &Folded) -> Result<Vec<Page>, StoreError> {
    let starts: Vec<u64> = folded.pages.keys().copied().collect();
    let read = |start: &u64| read_page(engine, folded, *start).map(|(page, _)| page);
    spread(&starts, read).into_iter().collect()
}

/// Do something with every item, on several threads; results come in the order of items.
fn spread<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(READERS_MAX));
    let share = items.len().div_ceil(threads).max(1);
    let work = &work;
    if items.len() < 64 {
        return items.iter().map(work).collect();
    }
    thread::scope(|scope| {
        let threads: Vec<_> = items
            .chunks(share)
            .map(|items| scope.spawn(move || items.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let done = threads.into_iter().map(|thread| match thread.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.flatten().collect()
    })
}

/// The rows of a page with their paths.
pub(crate) fn with_paths(page: &Page) -> Vec<PathRow<'_>> {
    let row = |(path, (key, value)): (&Hash256, _)| PathRow { path: *path, key, value };
    page.paths.iter().zip(page.rows.iter()).map(row).collect()
}

/// Rows in no order, brought into that of paths; of several with one key the last counts.
pub(crate) fn sorted(rows: &[Row]) -> Vec<PathRow<'_>> {
    let mut sorted = spread(rows, |row| path_of(&row.0))
        .into_iter()
        .zip(rows)
        .map(|(path, (key, value))| PathRow { path, key, value })
        .collect::<Vec<_>>();
    // Stable: of rows with one path the last stays last.
    sorted.sort_by_key(|row| row.path);
    let mut kept: Vec<PathRow<'_>> = Vec::with_capacity(sorted.len());
    for row in sorted {
        match kept.last_mut().filter(|last| last.path == row.path) {
            Some(last) => *last = row,
            None => kept.push(row),
        }
    }
    kept
}

/// Let changes happen to rows; both are in the order of paths.
pub(crate) fn merge<'a>(
    rows: &[PathRow<'a>],
    changes: impl Iterator<Item = (&'a Hash256, &'a Change)>,
) -> Vec<PathRow<'a>> {
    let mut merged = Vec::with_capacity(rows.len());
    let mut rest = rows;
    for (path, (key, value)) in changes {
        let before = rest.partition_point(|row| row.path < *path);
        let (taken, after) = rest.split_at(before);
        merged.extend_from_slice(taken);
        let is_there = after.first().is_some_and(|row| row.path == *path);
        rest = after.get(usize::from(is_there)..).unwrap_or_default();
        merged.extend(value.as_ref().map(|value| PathRow { path: *path, key, value }));
    }
    merged.extend_from_slice(rest);
    merged
}

/// Cut rows, in the order of paths, into pages that are small enough; `each` gets them in order.
pub(crate) fn cut<'a, 'r>(
    (start, halvings): (u64, u8),
    rows: &'r [PathRow<'a>],
    mut each: impl FnMut(u64, u8, &'r [PathRow<'a>]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut open = vec![(start, halvings, rows)];
    while let Some((start, halvings, rows)) = open.pop() {
        if halvings >= HALVINGS_MAX || rows.len() < 2 || bytes(rows) <= PAGE_BYTES {
            each(start, halvings, rows)?;
            continue;
        }
        let halvings = halvings.saturating_add(1);
        let middle = page_end(start, halvings).saturating_add(1);
        let (lower, upper) =
            rows.split_at(rows.partition_point(|row| place_of(&row.path) < middle));
        // The lower half is taken first, so that pages come out in order.
        open.push((middle, halvings, upper));
        open.push((start, halvings, lower));
    }
    Ok(())
}

/// The rows as a page holds them.
pub(crate) fn flat(rows: &[PathRow<'_>]) -> Rows {
    let mut flat = Rows::with_capacity(bytes(rows));
    for row in rows {
        flat.push(row.key, row.value);
    }
    flat
}

/// How many bytes rows take.
pub(crate) fn bytes(rows: &[PathRow<'_>]) -> usize {
    rows.iter().map(PathRow::bytes).fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_all(rows: &[Row]) -> Vec<(u64, u8, Vec<Row>)> {
        let mut pages = Vec::new();
        let owned = |row: &PathRow<'_>| (row.key.to_vec(), row.value.to_vec());
        cut((0, 0), &sorted(rows), |start, halvings, rows| {
            pages.push((start, halvings, rows.iter().map(owned).collect()));
            Ok(())
        })
        .unwrap();
        pages
    }

    #[test]
    fn cutting_keeps_every_row_in_the_page_of_its_path() {
        let rows: Vec<Row> = (0..5000_u32).map(|n| (n.encode(), vec![7; 100])).collect();

        let pages = cut_all(&rows);

        assert!(pages.len() > 7, "{} pages", pages.len());
        let (mut next, mut all) = (Some(0), Vec::new());
        for (start, halvings, rows) in pages {
            assert_eq!(Some(start), next, "pages leave no gap");
            let end = page_end(start, halvings);
            assert!(rows.iter().all(|(key, _)| (start..=end).contains(&place_of(&path_of(key)))));
            assert!(bytes(&sorted(&rows)) <= PAGE_BYTES);
            all.extend(rows);
            next = end.checked_add(1);
        }
        assert_eq!(next, None, "the last page ends the range");
        assert!(all.is_sorted_by_key(|(key, _)| path_of(key)));
        all.sort();
        let mut rows = rows;
        rows.sort();
        assert_eq!(all, rows);
    }

    #[test]
    fn a_row_larger_than_a_page_is_left_whole() {
        let rows = [(vec![1], vec![0; 3 * PAGE_BYTES]), (vec![2], vec![0; 10])];

        let all: Vec<Row> = cut_all(&rows).into_iter().flat_map(|(_, _, rows)| rows).collect();

        assert_eq!(all.len(), 2);
        assert!(rows.iter().all(|row| all.contains(row)));
    }

    #[test]
    fn of_several_rows_with_one_key_the_last_counts() {
        let rows = [(vec![1], vec![1]), (vec![2], vec![2]), (vec![1], vec![3])];
        let sorted = sorted(&rows);
        assert_eq!(sorted.len(), 2);
        assert!(sorted.iter().any(|row| (row.key, row.value) == (&[1], &[3])));
    }
}
