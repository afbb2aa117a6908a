//! Keep what every chain has: accounts and their nonces, block numbers and hashes, and the record
//! of events.
//!
//! # What it owns
//!
//! | item | key | value | written by |
//! |---|---|---|---|
//! | [`ACCOUNT`] | account | [`AccountInfo`] | [`use_nonce`], [`put_data`] |
//! | [`BLOCK_HASH`] | height | hash | [`initialize`] |
//! | [`NUMBER`], [`PARENT_HASH`] | | height, hash | [`initialize`] |
//! | [`DIGEST`] | | the header's runtime notes | nobody in this release: always empty |
//! | `Events`, [`EVENT_COUNT`] | | the block's events | [`record_events`] |
//! | `:code` | | name of the runtime | [`Genesis`], [`set_code`] |
//!
//! # Invariants
//!
//! - S1: an account has a row if and only if it holds funds or has sent an extrinsic. A nonce
//!   never goes back, so no signature can be used twice.
//! - S2: the hash of genesis stays for ever, those of the last [`BLOCK_HASH_COUNT`] blocks stay.
//! - S3: `Events` holds the events of one block, the newest.
//!
//! # Parallelism
//!
//! Extrinsics of different senders write different account rows and do not conflict. Everything
//! else is written before the first extrinsic or after the last.
//!
//! # Failure
//!
//! Calls are refused only for their origin. A row touched outside a call's declared access
//! reaches clients as this pallet's [`Error::AccessViolation`].

#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic, clippy::indexing_slicing)]
#![deny(clippy::panic, clippy::wildcard_enum_match_arm)]

mod account;
mod block;
mod call;
mod error;
mod event;
mod genesis;
mod info;
pub mod limits;
mod metadata;
#[cfg(test)]
mod tests;

pub use account::{
    ACCOUNT, AccountData, AccountInfo, account, check_nonce, put_data, put_data_access, use_nonce,
    use_nonce_access,
};
pub use block::{
    BLOCK_HASH, BLOCK_HASH_COUNT, DIGEST, EVENT_COUNT, NUMBER, PARENT_HASH, events_key, initialize,
    record_events,
};
pub use call::{Call, REMARK_BYTES_MAX};
pub use error::Error;
pub use event::{Event, outcome};
pub use genesis::{CODE_KEY, Genesis, code_key, set_code};
pub use info::{DispatchClass, DispatchEventInfo, Pays};
pub use metadata::metadata;

/// The pallet's name and the prefix of its rows.
pub const NAME: &str = "System";
/// The pallet's index in calls, events and errors.
pub const INDEX: u8 = 0;
