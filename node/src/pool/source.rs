//! Where a transaction came from.

use core::fmt;

/// Who handed a transaction in, as far as the node can tell: the program itself, or a connection.
///
/// Opaque: the pool only asks whether two submissions have one source. What goes wrong is held
/// against the source and never against the account that a transaction names, since anybody can
/// name any account.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Source(u64);

impl Source {
    /// The program itself, or a client of which nothing is known.
    pub const LOCAL: Self = Self(0);

    /// The connection with this number. Numbers are not used twice while the node runs.
    pub fn connection(number: u64) -> Self {
        Self(number.saturating_add(1))
    }

    /// Whether nothing is known of it.
    pub fn is_local(self) -> bool {
        self == Self::LOCAL
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.checked_sub(1) {
            None => f.write_str("local"),
            Some(number) => write!(f, "connection {number}"),
        }
    }
}
