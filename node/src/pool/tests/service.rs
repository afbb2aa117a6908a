//! The pool on a chain: signatures, statuses, blocks.

use std::sync::Arc;
use std::time::Duration;

use althing_frame::Invalid;
use althing_primitives::{AccountId, Extrinsic, Hash256, MultiAddress, Signature, TOKEN};
use althing_runtime::RuntimeCall;
use pallet_voting::{Ballot, Conviction};
use parity_scale_codec::Encode;

use crate::author::{Author, Sealed, Want};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::pool::{Limits, Pool, PoolError, Source, TxStatus};
use crate::shutdown::Shutdown;
use crate::testing::{Terms, Wallet, add_block, chain, forged, pool_of, wallet};

struct Bench {
    chain: Arc<Chain>,
    pool: Arc<Pool>,
    author: Arc<Author>,
    _shutdown: Shutdown,
}

fn bench() -> Bench {
    bench_with(Duration::from_secs(2))
}

/// With an author that has `budget` for a block.
fn bench_with(budget: Duration) -> Bench {
    let chain = chain();
    let (pool, driver) = pool_of(&chain, Limits::default());
    let (shutdown, stop) = Shutdown::new();
    tokio::spawn(driver.run(stop));
    let clock = Arc::new(Clock::new());
    let author = Author::with_budget(Arc::clone(&chain), Arc::clone(&pool), clock, budget);
    let author = Arc::new(author);
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
async fn what_was_signed_for_the_keys_of_the_next_block_is_welcome_there() {
    let (bench, bob) = (bench(), wallet("bob"));
    let commit =
        RuntimeCall::from(pallet_accounts::Call::CommitNext { next: Some(Hash256([9; 32])) });
    let commit = bob.sign(&bench.chain, Terms::nonce(0), &commit.encode());
    let mut under =
        pallet_accounts::circumstances(&bench.chain.head().state, &bob.account).unwrap();
    under.policy += 1;
    let remark =
        RuntimeCall::from(pallet_system::Call::Remark { remark: vec![].try_into().unwrap() });
    let early = bob.sign_under(under, &bench.chain, Terms::nonce(1), &remark.encode());
    let refusal = bench.submit(&early).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Invalid(Invalid::BadSignature { .. })), "{refusal}");
    let refusal = bench.submit(&early).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Banned { .. }), "{refusal}");
    bench.submit(&commit).await.unwrap();
    assert!(matches!(bench.seal(Want::Transactions).await, Sealed::Block(_)));
    bench.submit(&early).await.unwrap();
    assert_eq!(bench.pool.status().ready, 1);
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

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_pay_may_not_wait_for_a_later_nonce_either() {
    let bench = bench();
    let bob = wallet("bob");
    let state = bench.chain.head();
    let keep = pallet_balances::Existence::KeepAlive;
    let free = pallet_balances::spendable(&state.state, &bob.account, keep).unwrap();
    // The tip alone could be paid, the fee besides could not.
    let later = bob.transfer(&bench.chain, Terms { tip: free, ..Terms::nonce(9) });
    let refusal = bench.submit(&forged(&later)).await.unwrap_err();
    let expected = matches!(refusal, PoolError::Invalid(Invalid::Payment { available, .. })
        if available == free);
    assert!(expected, "{refusal}");
    let less = bob.transfer(&bench.chain, Terms { tip: free / 2, ..Terms::nonce(9) });
    bench.submit(&less).await.unwrap();
    assert_eq!(bench.pool.status().future, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_too_long_for_a_nonce_leaves() {
    let bench = bench();
    let bob = wallet("bob");
    let late = bob.transfer(&bench.chain, Terms { period: 1_024, ..Terms::nonce(1) });
    let (_, mut statuses) = bench.pool.submit_and_watch(Arc::clone(late.bytes())).await.unwrap();
    for _ in 0..63 {
        add_block(&bench.chain, &[]);
    }
    bench.pool.maintain().unwrap();
    assert!(bench.pool.contains(&late.hash()));
    add_block(&bench.chain, &[]);
    bench.pool.maintain().unwrap();
    assert_eq!(statuses.next().await, Some(TxStatus::Future));
    assert_eq!(statuses.next().await, Some(TxStatus::Dropped));
    assert_eq!(bench.pool.status().bytes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_who_can_no_longer_pay_leaves() {
    let bench = bench();
    let bob = wallet("bob");
    let free = pallet_balances::spendable(
        &bench.chain.head().state,
        &bob.account,
        pallet_balances::Existence::KeepAlive,
    );
    let tip = free.unwrap() / 2;
    let later = bob.transfer(&bench.chain, Terms { tip, ..Terms::nonce(1) });
    let (_, mut statuses) = bench.pool.submit_and_watch(Arc::clone(later.bytes())).await.unwrap();
    assert_eq!(statuses.next().await, Some(TxStatus::Future));
    // Blocks that do not touch its rows leave it alone.
    add_block(&bench.chain, &[wallet("heidi").transfer(&bench.chain, Terms::nonce(0))]);
    bench.pool.maintain().unwrap();
    assert!(bench.pool.contains(&later.hash()));
    let costly = bob.transfer(&bench.chain, Terms { tip: tip + TOKEN, ..Terms::nonce(0) });
    add_block(&bench.chain, &[costly]);
    let last = statuses.next().await;
    let is_payment = matches!(last, Some(TxStatus::Invalid(Invalid::Payment { .. })));
    assert!(is_payment, "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_offer_takes_over_the_age() {
    let bench = bench();
    let bob = wallet("bob");
    let old = bob.transfer(&bench.chain, Terms { period: 1_024, ..Terms::nonce(0) });
    bench.submit(&old).await.unwrap();
    for _ in 0..3 {
        add_block(&bench.chain, &[]);
    }
    bench.pool.maintain().unwrap();
    bench.submit(&wallet("heidi").transfer(&bench.chain, Terms::nonce(0))).await.unwrap();
    bench.submit(&bob.transfer(&bench.chain, Terms { tip: 1, ..Terms::nonce(0) })).await.unwrap();
    let offer = bench.pool.best(u64::MAX);
    let since: Vec<_> = offer.entries.iter().map(|one| (one.sender, one.since.0)).collect();
    assert_eq!(since, [(bob.account, 1), (wallet("heidi").account, 4)]);
}

/// Signatures that do not verify, each its own.
fn forgeries(like: &Extrinsic) -> impl Iterator<Item = Extrinsic> {
    (0_u32..).map(move |number| {
        let mut part = like.signed_part().unwrap().clone();
        if let Signature::Handle { signature, .. } = &mut part.signature {
            signature.as_mut_slice()[..4].copy_from_slice(&number.to_le_bytes());
        }
        Extrinsic::signed(part, like.call())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_brings_forgeries_is_refused_before_they_are_looked_at_and_nobody_else() {
    let bench = bench();
    let (bob, heidi) = (wallet("bob"), wallet("heidi"));
    let flooder = Source::connection(1);
    let mut checked = 0;
    for forged in forgeries(&bob.transfer(&bench.chain, Terms::nonce(0))) {
        let submitted = bench.pool.submit_from(flooder, Arc::clone(forged.bytes())).await;
        match submitted.unwrap_err() {
            PoolError::Invalid(Invalid::BadSignature { .. }) => checked += 1,
            refusal => {
                assert!(matches!(refusal, PoolError::Throttled { wait_ms: 1..=63 }), "{refusal}");
                assert_eq!((refusal.code(), refusal.rpc_code()), ("POOL-110", 1012));
                break;
            }
        }
    }
    assert!((256..2_000).contains(&checked), "{checked} were checked");
    // Not even a byte of what it brings next is looked at.
    let refusal = bench.pool.submit_from(flooder, vec![0; 9]).await.unwrap_err();
    assert!(matches!(refusal, PoolError::Throttled { .. } | PoolError::Invalid(_)), "{refusal}");
    // The account that was named has nothing to do with it.
    let mine = bob.transfer(&bench.chain, Terms::nonce(0));
    let from = Source::connection(2);
    bench.pool.submit_from(from, Arc::clone(mine.bytes())).await.unwrap();
    bench.submit(&heidi.transfer(&bench.chain, Terms::nonce(0))).await.unwrap();
    assert_eq!(bench.pool.status().ready, 2);
    assert_eq!(bench.pool.status().waiting, 0);
}

fn pay(wallet: &Wallet, bench: &Bench, dest: [u8; 32], terms: Terms) -> Extrinsic {
    let dest = MultiAddress::Id(AccountId(dest));
    let call = pallet_balances::Call::TransferKeepAlive { dest, value: TOKEN };
    wallet.sign(&bench.chain, terms, &RuntimeCall::from(call).encode())
}

fn vote(wallet: &Wallet, bench: &Bench) -> Extrinsic {
    let ballot = Ballot::Standard { aye: true, balance: TOKEN, conviction: Conviction::Locked1x };
    let call = pallet_voting::Call::Vote { referendum: 0, ballot };
    wallet.sign(&bench.chain, Terms::nonce(0), &RuntimeCall::from(call).encode())
}

/// Hashes of the transactions in the next block, inherents left out.
async fn next_block(bench: &Bench) -> Vec<althing_primitives::Hash256> {
    let Sealed::Block(head) = bench.seal(Want::Transactions).await else { panic!("no block") };
    let (_, hashes) = bench.chain.transactions_of(head.number).unwrap();
    hashes[1..].to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_land_at_once_while_others_fill_block_after_block() {
    // The least an author ever has: room for some hundreds.
    let bench = bench_with(Duration::ZERO);
    for payer in ["bob", "frank", "heidi"] {
        let payer = wallet(payer);
        for nonce in 0..200 {
            let terms = Terms { tip: 1_000, ..Terms::nonce(nonce) };
            bench.submit(&pay(&payer, &bench, [nonce as u8 + 1; 32], terms)).await.unwrap();
        }
    }
    let votes = [vote(&wallet("alice"), &bench), vote(&wallet("erin"), &bench)];
    for vote in &votes {
        bench.submit(vote).await.unwrap();
    }
    let block = next_block(&bench).await;
    assert!(bench.pool.status().ready > 100, "the block was full");
    assert!(votes.iter().all(|vote| block.contains(&vote.hash())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_pays_one_account_leaves_most_of_a_block_to_others() {
    let bench = bench_with(Duration::ZERO);
    let mut hot = Vec::new();
    for payer in ["bob", "frank", "heidi"] {
        let payer = wallet(payer);
        for nonce in 0..100 {
            let terms = Terms { tip: 1_000_000, ..Terms::nonce(nonce) };
            hot.push(pay(&payer, &bench, [9; 32], terms));
        }
    }
    let mut others = Vec::new();
    for payer in ["alice", "erin", "grace"] {
        let payer = wallet(payer);
        let one = |nonce| pay(&payer, &bench, [nonce as u8 + 100; 32], Terms::nonce(nonce));
        others.extend((0..30).map(one));
    }
    for one in hot.iter().chain(&others) {
        bench.submit(one).await.unwrap();
    }
    let block = next_block(&bench).await;
    let of = |set: &[Extrinsic]| set.iter().filter(|one| block.contains(&one.hash())).count();
    let (hot_in, others_in) = (of(&hot), of(&others));
    assert_eq!(others_in, 90, "all that is not on the row");
    assert!((50..200).contains(&hot_in), "{hot_in} of {} that are", hot.len());
    // What waited goes on, within the same share.
    assert!(!next_block(&bench).await.is_empty());
}
