//! Decide questions by tracks: each class of referendum has its own thresholds and times.
//!
//! # What it owns
//!
//! The curves along which the required approval and support fall, and the exact answer to when a
//! referendum passes, confirms and may be enacted. Rules are numbered in `specs/governance.md`.
//!
//! # Invariants
//!
//! - R1: a threshold never rises while a referendum is being decided.
//! - R2: a threshold is compared exactly; it passes when it is met.
//! - R3: every curve, decoded ones too, evaluates within 128 bits for every period.
//! - R4: the earliest passing block that is announced is the earliest there is.
//!
//! # Failure
//!
//! A curve that breaks a rule is refused when it is made or decoded, so that evaluation is total.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod curve;
mod deciding;

pub use curve::{
    Curve, CurveError, Fraction, LinearDecreasing, Reciprocal, SignedFraction, SteppedDecreasing,
    named,
};
pub use deciding::{Deciding, Progress, Projection, Standing, Thresholds, Timing};
pub use pallet_voting::{Ratio, RatioError};
