//! Verifiers as Wasm modules (`specs/verifier-modules.md`), seen from outside.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod artifacts;
mod contained;
mod examples;
mod gate;
mod mutated;
mod refused;
mod running;
mod signers;
mod toy;
mod vectors;
