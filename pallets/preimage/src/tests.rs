//! Facts about preimages.
