//! Apply a few hundred changes to a subtree on one worker.
//!
//! In three passes: *plan* walks the old nodes, makes the new buckets and tells a [`Batch`] what to
//! hash; the batch runs; *finish* makes the new pages, now that all hashes are known.

use std::sync::Arc;

use althing_primitives::Hash256;
use althing_primitives::blake3_256;
use althing_primitives::state_proof::{EMPTY_HASH, LANES, leaf_hashes, node_input};

use super::batch::{Batch, Spot};
use super::changes::{Changes, Effect, Entry, NewValue};
use super::page::{
    BUCKET_ROWS_MAX, FAN, Link, Node, PAGE_BITS, Page, Prefix, Row, Shape, digit, digit_of_prefix,
    is_within_prefix, prefix_of, split_rows,
};

/// A subtree before an update.
#[derive(Clone, Copy)]
pub(super) enum Source<'t> {
    /// A subtree of its own, which is kept if nothing in it changes.
    Link(&'t Link),
    /// A part of a bucket that grows out of being one.
    Rows(&'t [Row]),
}

/// A subtree after an update.
#[derive(Default)]
enum Draft<'t> {
    #[default]
    Empty,
    Keep(&'t Link),
    Bucket(Arc<[Row]>, Spot),
    /// A page whose subtrees begin here among the drafts.
    Page(usize, Spot),
}

/// A change with its leaf hashed, if it has a value.
struct Change<'a> {
    path: Hash256,
    leaf_hash: Hash256,
    value: Option<NewValue<'a>>,
    effect: Effect,
}

/// Memory that one update after the other uses.
pub(super) struct Workspace<'t, 'a> {
    batch: Batch,
    changes: Vec<Change<'a>>,
    /// The bucket being made.
    rows: Vec<Row>,
    drafts: Vec<Draft<'t>>,
}

impl<'t> Source<'t> {
    /// The rows, if they fit into one bucket.
    fn rows(self) -> Option<&'t [Row]> {
        match self {
            Self::Link(Link { node: Node::Empty, .. }) => Some(&[]),
            Self::Link(Link { node: Node::Bucket(rows), .. }) => Some(rows),
            Self::Link(Link { node: Node::Page(_), .. }) => None,
            Self::Rows(rows) => Some(rows),
        }
    }

    /// The subtrees of a page in this place.
    pub(super) fn split(self, depth: u16) -> [Self; FAN] {
        match self {
            Self::Link(Link { node: Node::Page(page), .. }) => {
                page.children.each_ref().map(Self::Link)
            }
            Self::Link(_) | Self::Rows(_) => {
                split_rows(self.rows().unwrap_or(&[]), depth).map(Self::Rows)
            }
        }
    }
}

impl<'t, 'a> Workspace<'t, 'a> {
    pub(super) fn new() -> Self {
        Self { batch: Batch::new(), changes: Vec::new(), rows: Vec::new(), drafts: Vec::new() }
    }

    /// The subtree after these changes, and into `entries` what they did.
    pub(super) fn update<C: Changes + ?Sized>(
        &mut self,
        source: Source<'t>,
        depth: u16,
        list: &'a C,
        entries: &mut [Entry],
    ) -> Link {
        self.load(list, entries);
        self.batch.clear();
        self.drafts.clear();
        let mut changes = core::mem::take(&mut self.changes);
        let (draft, _) = self.plan(source, depth, &mut changes);
        for (entry, change) in entries.iter_mut().zip(&changes) {
            entry.effect = change.effect;
        }
        self.changes = changes;
        self.batch.run();
        self.finish(draft)
    }

    /// Fetch the changes and hash their leaves.
    fn load<C: Changes + ?Sized>(&mut self, list: &'a C, entries: &[Entry]) {
        self.changes.clear();
        self.changes.extend(entries.iter().filter_map(|entry| {
            let (path, value) = list.change(entry.at())?;
            Some(Change { path: *path, leaf_hash: EMPTY_HASH, value, effect: Effect::None })
        }));
        let mut inputs = Vec::with_capacity(LANES);
        for changes in self.changes.chunks_mut(LANES) {
            let value_hash = |change: &Change<'_>| {
                change.value.map_or(EMPTY_HASH, |value| blake3_256(value.bytes()))
            };
            inputs.clear();
            inputs.extend(changes.iter().map(|one| node_input(&one.path, &value_hash(one))));
            for (change, hash) in changes.iter_mut().zip(leaf_hashes(&inputs)) {
                change.leaf_hash = hash;
            }
        }
    }

    fn plan(
        &mut self,
        source: Source<'t>,
        depth: u16,
        changes: &mut [Change<'_>],
    ) -> (Draft<'t>, Spot) {
        if changes.is_empty() {
            return match source {
                Source::Link(link) => self.keep(link),
                Source::Rows(rows) => {
                    self.rows.extend_from_slice(rows);
                    self.bucket(depth)
                }
            };
        }
        if let Some(rows) = source.rows()
            && may_fit(rows, changes)
        {
            let is_changed = merge(rows, changes, &mut self.rows);
            if let (false, Source::Link(link)) = (is_changed, source) {
                self.rows.clear();
                return self.keep(link);
            }
            if self.rows.len() <= BUCKET_ROWS_MAX {
                return self.bucket(depth);
            }
            self.rows.clear();
        }
        self.plan_page(source, depth, changes)
    }

    fn plan_page(
        &mut self,
        source: Source<'t>,
        depth: u16,
        changes: &mut [Change<'_>],
    ) -> (Draft<'t>, Spot) {
        let mut sources = source.split(depth).into_iter();
        let mut parts = split_changes(changes, depth);
        fetch_counts(sources.as_slice(), &parts);
        let below = depth.saturating_add(PAGE_BITS);
        let mut spots = [Spot::EMPTY; FAN];
        let mut parts = parts.iter_mut();
        let children = spots.each_mut().map(|spot| {
            let (Some(source), Some(part)) = (sources.next(), parts.next()) else {
                return Draft::Empty;
            };
            let (draft, its_spot) = self.plan(source, below, part);
            *spot = its_spot;
            draft
        });
        if let Source::Link(link @ Link { node: Node::Page(_), .. }) = source
            && children.iter().all(|child| matches!(child, Draft::Keep(_)))
        {
            return self.keep(link);
        }
        // A page that has lost its rows becomes a bucket again.
        if rows_of(&children).is_some_and(|count| count <= BUCKET_ROWS_MAX) {
            for child in &children {
                self.rows.extend_from_slice(child.rows().unwrap_or(&[]));
            }
            return self.bucket(depth);
        }
        let spot = self.batch.page(&spots);
        let first = self.drafts.len();
        self.drafts.extend(children);
        (Draft::Page(first, spot), spot)
    }

    fn keep(&mut self, link: &'t Link) -> (Draft<'t>, Spot) {
        (Draft::Keep(link), self.batch.known(&link.hash, link.shape()))
    }

    /// A bucket of the rows gathered.
    fn bucket(&mut self, depth: u16) -> (Draft<'t>, Spot) {
        let spot = self.batch.rows(&self.rows, depth);
        if spot.shape == Shape::Empty {
            return (Draft::Empty, spot);
        }
        (Draft::Bucket(self.rows.drain(..).collect(), spot), spot)
    }

    fn finish(&mut self, draft: Draft<'t>) -> Link {
        match draft {
            Draft::Empty => Link::default(),
            Draft::Keep(link) => link.clone(),
            Draft::Bucket(rows, spot) => {
                Link { hash: self.batch.hash(spot), node: Node::Bucket(rows) }
            }
            Draft::Page(first, spot) => {
                let children = core::array::from_fn(|digit| {
                    let child = self.drafts.get_mut(first.saturating_add(digit));
                    let child = child.map_or(Draft::Empty, core::mem::take);
                    self.finish(child)
                });
                let page = Node::Page(Arc::new(Page { children }));
                Link { hash: self.batch.hash(spot), node: page }
            }
        }
    }
}

impl Draft<'_> {
    /// The rows, unless there is a page.
    fn rows(&self) -> Option<&[Row]> {
        match self {
            Self::Empty => Some(&[]),
            Self::Keep(link) => Source::Link(link).rows(),
            Self::Bucket(rows, _) => Some(rows),
            Self::Page(..) => None,
        }
    }
}

/// How many rows there are, unless there is a page among the drafts.
fn rows_of(drafts: &[Draft<'_>]) -> Option<usize> {
    drafts.iter().try_fold(0_usize, |sum, draft| Some(sum.saturating_add(draft.rows()?.len())))
}

/// A page over these subtrees, or a bucket if they are few rows.
pub(super) fn page_of(children: [Link; FAN], depth: u16) -> Link {
    let mut batch = Batch::new();
    let drafts = children.each_ref().map(Draft::Keep);
    if rows_of(&drafts).is_some_and(|count| count <= BUCKET_ROWS_MAX) {
        let rows: Vec<Row> =
            drafts.iter().flat_map(|draft| draft.rows().unwrap_or(&[])).cloned().collect();
        let spot = batch.rows(&rows, depth);
        batch.run();
        let node = if rows.is_empty() { Node::Empty } else { Node::Bucket(rows.into()) };
        return Link { hash: batch.hash(spot), node };
    }
    let spots = children.each_ref().map(|child| batch.known(&child.hash, child.shape()));
    let spot = batch.page(&spots);
    batch.run();
    Link { hash: batch.hash(spot), node: Node::Page(Arc::new(Page { children })) }
}

/// Whether one bucket may be enough. Never wrong if it says no.
fn may_fit(rows: &[Row], changes: &[Change<'_>]) -> bool {
    let most = rows.len().saturating_add(changes.len());
    let mut values = changes.iter().filter(|change| change.value.is_some());
    most <= BUCKET_ROWS_MAX || values.nth(BUCKET_ROWS_MAX).is_none()
}

/// The rows after the changes into `out`, and whether they differ from those before.
fn merge(rows: &[Row], changes: &mut [Change<'_>], out: &mut Vec<Row>) -> bool {
    let mut rows = rows.iter().peekable();
    let mut is_changed = false;
    for change in changes {
        let prefix = prefix_of(&change.path);
        while let Some(row) = rows.next_if(|row| row.order(prefix, &change.path).is_lt()) {
            out.push(row.clone());
        }
        let old = rows.next_if(|row| row.order(prefix, &change.path).is_eq());
        match (old, change.value) {
            (Some(old), Some(_)) if old.hash == change.leaf_hash => out.push(old.clone()),
            (old, Some(value)) => {
                is_changed = true;
                change.effect = if old.is_none() { Effect::Inserted } else { Effect::None };
                out.push(Row::new(change.path, change.leaf_hash, value.to_row()));
            }
            (Some(_), None) => {
                is_changed = true;
                change.effect = Effect::Deleted;
            }
            (None, None) => {}
        }
    }
    out.extend(rows.cloned());
    is_changed
}

/// The changes of each subtree of a page at `depth`.
fn split_changes<'c, 'a>(
    mut changes: &'c mut [Change<'a>],
    depth: u16,
) -> [&'c mut [Change<'a>]; FAN] {
    core::array::from_fn(|wanted| {
        let count = changes.partition_point(|change| digit(&change.path, depth) <= wanted);
        let (these, rest) = core::mem::take(&mut changes).split_at_mut(count);
        changes = rest;
        these
    })
}

/// Read the counts of sharers that `finish` will raise. They lie apart in memory; reading them at
/// once takes little longer than one of them, while raising one after the other waits for each.
fn fetch_counts(sources: &[Source<'_>], parts: &[&mut [Change<'_>]]) {
    let mut counts = 0;
    for (source, part) in sources.iter().zip(parts) {
        if let (Source::Link(link), true) = (source, part.is_empty()) {
            counts ^= match &link.node {
                Node::Empty => 0,
                Node::Bucket(rows) => Arc::strong_count(rows),
                Node::Page(page) => Arc::strong_count(page),
            };
        }
    }
    core::hint::black_box(counts);
}

/// Read the old nodes that changes will meet, for all changes at once and for the same reason.
pub(super) fn fetch_nodes(root: Source<'_>, depth: u16, entries: &[Entry]) {
    let Source::Link(root) = root else { return };
    let mut cursors: Vec<(&Link, Prefix)> =
        entries.iter().map(|entry| (root, entry.prefix())).collect();
    let mut depth = depth;
    let mut seen = 0;
    while !cursors.is_empty() && is_within_prefix(depth) {
        cursors.retain_mut(|(link, prefix)| match &link.node {
            Node::Empty => false,
            Node::Bucket(rows) => {
                seen ^= rows.iter().fold(0, |seen, row| seen ^ Arc::strong_count(&row.content));
                false
            }
            Node::Page(page) => {
                let Some(next) = page.children.get(digit_of_prefix(*prefix, depth)) else {
                    return false;
                };
                *link = next;
                true
            }
        });
        depth = depth.saturating_add(PAGE_BITS);
    }
    core::hint::black_box(seen);
}
