//! The guide for authors of pallets, `specs/writing-a-pallet.md`, followed to the end: a pallet,
//! its rules, a chain around it, and what clients are told of it.

mod blocks;
mod chain;
mod metadata;
#[expect(unreachable_pub, reason = "the pallet reads as the crate that it would be")]
mod pallet;
mod rules;
