//! An allocator that knows how many bytes the current thread holds, and held at most.

#![allow(unsafe_code, reason = "an allocator is unsafe to implement, and nothing else counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Note that `taken` bytes are held beside the live ones, and that `kept` of them stay.
fn note(taken: usize, kept: isize) {
    // A thread that is being torn down has no counters any more, and nobody who reads them.
    let _ = LIVE.try_with(|live| {
        let before = live.get();
        live.set(before.saturating_add(kept));
        let most = before.saturating_add(isize::try_from(taken).unwrap_or(isize::MAX));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(most)));
    });
}

fn signed(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX)
}

// SAFETY: every method passes its arguments to the system's allocator unchanged and gives back
// what that one gives; counting touches two plain cells and does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), signed(layout.size()));
        // SAFETY: the caller keeps the contract of `alloc`, which is that of the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), signed(layout.size()));
        // SAFETY: the caller keeps the contract of `alloc_zeroed`, which is that of the system's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(0, -signed(layout.size()));
        // SAFETY: `block` came from the system's allocator with this layout, as all blocks here do.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new block may stand side by side for a moment.
        note(size, signed(size) - signed(layout.size()));
        // SAFETY: `block` came from the system's allocator with this layout, as all blocks here do.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// What `work` gives, and how many bytes it held at most at one moment, on this thread.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.get();
    PEAK.set(before);
    let result = work();
    (result, usize::try_from(PEAK.get() - before).unwrap_or(0))
}

#[test]
fn the_most_bytes_held_at_once_are_counted() {
    let ((), peak) = counted(|| {
        drop(std::hint::black_box(vec![1_u8; 70_000]));
        drop(std::hint::black_box(vec![1_u8; 100_000]));
    });
    assert_eq!(peak, 100_000);
    let (kept, peak) = counted(|| std::hint::black_box(Vec::<u8>::with_capacity(5_000)));
    assert_eq!((kept.capacity(), peak), (5_000, 5_000));
}
