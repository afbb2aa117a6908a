//! The pool on a chain: signatures, statuses, blocks.

use std::sync::Arc;

use althing_frame::Invalid;
use althing_primitives::Extrinsic;

use crate::author::{Author, Sealed, Want};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::pool::{Limits, Pool, PoolError, TxStatus};
use crate::shutdown::Shutdown;
use crate::testing::{Terms, add_block, chain, forged, pool_of, wallet};

struct Bench {
    chain: Arc<Chain>,
    pool: Arc<Pool>,
    author: Arc<Author>,
    _shutdown: Shutdown,
}

fn bench() -> Bench {
    let chain = chain();
    let (pool, driver) = pool_of(&chain, Limits::default());
    let (shutdown, stop) = Shutdown::new();
    tokio::spawn(driver.run(stop));
    let clock = Arc::new(Clock::new());
    let author = Arc::new(Author::new(Arc::clone(&chain), Arc::clone(&pool), clock));
    Bench { chain, pool, author, _shutdown: shutdown }
}

impl Bench {
    async fn submit(&self, extrinsic: &Extrinsic) -> Result<(), PoolError> {
        self.pool.submit(Arc::clone(extrinsic.bytes())).await.map(|_| ())
    }

    async fn seal(&self, want: Want) -> Sealed {
        let author = Arc::clone(&self.author);
        tokio::task::spawn_blocking(move || author.seal(want)).await.unwrap().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_ready_then_in_a_block_then_final() {
    let bench = bench();
    let transfer = wallet("bob").transfer(&bench.chain, Terms::nonce(0));
    let bytes = Arc::clone(transfer.bytes());
    let (hash, mut statuses) = bench.pool.submit_and_watch(bytes).await.unwrap();
    assert_eq!(hash, transfer.hash());
    assert_eq!(statuses.next().await, Some(TxStatus::Ready));
    let Sealed::Block(head) = bench.seal(Want::Transactions).await else { panic!("no block") };
    let place = (head.hash, 1);
    let (block, index) = place;
    assert_eq!(statuses.next().await, Some(TxStatus::InBlock { block, index }));
    assert_eq!(statuses.next().await, Some(TxStatus::Finalized { block, index }));
    assert_eq!(statuses.next().await, None);
    assert_eq!(bench.pool.status().ready, 0);
    assert!(matches!(bench.seal(Want::Transactions).await, Sealed::Nothing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_nonce_waits_and_both_enter_one_block() {
    let bench = bench();
    let bob = wallet("bob");
    let late = bob.transfer(&bench.chain, Terms::nonce(1));
    let (_, mut statuses) = bench.pool.submit_and_watch(Arc::clone(late.bytes())).await.unwrap();
    assert_eq!(statuses.next().await, Some(TxStatus::Future));
    assert!(matches!(bench.seal(Want::Transactions).await, Sealed::Nothing));
    bench.submit(&bob.transfer(&bench.chain, Terms::nonce(0))).await.unwrap();
    assert_eq!(statuses.next().await, Some(TxStatus::Ready));
    assert_eq!(bench.pool.nonce_after(&bob.account, 0), 2);
    let Sealed::Block(head) = bench.seal(Want::Transactions).await else { panic!("no block") };
    assert_eq!(bench.chain.block(head.hash).unwrap().unwrap().extrinsics.len(), 3);
    let next = statuses.next().await;
    assert!(matches!(next, Some(TxStatus::InBlock { index: 2, .. })), "{next:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_signature_is_refused_and_remembered() {
    let bench = bench();
    let forged = forged(&wallet("bob").transfer(&bench.chain, Terms::nonce(0)));
    let refusal = bench.submit(&forged).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Invalid(Invalid::BadSignature { .. })), "{refusal}");
    let refusal = bench.submit(&forged).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Banned { .. }), "{refusal}");
    assert_eq!(refusal.rpc_code(), 1012);
    assert_eq!(bench.pool.status().bytes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_transaction_enters_once() {
    let bench = bench();
    let transfer = wallet("bob").transfer(&bench.chain, Terms::nonce(0));
    let (one, other) = tokio::join!(bench.submit(&transfer), bench.submit(&transfer));
    let refusal = one.and(other).unwrap_err();
    assert!(matches!(refusal, PoolError::AlreadyKnown { .. }), "{refusal}");
    assert_eq!(bench.pool.status().ready, 1);
    bench.seal(Want::Transactions).await;
    let refusal = bench.submit(&transfer).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Invalid(Invalid::Stale { .. })), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_no_signed_extrinsic_is_refused() {
    let bench = bench();
    for bytes in [vec![], vec![0xff; 50], vec![4, 0x84]] {
        let refusal = bench.pool.submit(bytes).await.unwrap_err();
        assert!(matches!(refusal, PoolError::Invalid(Invalid::Envelope(_))), "{refusal}");
        assert_eq!(refusal.rpc_code(), 1001);
    }
    let refusal = bench.submit(&Extrinsic::bare(&[0, 0])).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Unsigned), "{refusal}");
    let call = wallet("bob").sign(&bench.chain, Terms::nonce(0), &[250, 0]);
    let refusal = bench.submit(&call).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Invalid(Invalid::Call)), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_offer_takes_the_nonce() {
    let bench = bench();
    let bob = wallet("bob");
    let cheap = bob.transfer(&bench.chain, Terms::nonce(0));
    let (_, mut statuses) = bench.pool.submit_and_watch(Arc::clone(cheap.bytes())).await.unwrap();
    let better = bob.transfer(&bench.chain, Terms { tip: 5, ..Terms::nonce(0) });
    bench.submit(&better).await.unwrap();
    assert_eq!(statuses.next().await, Some(TxStatus::Ready));
    assert_eq!(statuses.next().await, Some(TxStatus::Usurped(better.hash())));
    assert_eq!(statuses.next().await, None);
    assert!(!bench.pool.contains(&cheap.hash()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_leaves_when_its_era_ends() {
    let bench = bench();
    let bob = wallet("bob");
    let short = bob.transfer(&bench.chain, Terms { period: 4, ..Terms::nonce(1) });
    let (_, mut statuses) = bench.pool.submit_and_watch(Arc::clone(short.bytes())).await.unwrap();
    for _ in 0..4 {
        add_block(&bench.chain, &[]);
    }
    assert_eq!(statuses.next().await, Some(TxStatus::Future));
    let last = statuses.next().await;
    let expired = TxStatus::Invalid(Invalid::Expired { birth: 0, now: 4 });
    assert!(last == Some(expired) || matches!(last, Some(TxStatus::Invalid(_))), "{last:?}");
    assert_eq!(bench.pool.status().bytes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_put_into_blocks_leaves_the_pool() {
    let bench = bench();
    let bob = wallet("bob");
    let mine = bob.transfer(&bench.chain, Terms::nonce(0));
    let (_, mut statuses) = bench.pool.submit_and_watch(Arc::clone(mine.bytes())).await.unwrap();
    let theirs = bob.transfer(&bench.chain, Terms { tip: 1, ..Terms::nonce(0) });
    add_block(&bench.chain, &[theirs]);
    assert_eq!(statuses.next().await, Some(TxStatus::Ready));
    let last = statuses.next().await;
    let stale = Invalid::Stale { found: 0, next: 1 };
    assert_eq!(last, Some(TxStatus::Invalid(stale)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_who_cannot_pay_is_refused_before_its_signature_is_looked_at() {
    let bench = bench();
    let tip = u128::MAX / 2;
    let rich = wallet("bob").transfer(&bench.chain, Terms { tip, ..Terms::nonce(0) });
    let refusal = bench.submit(&forged(&rich)).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Invalid(Invalid::Payment { .. })), "{refusal}");
    assert_eq!(refusal.rpc_code(), 1010);
}
