//! Hold the common funds, and pay what referenda decided to spend.
//!
//! Rules: `specs/treasury.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | the account [`account`] | | the pot | everyone who pays in; payouts |
//! | [`BUDGETS`] | track | [`Budget`]: what it may spend | [`Genesis`] |
//! | [`WINDOWS`] | track | [`Window`]: what it spent lately | `spend` |
//! | [`PENDING`] | spend | [`Spend`]: approved, not yet paid | `spend`, [`pay_pending`], `payout`, `void` |
//! | [`QUEUE`] | | the pending spends, oldest first | the same |
//! | [`NEXT_SPEND`] | | id of the next spend | `spend` |
//!
//! # Invariants
//!
//! - TR-I1: [`QUEUE`] names exactly the spends in [`PENDING`], in the order of approval.
//! - TR-I2: a spend is paid at most once: it leaves [`PENDING`] in the step that pays it.
//! - TR-I3: in no span of a budget's period does its track spend more than the budget.
//! - TR-I4: payouts move funds and make none.
//!
//! [`check`] verifies TR-I1 over the whole state. The others are tests, since they span blocks.
//!
//! # Parallelism
//!
//! Spends are approved and paid in the lifecycle phase, which is serial. Members' only call,
//! `payout`, writes the pot, so payouts of one block run in its order: of two that race for the
//! last funds the first one wins, on every node.
//!
//! # Failure
//!
//! What is over a cap or a budget is refused. What the pot cannot pay yet waits, and cannot lapse
//! by waiting. A beneficiary that cannot be paid delays nobody, and lapses in the end.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod budget;
mod call;
mod check;
mod error;
mod event;
mod genesis;
mod payout;
mod pot;
mod rows;
mod spend;
#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use budget::{Budget, Slice, WINDOW_SLICES, Window, spent_lately};
pub use call::Call;
pub use check::check;
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use payout::{PAYOUT_PERIOD, pay_pending};
pub use pot::{account, payable, pot_balance};
pub use rows::{
    BUDGETS, MEMO_BYTES_MAX, Memo, NEXT_SPEND, PENDING, QUEUE, QUEUE_MAX, Queue, Spend, SpendId,
    WINDOWS,
};
pub use spend::SPENDERS;

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Treasury";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 10;

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            BUDGETS.entry_optional("What a track may spend, at once and per period."),
            WINDOWS.entry("What a track spent lately."),
            PENDING.entry_optional("Spends that are approved and not yet paid."),
            QUEUE.entry("The pending spends, oldest first."),
            NEXT_SPEND.entry("The id of the next spend."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("Account", &account(), "The account that holds the common funds."),
            constant("MaxPending", &QUEUE_MAX, "How many spends may wait for funds."),
            constant("MaxMemoBytes", &MEMO_BYTES_MAX, "The longest memo, in bytes."),
            constant(
                "PayoutPeriod",
                &PAYOUT_PERIOD,
                "After how many blocks a spend lapses whose beneficiary cannot be paid.",
            ),
        ],
        docs: "The common funds, and what referenda spend of them.",
    }
}
