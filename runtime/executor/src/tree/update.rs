//! Apply sorted changes to the tree on all workers.

use super::changes::{Changes, Entry, split_entries};
use super::group::{Source, Workspace, fetch_nodes, page_of};
use super::page::{FAN, Link, PAGE_BITS, is_within_prefix};

/// How work is cut into pieces. No result depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grains {
    /// Changes that are planned and hashed together: enough to fill the lanes on most levels, few
    /// enough to stay in a core's cache.
    pub(super) group: usize,
    /// Changes from which on a subtree is handed out to other workers.
    pub(super) job: usize,
}

impl Grains {
    /// For so many changes: jobs of some hundred microseconds, and enough of them for all workers.
    pub(super) fn of(changes: usize) -> Self {
        Self { group: 256, job: (changes / 32).max(512) }
    }
}

/// One subtree of a page being updated.
struct Piece<'t, 'e> {
    source: Source<'t>,
    entries: &'e mut [Entry],
    after: Link,
}

/// The subtree after the changes in `entries`, which agree on the first `depth` bits.
pub(super) fn update<'t, 'a, C: Changes + ?Sized>(
    source: Source<'t>,
    depth: u16,
    (list, entries): (&'a C, &mut [Entry]),
    grains: Grains,
    workspace: &mut Workspace<'t, 'a>,
) -> Link {
    if let (Source::Link(link), true) = (source, entries.is_empty()) {
        return link.clone();
    }
    if entries.len() <= grains.group || !is_within_prefix(depth) {
        fetch_nodes(source, depth, entries);
        return workspace.update(source, depth, list, entries);
    }
    let is_job = entries.len() >= grains.job;
    let mut sources = source.split(depth).into_iter();
    let mut pieces = split_entries::<FAN>(entries, depth).map(|entries| Piece {
        source: sources.next().unwrap_or(Source::Rows(&[])),
        entries,
        after: Link::default(),
    });
    let below = depth.saturating_add(PAGE_BITS);
    if is_job {
        in_parallel(&mut pieces, below, list, grains);
    } else {
        for piece in &mut pieces {
            let changes = (list, &mut *piece.entries);
            piece.after = update(piece.source, below, changes, grains, workspace);
        }
    }
    page_of(pieces.map(|piece| piece.after), depth)
}

fn in_parallel<C: Changes + ?Sized>(
    pieces: &mut [Piece<'_, '_>],
    depth: u16,
    list: &C,
    grains: Grains,
) {
    match pieces {
        [] => {}
        [piece] => {
            let changes = (list, &mut *piece.entries);
            piece.after = update(piece.source, depth, changes, grains, &mut Workspace::new());
        }
        _ => {
            let (left, right) = pieces.split_at_mut(pieces.len() / 2);
            rayon::join(
                || in_parallel(left, depth, list, grains),
                || in_parallel(right, depth, list, grains),
            );
        }
    }
}
