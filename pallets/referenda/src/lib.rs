//! Decide questions by tracks: each class of referendum has its own thresholds and times.
//!
//! Rules: `specs/governance.md`, G3 to G15, G50 to G57, G70 to G82 and G90 to G99.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`REFERENDA`] | number | [`Referendum`] | every call, [`on_finalize`] |
//! | [`COUNT`] | | number of the next one | `submit` |
//! | [`OPEN`] | | number and track of those that have not ended | `submit`, endings |
//! | [`TRACKS`] | track | [`TrackInfo`] | [`Genesis`] |
//! | [`UNDECIDING_TIMEOUT`] | | blocks | [`Genesis`] |
//!
//! Also the curves along which the required approval and support fall, and the exact answer to
//! when a referendum passes, confirms and may be enacted.
//!
//! # Invariants
//!
//! - R1: a threshold never rises while a referendum is being decided.
//! - R2: a threshold is compared exactly; it passes when it is met.
//! - R3: every curve, decoded ones too, evaluates within 128 bits for every period.
//! - R4: the earliest passing block that is announced is the earliest there is.
//! - R5: the open list names each referendum that has not ended, once, in order of numbers, and
//!   nothing else. Each of them is looked at in every block.
//! - R6: a track decides at most as many referenda at a time as it has slots. Who holds a slot is
//!   what the statuses say; nothing else counts it.
//! - R7: numbers never repeat.
//! - R8: a referendum ends once; its poll is open until then and closed from then on.
//! - R9: a deposit is reserved until it is given back or taken, which happens once.
//! - R10: the bytes of an open referendum's call are pinned, and so are the preimages that the call
//!   relies on; the scheduler pins them on. Nothing else is pinned but what the registry of schemes
//!   keeps for ever.
//! - R11: a critical referendum passes only if it passes without the ayes and the support of any
//!   one scheme; in one that decides about cryptography only schemes count that are active and not
//!   its subject.
//! - R12: a poll keeps its ballots apart by voice if and only if its referendum is critical.
//!
//! [`check`] verifies R5, R6, R8 to R10 and R12 over all rows.
//!
//! # Parallelism
//!
//! Submissions run alone, since their number is known only at their turn. Deposits touch one
//! referendum and one account. Everything else happens after the last extrinsic of a block, so
//! ballots of a block count in what the block decides.
//!
//! # Failure
//!
//! A curve that breaks a rule is refused when it is made or decoded, so that evaluation is total.
//! An approved call that the scheduler has no place for stays with its referendum, which tries
//! again in the next block. A broken invariant stops the block.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod check;
mod concern;
mod counting;
mod curve;
mod deciding;
mod ending;
mod error;
mod event;
mod genesis;
mod lifecycle;
mod metadata;
mod outlook;
mod presets;
mod rows;
mod submit;
#[cfg(test)]
mod tests;
mod track;

pub use call::{Call, DecisionDeposit};
pub use check::check;
pub use counting::{CountedVoice, CountedVoices, Counting, Exclusion};
pub use curve::{
    Curve, CurveError, Fraction, LinearDecreasing, Reciprocal, SignedFraction, SteppedDecreasing,
    named,
};
pub use deciding::{Deciding, Progress, Projection, Standing, Thresholds, Timing};
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use lifecycle::on_finalize;
pub use metadata::metadata;
pub use outlook::{Outlook, outlook, projection, required};
pub use pallet_voting::{Ratio, RatioError};
pub use presets::{fast_tracks, main_tracks};
pub use rows::{
    AFFECTED_MAX, Affected, COUNT, Count, Enactment, OPEN, OPEN_MAX, OPEN_RESERVED, OpenEntry,
    REFERENDA, Referendum, Status, Title, UNDECIDING_TIMEOUT, list, referendum, referendum_access,
};
pub use track::{TRACKS, TrackInfo, track};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Referenda";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 8;
