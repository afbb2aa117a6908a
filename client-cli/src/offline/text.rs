//! Files in and out, bounded and never half written.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use super::OfflineError;

/// Read a file of at most `max` bytes.
pub fn read_file(path: &Path, max: u64) -> Result<String, OfflineError> {
    let name = || path.display().to_string();
    let failed = |error: std::io::Error| OfflineError::Io {
        action: "read",
        file: name(),
        reason: error.to_string(),
    };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    file.take(max.saturating_add(1)).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > max {
        let reason = format!("it is longer than {max} bytes");
        return Err(OfflineError::Unreadable { file: name(), reason });
    }
    Ok(text)
}

/// Write a file that must not exist.
pub fn write_new(path: &Path, text: &str) -> Result<(), OfflineError> {
    let failed = |error: std::io::Error| failed(path, &error);
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => OfflineError::Io {
            action: "write",
            file: path.display().to_string(),
            reason: "it exists already, and files are never overwritten".to_owned(),
        },
        _ => failed(error),
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// Replace a file as a whole: readers see the old one or the new one.
pub fn write_over(path: &Path, text: &str) -> Result<(), OfflineError> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> OfflineError {
    OfflineError::Io {
        action: "write",
        file: path.display().to_string(),
        reason: error.to_string(),
    }
}
