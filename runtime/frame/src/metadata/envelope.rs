//! The type under which clients find the parts of an extrinsic.

use core::marker::PhantomData;

use scale_info::{Path, Type, TypeInfo, TypeParameter, build::Fields, meta_type};

/// Type information of an extrinsic: opaque bytes with four type parameters, which is where
/// clients look for the address, the call, the signature and the extensions. Never a value.
#[derive(Debug)]
pub struct UncheckedExtrinsic<Address, Call, Signature, Extra> {
    types: PhantomData<(Address, Call, Signature, Extra)>,
}

impl<Address, Call, Signature, Extra> TypeInfo
    for UncheckedExtrinsic<Address, Call, Signature, Extra>
where
    Address: TypeInfo + 'static,
    Call: TypeInfo + 'static,
    Signature: TypeInfo + 'static,
    Extra: TypeInfo + 'static,
{
    type Identity = Self;

    fn type_info() -> Type {
        let path = ["sp_runtime", "generic", "unchecked_extrinsic", "UncheckedExtrinsic"];
        Type::builder()
            .path(Path::from_segments_unchecked(path))
            .type_params([
                TypeParameter::new("Address", Some(meta_type::<Address>())),
                TypeParameter::new("Call", Some(meta_type::<Call>())),
                TypeParameter::new("Signature", Some(meta_type::<Signature>())),
                TypeParameter::new("Extra", Some(meta_type::<Extra>())),
            ])
            .composite(Fields::unnamed().field(|f| f.ty::<Vec<u8>>()))
    }
}
