//! Price extrinsics, and take the price from those who send them.
//!
//! Rules: `specs/fees.md`; rule numbers are cited where they are applied.
//!
//! # What it owns
//!
//! | item | value | written by |
//! |---|---|---|
//! | [`FEE_POT`] | sum of the block's fees and tips | [`withdraw_fee`], [`settle`] |
//!
//! # Invariants
//!
//! - F-I1: the price depends on bytes and weight alone: not on the state, not on the other
//!   extrinsics of the block.
//! - F-I2: what leaves the sender enters the pot in the same layer, so A4 of balances holds with
//!   the pot counted in.
//! - F-I3: between blocks the pot is empty, or holds less than the existential deposit because the
//!   account it goes to has no funds yet.
//!
//! # Parallelism
//!
//! The pot is a sum: extrinsics of different senders pay without waiting for each other.
//!
//! # Failure
//!
//! Who cannot pay is told what is needed and what there is, before anything runs and at no cost.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod event;
mod payment;
mod price;
#[cfg(test)]
mod tests;
pub mod types;

use althing_frame::{PalletMetadata, constant};
use scale_info::meta_type;

pub use event::Event;
pub use payment::{Charge, FEE_POT, paid, settle, withdraw_fee, withdraw_fee_access};
pub use price::{BASE_FEE, FEE_PER_BYTE, FEE_PER_PICOSECOND, fee, fee_details};

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "TransactionPayment";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 3;

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![FEE_POT.entry("Fees and tips of the block, before they are settled.")],
        calls: None,
        events: Some(meta_type::<Event>()),
        errors: None,
        constants: vec![
            constant("BaseFee", &BASE_FEE, "What every extrinsic costs, in the smallest unit."),
            constant("FeePerByte", &FEE_PER_BYTE, "What a byte costs, in the smallest unit."),
            constant(
                "FeePerPicosecond",
                &FEE_PER_PICOSECOND,
                "What a picosecond of reference time costs, in the smallest unit.",
            ),
        ],
        docs: "Prices of extrinsics, and the pot of fees.",
    }
}
