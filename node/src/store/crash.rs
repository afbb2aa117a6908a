//! Crashes: after and before every write, at every step of a sled batch, and by a real kill.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use althing_primitives::BlockNumber;
use tempfile::TempDir;

use super::{
    Engine, Ledger, Log, MemoryEngine, Options, Position, SledEngine, SledStore, Store, StoreError,
    conformance::{Place, assert_is_test_chain, block, genesis, prune_to, read_test_chain},
    disk::Probe,
    tests::{Folder, Memory},
};

/// How many blocks the scripts below write.
const BLOCKS: BlockNumber = 24;

/// Build the test chain, folding now and then, and say what was acknowledged.
fn script(store: &impl Store, mut acknowledged: impl FnMut(BlockNumber)) -> Result<(), StoreError> {
    store.initialise(genesis())?;
    acknowledged(0);
    for number in 1..=BLOCKS {
        store.commit(block(number))?;
        acknowledged(number);
        if number % 8 == 0 {
            store.fold(number - 3)?;
            // After a crash the second run of the script finds some of it done.
            prune_to(store, store.pruned_to().max(number - 6))?;
        }
    }
    Ok(())
}

/// Whether the n-th write happens, when it is the one that fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Moment {
    Before,
    After,
}

/// An engine whose n-th write fails, be it of a batch or to a log; half of it may be there.
#[derive(Debug)]
struct Failing {
    engine: MemoryEngine,
    writes_left: AtomicU32,
    moment: Moment,
}

impl Engine for Failing {
    type Batch = <MemoryEngine as Engine>::Batch;
    type Bytes = <MemoryEngine as Engine>::Bytes;

    fn get(&self, key: &[u8]) -> Result<Option<Self::Bytes>, StoreError> {
        self.engine.get(key)
    }

    fn apply(&self, batch: Self::Batch) -> Result<(), StoreError> {
        if self.writes_left.fetch_sub(1, Ordering::Relaxed) > 0 {
            return self.engine.apply(batch);
        }
        if self.moment == Moment::After {
            self.engine.apply(batch)?;
        }
        Err(gone())
    }

    fn append(&self, log: Log, bytes: &[u8]) -> Result<Position, StoreError> {
        if self.writes_left.fetch_sub(1, Ordering::Relaxed) > 0 {
            return self.engine.append(log, bytes);
        }
        if self.moment == Moment::After {
            self.engine.append(log, bytes.split_at(bytes.len() / 2).0)?;
        }
        Err(gone())
    }

    fn read(&self, log: Log, at: Position, length: u64) -> Result<Vec<u8>, StoreError> {
        self.engine.read(log, at, length)
    }

    fn forget_before(&self, log: Log, segment: u32) -> Result<(), StoreError> {
        if self.writes_left.fetch_sub(1, Ordering::Relaxed) > 0 {
            return self.engine.forget_before(log, segment);
        }
        Err(gone())
    }
}

fn gone() -> StoreError {
    let source = std::io::Error::other("the disk is gone");
    StoreError::Io { action: "write", path: "memory".into(), source }
}

#[test]
fn a_crash_at_any_write_leaves_a_store_that_goes_on() {
    let mut crashes = 0;
    for moment in [Moment::Before, Moment::After] {
        for writes in 0.. {
            let place = Memory::default();
            let engine = place.engine();
            let failing = Failing { engine, writes_left: AtomicU32::new(writes), moment };
            let store = Ledger::over(failing)
                .unwrap()
                .with_limits(super::fold::Limits { round_bytes: 100_000, step_bytes: 10_000 });
            let mut last = None;
            let outcome = script(&store, |number| last = Some(number));
            if outcome.is_ok() {
                break;
            }
            crashes += 1;
            assert_eq!(store.tip().map(|(number, _)| number), last, "only what was acknowledged");
            drop(store);

            let store = place.open().unwrap();
            let tip = store.tip().map(|(number, _)| number);
            let next = last.map_or(0, |last| last + 1);
            assert!(tip == last || (moment == Moment::After && tip == Some(next)), "{tip:?}");
            if tip.is_some() {
                assert_is_test_chain(&store);
            }
            script(&store, |_| {}).unwrap();
            assert_is_test_chain(&store);
        }
    }
    // Genesis, blocks, and several steps for each of the three folds.
    assert!(crashes > 2 * (1 + BLOCKS + 9), "{crashes} crashes");
}

#[test]
fn after_a_failed_write_nothing_is_written_until_reopening() {
    let engine = MemoryEngine::default();
    // Three writes for genesis and two for each block: the last one is the batch of block 2.
    let writes_left = AtomicU32::new(6);
    let failing = Failing { engine: engine.clone(), writes_left, moment: Moment::After };
    let store = Ledger::over(failing).unwrap();
    store.initialise(genesis()).unwrap();
    store.commit(block(1)).unwrap();

    assert!(matches!(store.commit(block(2)), Err(StoreError::Io { .. })));

    // The block may be on the disk or not, so a retry must not acknowledge it.
    assert!(matches!(store.commit(block(2)), Err(StoreError::Stopped)));
    assert!(matches!(store.fold(1), Err(StoreError::Stopped)));
    assert_eq!(store.block(2).unwrap(), None);
    assert_is_test_chain(&store);
    drop(store);
    assert_eq!(Ledger::over(engine).unwrap().tip().unwrap().0, 2);
}

/// What a kill would leave: the files as they are now, without the lock.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_name() != "lock" {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_files_are_a_whole_store_at_every_step_of_a_batch() {
    let (folder, copies) = (Folder::new(), TempDir::new().unwrap());
    let acknowledged = Arc::new(Mutex::new(None));
    let taken = Arc::new(Mutex::new(Vec::new()));
    let probe = {
        let (acknowledged, taken) = (Arc::clone(&acknowledged), Arc::clone(&taken));
        let copies = copies.path().to_path_buf();
        Probe(Box::new(move |from| {
            let mut taken = taken.lock().unwrap();
            let to = copies.join(taken.len().to_string());
            copy(from, &to);
            taken.push((to, *acknowledged.lock().unwrap()));
        }))
    };
    let engine = folder.engine().with_segments_of(200_000).watched(probe);
    let store = Ledger::over(engine).unwrap();
    script(&store, |number| *acknowledged.lock().unwrap() = Some(number)).unwrap();
    drop(store);

    let taken = taken.lock().unwrap();
    assert!(taken.len() >= 4 * (1 + 24 + 3), "{} copies", taken.len());
    for (path, last) in taken.iter() {
        let store = SledStore::open(path, Options::default()).unwrap();
        let tip = store.tip().map(|(number, _)| number);
        let next = last.map_or(0, |last: BlockNumber| last + 1);
        assert!(tip == *last || tip == Some(next), "{tip:?} after {last:?}");
        if tip.is_some() {
            assert_is_test_chain(&store);
        }
        drop(store);
        fs::remove_dir_all(path).unwrap();
    }
}

/// How often the child is killed; `node/tests/crash.rs` has the kills of whole nodes.
const KILLS: u32 = 60;

/// Where the child finds the folder. Only the test below sets it.
const CHILD_FOLDER: &str = "ALTHING_STORE_TEST_FOLDER";

/// Not a test by itself: the process that the next test kills.
#[test]
fn child_that_commits_until_it_is_killed() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let store = SledStore::open(Path::new(&folder), Options::default()).unwrap();
    store.initialise(genesis()).unwrap();
    let first = store.tip().unwrap().0 + 1;
    for number in first.. {
        store.commit(block(number)).unwrap();
        writeln!(std::io::stdout(), "\ndurable {number}").unwrap();
        if number % 5 == 0 {
            store.fold(number - 4).unwrap();
            prune_to(&store, store.pruned_to().max(number - 4)).unwrap();
        }
    }
}

/// A child that is killed at the latest when the test ends.
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
        .args(["--exact", "store::crash::child_that_commits_until_it_is_killed", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().expect("its output is piped"));
    (Victim(child), output)
}

fn durable(line: &str) -> Option<BlockNumber> {
    line.strip_prefix("durable ")?.trim().parse().ok()
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let folder = TempDir::new().unwrap();
    let mut tip = 0;
    for round in 0..KILLS {
        let (victim, mut output) = spawn(folder.path());
        // Spread over the phases of committing and folding, the same in every run.
        let acknowledgements = 1 + round * 7 % 10;
        let mut acknowledged = 0;
        for _ in 0..acknowledgements {
            let mut line = String::new();
            while durable(&line).is_none() {
                line.clear();
                assert!(output.read_line(&mut line).unwrap() > 0, "the child ended by itself");
            }
            acknowledged = durable(&line).expect("the loop ended");
        }
        let refusal = SledEngine::open(folder.path(), Options::default()).unwrap_err();
        assert!(matches!(refusal, StoreError::Locked { .. }), "{refusal}");
        drop(victim);
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        acknowledged = rest.lines().filter_map(durable).next_back().unwrap_or(acknowledged);

        let store = SledStore::open(folder.path(), Options::default()).unwrap();
        let before = tip;
        tip = store.tip().unwrap().0;
        assert!(acknowledged > before, "the chain went on");
        assert!(tip == acknowledged || tip == acknowledged + 1, "{acknowledged} but {tip}");
        // Older blocks were looked at before; all of them again at the end.
        let from = if round + 1 == KILLS { 1 } else { before.saturating_sub(8).max(1) };
        read_test_chain(&store, from).unwrap();
    }
}
