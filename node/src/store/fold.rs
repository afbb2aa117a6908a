//! Move changes of old blocks into pages, a bounded number of bytes at a time (S16 to S18).
//!
//! Folding goes in *rounds* (as many blocks as fit [`Limits::round_bytes`]) of *steps* (as many
//! pages as fit [`Limits::step_bytes`]; one batch each). Between steps some pages hold the changes up to the round's
//! target and some do not. That is harmless: changes are absolute and stay until the round's last
//! step, so applying them again gives the state at the target whichever pages had them already.

use althing_primitives::{BlockNumber, Hash256, state_proof::path_of};

use super::{
    Change, Changes, Engine, Page, StoreError,
    pages::{self, Folded, Merged, PathRow},
    record::{self, Draft, Record},
};

/// How much is folded at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Changes merged in one round.
    pub(crate) round_bytes: usize,
    /// Pages written in one batch: few enough that a commit does not wait long for it.
    pub(crate) step_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { round_bytes: 32 * 1024 * 1024, step_bytes: 4 * 1024 * 1024 }
    }
}

/// Changes of some blocks, read to be folded.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) target: BlockNumber,
    pub(crate) merged: Merged,
    /// Where folding goes on; nothing is left to do if there is no such place.
    pub(crate) rest: Option<u64>,
    /// Blocks whose changes are dropped at the end, with the number of parts those lie in.
    pub(crate) spent: Vec<(BlockNumber, u32)>,
}

/// Read the changes of the next round.
///
/// A round that a crash cut short is taken up again with its own target: pages that hold changes
/// up to there must not be set back to an earlier height.
pub(crate) fn read_round(
    engine: &impl Engine,
    folded: &Folded,
    up_to: BlockNumber,
    limits: Limits,
) -> Result<Round, StoreError> {
    let resumed = folded.target > folded.base;
    let last = if resumed { folded.target } else { up_to };
    let mut round = Round { target: folded.base, rest: Some(0), ..Round::default() };
    let mut bytes: usize = 0;
    for number in folded.base.saturating_add(1)..=last {
        let found = record::require::<Changes>(engine, Record::Changes(number))?;
        bytes = bytes.saturating_add(found.value.bytes());
        for (key, value) in found.value.iter() {
            let change = (key.to_vec(), value.map(<[u8]>::to_vec));
            round.merged.insert(path_of(key), change);
        }
        round.spent.push((number, found.parts));
        round.target = number;
        if bytes >= limits.round_bytes && !resumed {
            break;
        }
    }
    Ok(round)
}

/// Write the pages of rows that all belong to one page now; returns how many bytes they have.
pub(crate) fn put_pages<E: Engine>(
    draft: &mut Draft<'_, E>,
    folded: &mut Folded,
    (page, mut stale): ((u64, u8), u32),
    rows: &[PathRow<'_>],
) -> Result<usize, StoreError> {
    let mut bytes: usize = 0;
    pages::cut(page, rows, |start, halvings, rows| {
        let rows = pages::flat(rows);
        bytes = bytes.saturating_add(rows.bytes());
        let written = draft.put(Record::Page(start), &rows);
        // The first of the pages lies where the old one was; the others are new.
        draft.delete(Record::Page(start), written, stale);
        stale = 0;
        folded.pages.insert(start, halvings);
        Ok(())
    })?;
    Ok(bytes)
}

/// Fill a draft with the next step, and let `round` go on after it. Returns what the directory is
/// once it is written.
pub(crate) fn next_step<E: Engine>(
    draft: &mut Draft<'_, E>,
    engine: &E,
    (folded, limits): (&Folded, Limits),
    round: &mut Round,
) -> Result<Folded, StoreError> {
    let mut next = Folded { target: round.target, ..folded.clone() };
    let mut bytes: usize = 0;
    while bytes < limits.step_bytes
        && let Some(rest) = round.rest
    {
        let Some((path, _)) = round.merged.range(first_path(rest)..).next() else {
            round.rest = None;
            break;
        };
        let (start, halvings) = folded.page_of(path);
        let (page, parts) = pages::read_page(engine, folded, start)?;
        let changes = changes_of(&round.merged, (start, halvings));
        let rows = pages::merge(&pages::with_paths(&page), changes);
        let place = ((start, halvings), parts);
        bytes = bytes.saturating_add(put_pages(draft, &mut next, place, &rows)?);
        round.rest = pages::page_end(start, halvings).checked_add(1);
    }

    if round.rest.is_none() {
        next.base = round.target;
        for (number, parts) in &round.spent {
            draft.delete(Record::Changes(*number), 0, *parts);
        }
    }
    draft.put(Record::Folded, &next);
    Ok(next)
}

/// The lowest path in the range from `place` on.
fn first_path(place: u64) -> Hash256 {
    let mut path = Hash256::default();
    if let Some(first) = path.0.first_chunk_mut() {
        *first = place.to_be_bytes();
    }
    path
}

/// The changes that belong to a page.
fn changes_of(
    merged: &Merged,
    (start, halvings): (u64, u8),
) -> impl Iterator<Item = (&Hash256, &Change)> {
    let end = pages::page_end(start, halvings);
    merged.range(first_path(start)..).take_while(move |(path, _)| pages::place_of(path) <= end)
}

/// Bring pages, of which some are at the base and some at the target, all to the target.
pub(crate) fn replay(read: Vec<Page>, folded: &Folded, round: &Round) -> Vec<Page> {
    let pages = folded.pages.iter().zip(read);
    pages
        .map(|((start, halvings), page)| {
            let changes = changes_of(&round.merged, (*start, *halvings));
            let rows = pages::merge(&pages::with_paths(&page), changes);
            let paths = rows.iter().map(|row| row.path).collect();
            Page { paths, rows: pages::flat(&rows) }
        })
        .collect()
}
