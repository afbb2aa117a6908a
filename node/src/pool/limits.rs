//! How much the pool may hold.

use althing_primitives::Nonce;

/// How much the pool may hold.
///
/// By default some blocks of the largest that are made: a hundred thousand transactions with
/// signatures of two kilobytes. In memory a transaction takes about twice its bytes, since its
/// signature is kept decoded too, and a kilobyte for its place in the order.
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
        Self { count: 131_072, bytes: 256 * 1024 * 1024, per_sender: 256, watchers: 16 }
    }
}
