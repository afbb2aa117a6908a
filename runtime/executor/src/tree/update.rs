//! Apply a sorted batch of changes to a subtree, large halves in parallel.

use std::borrow::Cow;

use althing_primitives::Hash256;
use althing_primitives::state_proof::turns_right;
use rayon::slice::ParallelSliceMut;

use super::node::Link;

/// A row's path and the hash of its new value; `None` deletes the row.
pub type PathChange = (Hash256, Option<Hash256>);

/// The changes in ascending order of their paths, the last one of each path (T7).
pub(super) fn ordered(changes: &[PathChange]) -> Cow<'_, [PathChange]> {
    if changes.is_sorted_by(|(earlier, _), (later, _)| earlier < later) {
        return Cow::Borrowed(changes);
    }
    let mut sorted = changes.to_vec();
    // Stable, so that the last change of a path stays the last.
    sorted.par_sort_by_key(|(path, _)| *path);
    sorted.dedup_by(|later, earlier| {
        let same_path = later.0 == earlier.0;
        if same_path {
            *earlier = *later;
        }
        same_path
    });
    Cow::Owned(sorted)
}

/// `old` after `changes`, which are [`ordered`] and agree on the first `depth` bits. Batches of at
/// least `grain` changes are split between workers.
///
/// Ends at depth 256 at the latest: there, one path is left, and both the change and the leaf have
/// it.
pub(super) fn update(old: &Link, depth: u16, changes: &[PathChange], grain: usize) -> Link {
    match (changes, old) {
        ([], _) => return old.clone(),
        ([change], Link::Empty) => return row_of(change),
        ([change], Link::Leaf(leaf)) if leaf.path == change.0 => {
            let unchanged = change.1 == Some(leaf.value_hash);
            return if unchanged { old.clone() } else { row_of(change) };
        }
        (_, Link::Empty | Link::Leaf(_) | Link::Inner(_)) => {}
    }

    let middle = changes.partition_point(|(path, _)| !turns_right(path, depth));
    let (left_changes, right_changes) = changes.split_at(middle);
    let (old_left, old_right) = old.sides(depth);
    let below = depth.saturating_add(1);
    let go_left = || update(old_left, below, left_changes, grain);
    let go_right = || update(old_right, below, right_changes, grain);
    let (left, right) = if changes.len() < grain {
        (go_left(), go_right())
    } else {
        rayon::join(go_left, go_right)
    };

    // Changes that change nothing keep the old nodes, which saves their hashes and memory.
    if left.is_same(old_left) && right.is_same(old_right) {
        return old.clone();
    }
    Link::join(left, right)
}

fn row_of((path, value_hash): &PathChange) -> Link {
    value_hash.map_or(Link::Empty, |value_hash| Link::leaf(*path, value_hash))
}
