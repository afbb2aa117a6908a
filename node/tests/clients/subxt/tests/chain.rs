//! What a Rust program built on subxt does, against a real node.

use std::path::PathBuf;
use std::process::Stdio;

use althing_crypto::signing::DevMember;
use althing_primitives::SchemeId;
use althing_subxt::{AlthingConfig, Member};
use scale_decode::DecodeAsType;
use subxt::dynamic::{self, Value};
use subxt::utils::{AccountId32, MultiAddress};
use subxt::OnlineClient;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const TOKEN: u128 = 1_000_000_000_000;

#[derive(DecodeAsType)]
struct AccountInfo {
    nonce: u32,
    data: AccountData,
}

#[derive(DecodeAsType)]
struct AccountData {
    free: u128,
}

struct Node {
    _process: Child,
    _folder: tempfile::TempDir,
    url: String,
}

/// A dev chain of our own on a free port; returns once it answers.
async fn start_node() -> Node {
    let programs = std::env::var_os("ALTHING_PROGRAMS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../target/debug"),
        PathBuf::from,
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let mut process = Command::new(programs.join("althing-node"))
        .args(["dev", "--port", "0", "--config-out"])
        .arg(&file)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the node is built before this test");
    // The banner comes once the node answers; the file is there before it.
    let mut banner = BufReader::new(process.stderr.take().unwrap()).lines();
    while !file.exists() {
        banner.next_line().await.unwrap().expect("the node ended before it answered");
    }
    tokio::spawn(async move { while let Ok(Some(_)) = banner.next_line().await {} });
    let config: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let url = config["url"].as_str().unwrap().to_owned();
    Node { _process: process, _folder: folder, url }
}

fn alice() -> Member {
    let member = DevMember::named("alice").unwrap();
    Member::new(SchemeId::ML_DSA_65, member.key_pair().unwrap())
}

fn bob() -> [u8; 32] {
    DevMember::named("bob").unwrap().account().unwrap().0
}

async fn account(api: &OnlineClient<AlthingConfig>, who: [u8; 32]) -> AccountInfo {
    let address = dynamic::storage::<([u8; 32],), AccountInfo>("System", "Account");
    let at = api.at_current_block().await.unwrap();
    at.storage().fetch(address, (who,)).await.unwrap().decode().unwrap()
}

fn transfer(amount: u128) -> impl subxt::transactions::Payload {
    let to: MultiAddress<AccountId32, ()> = MultiAddress::Id(AccountId32(bob()));
    dynamic::transaction("Balances", "transfer_keep_alive", (to, amount))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reads_accounts_and_events_and_submits_a_transfer_signed_with_ml_dsa_65() {
    let node = start_node().await;
    let api = OnlineClient::<AlthingConfig>::from_insecure_url(&node.url).await.unwrap();
    let before = account(&api, bob()).await.data.free;
    assert_eq!(account(&api, alice().account()).await.nonce, 0);

    let at = api.at_current_block().await.unwrap();
    let events = at
        .transactions()
        .sign_and_submit_then_watch_default(&transfer(7 * TOKEN), &alice())
        .await
        .unwrap()
        .wait_for_finalized_success()
        .await
        .unwrap();

    let names: Vec<String> = events
        .iter()
        .map(|event| event.unwrap())
        .map(|event| format!("{}.{}", event.pallet_name(), event.event_name()))
        .collect();
    assert!(names.contains(&"Balances.Transfer".to_owned()), "{names:?}");
    assert_eq!(names.last().unwrap(), "System.ExtrinsicSuccess");
    assert_eq!(account(&api, bob()).await.data.free, before + 7 * TOKEN);
    assert_eq!(account(&api, alice().account()).await.nonce, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_a_rule_refuses_is_an_error_with_its_name() {
    let node = start_node().await;
    let api = OnlineClient::<AlthingConfig>::from_insecure_url(&node.url).await.unwrap();
    let at = api.at_current_block().await.unwrap();
    let refusal = at
        .transactions()
        .sign_and_submit_then_watch_default(&transfer(u128::from(u64::MAX) * TOKEN), &alice())
        .await
        .unwrap()
        .wait_for_finalized_success()
        .await
        .err()
        .expect("more than alice has");
    assert!(refusal.to_string().contains("Balances"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_blocks_and_reads_their_extrinsics_and_events() {
    let node = start_node().await;
    let api = OnlineClient::<AlthingConfig>::from_insecure_url(&node.url).await.unwrap();
    let mut blocks = api.stream_blocks().await.unwrap();
    let first = blocks.next().await.unwrap().unwrap().number();

    let at = api.at_current_block().await.unwrap();
    at.transactions()
        .sign_and_submit_then_watch_default(&transfer(TOKEN), &alice())
        .await
        .unwrap()
        .wait_for_finalized_success()
        .await
        .unwrap();

    let block = blocks.next().await.unwrap().unwrap();
    assert_eq!(block.number(), first + 1);
    let at = block.at().await.unwrap();
    let extrinsics = at.extrinsics().fetch().await.unwrap();
    let calls: Vec<String> = extrinsics
        .iter()
        .map(|one| one.unwrap())
        .map(|one| format!("{}.{}", one.pallet_name(), one.call_name()))
        .collect();
    assert_eq!(calls, ["Timestamp.set", "Balances.transfer_keep_alive"]);
    let events = at.events().fetch().await.unwrap();
    for event in events.iter() {
        event.unwrap().decode_fields_unchecked_as::<Value>().unwrap();
    }
}
