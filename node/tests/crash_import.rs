//! A8 during import: `kill -9` at any moment of importing blocks loses nothing that anybody was told
//! of.
//!
//! A process opens the chain in a folder, imports a file of blocks and tells of each one that the
//! chain gives notice of: that is what a node's clients hear as finalized. It is killed again and
//! again, while blocks are decoded, executed, written, folded and pruned all at once. After each kill
//! the folder is opened here: the rows of every recent height must have the root of their header,
//! every block must be the one that was imported, and whatever was told must be there.

#![allow(clippy::unwrap_used, reason = "functions of tests are tests too")]

mod support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use althing_executor::{Executor, Proof, Transaction};
use althing_frame::Track;
use althing_node::blocks_file;
use althing_node::chain::{BlockExecutor, Chain, ChainConfig, Justification, RECENT};
use althing_node::service::{Threads, executor, open_store};
use althing_node::spec::ChainSpec;
use althing_primitives::{BlockNumber, Extrinsic};
use althing_runtime::{AlthingRuntime, GovernancePreset, check_invariants};
use support::{calls, member, open};
use tempfile::TempDir;
use tokio::sync::broadcast::error::RecvError;

/// How often the process is killed, unless the environment says otherwise. With the kills of
/// `crash.rs` and those of the store's own test there are more than 200.
const KILLS: u32 = 110;
/// Blocks in the file: more than enough for old states to be folded and old signatures pruned.
const BLOCKS: BlockNumber = 480;
/// Who sends: members whose schemes sign fast.
const SENDERS: [&str; 6] = ["alice", "bob", "erin", "frank", "grace", "heidi"];

/// Where the process finds its folder. Only the test below sets it.
const FOLDER: &str = "ALTHING_IMPORT_TEST_FOLDER";

/// Not a test by itself: the process that the next test kills.
#[test]
fn child_that_imports_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let chain = open(&Path::new(&folder).join("base"));
    chain.prune_witnesses(RECENT);
    let mut notices = chain.subscribe();
    std::thread::spawn(move || {
        loop {
            match notices.blocking_recv() {
                Ok(notice) => {
                    let head = &notice.head;
                    writeln!(std::io::stdout(), "\ntold {} {}", head.number, head.hash).unwrap();
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            }
        }
    });
    let mut blocks = BufReader::new(File::open(Path::new(&folder).join("blocks")).unwrap());
    blocks_file::import(&chain, &mut blocks).unwrap();
}

/// A chain in memory that the file was exported from.
struct Origin {
    folder: TempDir,
    chain: Arc<Chain>,
}

impl Origin {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let spec = ChainSpec::dev(GovernancePreset::Fast).unwrap();
        let store = open_store(None).unwrap();
        let executor = on(Threads::Cores);
        let chain = Chain::open(ChainConfig { spec, executor, store }).unwrap();
        for number in 1..=BLOCKS {
            let transaction = |extrinsic| Transaction { extrinsic, proven: Proof::Assumed };
            let transactions = transactions(&chain, number).into_iter().map(transaction).collect();
            let built = chain.build(u64::from(number) * 6_000 + 1_000_000, transactions).unwrap();
            assert_eq!(built.refused, []);
            chain.commit(built.header.hash(), Justification::Dev).unwrap();
        }
        let mut file = File::create(folder.path().join("blocks")).unwrap();
        blocks_file::export(&chain, &mut file).unwrap();
        Self { folder, chain }
    }

    fn base(&self) -> PathBuf {
        self.folder.path().join("base")
    }

    /// Begin again with an empty folder.
    fn clear(&self) {
        let _ = fs::remove_dir_all(self.base());
        let (spec, store) = (self.chain.spec().clone(), open_store(Some(&self.base())).unwrap());
        drop(Chain::open(ChainConfig { spec, executor: on(Threads::Serial), store }).unwrap());
    }
}

fn on(threads: Threads) -> Executor {
    executor(Arc::new(AlthingRuntime::new()), threads).unwrap().0
}

/// Short blocks and blocks that do not fit one part of the database, transfers and votes.
fn transactions(chain: &Chain, number: BlockNumber) -> Vec<Extrinsic> {
    let genesis = chain.genesis();
    if number == 1 {
        let question = calls::propose(Track::Root, &calls::remark("a long debate"));
        return vec![member("judy").signed(genesis, 0, question)];
    }
    // Every fourth block is too long for one part of the database.
    let (senders, each) =
        if number.is_multiple_of(4) { (&SENDERS[..], 2) } else { (&SENDERS[..1], 1) };
    let state = chain.head().state.clone();
    let signed = |name: &&'static str| {
        let sender = member(name);
        let next = pallet_system::account(&state, &sender.account).unwrap().nonce;
        let call = |nonce: u32| match nonce % 3 {
            0 if number < 30 => calls::vote(0, nonce.is_multiple_of(2), u128::from(nonce % 90) + 1),
            _ => calls::transfer(&member("judy").account, 1),
        };
        let signed = |nonce| sender.signed(genesis, nonce, call(nonce));
        (next..next + each).map(signed).collect::<Vec<_>>()
    };
    senders.iter().flat_map(signed).collect()
}

/// A process that is killed at the latest when the test ends.
struct Victim(Child);

impl Drop for Victim {
    fn drop(&mut self) {
        // Both fail only if it is dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(folder: &Path) -> (Victim, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_imports_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().expect("its output is piped"));
    (Victim(child), output)
}

/// A height and a hash, as the process tells them. The last line may be cut.
fn told(line: &str) -> Option<(BlockNumber, &str)> {
    let (number, hash) = line.strip_prefix("told ")?.strip_suffix('\n')?.split_once(' ')?;
    Some((number.parse().ok()?, hash))
}

/// Import until it was told of so many blocks and a moment more. Returns what was told.
fn import_until_killed(folder: &Path, count: usize, spin: Duration) -> Vec<(BlockNumber, String)> {
    let (victim, mut output) = spawn(folder);
    let mut heard = Vec::new();
    let mut line = String::new();
    while heard.len() < count {
        line.clear();
        if output.read_line(&mut line).unwrap() == 0 {
            break;
        }
        heard.extend(told(&line).map(|(number, hash)| (number, hash.to_owned())));
    }
    let started = Instant::now();
    while started.elapsed() < spin {
        std::hint::spin_loop();
    }
    drop(victim);
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let rest = rest.split_inclusive('\n').filter_map(told);
    heard.extend(rest.map(|(number, hash)| (number, hash.to_owned())));
    heard
}

/// The chain is the one imported, as far as it goes. Opening it compared the rows of the recent
/// heights with their headers; `from` is the last height looked at before.
fn assert_whole(chain: &Chain, origin: &Chain, from: BlockNumber) {
    let head = chain.head();
    assert_eq!(Some(head.hash), origin.hash_of(head.number).unwrap());
    assert_eq!(head.state.root(), head.header.state_root);
    for number in from.max(1)..=head.number {
        match chain.pruned_body(number).unwrap() {
            None => assert_eq!(chain.block(number).unwrap(), origin.block(number).unwrap()),
            Some(body) => body.check(&head_of(origin, number)).unwrap(),
        }
        assert_eq!(chain.receipts(number).unwrap(), origin.receipts(number).unwrap());
    }
    check_invariants(&head.state).unwrap();
}

fn head_of(chain: &Chain, number: BlockNumber) -> althing_primitives::Header {
    chain.header(number).unwrap().unwrap()
}

#[test]
#[expect(clippy::print_stdout, reason = "how well the kills were spread is worth a look")]
fn no_kill_during_import_loses_a_block_that_anybody_was_told_of() {
    let kills = std::env::var("ALTHING_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let origin = Origin::new();
    origin.clear();
    let (mut head, mut unheard, mut whole, mut pruned) = (0, 0, 0, 0);
    for kill in 0..kills {
        // Spread over the phases of a block, of folding and of beginning; the same in every run.
        let count = (kill * 7 % 19) as usize;
        let spin = Duration::from_micros(u64::from(kill * 2_731 % 13_000));
        let told = import_until_killed(origin.folder.path(), count, spin);

        let chain = open(&origin.base());
        let before = core::mem::replace(&mut head, chain.head().number);
        assert!(head >= before, "kill {kill}: the head went back from {before} to {head}");
        for (number, hash) in &told {
            assert!(*number <= head, "kill {kill}: told of block {number}, the head is {head}");
            let found = chain.hash_of(*number).unwrap().unwrap();
            assert_eq!(found.to_string(), *hash);
        }
        assert_whole(&chain, &origin.chain, before);
        let last = told.iter().map(|(number, _)| *number).max().unwrap_or(before);
        unheard += u32::from(head > last);
        pruned += u32::from(chain.pruned_body(1).is_ok_and(|body| body.is_some()));
        drop(chain);
        if head == BLOCKS {
            whole += 1;
            head = 0;
            origin.clear();
        }
    }
    println!(
        "{kills} kills, {unheard} of them left blocks nobody had heard of; {whole} times to the end, \
         {pruned} kills of a chain with pruned blocks"
    );
}
