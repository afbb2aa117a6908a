//! Facts about fees.
