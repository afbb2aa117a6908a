//! What running modules costs (VM9). How the numbers were measured: `specs/verifier-modules.md`.

use super::limits::{CODE_BYTES_MAX, MEMORY_PAGES_MAX};

/// Picoseconds for one unit of fuel.
const FUEL: u64 = 4_000;
/// Picoseconds to make and take down an instance.
const INSTANCE: u64 = 60_000_000;
/// Picoseconds for the first touch of all of a page of 64 KiB.
const PAGE: u64 = 20_000_000;
/// Picoseconds to examine and compile one byte of code.
const COMPILE_BYTE: u64 = 6_000_000;

/// Reference time of one verification with this fuel cap, in picoseconds, by a module with as much
/// memory as is allowed. [`super::Module::weight`] knows how much a module has.
#[must_use]
pub fn weight(fuel_max: u64) -> u64 {
    verification(fuel_max, u32::try_from(MEMORY_PAGES_MAX).unwrap_or(u32::MAX))
}

/// The same for a module with so many pages of memory.
pub(super) fn verification(fuel_max: u64, memory_pages: u32) -> u64 {
    let memory = PAGE.saturating_mul(memory_pages.into());
    INSTANCE.saturating_add(memory).saturating_add(fuel_max.saturating_mul(FUEL))
}

/// Reference time to examine and compile a module of this length, in picoseconds.
#[must_use]
pub fn compile_weight(code_bytes: usize) -> u64 {
    let bytes = u64::try_from(code_bytes.min(CODE_BYTES_MAX)).unwrap_or(u64::MAX);
    bytes.saturating_mul(COMPILE_BYTE)
}
