//! Facts about the time of blocks.
