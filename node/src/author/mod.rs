//! Make blocks of what the pool holds, and let a development chain's owner ask for them.
//!
//! # What it owns
//!
//! - [`Author`]: one block at a time, from the pool into the chain.
//! - [`DevControls`]: blocks on request and a clock that can be set. Development chains only.
//!
//! # Invariants
//!
//! - W1: blocks are made one after the other, each on the head of its moment.
//! - W2: every block is later than the one before.
//! - W3: a transaction that a block could not take is not offered again, unless waiting can help.
//! - W4: a block takes no longer than its time, as far as can be foretold from those before.
//! - W5: what is in a block depends on nothing but the pool and that forecast; every node that
//!   executes it gets the same.

mod controls;
mod error;
mod pace;
mod seal;
mod spread;

pub use controls::DevControls;
pub use error::AuthorError;
pub use seal::{Author, Sealed, Want};
