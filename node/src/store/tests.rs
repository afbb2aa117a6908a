//! The conformance suite on each engine, and what is particular to sled.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{
    Log, MemoryEngine, Options, Record, SledEngine, SledStore, Store, StoreError,
    conformance::{
        Place, assert_is_test_chain, block, conformance, genesis, hash, prune_to, read_test_chain,
    },
};

/// Memory that outlives the store over it.
#[derive(Default)]
pub(crate) struct Memory(MemoryEngine);

impl Place for Memory {
    type Engine = MemoryEngine;

    fn engine(&self) -> MemoryEngine {
        self.0.clone()
    }
}

/// A folder that is removed at the end.
pub(crate) struct Folder(pub(crate) TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }
}

impl Place for Folder {
    type Engine = SledEngine;

    fn engine(&self) -> SledEngine {
        SledEngine::open(self.0.path(), Options::default()).unwrap()
    }
}

mod memory {
    use super::{Memory, conformance};

    conformance!(Memory::default(), cases: 128);
}

mod sled_engine {
    use super::{Folder, conformance};

    conformance!(Folder::new(), cases: 12);
}

#[test]
fn a_folder_in_use_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let store = SledStore::open(folder.path(), Options::default()).unwrap();

    let refusal = SledStore::open(folder.path(), Options::default()).unwrap_err();

    assert!(matches!(&refusal, StoreError::Locked { path } if path == folder.path()));
    assert!(
        refusal
            .to_string()
            .ends_with("is in use by another process; stop that one or choose another base path")
    );
    drop(store);
    SledStore::open(folder.path(), Options::default()).unwrap();
}

#[test]
fn a_path_that_is_a_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"not a folder").unwrap();

    let refusal = SledStore::open(&file, Options::default()).unwrap_err();

    assert!(matches!(refusal, StoreError::Io { action: "create", path, .. } if path == file));
}

/// Wherever the log is damaged, nothing shows other bytes or fewer blocks as if all were well.
#[test]
fn damage_to_the_log_is_refused_or_without_effect() {
    let folder = Folder::new();
    drop(folder.with_blocks(12));
    let log = folder.0.path().join("db");
    let whole = fs::read(&log).unwrap();
    let mut refused: u32 = 0;
    for n in 0..40 {
        let mut damaged = whole.clone();
        let start = whole.len() / 40 * n;
        if n % 2 == 0 {
            damaged[start] ^= 0x10;
        } else {
            damaged[start..start + 4096].fill(0);
        }
        let copy = TempDir::new().unwrap();
        fs::write(copy.path().join("db"), damaged).unwrap();
        for file in ["conf", "acknowledged"] {
            fs::copy(folder.0.path().join(file), copy.path().join(file)).unwrap();
        }
        for log in Log::ALL {
            copy_files(&folder.0.path().join(log.name()), &copy.path().join(log.name()));
        }

        let outcome = SledStore::open(copy.path(), Options::default()).and_then(|store| {
            assert_eq!(store.tip(), Some((12, hash(12))));
            read_test_chain(&store, 1)
        });
        refused += u32::from(outcome.is_err());
    }
    assert!(refused > 10, "{refused} refused");
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Wherever a segment is damaged, the record is named, and the others are read as before.
#[test]
fn damage_to_a_segment_is_noticed_and_named() {
    let folder = Folder::new();
    drop(folder.with_blocks(12));
    let path = folder.0.path().join("bodies").join("00000000");
    let whole = fs::read(&path).unwrap();
    for n in 0..40 {
        let mut damaged = whole.clone();
        damaged[whole.len() / 40 * n] ^= 0x10;
        fs::write(&path, damaged).unwrap();

        let store = folder.open().unwrap();
        let outcomes = (1..=12).map(|number| (number, store.block(number)));
        let bad: Vec<_> = outcomes.filter(|(_, outcome)| outcome.is_err()).collect();
        assert_eq!(bad.len(), 1, "one record for each byte");
        let (number, Err(error)) = &bad[0] else { unreachable!() };
        assert!(
            matches!(error, StoreError::Corrupt { record: Record::Body(named), .. }
            if named == number),
            "{error}"
        );
    }
    fs::write(&path, whole).unwrap();
    assert_is_test_chain(&folder.open().unwrap());
}

#[test]
fn a_segment_that_was_cut_or_lost_is_refused_by_name() {
    let folder = Folder::new();
    drop(folder.with_blocks(6));
    let path = folder.0.path().join("bodies").join("00000000");
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let refusal = SledStore::open(folder.0.path(), Options::default()).unwrap_err();
        assert!(
            matches!(&refusal, StoreError::CutShort { path: named, found, .. }
            if *named == path && *found == length as u64),
            "{refusal}"
        );
    }
    fs::remove_file(&path).unwrap();
    let refusal = SledStore::open(folder.0.path(), Options::default()).unwrap_err();
    assert!(matches!(refusal, StoreError::CutShort { found: 0, .. }), "{refusal}");
    fs::write(&path, whole).unwrap();
    assert_is_test_chain(&folder.open().unwrap());
}

/// A kill between appending and the batch that refers to it: any part may be there, or anything.
#[test]
fn what_a_segment_has_beyond_its_end_changes_nothing() {
    let folder = Folder::new();
    drop(folder.with_blocks(6));
    for (n, name) in ["00000000", "00000001", "00000000"].into_iter().enumerate() {
        let path = folder.0.path().join("bodies").join(name);
        let mut bytes = fs::read(&path).unwrap_or_default();
        bytes.extend_from_slice(&vec![n as u8; 77_777 * (n + 1)]);
        fs::write(&path, bytes).unwrap();
        let store = folder.open().unwrap();
        assert_is_test_chain(&store);
        let next = store.tip().unwrap().0 + 1;
        store.commit(block(next)).unwrap();
        store.commit(block(next + 1)).unwrap();
        assert_is_test_chain(&store);
    }
}

#[test]
fn segments_go_when_nothing_in_them_is_wanted() {
    let folder = Folder::new();
    let engine = folder.engine().with_segments_of(200_000);
    let store = super::Ledger::over(engine).unwrap();
    store.initialise(genesis()).unwrap();
    for number in 1..=30 {
        store.commit(block(number)).unwrap();
    }
    let files = |log: &str| fs::read_dir(folder.0.path().join(log)).unwrap().count();
    let before = files("bodies");
    store.fold(28).unwrap();
    prune_to(&store, 28).unwrap();

    assert!(files("bodies") < before / 4, "{before} files, then {}", files("bodies"));
    assert_eq!(files("changes"), 1);
    assert_is_test_chain(&store);
}

#[test]
fn parts_are_small_enough_to_stay_in_the_log() {
    let folder = Folder::new();
    let store = folder.with_blocks(0);
    for number in 1..=40 {
        let extrinsics = vec![vec![7; 20_000].into()];
        store.commit(super::BlockRecord { extrinsics, ..block(number) }).unwrap();
    }

    let blobs = fs::read_dir(folder.0.path().join("blobs")).unwrap().count();
    assert_eq!(blobs, 0, "values in files of their own");
}

#[test]
fn folding_and_committing_go_on_beside_each_other() {
    let folder = Folder::new();
    let store = folder.with_blocks(1);
    std::thread::scope(|scope| {
        let folder = scope.spawn(|| {
            while let Some((tip, _)) = store.tip() {
                store.fold(tip / 2).unwrap();
                assert_eq!(store.hash_of(tip).unwrap(), Some(hash(tip)));
                if tip == 40 {
                    break;
                }
            }
        });
        for number in 2..=40 {
            store.commit(block(number)).unwrap();
        }
        folder.join().unwrap();
    });

    assert_is_test_chain(&store);
    assert_eq!(store.load_state().unwrap().base, 20);
    store.initialise(genesis()).unwrap();
}
