//! The backends of the built-in signature schemes.

#[cfg(feature = "fast")]
mod aws_lc;
mod fn_dsa;
mod ml_dsa;
mod slh_dsa;
mod sphincs_r3;

pub(crate) use fn_dsa::FnDsa512;
pub(crate) use ml_dsa::MlDsa;
#[cfg(feature = "signing")]
pub(crate) use ml_dsa::Set;
pub(crate) use slh_dsa::SlhDsa128s;
pub(crate) use sphincs_r3::SphincsR3;

/// Picoseconds in a microsecond: weights are written as microseconds.
const MICROSECOND: u64 = 1_000_000;
