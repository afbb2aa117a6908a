//! All that metadata says of a composed chain, before it takes the form of a version.

use frame_metadata::RuntimeMetadataPrefixed;
use parity_scale_codec::Encode;
use scale_info::MetaType;

use super::PalletMetadata;

/// The versions of metadata that [`ChainMetadata::encode`] knows, ascending.
pub const METADATA_VERSIONS: [u32; 3] = [14, 15, 16];

/// One transaction extension.
#[derive(Clone, Debug)]
pub struct ExtensionMetadata {
    /// The name clients know it by.
    pub identifier: &'static str,
    /// Type of its data inside the extrinsic.
    pub ty: MetaType,
    /// Type of its data that is signed without travelling.
    pub implicit: MetaType,
}

/// How extrinsics are encoded.
#[derive(Clone, Debug)]
pub struct ExtrinsicMetadata {
    /// The one format version offered for signing.
    pub version: u8,
    /// Type of the whole, with the parameters Address, Call, Signature and Extra.
    pub ty: MetaType,
    /// Type of the sender's address.
    pub address: MetaType,
    /// Type of the outer call.
    pub call: MetaType,
    /// Type of the signature.
    pub signature: MetaType,
    /// Type of all extensions' data inside the extrinsic.
    pub extra: MetaType,
    /// The extensions, in the order in which they are encoded.
    pub extensions: Vec<ExtensionMetadata>,
}

/// A named argument of a runtime API's method.
#[derive(Clone, Debug)]
pub struct ApiParameter {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: MetaType,
}

/// One method of a runtime API.
#[derive(Clone, Debug)]
pub struct ApiMethod {
    /// Its name in the API.
    pub name: &'static str,
    /// Its arguments, laid end to end in a call.
    pub inputs: Vec<ApiParameter>,
    /// Type of its result.
    pub output: MetaType,
    /// What it answers.
    pub docs: &'static str,
}

/// Functions that clients may call on the state of any block.
#[derive(Clone, Debug)]
pub struct RuntimeApi {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// Its methods.
    pub methods: Vec<ApiMethod>,
    /// What it is for.
    pub docs: &'static str,
}

/// The enums over all pallets.
#[derive(Clone, Debug)]
pub struct OuterEnums {
    /// Calls.
    pub call: MetaType,
    /// Events.
    pub event: MetaType,
    /// Errors.
    pub error: MetaType,
}

/// A type that clients look up by name rather than by use. Only version 16 carries these.
#[derive(Clone, Debug)]
pub struct AssociatedType {
    /// Name of the pallet it belongs to.
    pub pallet: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// The type.
    pub ty: MetaType,
}

/// All that metadata says of a chain.
#[derive(Clone, Debug)]
pub struct ChainMetadata {
    /// The pallets, by ascending index.
    pub pallets: Vec<PalletMetadata>,
    /// How extrinsics are encoded.
    pub extrinsic: ExtrinsicMetadata,
    /// The runtime APIs. Version 14 leaves them out.
    pub apis: Vec<RuntimeApi>,
    /// The enums over all pallets.
    pub outer: OuterEnums,
    /// Types that clients look up by name.
    pub associated: Vec<AssociatedType>,
    /// The type of the runtime itself. Its parameters put types into the registry that a version
    /// would not hold otherwise.
    pub runtime: MetaType,
}

impl ChainMetadata {
    /// The metadata in the form of `version`, `None` if that is not one of [`METADATA_VERSIONS`].
    pub fn to_version(&self, version: u32) -> Option<RuntimeMetadataPrefixed> {
        match version {
            14 => Some(self.to_v14().into()),
            15 => Some(self.to_v15().into()),
            16 => Some(self.to_v16().into()),
            _ => None,
        }
    }

    /// The bytes of [`ChainMetadata::to_version`]: `meta`, the version, the metadata.
    pub fn encode(&self, version: u32) -> Option<Vec<u8>> {
        self.to_version(version).map(|metadata| metadata.encode())
    }
}

/// Documentation as a list of lines; none for an empty text.
pub(super) fn lines(docs: &'static str) -> Vec<&'static str> {
    if docs.is_empty() { Vec::new() } else { docs.lines().collect() }
}
