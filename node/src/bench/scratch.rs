//! A folder for the duration of a measurement.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::error::BenchError;

/// Whether files of a measurement can go into a folder: it has to be there, since nothing that a
/// measurement makes stays.
pub(crate) fn check(folder: &Path) -> Result<(), BenchError> {
    if folder.is_dir() {
        return Ok(());
    }
    Err(BenchError::Folder { path: folder.to_path_buf() })
}

/// A folder that goes away with all that is in it.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A new, empty folder in `parent`: the disk to be measured.
    pub(crate) fn new(parent: &Path) -> Result<Self, BenchError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        check(parent)?;
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("althing-bench-{}-{next}", std::process::id()));
        fs::create_dir(&path).map_err(BenchError::io("create", &path))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
