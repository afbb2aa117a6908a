//! The engine on disk: sled 0.34.7, made durable by our own syncs, and files beside it for what is
//! large.
//!
//! sled's `flush` writes its log and asks the kernel to start writing it out (`sync_file_range`);
//! that survives the death of the process, not of the machine. So each batch ends with an fsync of
//! the log, and of any value that sled put into a file of its own, before it is acknowledged.
//!
//! sled takes damage in its log for the torn end of it: it forgets what follows, silently, or panics.
//! So batches are numbered, the last acknowledged number is kept in a file beside, and a log that
//! ends before it is refused (S12).

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::FileExt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Batch, Engine, Ledger, Log, Position, StoreError, segments::Segments};

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

/// The unit of sled's log. A leaf of its tree that has more than a quarter of this goes into a file
/// of its own, which costs a sync more; with larger segments, short blocks take longer.
const SEGMENT_BYTES: usize = 2 * 1024 * 1024;

/// How often a thread of sled's looks for parts of the log to use again. Without it the log of a
/// chain of short blocks grows twice as fast.
const CLEAN_EVERY_MS: u64 = 100;
/// The number of the last batch, written with it. No record's key begins with this byte.
const COUNTER_KEY: &[u8] = &[0x00];
/// Where each log ends, with its number as the second byte of the key (S23).
const END_KIND: u8 = 0x05;
/// The file beside the log with the number of the last acknowledged batch.
const ACKNOWLEDGED: &str = "acknowledged";

/// One sled database, locked against other processes.
#[derive(Debug)]
pub struct SledEngine {
    // Dropped in this order: the database writes its last bytes before the lock is released.
    database: sled::Db,
    log: File,
    folder: PathBuf,
    synced: Mutex<BTreeSet<OsString>>,
    logs: [Segments; Log::ALL.len()],
    written: Mutex<Last>,
    /// The highest number acknowledged, and the file that says so.
    acknowledged: Mutex<(u64, File)>,
    #[cfg(test)]
    probe: Probe,
    _lock: File,
}

/// What the last batch given to sled says.
#[derive(Debug)]
struct Last {
    /// Its number.
    number: u64,
    /// Where the logs end.
    ends: [Position; Log::ALL.len()],
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
        let database = open_database(folder, options)?;
        let path = folder.join("db");
        let log = File::open(&path).map_err(io("open", &path))?;
        let written = database.get(COUNTER_KEY).map_err(engine("read"))?;
        let written = written.as_deref().and_then(<[u8]>::first_chunk);
        let written = written.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let acknowledged = acknowledged(folder, written)?;
        // Only now: a database that lost its end must not take the ends of the logs with it.
        let mut ends = [Position::default(); Log::ALL.len()];
        for (log, end) in Log::ALL.into_iter().zip(&mut ends) {
            let bytes = database.get(end_key(log)).map_err(engine("read"))?;
            *end = bytes.map_or_else(Position::default, |bytes| read_end(&bytes));
        }
        let [bodies, changes, kept] = ends;
        let logs = [
            Segments::open(folder, Log::Bodies, bodies)?,
            Segments::open(folder, Log::Changes, changes)?,
            Segments::open(folder, Log::Kept, kept)?,
        ];

        let engine = Self {
            database,
            log,
            folder: folder.to_path_buf(),
            synced: Mutex::default(),
            logs,
            written: Mutex::new(Last { number: written, ends }),
            acknowledged: Mutex::new((written, acknowledged)),
            #[cfg(test)]
            probe: Probe(Box::new(|_| {})),
            _lock: lock,
        };
        // What the last process wrote may still be in the kernel's hands only, and the files
        // themselves may be new.
        engine.sync_logs()?;
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

    /// Ask the disk for everything appended so far; returns where that ends.
    fn sync_logs(&self) -> Result<[Position; Log::ALL.len()], StoreError> {
        let [bodies, changes, kept] = &self.logs;
        Ok([bodies.sync()?, changes.sync()?, kept.sync()?])
    }

    fn log(&self, log: Log) -> &Segments {
        let [bodies, changes, kept] = &self.logs;
        match log {
            Log::Bodies => bodies,
            Log::Changes => changes,
            Log::Kept => kept,
        }
    }

    /// The same engine, cutting its logs into smaller segments.
    #[cfg(test)]
    pub(crate) fn with_segments_of(mut self, bytes: u64) -> Self {
        self.logs = self.logs.map(|log| log.with_segments_of(bytes));
        self
    }

    /// Ask the disk for everything that sled wrote so far (S10).
    fn sync(&self) -> Result<(), StoreError> {
        self.log.sync_data().map_err(io("sync", &self.folder.join("db")))?;
        self.sync_blobs()
    }

    /// Keep the number of the last durable batch. Not synced: should a power cut undo it, a lower
    /// number stands there, and that is true as well.
    fn acknowledge(&self, number: u64) -> Result<(), StoreError> {
        let mut last = hold(&self.acknowledged);
        if number > last.0 {
            let path = self.folder.join(ACKNOWLEDGED);
            last.1.write_all_at(&number.to_le_bytes(), 0).map_err(io("write", &path))?;
            last.0 = number;
        }
        Ok(())
    }

    /// Sync the files that hold one value each. There are few: see `PART_BYTES`.
    fn sync_blobs(&self) -> Result<(), StoreError> {
        let folder = self.folder.join("blobs");
        let mut synced = hold(&self.synced);
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

    fn apply(&self, mut batch: sled::Batch) -> Result<(), StoreError> {
        self.reached();
        // First what the batch refers to, then the batch.
        let ends = self.sync_logs()?;
        self.reached();
        let number = {
            let mut last = hold(&self.written);
            last.number = last.number.saturating_add(1);
            batch.insert(COUNTER_KEY, &last.number.to_le_bytes());
            for ((log, last), end) in Log::ALL.into_iter().zip(&mut last.ends).zip(ends) {
                // Another thread may have synced more and come first.
                if end > *last {
                    *last = end;
                    batch.insert(&end_key(log)[..], &write_end(end)[..]);
                }
            }
            self.database.apply_batch(batch).map_err(engine("write to"))?;
            last.number
        };
        self.reached();
        self.database.flush().map_err(engine("flush"))?;
        self.reached();
        self.sync()?;
        self.reached();
        self.acknowledge(number)
    }

    fn append(&self, log: Log, bytes: &[u8]) -> Result<Position, StoreError> {
        let at = self.log(log).append(bytes)?;
        self.reached();
        Ok(at)
    }

    fn read(&self, log: Log, at: Position, length: u64) -> Result<Vec<u8>, StoreError> {
        self.log(log).read(at, length)
    }

    fn forget_before(&self, log: Log, segment: u32) -> Result<(), StoreError> {
        self.reached();
        self.log(log).forget_before(segment)?;
        self.reached();
        Ok(())
    }
}

fn end_key(log: Log) -> [u8; 2] {
    [END_KIND, log.index()]
}

fn write_end(end: Position) -> [u8; 12] {
    let mut bytes = [0; 12];
    let (segment, offset) = bytes.split_at_mut(4);
    segment.copy_from_slice(&end.segment.to_le_bytes());
    offset.copy_from_slice(&end.offset.to_le_bytes());
    bytes
}

/// Bytes of another length cannot stand there: sled's own checksum covers them.
fn read_end(bytes: &[u8]) -> Position {
    let split = bytes.split_first_chunk::<4>();
    let end = split.and_then(|(segment, rest)| Some((segment, rest.first_chunk::<8>()?)));
    end.map_or_else(Position::default, |(segment, offset)| Position {
        segment: u32::from_le_bytes(*segment),
        offset: u64::from_le_bytes(*offset),
    })
}

/// Guarded values are replaced whole, so they are sound after a panic elsewhere.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often and how long an instance of this process that is going away is waited for.
const REOPEN_TRIES: u32 = 500;
const REOPEN_PAUSE: Duration = Duration::from_millis(10);

fn open_database(folder: &Path, options: Options) -> Result<sled::Db, StoreError> {
    let config = sled::Config::new()
        .path(folder)
        .mode(sled::Mode::HighThroughput)
        .cache_capacity(options.cache_bytes)
        .flush_every_ms(Some(CLEAN_EVERY_MS))
        .use_compression(false)
        .segment_size(SEGMENT_BYTES);
    let mut tries: u32 = 0;
    loop {
        // sled panics on some damaged logs. What it was building is gone then, and nothing else
        // shares it.
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()))
            .map_err(|_| StoreError::Damaged { path: folder.to_path_buf() })?;
        match opened {
            // Our own lock keeps other processes out, so this is an instance of this process that
            // was dropped a moment ago: sled's threads let go of the file a little later.
            Err(error) if is_lock_held(&error) && tries < REOPEN_TRIES => {
                tries = tries.saturating_add(1);
                std::thread::sleep(REOPEN_PAUSE);
            }
            opened => return opened.map_err(engine("open")),
        }
    }
}

fn is_lock_held(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

/// Open the file with the last acknowledged number, and check that the log goes that far.
fn acknowledged(folder: &Path, written: u64) -> Result<File, StoreError> {
    let path = folder.join(ACKNOWLEDGED);
    let file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(io("open", &path))?;
    let mut bytes = [0; 8];
    // A new file is empty; the eight bytes of an older one are within one sector, so never torn.
    if file.read_at(&mut bytes, 0).map_err(io("read", &path))? == bytes.len() {
        let acknowledged = u64::from_le_bytes(bytes);
        if acknowledged > written {
            return Err(StoreError::RolledBack { path, found: written, acknowledged });
        }
    }
    Ok(file)
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
