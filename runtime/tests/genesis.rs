//! Block 0 from specifications, and the rows of a chain read with nothing but its metadata.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod chain;

use althing_frame::Track;
use althing_primitives::{Hash256, TOKEN};
use althing_runtime::{
    AlthingRuntime, ChainSpec, ChainType, GenesisError, GovernancePreset, SchemePreset,
    check_invariants, genesis_chain_type,
};
use chain::calls::{aye, propose, spend, transfer};
use chain::{Chain, member, members};
use frame_metadata::v14::{RuntimeMetadataV14, StorageEntryType};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::DecodeAll;

fn dev() -> ChainSpec {
    ChainSpec::dev(GovernancePreset::Fast).unwrap()
}

fn error(spec: &ChainSpec) -> GenesisError {
    spec.build(&AlthingRuntime::new()).unwrap_err()
}

#[test]
fn a_specification_reads_back_as_it_was_written_and_gives_the_same_genesis() {
    let spec = dev();
    let json = spec.to_json().unwrap();
    let read = ChainSpec::from_json(&json).unwrap();
    assert_eq!(read, spec);
    let build = |spec: &ChainSpec| spec.build(&AlthingRuntime::new()).unwrap().header;
    assert_eq!(build(&read), build(&spec));
    assert!(json.contains("\"balance\": \"100000\""), "amounts are in tokens");
    assert!(json.contains("\"scheme\": \"ml-dsa-65\""));
}

#[test]
fn a_specification_with_an_unknown_field_is_not_read() {
    let json = dev().to_json().unwrap().replacen("\"id\"", "\"idd\"", 1);
    assert!(ChainSpec::from_json(&json).is_err());
}

#[test]
fn the_development_chain_has_ten_members_a_treasury_and_no_parent() {
    let chain = Chain::dev();
    assert_eq!((chain.header.number, chain.header.parent_hash), (0, Hash256::default()));
    assert_eq!(chain.header.state_root, chain.state.root());
    assert_eq!(chain.header.extrinsics_root, Hash256::default());
    assert_eq!(genesis_chain_type(&chain.header), Some(ChainType::Development));
    for wallet in members() {
        assert_eq!(chain.free(&wallet.account), 100_000 * TOKEN);
        assert!(pallet_accounts::POLICIES.contains(&chain.state, &wallet.account).unwrap());
    }
    assert_eq!(chain.free(&pallet_treasury::account()), 340_000 * TOKEN);
    chain.check();
}

#[test]
fn every_preset_makes_a_chain_whose_invariants_hold() {
    for governance in [GovernancePreset::Fast, GovernancePreset::Main] {
        for schemes in [SchemePreset::Dev, SchemePreset::Main] {
            let mut spec = ChainSpec { governance, schemes, time: 1_700_000_000_000, ..dev() };
            // Keys of deprecated schemes cannot be enrolled at genesis either.
            if schemes == SchemePreset::Main {
                assert!(matches!(error(&spec), GenesisError::Refused { pallet: "Accounts", .. }));
                spec.members.retain(|member| member.name.as_deref() != Some("dave"));
            }
            let genesis = spec.build(&AlthingRuntime::new()).unwrap();
            check_invariants(&genesis.state).unwrap();
            let now = pallet_timestamp::NOW.get(&genesis.state).unwrap();
            assert_eq!(now, Some(1_700_000_000_000));
        }
    }
}

#[test]
fn what_contradicts_the_runtime_is_refused() {
    assert!(matches!(
        error(&ChainSpec { ss58_prefix: 7, ..dev() }),
        GenesisError::Prefix { expected: 42, found: 7 }
    ));
    let mut spec = dev();
    spec.token.decimals = 10;
    assert!(matches!(error(&spec), GenesisError::Decimals { expected: 12, found: 10 }));
    let mut spec = dev();
    spec.members[0].account = spec.members[1].account;
    assert!(matches!(error(&spec), GenesisError::Account { .. }));
    let mut spec = dev();
    spec.members[0].key.as_mut().unwrap().scheme = "ed25519".to_owned();
    assert!(matches!(error(&spec), GenesisError::Scheme { .. }));
    let mut spec = dev();
    spec.members[0].balance = 1;
    assert!(matches!(error(&spec), GenesisError::Refused { pallet: "Balances", .. }));
    let mut spec = dev();
    spec.council.push(spec.council[0]);
    assert!(matches!(error(&spec), GenesisError::Refused { pallet: "Encryption", .. }));
    spec.council = vec![spec.council[0]; 17];
    assert!(matches!(error(&spec), GenesisError::Council { found: 17, maximum: 16 }));
}

#[test]
fn the_council_of_a_development_chain_is_alice_bob_and_carol() {
    let chain = Chain::dev();
    let council = pallet_encryption::COUNCIL.get_or_default(&chain.state).unwrap();
    assert_eq!(*council, ["alice", "bob", "carol"].map(|name| member(name).account));
    let without = dev().to_json().unwrap().replace("\"council\"", "\"former\"");
    assert!(ChainSpec::from_json(&without).is_err());
    let mut spec = dev();
    spec.council = Vec::new();
    let json = spec.to_json().unwrap();
    assert!(!json.contains("council"));
    assert_eq!(ChainSpec::from_json(&json).unwrap(), spec);
}

#[test]
fn code_names_the_runtime_and_its_metadata() {
    let chain = Chain::dev();
    let code = chain.state.get(b":code").unwrap();
    let (name, version, source) = <(String, u32, Hash256)>::decode_all(&mut &code[..]).unwrap();
    assert_eq!((name.as_str(), version), ("althing", 100));
    let metadata = chain.runtime.metadata(16).unwrap();
    assert_eq!(source, althing_primitives::blake2_256(metadata));
}

/// Read every row by its announced type; what is announced must fit to the last byte.
fn read_all(chain: &Chain, metadata: &RuntimeMetadataV14) -> usize {
    let mut rows = 0;
    for pallet in &metadata.pallets {
        for entry in pallet.storage.iter().flat_map(|storage| &storage.entries) {
            let prefix = althing_primitives::row_prefix(&pallet.name, &entry.name);
            let ty = match &entry.ty {
                StorageEntryType::Plain(ty) | StorageEntryType::Map { value: ty, .. } => ty.id,
            };
            let decodes = |value: &[u8]| {
                let mut input = value;
                let read = scale_value::scale::decode_as_type(&mut input, ty, &metadata.types);
                read.is_ok() && input.is_empty()
            };
            for (key, value) in chain.state.range(&prefix, None, usize::MAX) {
                let key = const_hex::encode(key);
                assert!(decodes(value), "{}.{} at {key}", pallet.name, entry.name);
                rows += 1;
            }
            // An optional item has no default: clients read one byte and ignore it.
            if entry.modifier == frame_metadata::v14::StorageEntryModifier::Default {
                assert!(decodes(&entry.default), "default of {}.{}", pallet.name, entry.name);
            }
        }
    }
    rows
}

#[test]
fn clients_read_every_row_with_nothing_but_the_metadata() {
    let mut chain = Chain::dev();
    let bytes = chain.runtime.metadata(14).unwrap().to_vec();
    let RuntimeMetadataPrefixed(_, RuntimeMetadata::V14(metadata)) =
        RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]).unwrap()
    else {
        panic!()
    };
    let ivan = member("ivan").account;
    let bob = member("bob");
    let questions = vec![
        chain.signed(bob, 0, propose(Track::SmallSpender, &spend(&ivan, 5))),
        chain.signed(bob, 1, propose(Track::SmallTipper, &spend(&ivan, 9_000))),
        chain.signed(bob, 2, transfer(&ivan, 1_000_000)),
    ];
    chain.block(questions);
    let votes = members()
        .iter()
        .flat_map(|wallet| {
            let first = chain.nonce(&wallet.account);
            [(first, 0), (first + 1, 1)]
                .map(|(nonce, index)| chain.proven(wallet, nonce, aye(index, 80_000)))
        })
        .collect();
    chain.proven_block(votes);
    for _ in 0..10 {
        assert!(read_all(&chain, &metadata) > 60);
        chain.pass(1);
    }
}
