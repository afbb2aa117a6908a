//! What it costs to have the chain keep an annex. A key costs what any key costs
//! ([`pallet_accounts::key_deposit`]).

use althing_primitives::{Balance, TOKEN};

/// Deposit for any annex, in the smallest unit.
pub const ANNEX_DEPOSIT_BASE: Balance = TOKEN;
/// Deposit for each byte of an annex, in the smallest unit: the price of a preimage.
pub const ANNEX_DEPOSIT_PER_BYTE: Balance = TOKEN / 1000;

/// The deposit for an annex of `bytes` bytes (E5).
pub const fn annex_deposit(bytes: u32) -> Balance {
    // Far below the modulus: at most 2^32 times 10^9. The cast widens.
    ANNEX_DEPOSIT_BASE.saturating_add(ANNEX_DEPOSIT_PER_BYTE.saturating_mul(bytes as Balance))
}
