//! What it costs to have the chain keep a key (AC6).

use althing_primitives::{Balance, TOKEN};

/// Deposit for any key, in the smallest unit.
pub const KEY_DEPOSIT_BASE: Balance = TOKEN / 20;
/// Deposit for each byte of a public key, in the smallest unit.
pub const KEY_DEPOSIT_PER_BYTE: Balance = TOKEN / 10_000;

/// The deposit for a key of `public_bytes` bytes.
pub const fn key_deposit(public_bytes: u32) -> Balance {
    // Far below the modulus: at most 2^32 times 10^8.
    KEY_DEPOSIT_BASE.saturating_add(KEY_DEPOSIT_PER_BYTE.saturating_mul(public_bytes as Balance))
}
