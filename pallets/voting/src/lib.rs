//! Let members put balance behind answers to referenda, count it, and hold it.
//!
//! Rules: `specs/governance.md`, G1, G2, G20 to G44, G60 to G69, G90 and G93.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`POLLS`] | referendum | [`Poll`] | [`open_poll`], [`close_poll`] |
//! | [`TALLIES`] | referendum | [`Tally`], a sum | [`vote`], [`remove_vote`], [`close_poll`] |
//! | [`VOICES`] | referendum, scheme | [`Tally`], a sum | the same, for critical polls |
//! | [`BALLOTS`] | member, referendum | [`Ballot`] | [`vote`], [`remove_vote`], [`unlock`] |
//! | [`MEMBERS`] | member | [`MemberRecord`] | [`vote`], [`remove_vote`], [`unlock`] |
//! | [`POTS`], [`LOCK_PERIOD`], [`ELECTORATE_MIN`] | | settings | [`Genesis`] |
//!
//! Also the mathematics of a vote: exact ratios, conviction, tallies, and the ladder by which
//! locked balance becomes free again; and what is left of a tally without any one scheme.
//!
//! # Invariants
//!
//! - V1 (A5): the tally of an open poll is the sum, lane by lane, of its ballots.
//! - V2: a comparison of ratios is exact; nothing is ever rounded except the tenth of a vote that
//!   a ballot without conviction weighs.
//! - V3: a lock ladder falls strictly: later steps hold strictly less.
//! - V4: a member's record names each of their ballots once, with its balance, and nothing else.
//! - V5: a poll opens once and closes once.
//! - V6: the account is locked for the largest of its ballots and of its running locks. What a
//!   block has put behind a ballot stays at least until the next block.
//! - V7: the voices of an open critical poll add up to its tally, each ballot under the scheme that
//!   its member's record names. Other polls have none.
//!
//! [`check`] verifies V1, V4 and V7 over all rows.
//!
//! # Parallelism
//!
//! A ballot touches rows of its member, reads the poll, and adds to the tally. Ballots of
//! different members never conflict, not even on one referendum. On a critical poll a ballot may
//! add to the row of any scheme of the registry, which commutes as well. Polls open in submissions, which
//! run alone, and close after the last extrinsic.
//!
//! # Failure
//!
//! Refusals are [`Error`]; a refused call changes nothing. Overflow is a typed error. Hostile bytes
//! give an error, never a panic.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod cast;
mod check;
mod conviction;
mod error;
mod event;
mod genesis;
mod lock;
mod locks;
mod metadata;
mod poll;
mod ratio;
mod resilience;
mod rows;
mod tally;
#[cfg(test)]
mod tests;
mod voices;

pub use call::Call;
pub use cast::{
    LOCK_ID, SETTLED_MAX, remove_vote, remove_vote_access, unlock, unlock_access, vote, vote_access,
};
pub use check::check;
pub use conviction::Conviction;
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use lock::{LADDER_STEPS_MAX, LadderFull, LockLadder, LockStep, PollOutcome, lock_after_poll};
pub use locks::{LockEnd, LockReason, locks};
pub use metadata::metadata;
pub use poll::{close_poll, electorate, electorate_min, is_pot, open_poll};
pub use ratio::{Ratio, RatioError};
pub use resilience::{Resilience, Voice};
pub use rows::{
    BALLOTS, BALLOTS_MAX, ELECTORATE_MIN, Held, LOCK_PERIOD, MEMBERS, MemberRecord, POLLS, POTS,
    POTS_MAX, Poll, PollState, TALLIES, VOICES, ballot, member, poll, tally,
};
pub use tally::{Ballot, Delegations, Tally, TallyError};
pub use voices::{VOICES_MAX, voices};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Voting";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 9;
