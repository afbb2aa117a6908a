//! Count weighted ballots and hold the balances behind them.
//!
//! # What it owns
//!
//! The mathematics of a vote: exact ratios, conviction, tallies, and the ladder by which locked
//! balance becomes free again. Rules are numbered in `specs/governance.md`.
//!
//! # Invariants
//!
//! - V1: a tally is the sum, lane by lane, of the contributions of its ballots and delegations.
//! - V2: a comparison of ratios is exact; nothing is ever rounded except the tenth of a vote that
//!   a ballot without conviction weighs.
//! - V3: a lock ladder falls strictly: later steps hold strictly less.
//!
//! # Parallelism
//!
//! A contribution is three independent sums, so ballots of different members commute.
//!
//! # Failure
//!
//! Overflow is a typed error. Hostile bytes give an error, never a panic.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod conviction;
mod lock;
mod ratio;
mod tally;

pub use conviction::Conviction;
pub use lock::{LADDER_STEPS_MAX, LadderFull, LockLadder, LockStep, PollOutcome, lock_after_poll};
pub use ratio::{Ratio, RatioError};
pub use tally::{Ballot, Delegations, Tally, TallyError};
