//! A disturbance of the workers' timing, for tests: between steps some give way to others.

#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::{AtomicU64, Ordering};

/// Nothing in a node; in tests, threads that yield now and then.
#[derive(Debug, Default)]
pub(crate) struct Turbulence {
    #[cfg(any(test, feature = "testing"))]
    state: Option<AtomicU64>,
}

impl Turbulence {
    /// Yields after one step of four, drawn from `seed`.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn of(seed: u64) -> Self {
        Self { state: Some(AtomicU64::new(seed)) }
    }

    /// Between two steps of a worker.
    #[cfg_attr(
        not(any(test, feature = "testing")),
        expect(clippy::unused_self, reason = "there is nothing to do outside of tests")
    )]
    pub(crate) fn pass(&self) {
        #[cfg(any(test, feature = "testing"))]
        if let Some(state) = &self.state {
            let drawn = state.fetch_add(crate::simulation::GOLDEN, Ordering::Relaxed);
            if crate::simulation::mix(drawn).is_multiple_of(4) {
                std::thread::yield_now();
            }
        }
    }
}
