//! What the wallet does, one file per command.
//!
//! A command is an `Arguments` struct for clap, with an *Examples* block, and a `run` that takes it
//! with a [`crate::context::Context`] and returns a [`crate::output::Reply`]. It is added in three
//! places: its file here, a variant of [`crate::cli::Command`], and a group in `cli/help.rs`.

pub mod account;
pub mod annex;
pub mod block;
pub mod crypto;
pub mod events;
pub mod explain;
pub mod key;
pub mod members;
pub mod offline_facts;
pub mod open;
pub mod proof;
pub mod propose;
pub mod recovery;
pub mod referenda;
pub mod referendum;
pub mod seal;
pub mod send;
pub mod sign;
pub mod sign_payload;
pub mod status;
pub mod tour;
pub mod tracks;
pub mod treasury;
pub mod tx;
pub mod tx_send;
pub mod unlock;
pub mod unvote;
pub mod verify_proof;
pub mod version;
pub mod vote;
