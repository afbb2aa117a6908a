//! How much the pool may hold.

use althing_primitives::Nonce;

/// How much the pool may hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Transactions in all.
    pub count: usize,
    /// Bytes of all transactions together.
    pub bytes: usize,
    /// Transactions of one sender; nonces further ahead than this are refused too.
    pub per_sender: Nonce,
    /// Listeners to one transaction.
    pub watchers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { count: 8_192, bytes: 128 * 1024 * 1024, per_sender: 256, watchers: 16 }
    }
}
