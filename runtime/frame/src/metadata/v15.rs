//! Metadata version 15: adds runtime APIs, the parts of an extrinsic, and the outer enums.

use std::collections::BTreeMap;

use frame_metadata::v15::{
    CustomMetadata, ExtrinsicMetadata, OuterEnums, PalletCallMetadata, PalletErrorMetadata,
    PalletEventMetadata, PalletMetadata as Pallet, RuntimeApiMetadata, RuntimeApiMethodMetadata,
    RuntimeApiMethodParamMetadata, RuntimeMetadataV15, SignedExtensionMetadata,
};

use super::{
    ApiMethod, ApiParameter, ChainMetadata, PalletMetadata, RuntimeApi, chain::lines,
    names::name_calls, v14,
};

impl ChainMetadata {
    /// The metadata in the form of version 15.
    pub fn to_v15(&self) -> RuntimeMetadataV15 {
        let mut metadata = RuntimeMetadataV15::new(
            self.pallets.iter().map(pallet).collect(),
            self.extrinsic_v15(),
            self.runtime,
            self.apis.iter().map(api).collect(),
            self.outer_enums(),
            CustomMetadata { map: BTreeMap::new() },
        );
        let calls = metadata.pallets.iter().filter_map(|one| one.calls.as_ref());
        name_calls(&mut metadata.types, calls.map(|calls| calls.ty.id));
        metadata
    }

    fn extrinsic_v15(&self) -> ExtrinsicMetadata {
        let extensions = self.extrinsic.extensions.iter().map(|one| SignedExtensionMetadata {
            identifier: one.identifier,
            ty: one.ty,
            additional_signed: one.implicit,
        });
        ExtrinsicMetadata {
            version: self.extrinsic.version,
            address_ty: self.extrinsic.address,
            call_ty: self.extrinsic.call,
            signature_ty: self.extrinsic.signature,
            extra_ty: self.extrinsic.extra,
            signed_extensions: extensions.collect(),
        }
    }

    /// The outer enums look the same in versions 15 and 16.
    pub(super) fn outer_enums(&self) -> OuterEnums {
        OuterEnums {
            call_enum_ty: self.outer.call,
            event_enum_ty: self.outer.event,
            error_enum_ty: self.outer.error,
        }
    }
}

fn pallet(pallet: &PalletMetadata) -> Pallet {
    Pallet {
        name: pallet.name,
        storage: v14::storage(pallet),
        calls: pallet.calls.map(|ty| PalletCallMetadata { ty }),
        event: pallet.events.map(|ty| PalletEventMetadata { ty }),
        constants: pallet.constants.iter().map(v14::constant).collect(),
        error: pallet.errors.map(|ty| PalletErrorMetadata { ty }),
        index: pallet.index,
        docs: lines(pallet.docs),
    }
}

fn api(api: &RuntimeApi) -> RuntimeApiMetadata {
    RuntimeApiMetadata {
        name: api.name,
        methods: api.methods.iter().map(method).collect(),
        docs: lines(api.docs),
    }
}

fn method(method: &ApiMethod) -> RuntimeApiMethodMetadata {
    RuntimeApiMethodMetadata {
        name: method.name,
        inputs: method.inputs.iter().map(parameter).collect(),
        output: method.output,
        docs: lines(method.docs),
    }
}

/// Parameters look the same in versions 15 and 16.
pub(super) fn parameter(parameter: &ApiParameter) -> RuntimeApiMethodParamMetadata {
    RuntimeApiMethodParamMetadata { name: parameter.name, ty: parameter.ty }
}
