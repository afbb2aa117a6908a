//! What clients are told of the whole chain.

use althing_frame::{
    ApiMethod, ApiParameter, AssociatedType, ChainMetadata, ExtrinsicMetadata, OuterEnums,
    PalletMetadata, RuntimeApi, UncheckedExtrinsic,
};
use althing_primitives::{
    AccountId, BlockNumber, Hash256, MultiAddress, Nonce, RuntimeVersion, Signature,
};
use pallet_transaction_payment::types::{FeeDetails, RuntimeDispatchInfo};
use scale_info::{MetaType, Path, Type, TypeInfo, TypeParameter, build::Fields, meta_type};

use crate::api_types::{
    DryRunReport, OpaqueMetadata, TransactionSource, TransactionValidityError, ValidTransaction,
};
use crate::extensions::{ExtraType, extensions};
use crate::version::APIS;
use crate::{RuntimeCall, RuntimeError, RuntimeEvent, SS58_PREFIX};

/// Version of the extrinsic format offered for signing.
const EXTRINSIC_VERSION: u8 = 4;

type ExtrinsicType = UncheckedExtrinsic<MultiAddress, RuntimeCall, Signature, ExtraType>;

/// All that clients are told of the chain.
pub(crate) fn chain() -> ChainMetadata {
    ChainMetadata {
        pallets: pallets(),
        extrinsic: ExtrinsicMetadata {
            version: EXTRINSIC_VERSION,
            ty: meta_type::<ExtrinsicType>(),
            address: meta_type::<MultiAddress>(),
            call: meta_type::<RuntimeCall>(),
            signature: meta_type::<Signature>(),
            extra: meta_type::<ExtraType>(),
            extensions: extensions(),
        },
        apis: apis(),
        outer: OuterEnums {
            call: meta_type::<RuntimeCall>(),
            event: meta_type::<RuntimeEvent>(),
            error: meta_type::<RuntimeError>(),
        },
        associated: associated(),
        runtime: meta_type::<RuntimeType>(),
    }
}

fn pallets() -> Vec<PalletMetadata> {
    vec![
        pallet_system::metadata::<RuntimeEvent>(&crate::version(), SS58_PREFIX),
        pallet_timestamp::metadata(),
        pallet_balances::metadata(),
        pallet_transaction_payment::metadata(),
        pallet_accounts::metadata(),
        pallet_crypto_registry::metadata(),
        pallet_preimage::metadata(),
        pallet_scheduler::metadata(),
        pallet_referenda::metadata(),
        pallet_voting::metadata(),
        pallet_treasury::metadata(),
        pallet_encryption::metadata(),
        pallet_canary::metadata(),
    ]
}

/// The runtime as a type. Its parameters bring the outer enums into version 14, which has no
/// other place for errors.
#[derive(Debug)]
struct RuntimeType;

impl TypeInfo for RuntimeType {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["althing_runtime", "Runtime"]))
            .type_params([
                TypeParameter::new("Call", Some(meta_type::<RuntimeCall>())),
                TypeParameter::new("Event", Some(meta_type::<RuntimeEvent>())),
                TypeParameter::new("Error", Some(meta_type::<RuntimeError>())),
            ])
            .composite(Fields::unit())
    }
}

#[derive(Debug)]
struct BlakeTwo256;

impl TypeInfo for BlakeTwo256 {
    type Identity = Self;

    fn type_info() -> Type {
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "traits", "BlakeTwo256"]))
            .composite(Fields::unit())
    }
}

/// A header as clients decode it.
#[derive(Debug)]
struct HeaderType;

impl TypeInfo for HeaderType {
    type Identity = Self;

    fn type_info() -> Type {
        let fields = Fields::named()
            .field(|f| f.ty::<Hash256>().name("parent_hash").type_name("Hash::Output"))
            .field(|f| f.compact::<BlockNumber>().name("number").type_name("Number"))
            .field(|f| f.ty::<Hash256>().name("state_root").type_name("Hash::Output"))
            .field(|f| f.ty::<Hash256>().name("extrinsics_root").type_name("Hash::Output"))
            .field(|f| f.ty::<althing_primitives::Digest>().name("digest").type_name("Digest"));
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "generic", "header", "Header"]))
            .type_params([
                TypeParameter::new("Number", Some(meta_type::<BlockNumber>())),
                TypeParameter::new("Hash", Some(meta_type::<BlakeTwo256>())),
            ])
            .composite(fields)
    }
}

/// A block as clients decode it.
#[derive(Debug)]
struct BlockType;

impl TypeInfo for BlockType {
    type Identity = Self;

    fn type_info() -> Type {
        let fields = Fields::named()
            .field(|f| f.ty::<HeaderType>().name("header").type_name("Header"))
            .field(|f| f.ty::<Vec<ExtrinsicType>>().name("extrinsics").type_name("Vec<Extrinsic>"));
        Type::builder()
            .path(Path::from_segments_unchecked(["sp_runtime", "generic", "block", "Block"]))
            .type_params([
                TypeParameter::new("Header", Some(meta_type::<HeaderType>())),
                TypeParameter::new("Extrinsic", Some(meta_type::<ExtrinsicType>())),
            ])
            .composite(fields)
    }
}

fn associated() -> Vec<AssociatedType> {
    let of_system = |name, ty| AssociatedType { pallet: pallet_system::NAME, name, ty };
    vec![
        of_system("RuntimeCall", meta_type::<RuntimeCall>()),
        of_system("Nonce", meta_type::<Nonce>()),
        of_system("Hash", meta_type::<Hash256>()),
        of_system("Hashing", meta_type::<BlakeTwo256>()),
        of_system("AccountId", meta_type::<AccountId>()),
        of_system("Block", meta_type::<BlockType>()),
        of_system("AccountData", meta_type::<pallet_system::AccountData>()),
    ]
}

fn method<Output: TypeInfo + 'static>(
    name: &'static str,
    inputs: &[(&'static str, MetaType)],
    docs: &'static str,
) -> ApiMethod {
    let inputs = inputs.iter().map(|(name, ty)| ApiParameter { name, ty: *ty }).collect();
    ApiMethod { name, inputs, output: meta_type::<Output>(), docs }
}

fn apis() -> Vec<RuntimeApi> {
    let api = |name: &'static str, methods, docs| {
        let version = APIS.iter().find(|(known, _)| *known == name).map_or(1, |(_, v)| *v);
        RuntimeApi { name, version, methods, docs }
    };
    vec![
        api("Core", core_methods(), "The runtime itself."),
        api("Metadata", metadata_methods(), "What clients need to know of the chain."),
        api("TaggedTransactionQueue", queue_methods(), "What may wait for a block."),
        api("AccountNonceApi", nonce_methods(), "Nonces."),
        api("TransactionPaymentApi", payment_methods(), "Prices."),
        api("AlthingApi", althing_methods(), "What only this chain offers."),
    ]
}

fn core_methods() -> Vec<ApiMethod> {
    vec![method::<RuntimeVersion>("version", &[], "Names and numbers of the runtime.")]
}

fn metadata_methods() -> Vec<ApiMethod> {
    let version = ("version", meta_type::<u32>());
    vec![
        method::<OpaqueMetadata<'static>>("metadata", &[], "Metadata of version 14."),
        method::<Option<OpaqueMetadata<'static>>>(
            "metadata_at_version",
            &[version],
            "Metadata of the version asked for.",
        ),
        method::<Vec<u32>>("metadata_versions", &[], "The versions there are."),
    ]
}

fn queue_methods() -> Vec<ApiMethod> {
    let inputs = [
        ("source", meta_type::<TransactionSource>()),
        ("tx", meta_type::<ExtrinsicType>()),
        ("block_hash", meta_type::<Hash256>()),
    ];
    vec![method::<Result<ValidTransaction, TransactionValidityError>>(
        "validate_transaction",
        &inputs,
        "Whether a transaction may wait for a block.",
    )]
}

fn nonce_methods() -> Vec<ApiMethod> {
    let inputs = [("account", meta_type::<AccountId>())];
    vec![method::<Nonce>("account_nonce", &inputs, "The account's next nonce.")]
}

fn payment_methods() -> Vec<ApiMethod> {
    let inputs = [("uxt", meta_type::<ExtrinsicType>()), ("len", meta_type::<u32>())];
    vec![
        method::<RuntimeDispatchInfo>("query_info", &inputs, "Weight, class and fee."),
        method::<FeeDetails>("query_fee_details", &inputs, "The fee in its parts."),
    ]
}

fn althing_methods() -> Vec<ApiMethod> {
    let inputs = [("account", meta_type::<AccountId>()), ("call", meta_type::<RuntimeCall>())];
    vec![method::<DryRunReport>("dry_run", &inputs, "What a call would do in the next block.")]
}
