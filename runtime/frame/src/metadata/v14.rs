//! Metadata version 14: what explorers and older tools read.

use frame_metadata::v14::{
    ExtrinsicMetadata, PalletCallMetadata, PalletConstantMetadata, PalletErrorMetadata,
    PalletEventMetadata, PalletMetadata as Pallet, PalletStorageMetadata, RuntimeMetadataV14,
    SignedExtensionMetadata, StorageEntryMetadata, StorageEntryModifier, StorageEntryType,
    StorageHasher,
};

use super::{
    ChainMetadata, Constant, PalletMetadata, StorageEntry, chain::lines, names::name_calls,
};

impl ChainMetadata {
    /// The metadata in the form of version 14.
    pub fn to_v14(&self) -> RuntimeMetadataV14 {
        let pallets = self.pallets.iter().map(pallet).collect();
        let extensions = self.extrinsic.extensions.iter().map(|one| SignedExtensionMetadata {
            identifier: one.identifier,
            ty: one.ty,
            additional_signed: one.implicit,
        });
        let extrinsic = ExtrinsicMetadata {
            ty: self.extrinsic.ty,
            version: self.extrinsic.version,
            signed_extensions: extensions.collect(),
        };
        let mut metadata = RuntimeMetadataV14::new(pallets, extrinsic, self.runtime);
        let calls = metadata.pallets.iter().filter_map(|one| one.calls.as_ref());
        name_calls(&mut metadata.types, calls.map(|calls| calls.ty.id));
        metadata
    }
}

fn pallet(pallet: &PalletMetadata) -> Pallet {
    Pallet {
        name: pallet.name,
        storage: storage(pallet),
        calls: pallet.calls.map(|ty| PalletCallMetadata { ty }),
        event: pallet.events.map(|ty| PalletEventMetadata { ty }),
        constants: pallet.constants.iter().map(constant).collect(),
        error: pallet.errors.map(|ty| PalletErrorMetadata { ty }),
        index: pallet.index,
    }
}

/// Rows look the same in versions 14 and 15.
pub(super) fn storage(pallet: &PalletMetadata) -> Option<PalletStorageMetadata> {
    (!pallet.storage.is_empty()).then(|| PalletStorageMetadata {
        prefix: pallet.name,
        entries: pallet.storage.iter().map(entry).collect(),
    })
}

fn entry(entry: &StorageEntry) -> StorageEntryMetadata {
    StorageEntryMetadata {
        name: entry.name,
        modifier: modifier(entry),
        ty: entry_type(entry),
        default: entry.default.clone(),
        docs: lines(entry.docs),
    }
}

/// Constants look the same in versions 14 and 15.
pub(super) fn constant(constant: &Constant) -> PalletConstantMetadata {
    PalletConstantMetadata {
        name: constant.name,
        ty: constant.ty,
        value: constant.value.clone(),
        docs: lines(constant.docs),
    }
}

/// What clients read for an absent row.
pub(super) fn modifier(entry: &StorageEntry) -> StorageEntryModifier {
    if entry.has_default { StorageEntryModifier::Default } else { StorageEntryModifier::Optional }
}

/// Keys and value of an item.
pub(super) fn entry_type(entry: &StorageEntry) -> StorageEntryType {
    match entry.key {
        None => StorageEntryType::Plain(entry.value),
        Some(key) => StorageEntryType::Map {
            hashers: entry.hashers.iter().map(|name| hasher(name)).collect(),
            key,
            value: entry.value,
        },
    }
}

fn hasher(name: &str) -> StorageHasher {
    match name {
        "Blake2_128Concat" => StorageHasher::Blake2_128Concat,
        "Twox64Concat" => StorageHasher::Twox64Concat,
        // The primitives have three hashers; this is the third.
        other => {
            debug_assert_eq!(other, "Identity", "metadata must learn the name of every hasher");
            StorageHasher::Identity
        }
    }
}
