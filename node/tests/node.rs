//! A whole node in this process: store, pool, sealing, RPC.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use althing_crypto::signing::{DevMember, signing_scheme};
use althing_node::chain::Chain;
use althing_node::pool::Limits;
use althing_node::rpc::RpcConfig;
use althing_node::service::{NodeConfig, RunningNode, Threads, open_store, start, verifier};
use althing_node::source::Seal;
use althing_node::spec::{ChainSpec, ChainType};
use althing_primitives::{
    Circumstances, Era, Extra, Extrinsic, Implicit, KeyHandle, Nonce, Signature, SignedPart,
    SignerKey, signing_payload, statement,
};
use althing_runtime::{
    AlthingRuntime, GovernancePreset, RuntimeCall, SPEC_VERSION, TRANSACTION_VERSION,
};
use parity_scale_codec::Encode;

async fn node(seal: Seal, base_path: Option<&Path>) -> RunningNode {
    start(config(seal, base_path)).await.unwrap()
}

fn config(seal: Seal, base_path: Option<&Path>) -> NodeConfig {
    NodeConfig {
        spec: ChainSpec::dev(GovernancePreset::Fast).unwrap(),
        runtime: Arc::new(AlthingRuntime::new()),
        store: open_store(base_path).unwrap(),
        threads: Threads::Count(2),
        verifier: verifier(althing_crypto::Backends::Fast),
        seal,
        pool: Limits::default(),
        rpc: RpcConfig { host: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 0 },
    }
}

/// A remark of bob's, valid for ever.
fn remark(chain: &Chain, nonce: Nonce) -> Arc<[u8]> {
    let bob = DevMember::named("bob").unwrap();
    let (pair, scheme) = (bob.key_pair().unwrap(), bob.scheme);
    let remark = b"here".to_vec().try_into().unwrap();
    let call = RuntimeCall::from(pallet_system::Call::RemarkWithEvent { remark }).encode();
    let extra = Extra { era: Era::Immortal, nonce, tip: 0, metadata_hash_mode: 0 };
    let implicit = Implicit {
        spec_version: SPEC_VERSION,
        transaction_version: TRANSACTION_VERSION,
        genesis: chain.genesis(),
        birth: chain.genesis(),
        metadata_hash: None,
    };
    let payload = signing_payload(&call, &extra, &implicit);
    let (account, handle) = (bob.account().unwrap(), KeyHandle::of(scheme, &pair.public));
    let under = Circumstances::default();
    let message = statement(&account, under, &[SignerKey { scheme, handle }], &payload);
    let signature = signing_scheme(scheme).unwrap().sign(&pair.secret, &message).unwrap();
    let signature = Signature::Handle { scheme, handle, signature: signature.try_into().unwrap() };
    let part = SignedPart { account, signature, extra };
    Arc::clone(Extrinsic::signed(part, &call).bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_chain_makes_a_block_when_a_transaction_is_ready() {
    let node = node(Seal::Instant, None).await;
    let mut heads = node.chain.watch_head();
    assert_eq!(node.chain.head().number, 0, "at rest without transactions");
    for nonce in 0..3 {
        node.pool.submit(remark(&node.chain, nonce)).await.unwrap();
        heads.wait_for(|head| head.number == nonce + 1).await.unwrap();
    }
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manual_chain_makes_blocks_on_request_only() {
    let node = node(Seal::Manual, None).await;
    let controls = node.controls.clone().unwrap();
    node.pool.submit(remark(&node.chain, 0)).await.unwrap();
    assert_eq!(node.pool.status().ready, 1);
    assert_eq!(node.chain.head().number, 0);
    assert_eq!(controls.mine(2).await.unwrap().number, 2);
    assert_eq!(node.chain.block(1).unwrap().unwrap().extrinsics.len(), 2);
    assert_eq!(controls.advance(5).await.unwrap().number, 5);
    assert!(controls.advance(5).await.is_err());
    let reached = controls.mine_until(10, |head| head.number == 9).await.unwrap();
    assert_eq!(reached.number, 9);
    assert!(controls.mine_until(3, |_| false).await.is_err());
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn time_on_a_chain_can_be_moved_ahead_and_never_goes_back() {
    let node = node(Seal::Manual, None).await;
    let controls = node.controls.clone().unwrap();
    let first = controls.mine(1).await.unwrap().time;
    controls.set_time_ahead(86_400_000);
    let second = controls.mine(1).await.unwrap().time;
    assert!(second >= first + 86_400_000);
    controls.set_time_ahead(0);
    assert_eq!(controls.mine(1).await.unwrap().time, second + 1);
    node.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_interval_chain_makes_blocks_by_the_clock() {
    let node = node(Seal::Interval(Duration::from_secs(6)), None).await;
    let began = tokio::time::Instant::now();
    node.chain.watch_head().wait_for(|head| head.number == 3).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(18));
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_node_starts_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let first = node(Seal::Instant, Some(folder.path())).await;
    let mut heads = first.chain.watch_head();
    first.pool.submit(remark(&first.chain, 0)).await.unwrap();
    let head = heads.wait_for(|head| head.number == 1).await.unwrap().clone();
    drop(heads);
    first.stop().await.unwrap();

    let second = node(Seal::Instant, Some(folder.path())).await;
    assert_eq!(second.chain.head().hash, head.hash);
    assert_eq!(second.chain.head().state.root(), head.state.root());
    second.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_chain_makes_no_blocks_by_itself_and_has_no_controls() {
    let mut config = config(Seal::Instant, None);
    config.spec.chain_type = ChainType::Live;
    let node = start(config).await.unwrap();
    assert!(node.controls.is_none());
    node.pool.submit(remark(&node.chain, 0)).await.unwrap();
    assert_eq!((node.pool.status().ready, node.chain.head().number), (1, 0));
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_a_clear_refusal() {
    let first = node(Seal::Manual, None).await;
    let mut config = config(Seal::Manual, None);
    config.rpc.port = first.rpc_address().port();
    let refusal = start(config).await.unwrap_err();
    assert!(refusal.to_string().contains("cannot listen on 127.0.0.1:"), "{refusal}");
    first.stop().await.unwrap();
}
