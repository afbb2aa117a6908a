//! Time from outside, for the explanation of a block alone. Nothing that is committed sees it.

use std::fmt::Debug;
use std::sync::Arc;

/// A clock that only goes forward.
pub trait Clock: Debug + Send + Sync {
    /// Nanoseconds since some fixed moment.
    fn nanoseconds(&self) -> u64;
}

/// Reads the injected clock; without one all times are zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timer(Option<Arc<dyn Clock>>);

impl Timer {
    pub(crate) fn of(clock: Arc<dyn Clock>) -> Self {
        Self(Some(clock))
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.as_ref().map_or(0, |clock| clock.nanoseconds())
    }

    /// Nanoseconds since `*mark`, which becomes now.
    pub(crate) fn lap(&self, mark: &mut u64) -> u64 {
        let now = self.now();
        let passed = now.saturating_sub(*mark);
        *mark = now;
        passed
    }
}
