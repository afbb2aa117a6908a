//! A verifier to copy and fill in. Sizes and the body of `check` are yours; the rest stays.
//!
//! The scheme here is no scheme: its signatures are sums that anybody can compute. It shows where
//! things go, and that a heap is there for those who need one (drop the feature `alloc` if not).

#![no_std]

extern crate alloc;

use alloc::vec::Vec;

/// Exact bytes of a public key, at most 8 KiB.
const PUBLIC: usize = 4;
/// Exact bytes of a signature, at most 64 KiB.
const SIGNATURE: usize = 8;
/// The longest message that is ever valid. The chain's own messages have less than 64 KiB.
const MESSAGE_MAX: usize = 64 * 1024;

althing_guest::verifier!(PUBLIC, SIGNATURE, MESSAGE_MAX, check);

/// Whether `signature` over `message` was made with the secret of `public`. Never panic on what
/// you read: a trap is *invalid*, but a mistake in the eyes of the gate.
fn check(public: &[u8; PUBLIC], message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
    let mut bytes = Vec::with_capacity(PUBLIC + message.len());
    bytes.extend_from_slice(public);
    bytes.extend_from_slice(message);
    let step = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
    bytes.iter().fold(0, step).to_le_bytes() == *signature
}
