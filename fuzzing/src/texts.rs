//! Files and text that people hand around: what is read says the same when it is written again.

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use althing::{
    keystore::AccountFile,
    proof::{ProofFile, SCHEMA},
};
use althing_node::{
    blocks_file,
    chain::{BlockExecutor as _, Chain, ChainConfig, Justification},
    service::{self, Threads},
    spec::ChainSpec as NodeSpec,
    store::MemoryStore,
};
use althing_primitives::{AccountId, Hash256, ProofEnd, StateProof, from_ss58, to_ss58};
use althing_runtime::{AlthingRuntime, ChainSpec, GovernancePreset};
use parity_scale_codec::Encode as _;
use serde_json::json;

/// An address as text.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok((account, prefix)) = from_ss58(&text) {
        assert_eq!(to_ss58(&account, prefix), text);
    }
}

/// Addresses with a prefix of one byte and of two.
#[must_use]
pub fn addresses() -> Vec<Vec<u8>> {
    [42, 7_000].map(|prefix| to_ss58(&AccountId([5; 32]), prefix).into_bytes()).to_vec()
}

fn dev_spec() -> ChainSpec {
    let mut spec = ChainSpec::dev(GovernancePreset::Fast).unwrap();
    // Two members say all: the rest would only move spoilt bytes into their keys.
    spec.members.truncate(2);
    spec
}

/// The specification of a chain.
pub fn chain_spec(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(read) = ChainSpec::from_json(&text) else { return };
    assert_eq!(ChainSpec::from_json(&read.to_json().unwrap()).unwrap(), read);
}

/// That of a development chain.
#[must_use]
pub fn chain_specs() -> Vec<Vec<u8>> {
    vec![dev_spec().to_json().unwrap().into_bytes()]
}

/// The file that nodes of a chain share.
pub fn node_spec(bytes: &[u8]) {
    let Ok(read) = NodeSpec::from_json(bytes) else { return };
    let text = read.to_json().unwrap();
    assert_eq!(NodeSpec::from_json(&text).unwrap().to_json().unwrap(), text);
}

/// That of a development chain.
#[must_use]
pub fn node_specs() -> Vec<Vec<u8>> {
    vec![NodeSpec::dev(GovernancePreset::Fast).unwrap().to_json().unwrap()]
}

pub(crate) const WALLET: &str = include_str!("../../specs/vectors/wallet.json");

/// A file of the keystore, as far as it is read without its password.
pub fn key_file(bytes: &[u8]) {
    let Ok(read) = AccountFile::parse(bytes, Path::new("key.json")) else { return };
    let text = serde_json::to_vec(&read).unwrap();
    assert_eq!(AccountFile::parse(&text, Path::new("key.json")).unwrap(), read);
}

/// The known key file.
#[must_use]
pub fn key_files() -> Vec<Vec<u8>> {
    let vectors: serde_json::Value = serde_json::from_str(WALLET).unwrap();
    vec![serde_json::to_vec(&vectors["key_file"]["file"]).unwrap()]
}

/// A file that proves something about the state.
pub fn proof_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(read) = ProofFile::read("proof.json", &text) else { return };
    let again = serde_json::to_string(&read).unwrap();
    assert_eq!(ProofFile::read("proof.json", &again).unwrap(), read);
    let _ = read.block.header.to_header();
}

/// A row and a way to it of one step, as a node hands them out.
#[must_use]
pub fn proof_files() -> Vec<Vec<u8>> {
    let hex = |bytes: &[u8]| const_hex::encode_prefixed(bytes);
    let proof = StateProof::new(vec![Hash256([4; 32])], ProofEnd::Row).unwrap();
    let header = json!({
        "parentHash": hex(&[1; 32]), "number": "0x7", "stateRoot": hex(&[3; 32]),
        "extrinsicsRoot": hex(&[2; 32]), "digest": { "logs": [] },
    });
    let file = |value: Option<String>| {
        json!({
            "schema": SCHEMA,
            "chain": { "id": "test", "genesis": hex(&[5; 32]) },
            "block": { "number": 7, "hash": hex(&[6; 32]), "header": header },
            "key": hex(b"row"),
            "value": value,
            "proof": hex(&proof.encode()),
        })
        .to_string()
    };
    [Some(hex(b"value")), None].map(|value| file(value).into_bytes()).to_vec()
}

/// A chain that stays at its genesis: what its seed holds is no block of it.
static CHAIN: LazyLock<Arc<Chain>> = LazyLock::new(|| {
    let runtime = Arc::new(AlthingRuntime::new());
    let (executor, _) = service::executor(runtime, Threads::Serial).unwrap();
    let spec = NodeSpec::dev(GovernancePreset::Fast).unwrap();
    let store = Arc::new(MemoryStore::new().unwrap());
    Chain::open(ChainConfig { spec, executor, store }).unwrap()
});

/// Blocks in a file, imported whole: whatever they are, the node goes on.
pub fn blocks_file(mut bytes: &[u8]) {
    let _ = blocks_file::import(&CHAIN, &mut bytes);
    assert!(CHAIN.watch_halt().borrow().is_none(), "the node stopped over a file");
}

/// One block that is right but for its state root: it is executed and then refused, so that the
/// next bytes meet the same chain.
#[must_use]
pub fn blocks_files() -> Vec<Vec<u8>> {
    let built = CHAIN.build(6_000, Vec::new()).unwrap();
    let mut header = built.header.clone();
    header.state_root.0[0] ^= 1;
    let bodies: Vec<_> = built.extrinsics.iter().map(|one| one.bytes().to_vec()).collect();
    let block = (header, bodies, Justification::Dev).encode();
    let length = u32::try_from(block.len()).unwrap().to_le_bytes();
    vec![[&blocks_file::MAGIC[..], &CHAIN.genesis().0, &length, &block].concat()]
}
