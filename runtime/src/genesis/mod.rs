//! Block 0: from a specification that people can read to the rows and the header it means.

mod build;
#[cfg(feature = "dev")]
mod dev;
mod header;
mod spec;
mod text;

pub use build::{Genesis, GenesisError};
pub use header::{CHAIN_TYPE_ENGINE, genesis_chain_type, genesis_header};
pub use spec::{
    ChainSpec, ChainType, GovernancePreset, Member, MemberKey, ReducedCanary, SchemePreset, Token,
};
