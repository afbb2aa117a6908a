//! Talk to a node: one synchronous facade over one WebSocket connection.
//!
//! # What it owns
//!
//! - [`Chain`]: a connection whose genesis was checked, with the chain's metadata at hand.
//! - [`Metadata`]: how calls are written and events read, from what the chain says of itself. The
//!   wallet links no pallet, so an upgraded chain needs no new wallet.
//! - [`replies`]: the shapes of the node's answers (`specs/rpc.md`).
//! - [`Extrinsic`](althing_primitives::Extrinsic)s on their way: [`Terms`], [`Placed`].
//!
//! # Invariants
//!
//! - N1: nothing is asked of a chain whose genesis is not the one remembered for its URL, or the
//!   one given with `--genesis`. Development chains may begin anew.
//! - N2: a wait ends after the timeout with an error that says what was waited for; only commands
//!   that follow the chain wait for as long as they are told to.
//! - N3: an answer of the wrong shape is an error that names the method, never a default value.
//!
//! # Failure
//!
//! [`ChainError`]; a refusal by the chain keeps the chain's own code and values.

mod arguments;
mod connection;
mod encryption;
mod error;
mod explanation;
mod kept;
mod link;
mod metadata;
mod plain;
pub mod policy;
mod refusal;
mod remembered;
mod render;
pub mod replies;
mod rows;
mod source;
mod submit;
mod values;
mod wire;

pub use arguments::{ArgumentError, Resolver};
pub use connection::{Chain, Options, account_of};
pub use encryption::{AnnexRow, PublishedKey};
pub use error::ChainError;
pub use explanation::{ExplainedBlock, Explanation, HotRow, Phases, WorkerShare};
pub use kept::KeptMetadata;
pub use link::Feed;
pub use metadata::{DecodedCall, DecodedEvent, Metadata, MetadataError};
pub(crate) use plain::plain_text;
pub use render::Render;
pub use rows::Row;
pub use source::Recorded;
pub use submit::{Placed, Terms, Wait};
pub(crate) use wire::parse_hash;
pub use wire::{Amount, Bytes};
