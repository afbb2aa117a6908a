//! Move changes of old blocks into pages, a bounded number of bytes at a time (S16 to S18).
//!
//! Folding goes in *rounds* (as many blocks as fit [`Limits::round_bytes`]) of *steps* (as many
//! pages as fit [`Limits::step_bytes`]; one batch each). Between steps some pages hold the changes up to the round's
//! target and some do not. That is harmless: changes are absolute and stay until the round's last
//! step, so applying them again gives the state at the target whichever pages had them already.

use std::collections::BTreeMap;

use althing_primitives::BlockNumber;

use super::{
    Change, Engine, StoreError,
    pages::{self, Folded},
    record::{self, Record},
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

/// The last change of each row, by the hash of its key.
pub(crate) type Merged = BTreeMap<(u64, Vec<u8>), Option<Vec<u8>>>;

/// Changes of some blocks, read to be folded.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) target: BlockNumber,
    pub(crate) merged: Merged,
    /// Blocks whose changes are dropped at the end, with the number of parts those lie in.
    pub(crate) spent: Vec<(BlockNumber, u32)>,
}

/// Add changes to those merged so far; returns how many bytes they have.
pub(crate) fn merge(merged: &mut Merged, changes: impl IntoIterator<Item = Change>) -> usize {
    let mut bytes: usize = 0;
    for (key, value) in changes {
        let size = key.len().saturating_add(value.as_ref().map_or(0, Vec::len));
        bytes = bytes.saturating_add(size);
        merged.insert((pages::hash_of_key(&key), key), value);
    }
    bytes
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
    let mut round = Round { target: folded.base, ..Round::default() };
    let mut bytes: usize = 0;
    for number in folded.base.saturating_add(1)..=last {
        let found = record::require::<Vec<Change>>(engine, Record::Changes(number))?;
        bytes = bytes.saturating_add(merge(&mut round.merged, found.value));
        round.spent.push((number, found.parts));
        round.target = number;
        if bytes >= limits.round_bytes && !resumed {
            break;
        }
    }
    Ok(round)
}

/// One batch of a round: what to write, and what the directory is once it is written.
#[derive(Debug)]
pub(crate) struct Step<B> {
    pub(crate) batch: B,
    pub(crate) folded: Folded,
    pub(crate) is_last: bool,
}

/// Prepare the next step, taking what it folds out of `round`.
pub(crate) fn next_step<E: Engine>(
    engine: &E,
    folded: &Folded,
    round: &mut Round,
    limits: Limits,
) -> Result<Step<E::Batch>, StoreError> {
    let mut batch = E::Batch::default();
    let mut next = Folded { target: round.target, ..folded.clone() };
    let mut bytes: usize = 0;
    while bytes < limits.step_bytes
        && let Some(((hash, _), _)) = round.merged.first_key_value()
    {
        let (start, halvings) = folded.page_of(*hash);
        let (mut rows, parts) = pages::read_page(engine, folded, start)?;
        let end = pages::page_end(start, halvings);
        while let Some(entry) = round.merged.first_entry().filter(|entry| entry.key().0 <= end) {
            let ((_, key), value) = entry.remove_entry();
            pages::apply(&mut rows, (key, value));
        }
        let mut stale = parts;
        for (start, halvings, rows) in pages::split(start, halvings, rows) {
            bytes = bytes.saturating_add(pages::bytes(&rows));
            let written = record::put(&mut batch, Record::Page(start), &rows);
            // The first of the pages lies where the old one was; the others are new.
            record::delete(&mut batch, Record::Page(start), written, stale);
            stale = 0;
            next.pages.insert(start, halvings);
        }
    }

    let is_last = round.merged.is_empty();
    if is_last {
        next.base = round.target;
        for (number, parts) in &round.spent {
            record::delete(&mut batch, Record::Changes(*number), 0, *parts);
        }
    }
    record::put(&mut batch, Record::Folded, &next);
    Ok(Step { batch, folded: next, is_last })
}
