//! The guided tour: a chain of one's own, and every promise of it kept before one's eyes.
//!
//! # What it does
//!
//! It starts a real node in a temporary folder, then runs this very program against it, command by
//! command, as a member would: real keys in a real keystore, real RPC, a real store on disk. Each
//! step says in plain words what happens, shows the commands, and checks what came of them.
//!
//! # Invariants
//!
//! - T1: nothing is shown that was not just done; a number in the narration comes from an answer.
//! - T2: anything unexpected ends the tour with a non-zero exit and says what was expected.
//! - T3: no process and no folder is left behind, however the tour ends.

mod node;
mod script;
mod steps;
mod surprise;
mod wallet;

pub use script::run;
pub use surprise::Surprise;
