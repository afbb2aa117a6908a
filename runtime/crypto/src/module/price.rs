//! What running modules costs (VM9). How the numbers were measured: `specs/verifier-modules.md`.

use super::limits::{CODE_BYTES_MAX, MEMORY_PAGES_MAX};

/// Picoseconds for one unit of fuel, and the pages up to which they hold: more than three times
/// what the shipped modules take, and more for a memory that no processor's cache holds. Code made
/// to be slow takes up to nine times the price; against that stands the largest fuel cap.
const FUEL: [(u32, u64); 2] = [(8, 500), (u32::MAX, 2_000)];
/// Picoseconds to make and take down an instance.
const INSTANCE: u64 = 60_000_000;
/// Picoseconds for the first touch of all of a page of 64 KiB.
const PAGE: u64 = 20_000_000;
/// Picoseconds to examine and compile one byte of code.
const COMPILE_BYTE: u64 = 10_000_000;

/// Reference time of one verification with this fuel cap, in picoseconds, by a module with so many
/// pages of memory.
#[must_use]
pub fn weight(fuel_max: u64, memory_pages: u32) -> u64 {
    let memory = PAGE.saturating_mul(memory_pages.into());
    let price = FUEL.into_iter().find(|(pages, _)| memory_pages <= *pages);
    let fuel = fuel_max.saturating_mul(price.map_or(u64::MAX, |(_, price)| price));
    INSTANCE.saturating_add(memory).saturating_add(fuel)
}

/// The same before anyone has looked at the module: with as much memory as is allowed.
#[must_use]
pub fn weight_at_most(fuel_max: u64) -> u64 {
    weight(fuel_max, u32::try_from(MEMORY_PAGES_MAX).unwrap_or(u32::MAX))
}

/// Reference time to examine and compile a module of this length, in picoseconds.
#[must_use]
pub fn compile_weight(code_bytes: usize) -> u64 {
    let bytes = u64::try_from(code_bytes.min(CODE_BYTES_MAX)).unwrap_or(u64::MAX);
    bytes.saturating_mul(COMPILE_BYTE)
}
