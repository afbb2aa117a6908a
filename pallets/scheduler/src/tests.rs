//! Facts about enactment.
