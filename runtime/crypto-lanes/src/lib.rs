//! Verify SLH-DSA-SHA2-128s signatures many at a time, sixteen SHA-256 computations side by side.
//!
//! Verification of one signature is about two thousand short hashes, most of which wait for each
//! other; those of sixteen signatures do not. With AVX-512 sixteen of them take as long as some five
//! on the processor's SHA instructions: 40 us a signature where the library takes 155.
//!
//! # What it owns
//!
//! [`Lanes`]: proof that the processor has the instructions, and verification with them. Without
//! them there is no value of this type; what verifies then is the caller's business.
//!
//! # Invariants
//!
//! - L1: a verdict is that of FIPS 205, pure form, empty context; it does not depend on the other
//!   signatures of the batch or on their number. The tests compare with `slh-dsa`.
//! - L2: `unsafe` is in `sha256.rs` and `sha256/avx512.rs` alone: calling code that needs AVX-512, and
//!   moving bytes between arrays and registers. Each use says why it is right.
//! - L3: no input makes it panic or allocate more than its own fixed space for each signature.
//!
//! # Parallelism
//!
//! Of lanes, not of threads: callers give batches to their threads.

mod sha256;
mod slh_dsa;

pub use sha256::Lanes;
pub use slh_dsa::{PUBLIC, SIGNATURE, Signed};
