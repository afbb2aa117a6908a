//! A heap of 256 KiB that only grows.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    ptr,
};

use crate::Buffer;

const BYTES: usize = 256 * 1024;

static SPACE: Buffer<BYTES> = Buffer::new();

/// How much of the heap is given away.
struct Heap(Cell<usize>);

// SAFETY: a module has one thread; the chain refuses modules with more.
unsafe impl Sync for Heap {}

#[cfg(target_family = "wasm")]
#[global_allocator]
static HEAP: Heap = Heap(Cell::new(0));

// SAFETY: every block lies within `SPACE`, behind all blocks that were given before.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = SPACE.place(0) as usize;
        let start = (base + self.0.get()).next_multiple_of(layout.align()) - base;
        match start.checked_add(layout.size()) {
            Some(end) if end <= BYTES => {
                self.0.set(end);
                // SAFETY: `start` lies within `SPACE`.
                unsafe { SPACE.bytes().as_mut_ptr().add(start) }
            }
            Some(_) | None => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
