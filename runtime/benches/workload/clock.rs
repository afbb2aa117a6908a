//! Two clocks: the one on the wall, and the one of the processors.

use std::fs;

use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};

/// What a benchmark is measured with, and what its name begins with.
pub(crate) trait Clock: Measurement {
    const NAME: &'static str;
}

impl Clock for WallTime {
    const NAME: &'static str = "wall";
}

/// Nanoseconds for which all threads of this process ran: the work done, however many other
/// processes want the processors. Linux only.
pub(crate) struct CpuTime(WallTime);

impl CpuTime {
    pub(crate) fn new() -> Self {
        Self(WallTime)
    }
}

impl Clock for CpuTime {
    const NAME: &'static str = "cpu";
}

/// How long this process has run on processors.
fn now() -> u64 {
    let thread = |folder: std::io::Result<fs::DirEntry>| {
        let text = fs::read_to_string(folder.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    fs::read_dir("/proc/self/task").map_or(0, |threads| threads.filter_map(thread).sum())
}

impl Measurement for CpuTime {
    type Intermediate = u64;
    type Value = u64;

    fn start(&self) -> u64 {
        now()
    }

    fn end(&self, start: u64) -> u64 {
        now() - start
    }

    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }

    fn zero(&self) -> u64 {
        0
    }

    #[expect(clippy::cast_precision_loss, reason = "hours of nanoseconds fit 52 bits")]
    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self.0.formatter()
    }
}

/// A throughput of this many transactions.
pub(crate) fn transactions(count: usize) -> Throughput {
    Throughput::Elements(count as u64)
}
