//! How a block ran, told by the node that ran it.

use althing_frame::Track;
use serde_json::json;

use crate::support::{Node, calls, member};

#[tokio::test]
async fn a_block_that_ran_here_is_explained_by_height_and_by_hash() {
    let node = Node::dev(["--seal", "manual"]);
    let rpc = node.connect().await;
    let genesis = node.genesis();
    let ask =
        member("alice").signed(genesis, 0, calls::propose(Track::SmallTipper, &calls::remark("x")));
    rpc.submit(&ask).await.unwrap();
    let first = rpc.mine(1).await;
    for (nonce, name) in [(0, "bob"), (0, "carol"), (0, "erin")] {
        rpc.submit(&member(name).signed(genesis, nonce, calls::vote(0, true, 10))).await.unwrap();
    }
    let second = rpc.mine(1).await;
    let explained = rpc.ask("althing_explainBlock", json!([second["number"]])).await;
    assert_eq!((&explained["number"], &explained["hash"]), (&second["number"], &second["hash"]));
    let ran = &explained["explanation"];
    assert!(ran["transactions"].as_u64().unwrap() >= 3, "{ran}");
    for field in ["parallel", "serial", "criticalPath", "conflicts", "waitingNs", "serialSharePpm"]
    {
        assert!(ran[field].is_u64(), "{field}: {ran}");
    }
    assert!(ran["phases"]["totalNs"].as_u64().unwrap() > 0, "the node has a clock: {ran}");
    for at in [json!([second["hash"]]), json!([]), json!([null])] {
        assert_eq!(rpc.ask("althing_explainBlock", at.clone()).await, explained, "{at}");
    }
    assert_eq!(
        rpc.ask("dev_explainBlock", json!([first["hash"]])).await["number"],
        first["number"]
    );
}

#[tokio::test]
async fn what_did_not_run_here_is_not_explained() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let genesis = rpc.refusal("althing_explainBlock", json!([0])).await;
    assert_eq!((&genesis["code"], &genesis["data"]["code"]), (&json!(4003), &json!("RPC-103")));
    assert_eq!(genesis["data"]["details"], json!({ "block": 0, "kept": 256 }));
    let unknown = rpc.refusal("althing_explainBlock", json!([7])).await;
    assert_eq!(unknown["code"], 4003, "{unknown}");
    assert!(unknown["message"].as_str().unwrap().contains("no block 7"), "{unknown}");
    for wrong in
        [json!(["0x07"]), json!([-1]), json!([1.5]), json!([{}]), json!([4_294_967_296_u64])]
    {
        assert_eq!(
            rpc.refusal("althing_explainBlock", wrong.clone()).await["code"],
            -32602,
            "{wrong}"
        );
    }
}
