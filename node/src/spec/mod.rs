//! Chain specs: where a chain begins, as a file that people can pass around.
//!
//! A spec holds the rows of block 0 themselves, so the same file gives the same genesis hash under
//! every later version of the program.

mod build;
mod error;
mod file;

pub use althing_runtime::{ChainType, genesis_chain_type, genesis_header};
pub use error::SpecError;
pub use file::{ChainSpec, Member, Properties};
