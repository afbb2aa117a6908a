//! What is Althing's own (`specs/rpc.md`), in one story: ask, vote, enact, pay; deprecate a scheme.

use althing_frame::Track;
use althing_primitives::SchemeId;
use althing_runtime::RuntimeCall;
use parity_scale_codec::Encode;
use serde_json::{Value, json};

use crate::support::{Node, Rpc, Update, calls, hex, member};
use crate::{TOKEN, address};

/// A chain and a connection to it.
struct Story {
    node: Node,
    rpc: Rpc,
}

impl Story {
    async fn begin() -> Self {
        let node = Node::dev([]);
        let rpc = node.connect().await;
        Self { node, rpc }
    }

    async fn act(&self, who: &'static str, call: RuntimeCall) {
        let who = member(who);
        let nonce = self.rpc.next_nonce(&who.account).await.unwrap();
        let extrinsic = who.signed(self.node.genesis(), nonce, call);
        let update = self.rpc.submit_and_wait(&extrinsic).await.unwrap();
        let Update::Finalized(block) = update else { panic!("{update:?}") };
        let receipts = self.rpc.ask("althing_blockReceipts", json!([hex(block)])).await;
        let receipts = receipts.as_array().unwrap();
        let hash = json!(hex(extrinsic.hash()));
        let own = receipts.iter().find(|receipt| receipt["hash"] == hash).unwrap();
        assert_eq!(own["ok"], true, "{own}");
    }

    async fn referendum(&self, index: u32) -> Value {
        self.rpc.ask("gov_referendum", json!([index])).await
    }

    async fn balance(&self, who: &'static str) -> u128 {
        let account = self.rpc.ask("accounts_account", json!([address(&member(who).account)]));
        amount(&account.await["free"])
    }

    async fn dry_run(&self, who: &'static str, call: &RuntimeCall) -> Value {
        let who = address(&member(who).account);
        self.rpc.ask("althing_dryRun", json!([who, hex(call.encode())])).await
    }
}

/// An amount: digits in a text, in the smallest unit.
fn amount(value: &Value) -> u128 {
    value.as_str().unwrap().parse().unwrap()
}

fn fields(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_chain_describes_itself_and_its_members() {
    let Story { node, rpc } = Story::begin().await;
    let info = rpc.ask("althing_info", json!([])).await;
    assert_eq!(info["chain"], "althing-dev");
    assert_eq!(info["genesis"], node.text("genesis"));
    assert_eq!((&info["development"], &info["gov"]), (&json!(true), &json!("fast")));
    assert_eq!(info["prefix"], 42);
    assert_eq!(info["token"], json!({ "symbol": "ALT", "decimals": 12 }));
    assert_eq!(info["head"]["number"], 0);
    assert_eq!(info["head"]["hash"], node.text("genesis"));
    let members = rpc.ask("dev_members", json!([])).await;
    assert_eq!(members, node.config["members"]);
    assert_eq!(members.as_array().unwrap().len(), 10);
    assert_eq!(members[0]["name"], "alice");
    assert_eq!(members[0]["address"], address(&member("alice").account));
    assert_eq!(members[0]["balance"], "100000.000000000000");

    let alice = rpc.ask("accounts_account", json!([address(&member("alice").account)])).await;
    assert_eq!(amount(&alice["free"]), 100_000 * TOKEN);
    assert_eq!((&alice["nonce"], &alice["nextNonce"]), (&json!(0), &json!(0)));
    assert_eq!(alice["keys"][0]["scheme"], SchemeId::ML_DSA_65.0);
    assert_eq!(alice["keys"][0]["handle"], hex(member("alice").handle().0));
    assert_eq!(alice["keys"][0]["publicKept"], true);
    assert_eq!(alice["keys"][0]["scopes"], json!(["owner"]));
    assert_eq!(alice["keys"][0]["limit"], "0");
    assert_eq!(alice["threshold"], 1);
    for absent in ["next", "recovery", "pending"] {
        assert_eq!(alice[absent], Value::Null, "{absent}");
    }
    assert_eq!(alice["recoveries"], json!([]));
    assert_eq!(alice["locks"], json!([]));
    let nobody = rpc.ask("accounts_account", json!([hex([9; 32])])).await;
    assert_eq!((amount(&nobody["free"]), &nobody["keys"]), (0, &json!([])));
}

#[tokio::test]
async fn tracks_and_schemes_are_told_by_name() {
    let story = Story::begin().await;
    let Story { rpc, .. } = &story;
    let tracks = rpc.ask("gov_tracks", json!([])).await;
    let tracks = tracks.as_array().unwrap();
    assert_eq!(tracks.len(), Track::ALL.len());
    for (track, shown) in Track::ALL.into_iter().zip(tracks) {
        assert_eq!(shown["track"], track as u8);
        assert_eq!(shown["name"], track.name());
        assert!(amount(&shown["decisionDeposit"]) > 0);
        assert_eq!(shown["decisionPeriod"], 20);
    }
    let schemes = rpc.ask("crypto_schemes", json!([])).await;
    let ids: Vec<_> = schemes.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 32, 33]);
    let dilithium = &schemes[2];
    assert_eq!(dilithium["kind"], "signature");
    assert_eq!(dilithium["state"], "active");
    assert_eq!(dilithium["publicBytes"], 1952);
    assert_eq!(dilithium["signatureBytes"], 3309);
    assert_eq!(dilithium["verifier"], json!({ "type": "native" }));
    assert_eq!((&dilithium["broken"], &dilithium["retiring"]), (&Value::Null, &Value::Null));
    assert_eq!(schemes[5]["kind"], "kem");
    assert!(rpc.ask("crypto_epoch", json!([])).await.is_number());
}

#[tokio::test]
async fn members_decide_and_the_treasury_pays() {
    let story = Story::begin().await;
    let Story { rpc, .. } = &story;
    let spend = calls::spend(&member("judy").account, 100);
    let ask = calls::propose(Track::SmallTipper, &spend);
    let promise = story.dry_run("alice", &ask).await;
    assert_eq!((&promise["ok"], &promise["error"]), (&json!(true), &Value::Null));
    assert!(amount(&promise["fee"]) > 0 && !promise["events"].as_array().unwrap().is_empty());
    let before = rpc.head().await;
    assert_eq!(story.referendum(0).await, Value::Null, "a dry run keeps nothing");
    assert_eq!(rpc.head().await, before);

    story.act("alice", ask).await;
    let asked = story.referendum(0).await;
    assert_eq!((&asked["index"], &asked["track"]), (&json!(0), &json!(Track::SmallTipper.name())));
    assert_eq!(asked["title"], "a question");
    assert_eq!(asked["proposer"], address(&member("alice").account));
    assert_eq!(asked["proposal"]["call"], hex(spend.encode()));
    assert_eq!(asked["proposal"]["bytes"], spend.encode().len());
    assert_eq!(asked["proposal"]["text"], "Treasury.spend");
    assert_eq!(asked["enactment"], Value::Null);
    assert_eq!(asked["passing"], false);
    assert_eq!(asked["deposits"]["decision"]["who"], asked["proposer"]);
    let shape = fields(&asked).join(" ");

    story.act("bob", calls::vote(0, true, 50_000)).await;
    story.act("erin", calls::vote(0, false, 10_000)).await;
    let voted = story.referendum(0).await;
    assert_eq!(amount(&voted["tally"]["ayes"]), 50_000 * TOKEN);
    assert_eq!(amount(&voted["tally"]["nays"]), 10_000 * TOKEN);
    assert_eq!(amount(&voted["tally"]["support"]), 50_000 * TOKEN);
    assert_eq!(voted["approval"], "83.333333");
    // All that members have, less what they paid in fees.
    let electorate = amount(&voted["electorate"]);
    assert!((999_999 * TOKEN..1_000_000 * TOKEN).contains(&electorate), "{electorate}");
    let ballots = rpc.ask("gov_ballots", json!([0])).await;
    assert_eq!(ballots["ballots"].as_array().unwrap().len(), 2);
    assert_eq!(ballots["next"], Value::Null, "nobody is left");
    let bobs = json!({ "type": "standard", "vote": "aye",
        "balance": (50_000 * TOKEN).to_string(), "conviction": 1 });
    let bob = address(&member("bob").account);
    let shown = json!({ "member": bob, "ballot": bobs });
    assert!(ballots["ballots"].as_array().unwrap().contains(&shown), "{ballots}");
    ballots_come_in_pages(rpc, &ballots).await;
    let own = rpc.ask("gov_ballotsOf", json!([bob])).await;
    assert_eq!(own, json!([{ "referendum": 0, "ballot": bobs }]));

    let pot = amount(&rpc.ask("treasury_status", json!([])).await["free"]);
    let judy = story.balance("judy").await;
    let passed = rpc.ask("dev_passReferendum", json!([0])).await;
    assert_eq!(passed["status"], "enacted");
    let enacted = story.referendum(0).await;
    assert_eq!(enacted["status"], "enacted");
    assert_eq!(enacted["enactment"]["ok"], true);
    assert_eq!(enacted["enactment"]["error"], Value::Null);
    assert!(enacted["enactment"]["block"].as_u64() <= passed["number"].as_u64());
    assert_eq!(fields(&enacted).join(" "), shape, "the form is the same to the end");
    rpc.mine(1).await;
    assert_eq!(story.balance("judy").await, judy + 100 * TOKEN, "paid");
    let treasury = rpc.ask("treasury_status", json!([])).await;
    assert_eq!(amount(&treasury["free"]), pot - 100 * TOKEN);
    assert_eq!(treasury["pending"], json!([]));
    let listed = rpc.ask("gov_referenda", json!([])).await;
    assert_eq!(listed, json!([story.referendum(0).await]));
    let late = story.dry_run("frank", &calls::vote(0, true, 1)).await;
    assert_eq!(late["error"]["code"], "VOT-102", "{late}");
    let settled = rpc.ask("accounts_account", json!([bob])).await;
    assert!(!settled["locks"].as_array().unwrap().is_empty(), "the winner's ballot stays locked");
}

/// The two ballots of referendum 0, one by one.
async fn ballots_come_in_pages(rpc: &Rpc, ballots: &Value) {
    let first = rpc.ask("gov_ballots", json!([0, null, 1])).await;
    assert_eq!(first["ballots"].as_array().unwrap().len(), 1);
    assert_eq!(first["next"], first["ballots"][0]["member"], "there may be more");
    let second = rpc.ask("gov_ballots", json!([0, null, 1, first["next"]])).await;
    assert_eq!(
        [&first["ballots"][0], &second["ballots"][0]],
        [0, 1].map(|i| &ballots["ballots"][i])
    );
    let third = rpc.ask("gov_ballots", json!([0, null, 1, second["next"]])).await;
    assert_eq!(third, json!({ "ballots": [], "next": null }));
    let too_many = rpc.refusal("gov_ballots", json!([0, null, 1001])).await;
    assert_eq!(too_many["code"], 4002, "{too_many}");
}

#[tokio::test]
async fn refusals_come_with_code_sentence_and_values() {
    let story = Story::begin().await;
    let (bob, judy) = (member("bob"), member("judy"));
    let missing = story.dry_run("alice", &calls::vote(7, true, 1)).await;
    assert_eq!(missing["ok"], false);
    assert_eq!(missing["error"]["code"], "VOT-101");
    assert_eq!(missing["error"]["values"], json!({ "referendum": "7" }));
    assert_eq!(missing["error"]["pallet"], "Voting");
    story.act("alice", calls::propose(Track::SmallTipper, &calls::remark("x"))).await;
    let heavy = story.dry_run("alice", &calls::vote(0, true, 500_000)).await;
    assert_eq!(heavy["error"]["code"], "VOT-103");
    assert_eq!(amount(&heavy["error"]["values"]["asked"]), 500_000 * TOKEN);
    let rich = story.dry_run("alice", &calls::transfer(&bob.account, 500_000)).await;
    assert!(rich["error"]["code"].as_str().unwrap().starts_with("BAL-"), "{rich}");
    let undecodable = story.rpc.ask("althing_dryRun", json!([address(&bob.account), "0xffff"]));
    assert_eq!(undecodable.await["ok"], false);

    // More than the track may spend: it is decided, and refused when it is enacted.
    let over = calls::spend(&judy.account, 100_000);
    story.act("alice", calls::propose(Track::SmallTipper, &over)).await;
    story.act("bob", calls::vote(1, true, 90_000)).await;
    let refusal = story.rpc.refusal("dev_passReferendum", json!([1])).await;
    assert_eq!(refusal["data"]["code"], "DEV-102", "{refusal}");
    let failed = story.referendum(1).await;
    assert_eq!((&failed["status"], &failed["enactment"]["ok"]), (&json!("failed"), &json!(false)));
    assert_eq!(failed["enactment"]["error"], "TRE-101");

    // Nobody answered the first question.
    let refusal = story.rpc.refusal("dev_passReferendum", json!([0])).await;
    assert_eq!(refusal["data"]["code"], "DEV-102", "{refusal}");
    assert_eq!(story.referendum(0).await["status"], "rejected");
    let unknown = story.rpc.refusal("dev_passReferendum", json!([9])).await;
    assert_eq!(unknown["code"], -32602);
    let newest = story.rpc.ask("gov_referenda", json!([])).await;
    assert_eq!((&newest[0]["index"], &newest[1]["index"]), (&json!(1), &json!(0)));
    let page = story.rpc.ask("gov_referenda", json!([null, 1, 1])).await;
    assert_eq!((page.as_array().unwrap().len(), &page[0]["index"]), (1, &json!(0)));
    assert_eq!(story.rpc.refusal("gov_referenda", json!([null, 1001])).await["code"], 4002);
}

#[tokio::test]
async fn an_included_failure_has_a_receipt_with_its_reason() {
    let story = Story::begin().await;
    let (alice, bob) = (member("alice"), member("bob"));
    let call = calls::transfer(&bob.account, 500_000);
    let extrinsic = alice.signed(story.node.genesis(), 0, call);
    let Update::Finalized(block) = story.rpc.submit_and_wait(&extrinsic).await.unwrap() else {
        panic!("a call that fails is still included");
    };
    let receipts = story.rpc.ask("althing_blockReceipts", json!([hex(block)])).await;
    let receipts = receipts.as_array().unwrap();
    assert_eq!((&receipts[0]["pallet"], &receipts[0]["ok"]), (&json!("Timestamp"), &json!(true)));
    assert_eq!(receipts[1]["hash"], hex(extrinsic.hash()));
    assert_eq!(receipts[1]["pallet"], "Balances");
    assert_eq!(receipts[1]["call"], "transfer_keep_alive");
    assert!(amount(&receipts[1]["fee"]) > 0 && receipts[1]["weight"].as_u64().unwrap() > 0);
    assert_eq!(receipts[1]["ok"], false);
    let code = receipts[1]["error"]["code"].as_str().unwrap();
    assert!(code.starts_with("BAL-") && !receipts[1]["error"]["values"].is_null());
    assert_eq!(story.rpc.ask("althing_blockReceipts", json!([hex([1; 32])])).await, Value::Null);
    assert_eq!(story.rpc.refusal("althing_blockReceipts", json!([])).await["code"], -32602);
}

#[tokio::test]
async fn a_scheme_is_deprecated_by_the_members() {
    let story = Story::begin().await;
    let scheme = SchemeId::SPHINCS_R3;
    let deprecate = pallet_crypto_registry::Call::Deprecate { scheme, sunset_after: None };
    story.act("alice", calls::propose(Track::CryptoSunset, &deprecate.into())).await;
    // Lattices and hashes agree, so that it stands without any one scheme; Dave's does not count.
    for name in ["alice", "bob", "carol", "erin", "frank"] {
        story.act(name, calls::vote(0, true, 80_000)).await;
    }
    story.act("dave", calls::vote(0, false, 80_000)).await;
    let critical = story.referendum(0).await["critical"].clone();
    assert_eq!(critical["cryptographic"], true);
    assert_eq!(critical["affected"], json!(["sphincs+-sha2-128s-r3"]));
    assert_eq!(critical["weakest"], "ml-dsa-44");
    let voices: Vec<_> = critical["voices"].as_array().unwrap().iter().collect();
    assert_eq!((&voices[0]["scheme"], &voices[0]["excluded"]), (&json!(1), &json!("affected")));
    assert_eq!((&voices[1]["name"], &voices[1]["excluded"]), (&json!("ml-dsa-44"), &Value::Null));
    assert_eq!((voices.len(), amount(&voices[0]["tally"]["nays"])), (4, 80_000 * TOKEN));
    assert_eq!(amount(&critical["counted"]["ayes"]), 400_000 * TOKEN);
    assert_eq!(amount(&critical["counted"]["nays"]), 0);
    assert_eq!(amount(&critical["least"]["ayes"]), 240_000 * TOKEN);
    let epoch = story.rpc.ask("crypto_epoch", json!([])).await;
    let passed = story.rpc.ask("dev_passReferendum", json!([0])).await;
    assert_eq!(passed["status"], "enacted");
    let schemes = story.rpc.ask("crypto_schemes", json!([])).await;
    assert_eq!((&schemes[0]["id"], &schemes[0]["state"]), (&json!(1), &json!("deprecated")));
    assert!(schemes[0]["since"].as_u64().unwrap() > 0);
    assert_eq!(schemes[1]["state"], "active");
    assert_ne!(story.rpc.ask("crypto_epoch", json!([])).await, epoch, "wallets look again");
    let canaries = story.rpc.ask("crypto_canaries", json!([])).await;
    assert_eq!(amount(&canaries["reward"]), 10_000 * TOKEN);
    let canaries = canaries["canaries"].as_array().unwrap();
    assert!(canaries.iter().all(|one| one["fallen"].is_null()));
    let reduced = canaries.iter().find(|one| one["canary"] == "reduced").unwrap();
    assert_eq!((&reduced["name"], &reduced["bits"]), (&json!("ml-dsa-44"), &json!(12)));
    assert_eq!(canaries.len(), 6, "one of each signature scheme, and the reduced one");
    // What was, is still known.
    let genesis = story.node.text("genesis");
    let before = story.rpc.ask("crypto_schemes", json!([genesis])).await;
    assert_eq!(before[0]["state"], "active");
    let history = story.rpc.ask("crypto_history", json!([1])).await;
    assert_eq!(history[0], json!({ "epoch": 0, "at": 0, "state": "active" }));
    assert_eq!((&history[1]["epoch"], &history[1]["state"]), (&json!(1), &json!("deprecated")));
    assert_eq!(history[1]["at"], schemes[0]["since"]);
    assert_eq!(story.rpc.ask("crypto_history", json!([9])).await, json!([]));
}

#[tokio::test]
async fn the_clock_moves_forward_only() {
    let story = Story::begin().await;
    let now = story.rpc.ask("dev_setTime", json!([4_000_000_000_000_u64])).await;
    assert!(now.as_u64().unwrap() >= 4_000_000_000_000);
    for wrong in [json!(1), json!(253_402_300_800_000_u64), json!(u64::MAX), json!("soon")] {
        assert_eq!(story.rpc.refusal("dev_setTime", json!([wrong])).await["code"], -32602);
    }
    story.rpc.mine(2).await;
    let key = const_hex::decode("f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb");
    let time = story.rpc.storage(&key.unwrap()).await.unwrap();
    assert!(u64::from_le_bytes(time.try_into().unwrap()) >= 4_000_000_000_000);
    let refusal = story.rpc.refusal("dev_mine", json!([1_000_001])).await;
    assert_eq!((&refusal["code"], &refusal["data"]["code"]), (&json!(-32602), &json!("DEV-101")));
}
