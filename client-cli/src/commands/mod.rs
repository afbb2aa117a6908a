//! What the wallet does, one file per command.
//!
//! A command is an `Arguments` struct for clap, with an *Examples* block, and a `run` that takes it
//! with a [`crate::context::Context`] and returns a [`crate::output::Reply`]. It is added in three
//! places: its file here, a variant of [`crate::cli::Command`], and a group in `cli/help.rs`.

pub mod explain;
pub mod key;
pub mod sign_payload;
pub mod version;
