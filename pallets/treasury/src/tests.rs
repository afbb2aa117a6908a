//! Facts about the treasury.
