//! A8: `kill -9` at any moment loses nothing that anybody was told of.
//!
//! The real program runs under load and is killed again and again on one folder. After each kill a
//! copy of the folder is read in this process and every new block is executed again, signatures
//! included, by a witness that lives through all kills; then the program goes on in the folder itself.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use althing_frame::Track;
use althing_node::chain::Chain;
use althing_primitives::{Extrinsic, Hash256, Header};
use althing_runtime::check_invariants;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jsonrpsee_core::client::Error;
use support::{Member, Node, Rpc, Update, calls, copy, header, item, member, open, replay};
use tempfile::TempDir;

/// How often the program is killed, unless the environment says otherwise.
const KILLS: u32 = 50;
/// Who sends all the time.
const SENDERS: [&str; 6] = ["alice", "bob", "erin", "frank", "grace", "heidi"];
/// How many transactions of one sender are under way at a time.
const UNDER_WAY: usize = 6;

/// Numbers that look random and are the same in every run: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// Be busy for some microseconds: a moment is left in the middle of whatever happens, and a
    /// sleep would tend to end on the beat of the timer.
    fn spin(&mut self, micros_max: u64) {
        let moment = Duration::from_micros(self.below(micros_max));
        let started = Instant::now();
        while started.elapsed() < moment {
            std::hint::spin_loop();
        }
    }
}

/// What clients were told before the program died.
#[derive(Default)]
struct Told {
    heads: Vec<Header>,
    /// Transactions and the blocks they are final in.
    finalized: Vec<(Hash256, Hash256)>,
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how well the kills were spread is worth a look")]
async fn no_kill_under_load_loses_a_block_that_anybody_was_told_of() {
    let kills = std::env::var("ALTHING_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let folder = TempDir::new().unwrap();
    prepare(folder.path()).await;
    let (mut random, mut witness, mut unheard) = (Random(8), None, 0);
    for kill in 0..kills {
        // Sometimes the program does not even live to answer.
        if random.below(5) == 0 {
            let node = Node::spawn(arguments(folder.path()));
            random.spin(150_000);
            node.kill();
        }
        let told = work_until_killed(folder.path(), &mut random).await;

        let copied = TempDir::new().unwrap();
        copy(folder.path(), copied.path());
        let chain = open(copied.path());
        let replayed = replay(&chain, witness.take());
        assert_nothing_is_lost(&chain, &replayed, &told);

        let last = told.heads.last().unwrap().number;
        assert!(last > told.heads[0].number, "kill {kill}: the chain went on");
        unheard += u32::from(chain.head().number > last);
        assert_goes_on_from(&chain, folder.path()).await;
        witness = Some(replayed);
    }
    let head = witness.unwrap().head();
    let (number, root) = (head.number, head.header.state_root);
    println!(
        "{kills} kills, {unheard} of them left blocks nobody had heard of; head {number} {root}"
    );
}

/// A chain with a referendum that stays open, and enough blocks that old ones are folded all the
/// time.
async fn prepare(folder: &Path) {
    let mut arguments = vec!["dev".into(), "--gov".into(), "main".into()];
    arguments.extend(arguments_of_all(folder));
    let node = Node::start(arguments);
    let rpc = node.connect().await;
    let question = calls::propose(Track::Root, &calls::remark("a long debate"));
    let extrinsic = member("judy").signed(node.genesis(), 0, question);
    assert!(matches!(rpc.submit_and_wait(&extrinsic).await, Ok(Update::Finalized(_))));
    rpc.mine(320).await;
    node.stop();
}

fn arguments(folder: &Path) -> Vec<String> {
    let mut arguments = vec!["run".into()];
    arguments.extend(arguments_of_all(folder));
    arguments
}

fn arguments_of_all(folder: &Path) -> [String; 4] {
    let (seal, instant) = ("--seal".to_owned(), "instant".to_owned());
    ["--base-path".to_owned(), folder.display().to_string(), seal, instant]
}

/// Start the program, keep it busy, and kill it some moment after some block.
async fn work_until_killed(folder: &Path, random: &mut Random) -> Told {
    let node = Node::start(arguments(folder));
    let rpc = node.connect().await;
    let mut heads = rpc.heads().await.unwrap();
    let mut told = Told::default();
    told.heads.push(header(&item(&mut heads).await.unwrap()));

    let senders: Vec<_> = SENDERS
        .into_iter()
        .map(|name| {
            let (url, genesis) = (node.text("url").to_owned(), node.genesis());
            tokio::spawn(async move {
                // The kill may come before the connection.
                match Rpc::try_connect(&url).await {
                    Ok(rpc) => send_without_end(&rpc, &member(name), genesis).await,
                    Err(_) => Vec::new(),
                }
            })
        })
        .collect();
    for _ in 0..=random.below(6) {
        told.heads.push(header(&item(&mut heads).await.unwrap()));
    }
    random.spin(15_000);
    node.kill();

    // What was received before the end was told as well.
    while let Some(head) = item(&mut heads).await {
        told.heads.push(header(&head));
    }
    for sender in senders {
        told.finalized.extend(sender.await.unwrap());
    }
    told
}

/// Transfer and vote until nobody answers. Returns what was said to be final.
async fn send_without_end(rpc: &Rpc, member: &Member, genesis: Hash256) -> Vec<(Hash256, Hash256)> {
    let mut finalized = Vec::new();
    // The program may be gone before the first question.
    let Ok(first) = rpc.next_nonce(&member.account).await else { return finalized };
    let mut extrinsics = (first..).map(|nonce| {
        let call = match nonce % 3 {
            0 => calls::vote(0, nonce % 2 == 0, u128::from(nonce % 90) + 1),
            _ => calls::transfer(&support::member("ivan").account, 1),
        };
        member.signed(genesis, nonce, call)
    });
    let mut waiting: FuturesUnordered<_> =
        extrinsics.by_ref().take(UNDER_WAY).map(|next| send(rpc, next)).collect();
    while let Some((transaction, update)) = waiting.next().await {
        match update {
            Ok(Update::Finalized(block)) => {
                finalized.push((transaction, block));
                waiting.extend(extrinsics.next().map(|next| send(rpc, next)));
            }
            Ok(Update::Gone(why)) => panic!("{transaction} is {why}"),
            // The connection is gone. What is still under way may have been answered before.
            Err(_) => {}
        }
    }
    finalized
}

async fn send(rpc: &Rpc, extrinsic: Extrinsic) -> (Hash256, Result<Update, Error>) {
    (extrinsic.hash(), rpc.submit_and_wait(&extrinsic).await)
}

/// The folder holds all that was told, and nothing that executing it again does not give.
fn assert_nothing_is_lost(chain: &Chain, replayed: &Chain, told: &Told) {
    let head = chain.head();
    let last = told.heads.last().unwrap().number;
    assert!(head.number >= last, "told of block {last}, the head is {}", head.number);
    for told in &told.heads {
        assert_eq!(chain.header(told.number).unwrap().as_ref(), Some(told));
    }
    for (transaction, block) in &told.finalized {
        let receipts = chain.receipts(*block).unwrap();
        let receipts = receipts.unwrap_or_else(|| panic!("final block {block} is gone"));
        assert!(receipts.iter().any(|receipt| receipt.hash == *transaction), "{transaction}");
    }

    assert_eq!(replayed.head().hash, head.hash);
    assert_eq!(head.state.root(), head.header.state_root);
    assert_eq!(replayed.head().state.root(), head.header.state_root);
    assert_eq!(pallet_system::NUMBER.get(&head.state).unwrap(), Some(head.number));
    check_invariants(&head.state).unwrap();
}

/// The program takes the chain up where the copy ends.
async fn assert_goes_on_from(chain: &Arc<Chain>, folder: &Path) {
    let head = chain.head();
    let node = Node::start(arguments(folder));
    let rpc = node.connect().await;
    assert_eq!(rpc.head().await, (head.number, head.hash, head.header.state_root));
    node.kill();
}

#[test]
fn a_kill_while_a_chain_begins_leaves_a_folder_in_which_it_begins() {
    let mut random = Random(21);
    let genesis = Node::dev([]).genesis();
    for _ in 0..8 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_str().unwrap();
        let node = Node::spawn(["dev", "--base-path", path]);
        random.spin(120_000);
        node.kill();

        let node = Node::dev(["--base-path", path]);
        assert_eq!(node.genesis(), genesis);
        node.stop();
        assert_eq!(open(folder.path()).head().hash, genesis);
    }
}
