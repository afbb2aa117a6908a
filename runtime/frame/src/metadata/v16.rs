//! Metadata version 16: adds associated types, versions of APIs and of extensions.

use std::collections::BTreeMap;

use frame_metadata::v16::{
    CustomMetadata, EnumDeprecationInfo, ExtrinsicMetadata, ItemDeprecationInfo,
    PalletAssociatedTypeMetadata, PalletCallMetadata, PalletConstantMetadata, PalletErrorMetadata,
    PalletEventMetadata, PalletMetadata as Pallet, PalletStorageMetadata, RuntimeApiMetadata,
    RuntimeApiMethodMetadata, RuntimeMetadataV16, StorageEntryMetadata,
    TransactionExtensionMetadata,
};
use parity_scale_codec::Compact;

use super::{
    ApiMethod, ChainMetadata, Constant, PalletMetadata, RuntimeApi, StorageEntry, chain::lines,
    names::name_calls, v14, v15,
};

/// The only version of the set of extensions.
const EXTENSIONS_VERSION: u8 = 0;

impl ChainMetadata {
    /// The metadata in the form of version 16.
    pub fn to_v16(&self) -> RuntimeMetadataV16 {
        let mut metadata = RuntimeMetadataV16::new(
            self.pallets.iter().map(|one| self.pallet_v16(one)).collect(),
            self.extrinsic_v16(),
            self.apis.iter().map(api).collect(),
            self.outer_enums(),
            CustomMetadata { map: BTreeMap::new() },
        );
        let calls = metadata.pallets.iter().filter_map(|one| one.calls.as_ref());
        name_calls(&mut metadata.types, calls.map(|calls| calls.ty.id));
        metadata
    }

    fn extrinsic_v16(&self) -> ExtrinsicMetadata {
        let extensions = &self.extrinsic.extensions;
        let order = (0_u32..).zip(extensions).map(|(position, _)| Compact(position)).collect();
        let extensions = extensions.iter().map(|one| TransactionExtensionMetadata {
            identifier: one.identifier,
            ty: one.ty,
            implicit: one.implicit,
        });
        ExtrinsicMetadata {
            versions: vec![self.extrinsic.version],
            address_ty: self.extrinsic.address,
            call_ty: self.extrinsic.call,
            signature_ty: self.extrinsic.signature,
            transaction_extensions_by_version: BTreeMap::from([(EXTENSIONS_VERSION, order)]),
            transaction_extensions: extensions.collect(),
        }
    }

    fn pallet_v16(&self, pallet: &PalletMetadata) -> Pallet {
        let associated = self.associated.iter().filter(|one| one.pallet == pallet.name);
        let deprecation_info = EnumDeprecationInfo::nothing_deprecated;
        Pallet {
            name: pallet.name,
            storage: storage(pallet),
            calls: pallet
                .calls
                .map(|ty| PalletCallMetadata { ty, deprecation_info: deprecation_info() }),
            event: pallet
                .events
                .map(|ty| PalletEventMetadata { ty, deprecation_info: deprecation_info() }),
            constants: pallet.constants.iter().map(constant).collect(),
            error: pallet
                .errors
                .map(|ty| PalletErrorMetadata { ty, deprecation_info: deprecation_info() }),
            associated_types: associated
                .map(|one| PalletAssociatedTypeMetadata {
                    name: one.name,
                    ty: one.ty,
                    docs: Vec::new(),
                })
                .collect(),
            view_functions: Vec::new(),
            index: pallet.index,
            docs: lines(pallet.docs),
            deprecation_info: ItemDeprecationInfo::NotDeprecated,
        }
    }
}

fn storage(pallet: &PalletMetadata) -> Option<PalletStorageMetadata> {
    (!pallet.storage.is_empty()).then(|| PalletStorageMetadata {
        prefix: pallet.name,
        entries: pallet.storage.iter().map(entry).collect(),
    })
}

fn entry(entry: &StorageEntry) -> StorageEntryMetadata {
    StorageEntryMetadata {
        name: entry.name,
        modifier: v14::modifier(entry),
        ty: v14::entry_type(entry),
        default: entry.default.clone(),
        docs: lines(entry.docs),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}

fn constant(constant: &Constant) -> PalletConstantMetadata {
    PalletConstantMetadata {
        name: constant.name,
        ty: constant.ty,
        value: constant.value.clone(),
        docs: lines(constant.docs),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}

fn api(api: &RuntimeApi) -> RuntimeApiMetadata {
    RuntimeApiMetadata {
        name: api.name,
        methods: api.methods.iter().map(method).collect(),
        docs: lines(api.docs),
        version: Compact(api.version),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}

fn method(method: &ApiMethod) -> RuntimeApiMethodMetadata {
    RuntimeApiMethodMetadata {
        name: method.name,
        inputs: method.inputs.iter().map(v15::parameter).collect(),
        output: method.output,
        docs: lines(method.docs),
        deprecation_info: ItemDeprecationInfo::NotDeprecated,
    }
}
