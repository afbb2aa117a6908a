//! Metadata: what a chain says of itself, so that clients need no code of ours.
//!
//! Pallets and runtime declare once, in the neutral [`PalletMetadata`] and [`ChainMetadata`]; the
//! modules `v14`, `v15` and `v16` give these declarations the form of each version clients ask for.

mod chain;
mod envelope;
mod names;
mod pallet;
mod v14;
mod v15;
mod v16;

pub use chain::{
    ApiMethod, ApiParameter, AssociatedType, ChainMetadata, ExtensionMetadata, ExtrinsicMetadata,
    METADATA_VERSIONS, OuterEnums, RuntimeApi,
};
pub use envelope::UncheckedExtrinsic;
pub use pallet::{Constant, PalletMetadata, StorageEntry, constant};
