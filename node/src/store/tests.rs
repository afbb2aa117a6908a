//! The conformance suite on each engine, and what is particular to sled.

use std::fs;

use tempfile::TempDir;

use super::{
    MemoryEngine, Options, SledEngine, SledStore, Store, StoreError,
    conformance::{
        Place, assert_is_test_chain, block, conformance, genesis, hash, read_test_chain,
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

        let outcome = SledStore::open(copy.path(), Options::default()).and_then(|store| {
            assert_eq!(store.tip(), Some((12, hash(12))));
            read_test_chain(&store)
        });
        refused += u32::from(outcome.is_err());
    }
    assert!(refused > 10, "{refused} refused");
}

#[test]
fn parts_are_small_enough_to_stay_in_the_log() {
    let folder = Folder::new();
    let store = folder.with_blocks(0);
    for number in 1..=40 {
        let extrinsics = vec![vec![7; 1_000_000]];
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
