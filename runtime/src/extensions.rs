//! Type information of the transaction extensions (`specs/formats.md`, F6). Their data is
//! [`Extra`](althing_primitives::Extra); clients want one named type for each.

use althing_frame::ExtensionMetadata;
use althing_primitives::{Balance, Era, Hash256, Nonce};
use parity_scale_codec::Compact;
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
    meta_type,
};

/// The extensions without data in the extrinsic, and those with one unnamed field.
macro_rules! extension {
    ($name:ident at $($segment:literal),+ $(; $field:ty)?) => {
        #[derive(Debug)]
        pub(crate) struct $name;

        impl TypeInfo for $name {
            type Identity = Self;

            fn type_info() -> Type {
                let fields = Fields::unnamed() $( .field(|f| f.ty::<$field>()) )?;
                Type::builder()
                    .path(Path::from_segments_unchecked([$($segment),+, stringify!($name)]))
                    .composite(fields)
            }
        }
    };
}

extension!(CheckNonZeroSender at "frame_system", "extensions", "check_non_zero_sender");
extension!(CheckSpecVersion at "frame_system", "extensions", "check_spec_version");
extension!(CheckTxVersion at "frame_system", "extensions", "check_tx_version");
extension!(CheckGenesis at "frame_system", "extensions", "check_genesis");
extension!(CheckMortality at "frame_system", "extensions", "check_mortality"; Era);
extension!(CheckNonce at "frame_system", "extensions", "check_nonce"; Compact<Nonce>);
extension!(CheckWeight at "frame_system", "extensions", "check_weight");
extension!(ChargeTransactionPayment at "pallet_transaction_payment"; Compact<Balance>);

#[derive(Debug)]
struct Mode;

impl TypeInfo for Mode {
    type Identity = Self;

    fn type_info() -> Type {
        let variants =
            Variants::new().variant("Disabled", |v| v.index(0)).variant("Enabled", |v| v.index(1));
        Type::builder()
            .path(Path::from_segments_unchecked(["frame_metadata_hash_extension", "Mode"]))
            .variant(variants)
    }
}

#[derive(Debug)]
pub(crate) struct CheckMetadataHash;

impl TypeInfo for CheckMetadataHash {
    type Identity = Self;

    fn type_info() -> Type {
        let path = ["frame_metadata_hash_extension", "CheckMetadataHash"];
        Type::builder()
            .path(Path::from_segments_unchecked(path))
            .composite(Fields::named().field(|f| f.ty::<Mode>().name("mode").type_name("Mode")))
    }
}

/// All extensions' data inside the extrinsic.
pub(crate) type ExtraType = (
    CheckNonZeroSender,
    CheckSpecVersion,
    CheckTxVersion,
    CheckGenesis,
    CheckMortality,
    CheckNonce,
    CheckWeight,
    ChargeTransactionPayment,
    CheckMetadataHash,
);

fn extension<Extra, Implicit>(identifier: &'static str) -> ExtensionMetadata
where
    Extra: TypeInfo + 'static,
    Implicit: TypeInfo + 'static,
{
    let (ty, implicit) = (meta_type::<Extra>(), meta_type::<Implicit>());
    ExtensionMetadata { identifier, ty, implicit }
}

/// The extensions in the order of [`Extra`](althing_primitives::Extra).
pub(crate) fn extensions() -> Vec<ExtensionMetadata> {
    vec![
        extension::<CheckNonZeroSender, ()>("CheckNonZeroSender"),
        extension::<CheckSpecVersion, u32>("CheckSpecVersion"),
        extension::<CheckTxVersion, u32>("CheckTxVersion"),
        extension::<CheckGenesis, Hash256>("CheckGenesis"),
        extension::<CheckMortality, Hash256>("CheckMortality"),
        extension::<CheckNonce, ()>("CheckNonce"),
        extension::<CheckWeight, ()>("CheckWeight"),
        extension::<ChargeTransactionPayment, ()>("ChargeTransactionPayment"),
        extension::<CheckMetadataHash, Option<[u8; 32]>>("CheckMetadataHash"),
    ]
}
