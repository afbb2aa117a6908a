//! Enact what referenda decided: at its block or as soon after as there is room, exactly once.
//!
//! Rules: `specs/scheduler.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`AGENDA`] | block | up to [`AGENDA_TASKS_MAX`] [`Task`]s | [`schedule`], [`enact`], [`cancel`] |
//! | [`PLACES`] | task | the block of its agenda | the same |
//! | [`NEXT_BLOCK`] | | first block whose agenda may hold tasks | [`enact`] |
//! | [`NEXT_TASK`] | | id of the next task | [`schedule`] |
//! | [`RETRIES`] | | tasks without preimage that may be retried | [`enact`], `retry`, [`cancel`] |
//! | [`RESULTS`] | referendum | [`EnactmentRecord`]: how it ended | [`enact`], [`cancel`] |
//!
//! # Invariants
//!
//! - SC-I1: a task stands in exactly one agenda, the one that [`PLACES`] names, until it is
//!   enacted, has failed or is cancelled.
//! - SC-I2: no agenda before [`NEXT_BLOCK`] holds a task: nothing that is due is ever skipped.
//! - SC-I3: the preimage of a scheduled task is pinned, and so are those that its call relies on.
//! - SC-I4: a task that fails leaves its record and its event, nothing else.
//!
//! [`check`] verifies the first three over the whole state. SC-I4 is a test.
//!
//! # Parallelism
//!
//! Tasks are scheduled and enacted in the lifecycle phase, which is serial. Members' only call,
//! `retry`, writes one row and conflicts with nothing but other retries.
//!
//! # Failure
//!
//! A failing call is an outcome, not an error: it is recorded and reported. Scheduling is refused
//! aloud when there is no room, and then changes nothing. A broken invariant stops the block.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod agenda;
mod budget;
mod call;
mod check;
mod enact;
mod error;
mod event;
mod record;
mod retry;
mod rows;
#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use agenda::{Placement, SEARCH_BLOCKS, cancel, schedule, waiting};
pub use budget::{BUDGET_DIVISOR, budget};
pub use call::Call;
pub use check::{check, needed};
pub use enact::enact;
pub use error::Error;
pub use event::Event;
pub use record::{EnactmentRecord, Outcome, result_of};
pub use retry::{RETRIES_MAX, RETRY_PERIOD};
pub use rows::{
    AGENDA, AGENDA_TASKS_MAX, Agenda, Enactment, NEXT_BLOCK, NEXT_TASK, PLACES, RESULTS, RETRIES,
    Retries, Retry, Task, TaskId,
};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Scheduler";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 7;

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            AGENDA.entry("What is to be enacted, by the first block in which it may be."),
            PLACES.entry_optional("In which agenda a task stands."),
            NEXT_BLOCK.entry("The first block whose agenda may still hold tasks."),
            NEXT_TASK.entry("The id of the next task."),
            RETRIES.entry("Tasks whose preimage was missing, and until when they may be retried."),
            RESULTS.entry_optional("How the enactment of a referendum ended."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("MaxTasksPerBlock", &AGENDA_TASKS_MAX, "How many tasks an agenda holds."),
            constant("SearchBlocks", &SEARCH_BLOCKS, "How many agendas are searched for room."),
            constant("RetryPeriod", &RETRY_PERIOD, "For how many blocks a task may be retried."),
            constant("MaxRetries", &RETRIES_MAX, "How many tasks may wait for a retry."),
        ],
        docs: "Enacts what referenda decided.",
    }
}
