//! What the numbers were taken on.

use std::fs;

use serde::{Deserialize, Serialize};

/// The machine, as far as the system says.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Machine {
    /// Model of the processor.
    pub(crate) processor: String,
    /// How many threads can run at a time.
    pub(crate) cores: usize,
    /// Memory in MiB.
    pub(crate) memory_mib: u64,
    /// Programs that ran or wanted to run during the last minute, as the measurement began.
    pub(crate) load: String,
    /// How this program was built.
    pub(crate) build: String,
}

impl Machine {
    /// This machine.
    pub(crate) fn here() -> Self {
        let unknown = || "unknown".to_owned();
        let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(unknown);
        let load = fs::read_to_string("/proc/loadavg").ok();
        let load = load.and_then(|text| Some(text.split(' ').next()?.to_owned()));
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        Self {
            processor,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: field("/proc/meminfo", "MemTotal")
                .map_or(0, |text| kibibytes(&text) / 1024),
            load: load.unwrap_or_else(unknown),
            build: build.to_owned(),
        }
    }
}

/// How much memory this process holds, and the most it ever held, in KiB.
pub(crate) fn resident_kib() -> (u64, u64) {
    let kib = |name| field("/proc/self/status", name).map_or(0, |text| kibibytes(&text));
    (kib("VmRSS"), kib("VmHWM"))
}

/// The first line `name : value` of a file in which the kernel describes something.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })?;
    (!value.is_empty()).then_some(value)
}

fn kibibytes(text: &str) -> u64 {
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}
