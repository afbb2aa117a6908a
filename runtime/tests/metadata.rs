//! What clients are told: the three versions of metadata, and the keys that clients compute.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_frame::METADATA_VERSIONS;
use althing_runtime::AlthingRuntime;
use frame_metadata::{META_RESERVED, RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Decode, DecodeAll};
use scale_info::{PortableRegistry, TypeDef, form::PortableForm};

const EXTENSIONS: [&str; 9] = [
    "CheckNonZeroSender",
    "CheckSpecVersion",
    "CheckTxVersion",
    "CheckGenesis",
    "CheckMortality",
    "CheckNonce",
    "CheckWeight",
    "ChargeTransactionPayment",
    "CheckMetadataHash",
];

fn metadata(version: u32) -> RuntimeMetadata {
    let runtime = AlthingRuntime::new();
    let bytes = runtime.metadata(version).unwrap();
    let RuntimeMetadataPrefixed(magic, metadata) =
        RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]).unwrap();
    assert_eq!(magic, META_RESERVED);
    metadata
}

fn registries() -> Vec<PortableRegistry> {
    METADATA_VERSIONS
        .into_iter()
        .map(|version| match metadata(version) {
            RuntimeMetadata::V14(metadata) => metadata.types,
            RuntimeMetadata::V15(metadata) => metadata.types,
            RuntimeMetadata::V16(metadata) => metadata.types,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn find<'a>(types: &'a PortableRegistry, path: &str) -> &'a scale_info::Type<PortableForm> {
    let mut found = types.types.iter().filter(|ty| ty.ty.path.segments.join("::") == path);
    &found.next().unwrap_or_else(|| panic!("no type {path}")).ty
}

fn path(types: &PortableRegistry, id: u32) -> String {
    types.resolve(id).unwrap().path.segments.join("::")
}

fn variants(ty: &scale_info::Type<PortableForm>) -> Vec<(u8, &str)> {
    match &ty.type_def {
        TypeDef::Variant(variants) => {
            variants.variants.iter().map(|v| (v.index, v.name.as_str())).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn fields(ty: &scale_info::Type<PortableForm>) -> Vec<&str> {
    match &ty.type_def {
        TypeDef::Composite(composite) => {
            composite.fields.iter().map(|field| field.name.as_deref().unwrap_or("")).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_version_holds_the_types_that_clients_look_up() {
    let paths = [
        "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic",
        "frame_system::EventRecord",
        "sp_core::crypto::AccountId32",
        "sp_runtime::multiaddress::MultiAddress",
        "sp_runtime::generic::era::Era",
        "sp_runtime::DispatchError",
        "sp_runtime::ModuleError",
        "primitive_types::H256",
        "sp_weights::weight_v2::Weight",
        "althing_runtime::RuntimeCall",
        "althing_runtime::RuntimeEvent",
        "althing_runtime::RuntimeError",
        "frame_system::Phase",
        "frame_system::AccountInfo",
        "pallet_balances::types::AccountData",
        "frame_system::DispatchEventInfo",
    ];
    for types in registries() {
        for path in paths {
            find(&types, path);
        }
        let accounts = types.types.iter().filter(|ty| {
            ty.ty.path.segments.last().is_some_and(|last| last.ends_with("AccountId32"))
        });
        assert_eq!(accounts.count(), 1);
    }
}

#[test]
fn an_extrinsic_names_its_four_parts_in_order() {
    for types in registries() {
        let path_of = "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic";
        let extrinsic = find(&types, path_of);
        let parts: Vec<(String, String)> = extrinsic
            .type_params
            .iter()
            .map(|part| (part.name.clone(), path(&types, part.ty.unwrap().id)))
            .collect();
        let names: Vec<_> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Address", "Call", "Signature", "Extra"]);
        assert_eq!(parts[0].1, "sp_runtime::multiaddress::MultiAddress");
        assert_eq!(parts[1].1, "althing_runtime::RuntimeCall");
        assert_ne!(parts[2].1, "sp_runtime::MultiSignature");
        assert_ne!(parts[2].1, "");
        let signature = find(&types, &parts[2].1);
        let expected = [
            (0, "Ed25519"),
            (1, "Sr25519"),
            (2, "Ecdsa"),
            (16, "Key"),
            (17, "Handle"),
            (18, "Joint"),
        ];
        assert_eq!(variants(signature), expected);
    }
}

#[test]
fn no_array_is_longer_than_polkadot_js_builds() {
    for types in registries() {
        for ty in &types.types {
            if let TypeDef::Array(array) = &ty.ty.type_def {
                assert!(array.len <= 2048, "{}", array.len);
            }
        }
    }
}

#[test]
fn fields_are_all_named_or_all_unnamed_and_variants_differ_in_more_than_case() {
    for types in registries() {
        for ty in &types.types {
            let groups: Vec<_> = match &ty.ty.type_def {
                TypeDef::Composite(composite) => vec![&composite.fields],
                TypeDef::Variant(variants) => variants.variants.iter().map(|v| &v.fields).collect(),
                _ => continue,
            };
            for fields in groups {
                let named = fields.iter().filter(|field| field.name.is_some()).count();
                assert!(named == 0 || named == fields.len(), "{:?}", ty.ty.path);
            }
            if let TypeDef::Variant(variants) = &ty.ty.type_def {
                let mut names: Vec<_> =
                    variants.variants.iter().map(|v| v.name.to_lowercase()).collect();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), variants.variants.len(), "{:?}", ty.ty.path);
            }
        }
    }
}

#[test]
fn version_14_lists_pallets_extensions_and_one_extrinsic_version() {
    let RuntimeMetadata::V14(metadata) = metadata(14) else { panic!() };
    let pallets: Vec<_> = metadata.pallets.iter().map(|p| (p.index, p.name.as_str())).collect();
    let expected = [
        (0, "System"),
        (1, "Timestamp"),
        (2, "Balances"),
        (3, "TransactionPayment"),
        (4, "Accounts"),
        (5, "CryptoRegistry"),
        (6, "Preimage"),
        (7, "Scheduler"),
        (8, "Referenda"),
        (9, "Voting"),
        (10, "Treasury"),
        (11, "Encryption"),
        (12, "Canary"),
    ];
    assert_eq!(pallets, expected);
    assert_eq!(metadata.extrinsic.version, 4);
    let extensions: Vec<_> =
        metadata.extrinsic.signed_extensions.iter().map(|e| e.identifier.as_str()).collect();
    assert_eq!(extensions, EXTENSIONS);
    assert!(metadata.pallets.iter().all(|p| p.storage.as_ref().is_none_or(|s| s.prefix == p.name)));
}

#[test]
fn version_15_adds_runtime_apis_and_outer_enums() {
    let RuntimeMetadata::V15(metadata) = metadata(15) else { panic!() };
    let types = &metadata.types;
    assert_eq!(metadata.extrinsic.version, 4);
    assert_eq!(path(types, metadata.outer_enums.call_enum_ty.id), "althing_runtime::RuntimeCall");
    assert_eq!(path(types, metadata.outer_enums.event_enum_ty.id), "althing_runtime::RuntimeEvent");
    assert_eq!(path(types, metadata.outer_enums.error_enum_ty.id), "althing_runtime::RuntimeError");
    let methods: Vec<String> = metadata
        .apis
        .iter()
        .flat_map(|api| api.methods.iter().map(|method| format!("{}_{}", api.name, method.name)))
        .collect();
    let expected = [
        "Core_version",
        "Metadata_metadata",
        "Metadata_metadata_at_version",
        "Metadata_metadata_versions",
        "TaggedTransactionQueue_validate_transaction",
        "AccountNonceApi_account_nonce",
        "TransactionPaymentApi_query_info",
        "TransactionPaymentApi_query_fee_details",
        "AlthingApi_dry_run",
    ];
    assert_eq!(methods, expected);
}

#[test]
fn version_16_offers_extrinsic_version_4_alone_and_the_types_of_system() {
    let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!() };
    let types = &metadata.types;
    assert_eq!(metadata.extrinsic.versions, [4]);
    let by_version = &metadata.extrinsic.transaction_extensions_by_version;
    let order: Vec<u32> = by_version[&0].iter().map(|position| position.0).collect();
    assert_eq!((by_version.len(), order), (1, (0..9).collect()));
    let extensions: Vec<_> =
        metadata.extrinsic.transaction_extensions.iter().map(|e| e.identifier.as_str()).collect();
    assert_eq!(extensions, EXTENSIONS);
    let system = &metadata.pallets[0];
    let associated: Vec<(&str, String)> = system
        .associated_types
        .iter()
        .map(|one| (one.name.as_str(), path(types, one.ty.id)))
        .collect();
    let expected = [
        ("RuntimeCall", "althing_runtime::RuntimeCall"),
        ("Nonce", ""),
        ("Hash", "primitive_types::H256"),
        ("Hashing", "sp_runtime::traits::BlakeTwo256"),
        ("AccountId", "sp_core::crypto::AccountId32"),
        ("Block", "sp_runtime::generic::block::Block"),
        ("AccountData", "pallet_balances::types::AccountData"),
    ]
    .map(|(name, path)| (name, path.to_owned()));
    assert_eq!(associated, expected);
}

#[test]
fn shapes_that_clients_decode_by_hand_are_as_they_expect() {
    for types in registries() {
        assert_eq!(fields(find(&types, "sp_core::crypto::AccountId32")), [""]);
        assert_eq!(fields(find(&types, "sp_runtime::ModuleError")), ["index", "error"]);
        let record = find(&types, "frame_system::EventRecord");
        assert_eq!(fields(record), ["phase", "event", "topics"]);
        let weight = find(&types, "sp_weights::weight_v2::Weight");
        assert_eq!(fields(weight), ["ref_time", "proof_size"]);
        let account = find(&types, "frame_system::AccountInfo");
        assert_eq!(fields(account), ["nonce", "consumers", "providers", "sufficients", "data"]);
        let data = find(&types, "pallet_balances::types::AccountData");
        assert_eq!(fields(data), ["free", "reserved", "frozen", "flags"]);
        let address = find(&types, "sp_runtime::multiaddress::MultiAddress");
        let forms = [(0, "Id"), (1, "Index"), (2, "Raw"), (3, "Address32"), (4, "Address20")];
        assert_eq!(variants(address), forms);
        let era = variants(find(&types, "sp_runtime::generic::era::Era"));
        assert_eq!((era.len(), era[0], era[255]), (256, (0, "Immortal"), (255, "Mortal255")));
    }
}

#[test]
fn calls_and_events_have_the_names_and_indices_that_wallets_use() {
    let RuntimeMetadata::V14(metadata) = metadata(14) else { panic!() };
    let pallet = |name: &str| metadata.pallets.iter().find(|p| p.name == name).unwrap();
    let calls = |name| {
        let ty = pallet(name).calls.as_ref().unwrap().ty.id;
        variants(metadata.types.resolve(ty).unwrap())
    };
    let events = |name| {
        let ty = pallet(name).event.as_ref().unwrap().ty.id;
        variants(metadata.types.resolve(ty).unwrap())
    };
    assert_eq!(calls("System"), [(0, "remark"), (7, "remark_with_event")]);
    assert_eq!(calls("Timestamp"), [(0, "set")]);
    assert_eq!(calls("Balances")[..2], [(0, "transfer_allow_death"), (3, "transfer_keep_alive")]);
    assert_eq!(events("System")[..2], [(0, "ExtrinsicSuccess"), (1, "ExtrinsicFailed")]);
    assert_eq!(events("TransactionPayment")[0], (0, "TransactionFeePaid"));
    assert!(events("Balances").contains(&(2, "Transfer")));
    let ours = ["Accounts", "CryptoRegistry", "Preimage", "Referenda", "Voting", "Treasury"];
    for name in ours.into_iter().chain(["Encryption"]) {
        for (_, call) in calls(name) {
            assert_eq!(call, call.to_lowercase(), "{name}");
        }
    }
}

#[test]
fn constants_agree_with_the_version_everywhere() {
    let RuntimeMetadata::V14(metadata) = metadata(14) else { panic!() };
    let constant = |pallet: &str, name: &str| {
        let pallet = metadata.pallets.iter().find(|p| p.name == pallet).unwrap();
        let found = pallet.constants.iter().find(|constant| constant.name == name);
        found.unwrap_or_else(|| panic!("no constant {name}")).value.clone()
    };
    let version = constant("System", "Version");
    let version = althing_primitives::RuntimeVersion::decode_all(&mut &version[..]).unwrap();
    assert_eq!(version, althing_runtime::version());
    let chain = chain::Chain::dev();
    let answer = chain.runtime.call_api(&chain.parent(), "Core_version", &[]).unwrap();
    assert_eq!(althing_primitives::RuntimeVersion::decode(&mut &answer[..]).unwrap(), version);
    assert_eq!(constant("System", "SS58Prefix"), 42_u16.to_le_bytes());
    assert_eq!(constant("System", "BlockHashCount"), 4096_u32.to_le_bytes());
    for name in ["BlockWeights", "BlockLength", "DbWeight"] {
        constant("System", name);
    }
    constant("Timestamp", "MinimumPeriod");
    constant("Balances", "ExistentialDeposit");
}

#[test]
fn keys_are_those_that_clients_compute() {
    let keys = [
        ("System", "Account", "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9"),
        ("System", "Events", "26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"),
        ("System", "Number", "26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac"),
        ("System", "BlockHash", "26aa394eea5630e07c48ae0c9558cef7a44704b568d21667356a5a050c118746"),
        ("Timestamp", "Now", "f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb"),
    ];
    let hex = |key: &[u8]| const_hex::encode(key);
    for (pallet, item, key) in keys {
        assert_eq!(hex(&althing_primitives::row_prefix(pallet, item)), key, "{pallet}.{item}");
    }
    let mut chain = chain::Chain::dev();
    chain.pass(1);
    for (_, _, key) in keys {
        let prefix = const_hex::decode(key).unwrap();
        assert!(chain.state.range(&prefix, None, 1).next().is_some(), "{key}");
    }
    assert!(chain.state.get(&const_hex::decode("3a636f6465").unwrap()).is_some());
}

#[test]
fn every_row_of_the_chain_belongs_to_an_announced_item() {
    let RuntimeMetadata::V14(metadata) = metadata(14) else { panic!() };
    let mut prefixes = vec![b":code".to_vec()];
    for pallet in &metadata.pallets {
        for entry in pallet.storage.iter().flat_map(|storage| &storage.entries) {
            prefixes.push(althing_primitives::row_prefix(&pallet.name, &entry.name).to_vec());
        }
    }
    let mut chain = chain::Chain::dev();
    let question = chain::calls::propose(
        althing_frame::Track::SmallSpender,
        &chain::calls::spend(&chain::member("ivan").account, 5),
    );
    chain.block(vec![chain.next(chain::member("bob"), question)]);
    chain.block(vec![chain.next(chain::member("bob"), chain::calls::aye(0, 10))]);
    for (key, _) in chain.state.range(&[], None, usize::MAX) {
        let known = prefixes.iter().any(|prefix| key.starts_with(prefix));
        assert!(known, "no item for row {}", const_hex::encode(key));
    }
}
