//! A node that ends and begins again: what it says, what it keeps, what it refuses.

mod support;

use support::{Node, calls, member};

#[tokio::test]
async fn a_transfer_ends_in_a_block() {
    let node = Node::dev([]);
    let rpc = node.connect().await;
    let (alice, bob) = (member("alice"), member("bob"));
    let extrinsic = alice.signed(node.genesis(), 0, calls::transfer(&bob.account, 5));
    let update = rpc.submit_and_wait(&extrinsic).await.unwrap();
    let (_, head, _) = rpc.head().await;
    assert_eq!(update, support::Update::Finalized(head));
    node.stop();
}
