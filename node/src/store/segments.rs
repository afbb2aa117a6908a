//! Logs on disk: files that are only ever appended to, cut into segments of a bounded size (S22 to
//! S25).
//!
//! How far a log goes is not read from its files: the database says it, in the batch that refers to
//! what was appended. What lies beyond was never acknowledged and is cut off when a log is opened,
//! so a torn write needs no special care. A file that ends before is damage, and is refused.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Log, Position, StoreError};

/// A segment that would outgrow this is followed by a new one. What is larger alone has a segment
/// of its own.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// One log of a folder.
#[derive(Debug)]
pub(crate) struct Segments {
    folder: PathBuf,
    segment_bytes: u64,
    tail: Mutex<Tail>,
    /// Syncs take turns, so that nobody passes one that is under way; true once one failed.
    syncing: Mutex<bool>,
}

#[derive(Debug)]
struct Tail {
    /// Where the next bytes go.
    end: Position,
    /// The file they go to; none before the first.
    file: Option<Arc<File>>,
    /// Files with bytes that were not synced yet.
    unsynced: Vec<Arc<File>>,
    /// Whether a file has come that the folder on disk may not name yet.
    is_folder_unsynced: bool,
    /// Which segments there are.
    segments: BTreeSet<u32>,
}

impl Segments {
    /// Open a log that ends at `end`, and forget what comes after.
    pub(crate) fn open(base: &Path, log: Log, end: Position) -> Result<Self, StoreError> {
        let folder = base.join(log.name());
        fs::create_dir_all(&folder).map_err(failed("create", &folder))?;
        let mut segments = list(&folder)?;
        for number in segments.split_off(&end.segment.saturating_add(1)) {
            let path = path_of(&folder, number);
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        let file = if segments.contains(&end.segment) || end.offset > 0 {
            Some(Arc::new(open_last(&path_of(&folder, end.segment), end.offset)?))
        } else {
            None
        };
        // What the last process wrote may be in the kernel's hands only.
        let unsynced = file.iter().cloned().collect();
        let tail = Tail { end, file, unsynced, is_folder_unsynced: true, segments };
        let (tail, syncing) = (Mutex::new(tail), Mutex::new(false));
        Ok(Self { folder, segment_bytes: SEGMENT_BYTES, tail, syncing })
    }

    /// The same log with smaller segments.
    #[cfg(test)]
    pub(crate) fn with_segments_of(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        // After a panic or an error in here the store stops, so a half-changed tail is not used.
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Put bytes at the end.
    pub(crate) fn append(&self, bytes: &[u8]) -> Result<Position, StoreError> {
        let mut tail = self.tail();
        let length = bytes.len() as u64;
        let is_full = tail.end.offset.saturating_add(length) > self.segment_bytes;
        if is_full && tail.end.offset > 0 {
            tail.end = Position { segment: tail.end.segment.saturating_add(1), offset: 0 };
            tail.file = None;
        }
        let at = tail.end;
        let path = path_of(&self.folder, at.segment);
        let file = if let Some(file) = &tail.file {
            Arc::clone(file)
        } else {
            let open =
                File::options().create(true).truncate(false).read(true).write(true).open(&path);
            let file = Arc::new(open.map_err(failed("open", &path))?);
            tail.file = Some(Arc::clone(&file));
            tail.segments.insert(at.segment);
            tail.is_folder_unsynced = true;
            file
        };
        file.write_all_at(bytes, at.offset).map_err(failed("write", &path))?;
        tail.end.offset = at.offset.saturating_add(length);
        if !tail.unsynced.iter().any(|unsynced| Arc::ptr_eq(unsynced, &file)) {
            tail.unsynced.push(file);
        }
        Ok(at)
    }

    /// Make what was appended durable; returns where that ends.
    ///
    /// Appending goes on meanwhile. A sync that fails leaves it open what is on disk, so all later
    /// ones fail as well.
    pub(crate) fn sync(&self) -> Result<Position, StoreError> {
        let mut has_failed = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        if *has_failed {
            return Err(StoreError::Stopped);
        }
        *has_failed = true;
        let (end, files, is_folder_unsynced) = {
            let mut tail = self.tail();
            let files = core::mem::take(&mut tail.unsynced);
            (tail.end, files, core::mem::take(&mut tail.is_folder_unsynced))
        };
        for file in files {
            file.sync_data().map_err(failed("sync", &self.folder))?;
        }
        if is_folder_unsynced {
            File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed("sync", &self.folder))?;
        }
        *has_failed = false;
        Ok(end)
    }

    /// Read up to `length` bytes; fewer if fewer are there.
    pub(crate) fn read(&self, at: Position, length: u64) -> Result<Vec<u8>, StoreError> {
        let path = path_of(&self.folder, at.segment);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(failed("open", &path))?,
        };
        // What is allocated follows the file, not the length that is asked for.
        let there = file.metadata().map_err(failed("read", &path))?.len();
        let length = length.min(there.saturating_sub(at.offset));
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact_at(&mut bytes, at.offset).map_err(failed("read", &path))?;
        Ok(bytes)
    }

    /// Remove the segments before this one, but never the last.
    pub(crate) fn forget_before(&self, segment: u32) -> Result<(), StoreError> {
        let gone = {
            let mut tail = self.tail();
            let first = segment.min(tail.end.segment);
            let kept = tail.segments.split_off(&first);
            core::mem::replace(&mut tail.segments, kept)
        };
        for number in gone {
            let path = path_of(&self.folder, number);
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        Ok(())
    }
}

fn path_of(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("{segment:08}"))
}

/// The segments in a folder. Other files are left alone.
fn list(folder: &Path) -> Result<BTreeSet<u32>, StoreError> {
    let mut segments = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed("list", folder))? {
        let name = entry.map_err(failed("list", folder))?.file_name();
        let number = name.to_str().and_then(|name| name.parse().ok());
        segments.extend(number.filter(|number| path_of(folder, *number).ends_with(&name)));
    }
    Ok(segments)
}

/// Open the last segment and cut off what no acknowledged batch refers to.
fn open_last(path: &Path, expected: u64) -> Result<File, StoreError> {
    let open = File::options().read(true).write(true).open(path);
    let file = match open {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::CutShort { path: path.to_path_buf(), expected, found: 0 });
        }
        other => other.map_err(failed("open", path))?,
    };
    let found = file.metadata().map_err(failed("read", path))?.len();
    if found < expected {
        return Err(StoreError::CutShort { path: path.to_path_buf(), expected, found });
    }
    file.set_len(expected).map_err(failed("cut", path))?;
    Ok(file)
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn open(folder: &Path, end: Position) -> Segments {
        Segments::open(folder, Log::Bodies, end).unwrap().with_segments_of(100)
    }

    fn files(folder: &Path) -> Vec<(String, u64)> {
        let entries = fs::read_dir(folder.join("bodies")).unwrap().map(Result::unwrap);
        let mut files: Vec<_> = entries
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len())
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn segments_stay_below_their_size_but_for_what_is_larger_alone() {
        let folder = TempDir::new().unwrap();
        let log = open(folder.path(), Position::default());
        let lengths = [60, 40, 1, 250, 30];
        let places: Vec<_> =
            lengths.iter().map(|n| log.append(&vec![*n; *n as usize]).unwrap()).collect();

        let segments: Vec<_> = places.iter().map(|at| (at.segment, at.offset)).collect();
        assert_eq!(segments, [(0, 0), (0, 60), (1, 0), (2, 0), (3, 0)]);
        for (at, n) in places.into_iter().zip(lengths) {
            assert_eq!(log.read(at, u64::from(n)).unwrap(), vec![n; n as usize]);
        }
        assert_eq!(log.sync().unwrap(), Position { segment: 3, offset: 30 });
    }

    #[test]
    fn what_comes_after_the_end_is_cut_off_and_written_over() {
        let folder = TempDir::new().unwrap();
        let log = open(folder.path(), Position::default());
        log.append(&[1; 60]).unwrap();
        let end = log.sync().unwrap();
        for _ in 0..4 {
            log.append(&[2; 30]).unwrap();
        }
        drop(log);
        assert_eq!(files(folder.path()).len(), 2);

        let log = open(folder.path(), end);

        assert_eq!(files(folder.path()), [("00000000".into(), 60)]);
        assert_eq!(log.append(&[3; 10]).unwrap(), end);
        assert_eq!(log.read(end, 99).unwrap(), [3; 10]);
    }

    #[test]
    fn a_file_that_ends_too_early_or_is_gone_is_refused_by_name() {
        let folder = TempDir::new().unwrap();
        let end = Position { segment: 0, offset: 60 };
        let refusal = Segments::open(folder.path(), Log::Bodies, end).unwrap_err();
        assert!(
            matches!(refusal, StoreError::CutShort { expected: 60, found: 0, .. }),
            "{refusal}"
        );

        open(folder.path(), Position::default()).append(&[1; 59]).unwrap();
        let refusal = Segments::open(folder.path(), Log::Bodies, end).unwrap_err();
        assert!(matches!(refusal, StoreError::CutShort { expected: 60, found: 59, .. }));
        assert!(refusal.to_string().contains("00000000"), "{refusal}");
    }

    #[test]
    fn forgotten_segments_are_removed_and_the_last_one_never_is() {
        let folder = TempDir::new().unwrap();
        let log = open(folder.path(), Position::default());
        for _ in 0..4 {
            log.append(&[1; 80]).unwrap();
        }
        log.forget_before(2).unwrap();
        assert_eq!(files(folder.path()).len(), 2);
        log.forget_before(9).unwrap();
        log.forget_before(9).unwrap();
        assert_eq!(files(folder.path()), [("00000003".into(), 80)]);
        assert!(log.read(Position { segment: 1, offset: 0 }, 80).unwrap().is_empty());
    }

    #[test]
    fn other_files_are_left_alone() {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("bodies")).unwrap();
        for name in ["note", "7", "000000007"] {
            fs::write(folder.path().join("bodies").join(name), "mine").unwrap();
        }
        open(folder.path(), Position::default());
        assert_eq!(files(folder.path()).len(), 3);
    }
}
