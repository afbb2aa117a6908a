//! The clocks of the node. Blocks carry what it said; nothing below the node reads one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use althing_primitives::Moment;

/// The system's clock, moved ahead on request. It is shared by everybody who asks for the time.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_ms: AtomicU64,
}

impl Clock {
    /// A clock that shows the system's time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Milliseconds since the Unix epoch.
    pub fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        // Before 1970 the clock is plainly wrong; zero is as good as any other answer.
        let system = since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
        system.saturating_add(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// The time of a block that follows one of the time `last`: every block is later than the one
    /// before, by a millisecond at least.
    pub fn after(&self, last: Moment) -> Moment {
        self.now().max(last.saturating_add(1))
    }

    /// Show a time this far ahead of the system's.
    pub fn set_ahead(&self, ahead_ms: u64) {
        self.ahead_ms.store(ahead_ms, Ordering::Relaxed);
    }

    /// How far ahead of the system's time it is, in milliseconds.
    pub fn ahead(&self) -> u64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }
}

/// Measures how long the parts of a block take, for those who ask. Nothing of it goes into a block.
#[derive(Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// A stopwatch that runs from now on.
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl althing_executor::Clock for Stopwatch {
    fn nanoseconds(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_stands_still_or_goes_back() {
        let clock = Clock::new();
        let last = clock.now().saturating_add(1_000_000);
        assert_eq!(clock.after(last), last + 1);
        clock.set_ahead(2_000_000);
        assert!(clock.after(last) > last + 1);
    }
}
