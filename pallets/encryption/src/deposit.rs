//! What it costs to have the chain keep keys and annexes.

use althing_primitives::{Balance, TOKEN};

/// Deposit for any encryption key, in the smallest unit: that for any key of an account.
pub const KEY_DEPOSIT_BASE: Balance = TOKEN / 20;
/// Deposit for each byte of an encryption key, in the smallest unit.
pub const KEY_DEPOSIT_PER_BYTE: Balance = TOKEN / 10_000;

/// Deposit for any annex, in the smallest unit.
pub const ANNEX_DEPOSIT_BASE: Balance = TOKEN;
/// Deposit for each byte of an annex, in the smallest unit: the price of a preimage.
pub const ANNEX_DEPOSIT_PER_BYTE: Balance = TOKEN / 1000;

/// The deposit for an encryption key of `bytes` bytes (E1).
pub const fn key_deposit(bytes: u32) -> Balance {
    // Far below the modulus: at most 2^32 times 10^8. The cast widens.
    KEY_DEPOSIT_BASE.saturating_add(KEY_DEPOSIT_PER_BYTE.saturating_mul(bytes as Balance))
}

/// The deposit for an annex of `bytes` bytes (E5).
pub const fn annex_deposit(bytes: u32) -> Balance {
    // Far below the modulus: at most 2^32 times 10^9. The cast widens.
    ANNEX_DEPOSIT_BASE.saturating_add(ANNEX_DEPOSIT_PER_BYTE.saturating_mul(bytes as Balance))
}
