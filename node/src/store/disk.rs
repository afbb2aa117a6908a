//! The engine on disk: sled 0.34.7, made durable by our own syncs.
//!
//! sled's `flush` writes its log and asks the kernel to start writing it out (`sync_file_range`);
//! that survives the death of the process, not of the machine. So each batch ends with an fsync of
//! the log, and of any value that sled put into a file of its own, before it is acknowledged.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{Batch, Engine, Ledger, StoreError};

/// A store in a folder.
pub type SledStore = Ledger<SledEngine>;

impl SledStore {
    /// Open the store in `path`, creating the folder if need be.
    ///
    /// Everything that it then answers is durable, also when the last process was killed.
    pub fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        Self::over(SledEngine::open(path, options)?)
    }
}

/// What may be chosen when opening a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Options {
    /// How much of the database sled keeps in memory.
    pub cache_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { cache_bytes: 64 * 1024 * 1024 }
    }
}

/// A value of more than a quarter of this goes into a file of its own, which costs a sync more.
const SEGMENT_BYTES: usize = 16 * 1024 * 1024;

/// One sled database, locked against other processes.
#[derive(Debug)]
pub struct SledEngine {
    // Dropped in this order: the database writes its last bytes before the lock is released.
    database: sled::Db,
    log: File,
    folder: PathBuf,
    synced: Mutex<BTreeSet<OsString>>,
    #[cfg(test)]
    probe: Probe,
    _lock: File,
}

/// Called before and after each thing that a batch does to the files, with the folder.
#[cfg(test)]
pub(crate) struct Probe(pub(crate) Box<dyn Fn(&Path) + Send + Sync>);

#[cfg(test)]
impl core::fmt::Debug for Probe {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Probe")
    }
}

impl SledEngine {
    /// Open or create the database in `folder`.
    pub fn open(folder: &Path, options: Options) -> Result<Self, StoreError> {
        fs::create_dir_all(folder).map_err(io("create", folder))?;
        let lock = lock(folder)?;
        let database = sled::Config::new()
            .path(folder)
            .mode(sled::Mode::HighThroughput)
            .cache_capacity(options.cache_bytes)
            .flush_every_ms(None)
            .use_compression(false)
            .segment_size(SEGMENT_BYTES)
            .open()
            .map_err(engine("open"))?;
        let path = folder.join("db");
        let log = File::open(&path).map_err(io("open", &path))?;

        let folder = folder.to_path_buf();
        let engine = Self {
            database,
            log,
            folder,
            synced: Mutex::default(),
            #[cfg(test)]
            probe: Probe(Box::new(|_| {})),
            _lock: lock,
        };
        // What the last process wrote may still be in the kernel's hands only, and the files
        // themselves may be new.
        engine.sync()?;
        sync_folder(&engine.folder)?;
        Ok(engine)
    }

    /// The same engine, watched.
    #[cfg(test)]
    pub(crate) fn watched(mut self, probe: Probe) -> Self {
        self.probe = probe;
        self
    }

    #[cfg(test)]
    fn reached(&self) {
        (self.probe.0)(&self.folder);
    }

    /// Nobody watches outside of tests.
    #[cfg(not(test))]
    #[inline]
    #[expect(clippy::unused_self, reason = "the same calls as in tests, where it is used")]
    fn reached(&self) {}

    /// Ask the disk for everything written so far (S10).
    fn sync(&self) -> Result<(), StoreError> {
        self.log.sync_data().map_err(io("sync", &self.folder.join("db")))?;
        self.sync_blobs()
    }

    /// Sync the files that hold one value each. There are few: see `PART_BYTES`.
    fn sync_blobs(&self) -> Result<(), StoreError> {
        let folder = self.folder.join("blobs");
        // A panic while holding it would leave the set whole: it is replaced at the end.
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        let mut present = BTreeSet::new();
        for entry in fs::read_dir(&folder).map_err(io("list", &folder))? {
            present.insert(entry.map_err(io("list", &folder))?.file_name());
        }
        let new: Vec<&OsString> = present.difference(&synced).collect();
        for name in &new {
            let path = folder.join(name);
            match File::open(&path).and_then(|file| file.sync_all()) {
                // sled removes such files when their value is replaced.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other.map_err(io("sync", &path))?,
            }
        }
        if !new.is_empty() {
            sync_folder(&folder)?;
        }
        *synced = present;
        Ok(())
    }
}

impl Batch for sled::Batch {
    fn put(&mut self, key: &[u8], value: &[u8]) {
        self.insert(key, value);
    }

    fn delete(&mut self, key: &[u8]) {
        self.remove(key);
    }
}

impl Engine for SledEngine {
    type Batch = sled::Batch;
    type Bytes = sled::IVec;

    fn get(&self, key: &[u8]) -> Result<Option<sled::IVec>, StoreError> {
        self.database.get(key).map_err(engine("read"))
    }

    fn apply(&self, batch: sled::Batch) -> Result<(), StoreError> {
        self.reached();
        self.database.apply_batch(batch).map_err(engine("write to"))?;
        self.reached();
        self.database.flush().map_err(engine("flush"))?;
        self.reached();
        self.sync()?;
        self.reached();
        Ok(())
    }
}

/// Take the folder, or say who cannot have it. The kernel gives it back when the process ends.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: folder.to_path_buf() }),
        Err(TryLockError::Error(source)) => Err(StoreError::Io { action: "lock", path, source }),
    }
}

/// Make the names in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(io("sync", folder))
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::Io { action, path, source }
}

fn engine(action: &'static str) -> impl FnOnce(sled::Error) -> StoreError {
    move |source| StoreError::Engine { action, source }
}
