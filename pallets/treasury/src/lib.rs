//! Hold the common funds, and pay what referenda decided to spend.
//!
//! Rules: `specs/treasury.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | the account [`account`] | | the pot | transfers to it; [`settle`], `spend`, [`pay_pending`] |
//! | [`BUDGETS`] | track | [`Budget`]: what it may spend | [`Genesis`] |
//! | [`WINDOWS`] | track | [`Window`]: what it spent lately | `spend` |
//! | [`PENDING`] | spend | [`Spend`]: approved, not yet paid | `spend`, [`pay_pending`], `payout`, `void` |
//! | [`QUEUE`] | | the pending spends, oldest first | `spend`, [`settle`], [`pay_pending`], `void` |
//! | [`NEXT_SPEND`] | | id of the next spend | `spend` |
//! | [`OPENING`] | | what the pot could pay when the block began | [`on_initialize`], [`settle`] |
//! | [`PAYABLE`] | | bounded sum: what payouts may still take of it | `payout`, the same |
//! | [`RECEIVED`] | | sum: what deposits bring | `deposit`, [`settle`] |
//!
//! # Invariants
//!
//! - TR-I1: after a block, [`QUEUE`] names exactly the spends in [`PENDING`], in the order of
//!   approval. While transactions run it may name spends that payouts have paid.
//! - TR-I2: a spend is paid at most once: it leaves [`PENDING`] in the step that pays it.
//! - TR-I3: in no span of a budget's period does its track spend more than the budget.
//! - TR-I4: payouts and deposits move funds and make none.
//! - TR-I5: payouts of a block take at most [`OPENING`]. Nothing else takes from the pot's account
//!   between [`on_initialize`] and [`settle`], so it can pay them; between blocks nothing is under
//!   way.
//!
//! [`check`] verifies TR-I1 and that nothing is under way over the whole state. The others are
//! tests, since they span blocks.
//!
//! # Parallelism
//!
//! Spends are approved and paid in the lifecycle phase, which is serial. Members' calls leave the
//! pot's account and the queue alone. `payout` takes from [`PAYABLE`], a bounded sum: payouts to
//! different accounts commute as long as the pot covers all of them. From the first one that it
//! may not cover they run in the order of the block: of two that race for the last funds the first
//! one wins, on every node. A payout that is more than [`OPENING`] is refused on constant rows and
//! claims nothing, so that nobody slows others down by asking for the impossible. `deposit` adds to
//! a sum: deposits conflict with nothing but their senders. A transfer to the pot's account is as
//! good, but writes that account and waits for the transfer before it.
//!
//! # Failure
//!
//! What is over a cap or a budget is refused. What the pot cannot pay yet waits, and cannot lapse
//! by waiting. A beneficiary that cannot be paid delays nobody, and lapses in the end.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod block;
mod budget;
mod call;
mod check;
mod deposit;
mod error;
mod event;
mod genesis;
mod payout;
mod pot;
mod queue;
mod rows;
mod spend;
#[cfg(test)]
mod tests;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use block::{on_initialize, settle};
pub use budget::{Budget, Slice, WINDOW_SLICES, Window, spent_lately};
pub use call::Call;
pub use check::check;
pub use error::Error;
pub use event::Event;
pub use genesis::Genesis;
pub use payout::{PAYOUT_PERIOD, PAYOUTS_PER_BLOCK, pay_pending};
pub use pot::{account, payable, pot_balance};
pub use rows::{
    BUDGETS, MEMO_BYTES_MAX, Memo, NEXT_SPEND, OPENING, PAYABLE, PENDING, QUEUE, QUEUE_MAX, Queue,
    RECEIVED, Spend, SpendId, WINDOWS,
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
            OPENING.entry("Within a block, what the pot could pay when it began; 0 after it."),
            PAYABLE.entry("Within a block, what payouts may still take of the pot; 0 after it."),
            RECEIVED.entry("Within a block, what deposits brought so far; 0 after it."),
        ],
        calls: Some(meta_type::<Call>()),
        events: Some(meta_type::<Event>()),
        errors: Some(meta_type::<Error>()),
        constants: vec![
            constant("Account", &account(), "The account that holds the common funds."),
            constant("MaxPending", &QUEUE_MAX, "How many spends may wait for funds."),
            constant(
                "MaxPaidPerBlock",
                &PAYOUTS_PER_BLOCK,
                "How many spends that wait are paid at the end of a block without a payout.",
            ),
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
