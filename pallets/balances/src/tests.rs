//! Facts about balances.
