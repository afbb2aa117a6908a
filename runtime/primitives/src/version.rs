//! The runtime's version as clients read it.

use parity_scale_codec::{Decode, Encode};
use scale_info::{Path, Type, TypeInfo, build::Fields};

/// Names and numbers that tell clients which runtime speaks. The same value is answered by
/// `System.Version`, `Core_version` and `state_getRuntimeVersion`.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct RuntimeVersion {
    /// Which chain logic this is.
    pub spec_name: String,
    /// Which implementation of it.
    pub impl_name: String,
    /// Version of the authoring interface.
    pub authoring_version: u32,
    /// Changes whenever behaviour or metadata changes; part of what is signed.
    pub spec_version: u32,
    /// Changes when only the implementation does.
    pub impl_version: u32,
    /// Runtime APIs by the BLAKE2b-64 of their names, with their versions.
    pub apis: Vec<([u8; 8], u32)>,
    /// Changes when the encoding of calls or extensions does; part of what is signed.
    pub transaction_version: u32,
    /// Version of the system interface.
    pub system_version: u8,
}

impl TypeInfo for RuntimeVersion {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_version", "RuntimeVersion"]))
            .composite(
                Fields::named()
                    .field(|f| f.ty::<String>().name("spec_name").type_name("RuntimeString"))
                    .field(|f| f.ty::<String>().name("impl_name").type_name("RuntimeString"))
                    .field(|f| f.ty::<u32>().name("authoring_version").type_name("u32"))
                    .field(|f| f.ty::<u32>().name("spec_version").type_name("u32"))
                    .field(|f| f.ty::<u32>().name("impl_version").type_name("u32"))
                    .field(|f| f.ty::<Vec<([u8; 8], u32)>>().name("apis").type_name("ApisVec"))
                    .field(|f| f.ty::<u32>().name("transaction_version").type_name("u32"))
                    .field(|f| f.ty::<u8>().name("system_version").type_name("u8")),
            )
    }
}
