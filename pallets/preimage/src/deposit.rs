//! What it costs to have the chain keep bytes.

use althing_primitives::{Balance, TOKEN};

/// The part of the deposit that does not depend on the size: three rows.
pub const DEPOSIT_BASE: Balance = TOKEN;

/// What each byte adds: a full preimage of 1 MiB takes about 1050 tokens.
pub const DEPOSIT_PER_BYTE: Balance = TOKEN / 1000;

/// The deposit for `len` bytes (PR2).
pub const fn deposit_for(len: u32) -> Balance {
    // 2^32 bytes at 10^9 each stay far below 2^128, so neither step can saturate. The cast widens.
    DEPOSIT_BASE.saturating_add(DEPOSIT_PER_BYTE.saturating_mul(len as Balance))
}
