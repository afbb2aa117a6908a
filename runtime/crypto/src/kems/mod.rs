//! The backends of the built-in KEMs.

mod kyber_r3;
mod ml_kem;

pub(crate) use kyber_r3::Kyber768R3;
pub(crate) use ml_kem::MlKem768;
