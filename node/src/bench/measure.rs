//! Two clocks: the one on the wall, and the one of the processors.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What something took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    /// What whoever waits for it sees.
    pub(crate) wall: Duration,
    /// For how long all threads of this process ran on processors meanwhile. Zero where the system
    /// does not say (anything but Linux).
    pub(crate) cpu: Duration,
}

/// Do something and say what it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Took) {
    let (cpu, wall) = (processor_time(), Instant::now());
    let done = work();
    let wall = wall.elapsed();
    (done, Took { wall, cpu: processor_time().saturating_sub(cpu) })
}

impl Took {
    /// One part of what took this long.
    pub(crate) fn part(self, parts: usize) -> Self {
        let parts = u32::try_from(parts.max(1)).unwrap_or(u32::MAX);
        Self { wall: self.wall / parts, cpu: self.cpu / parts }
    }
}

/// The middle of several measurements, for each clock by itself.
pub(crate) fn median(all: &[Took]) -> Took {
    let middle = |of: fn(&Took) -> Duration| {
        let mut sorted: Vec<_> = all.iter().map(of).collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    Took { wall: middle(|one| one.wall), cpu: middle(|one| one.cpu) }
}

/// Both clocks over work whose threads begin and end meanwhile.
///
/// A thread that is gone can no longer be asked how long it ran, so every thread that ends within
/// the work calls [`Meter::look`] last, and others now and then; what was seen last counts.
#[derive(Debug)]
pub(crate) struct Meter {
    started: Instant,
    before: Threads,
    seen: Mutex<Threads>,
}

impl Meter {
    /// Begin.
    pub(crate) fn start() -> Self {
        let before = threads_of("self");
        Self { seen: Mutex::new(before.clone()), before, started: Instant::now() }
    }

    /// See how long each thread ran so far.
    pub(crate) fn look(&self) {
        // Taken under the lock, so that nothing older replaces it.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(threads_of("self"));
    }

    /// What it took until now.
    pub(crate) fn stop(&self) -> Took {
        let wall = self.started.elapsed();
        self.look();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let ran = |(thread, time): (&String, &Duration)| {
            time.saturating_sub(self.before.get(thread).copied().unwrap_or_default())
        };
        Took { wall, cpu: seen.iter().map(ran).sum() }
    }
}

/// For how long each thread ran, by its number.
type Threads = BTreeMap<String, Duration>;

fn threads_of(process: &str) -> Threads {
    let thread = |folder: std::io::Result<fs::DirEntry>| {
        let folder = folder.ok()?;
        let text = fs::read_to_string(folder.path().join("schedstat")).ok()?;
        let time = Duration::from_nanos(text.split(' ').next()?.parse().ok()?);
        Some((folder.file_name().to_string_lossy().into_owned(), time))
    };
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    threads.map_or_else(|_| Threads::new(), |all| all.filter_map(thread).collect())
}

/// For how long the threads that this process has now ran on processors.
pub(crate) fn processor_time() -> Duration {
    processor_time_of("self")
}

/// The same of another process, by its number.
pub(crate) fn processor_time_of(process: &str) -> Duration {
    threads_of(process).values().sum()
}

/// A duration in microseconds, with fractions.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// A count as a number that can be divided.
#[expect(clippy::cast_precision_loss, reason = "counts and bytes here are far below 2^52")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// `above` over `below`, or 0 where there is no such number.
pub(crate) fn ratio(above: f64, below: f64) -> f64 {
    if below > 0.0 { above / below } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_looked_before_it_ended_is_counted() {
        let busy = Duration::from_millis(20);
        let measured = || {
            let meter = Meter::start();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let mine = || threads_of("self").values().sum::<Duration>();
                    let before = mine();
                    // Systems that do not say would never get there.
                    while before > Duration::ZERO && mine() < before.saturating_add(busy) {}
                    meter.look();
                });
            });
            meter.stop().cpu >= busy
        };
        // A thread of another test that ends meanwhile takes its time with it: then once more.
        assert!(!cfg!(target_os = "linux") || (0..50).any(|_| measured()));
    }

    #[test]
    fn the_median_is_taken_of_each_clock() {
        let took =
            |wall, cpu| Took { wall: Duration::from_secs(wall), cpu: Duration::from_secs(cpu) };
        let middle = median(&[took(1, 9), took(5, 1), took(3, 5)]);
        assert_eq!((middle.wall.as_secs(), middle.cpu.as_secs()), (3, 5));
        assert_eq!(median(&[]).wall, Duration::ZERO);
    }
}
