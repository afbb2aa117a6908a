//! Facts about the system pallet.
