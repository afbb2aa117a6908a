//! Keep the time of the block, as its author states it in the first inherent.
//!
//! # What it owns
//!
//! | item | value | written by |
//! |---|---|---|
//! | [`NOW`] | milliseconds since the Unix epoch | `set` |
//! | [`DID_UPDATE`] | whether this block has set it | `set`, [`on_finalize`] |
//!
//! # Invariants
//!
//! - T1: every block sets the time exactly once, to the time its environment names.
//! - T2: the time never goes back.
//! - T3: no code here reads a clock. Whether a stated time is credible is for the node to judge
//!   before it accepts a block.
//!
//! # Parallelism
//!
//! Other calls read the time from the block's environment, not from [`NOW`], and so never wait
//! for this inherent.
//!
//! # Failure
//!
//! A wrong, second or missing time is an error of the author: the block is not valid.

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod call;
mod error;
#[cfg(test)]
mod tests;

use althing_frame::{DispatchError, PalletMetadata, Tx, Value, constant};
use althing_primitives::Moment;
use scale_info::meta_type;

pub use call::Call;
pub use error::Error;

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "Timestamp";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 1;

/// Half the time between blocks, in milliseconds: wallets take twice this for the block time. It
/// is not a rule, since a development chain makes blocks whenever it is asked to.
pub const MINIMUM_PERIOD_MS: Moment = 1_000;

/// The time of the block in milliseconds since the Unix epoch.
pub const NOW: Value<Moment> = Value::new(NAME, "Now").with_default();
/// Present while a block runs that has set its time.
pub const DID_UPDATE: Value<bool> = Value::new(NAME, "DidUpdate").with_default();

/// Refuse a block that has not set its time (T1).
pub fn on_finalize(tx: &mut Tx<'_>) -> Result<(), DispatchError> {
    if !DID_UPDATE.get_or_default(tx)? {
        return Err(Error::Missing { block: tx.block().number }.into());
    }
    DID_UPDATE.remove(tx)?;
    Ok(())
}

/// What clients are told of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        name: NAME,
        index: INDEX,
        storage: vec![
            NOW.entry("The time of the block, in milliseconds since the Unix epoch."),
            DID_UPDATE.entry("Whether the block has set its time."),
        ],
        calls: Some(meta_type::<Call>()),
        events: None,
        errors: Some(meta_type::<Error>()),
        constants: vec![constant(
            "MinimumPeriod",
            &MINIMUM_PERIOD_MS,
            "Half the time between blocks, in milliseconds.",
        )],
        docs: "The time of the block.",
    }
}
