//! Pages: the rows of the state, grouped by ranges of the hash of their keys (S13 to S15).
//!
//! One page begins as the whole range. A page that outgrows [`PAGE_BYTES`] becomes two, each with
//! half of its range, so pages grow in number with the state and not in size. The hash is BLAKE3,
//! so that nobody can choose keys that crowd one page.

use std::collections::BTreeMap;

use althing_primitives::{BlockNumber, blake3_256};
use parity_scale_codec::{Decode, Encode};

use super::{
    Change, Engine, Row, StoreError,
    record::{self, Record},
};

/// A page with more bytes than this is split.
pub(crate) const PAGE_BYTES: usize = 64 * 1024;

/// No page covers less than 2^64 / 2^48 of the range: rows too large for a page are left whole.
const HALVINGS_MAX: u8 = 48;

/// The rows of a page.
pub(crate) type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

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
    /// The page that a key hash belongs to: where it begins and how often it was halved.
    pub(crate) fn page_of(&self, hash: u64) -> (u64, u8) {
        let page = self.pages.range(..=hash).next_back();
        page.map_or((0, 0), |(start, halvings)| (*start, *halvings))
    }
}

/// The last hash of a page.
pub(crate) fn page_end(start: u64, halvings: u8) -> u64 {
    start | u64::MAX.checked_shr(u32::from(halvings)).unwrap_or(0)
}

/// Where a key lies in the range.
pub(crate) fn hash_of_key(key: &[u8]) -> u64 {
    let hash = blake3_256(key);
    hash.0.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// Rows of one page and the number of parts they lie in; none when there are no pages yet.
pub(crate) fn read_page(
    engine: &impl Engine,
    folded: &Folded,
    start: u64,
) -> Result<(Rows, u32), StoreError> {
    if folded.pages.is_empty() {
        return Ok((Rows::new(), 0));
    }
    let found = record::require::<Rows>(engine, Record::Page(start))?;
    Ok((found.value, found.parts))
}

/// All rows of all pages.
pub(crate) fn read_all(engine: &impl Engine, folded: &Folded) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for start in folded.pages.keys() {
        rows.extend(record::require::<Vec<Row>>(engine, Record::Page(*start))?.value);
    }
    Ok(rows)
}

/// Let a change happen to the rows of a page.
pub(crate) fn apply(rows: &mut Rows, (key, value): Change) {
    match value {
        Some(value) => rows.insert(key, value),
        None => rows.remove(&key),
    };
}

/// Cut a page into pages that are small enough, in order.
pub(crate) fn split(start: u64, halvings: u8, rows: Rows) -> Vec<(u64, u8, Rows)> {
    let mut done = Vec::new();
    let mut open = vec![(start, halvings, rows)];
    while let Some((start, halvings, mut rows)) = open.pop() {
        if halvings >= HALVINGS_MAX || rows.len() < 2 || bytes(&rows) <= PAGE_BYTES {
            done.push((start, halvings, rows));
            continue;
        }
        let halvings = halvings.saturating_add(1);
        let middle = page_end(start, halvings).saturating_add(1);
        let mut upper = Rows::new();
        rows.retain(|key, value| {
            let stays = hash_of_key(key) < middle;
            if !stays {
                upper.insert(key.clone(), std::mem::take(value));
            }
            stays
        });
        // The lower half is taken first, so that pages come out in order.
        open.push((middle, halvings, upper));
        open.push((start, halvings, rows));
    }
    done
}

/// About how many bytes rows take.
pub(crate) fn bytes(rows: &Rows) -> usize {
    let row = |(key, value): (&Vec<u8>, &Vec<u8>)| key.len().saturating_add(value.len());
    rows.iter().map(row).fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting_keeps_every_row_in_the_page_of_its_hash() {
        let rows: Rows = (0..5000_u32).map(|n| (n.encode(), vec![7; 100])).collect();

        let pages = split(0, 0, rows.clone());

        assert!(pages.len() > 7, "{} pages", pages.len());
        let mut next = Some(0);
        let mut all = Rows::new();
        for (start, halvings, rows) in pages {
            assert_eq!(Some(start), next, "pages leave no gap");
            let end = page_end(start, halvings);
            assert!(rows.keys().all(|key| (start..=end).contains(&hash_of_key(key))));
            assert!(bytes(&rows) <= PAGE_BYTES);
            all.extend(rows);
            next = end.checked_add(1);
        }
        assert_eq!(next, None, "the last page ends the range");
        assert_eq!(all, rows);
    }

    #[test]
    fn a_row_larger_than_a_page_is_left_whole() {
        let rows = Rows::from([(vec![1], vec![0; 3 * PAGE_BYTES]), (vec![2], vec![0; 10])]);

        let pages = split(0, 0, rows.clone());

        let all: Rows = pages.into_iter().flat_map(|(_, _, rows)| rows).collect();
        assert_eq!(all, rows);
    }
}
