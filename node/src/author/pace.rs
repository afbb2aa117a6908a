//! How much can be done in the time there is for a block.
//!
//! Weights are times of the reference machine. This learns how long they take on this one, from the
//! blocks it made, and turns the time for the next block into weight (`specs/pool.md`, Q13). It
//! decides what an author offers and nothing else: whatever is in a block is valid for everybody.

use std::time::Duration;

/// The one-thousandths of a weight's own time that it takes before anything was measured: as long
/// as it says.
const AT_FIRST: u64 = 1_000;
/// No block is offered less than this part of the whole, so that a slow moment is unlearned.
const LEAST_PART: u64 = 16;
/// Blocks of less than this part of the whole say little: what every block costs hides the rest.
const TELLING_PART: u64 = 64;
/// The bounds of what is believed, in thousandths: a thousand times faster or slower.
const BELIEVED: (u64, u64) = (1, 1_000_000);

/// How long weights take here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Time for a block, in picoseconds.
    budget: u64,
    /// The most reference time a block may have.
    whole: u64,
    /// Thousandths of a weight's own time that it takes.
    rate: u64,
}

impl Pace {
    /// With `budget` for a block, whose reference time is at most `whole`.
    pub(super) fn new(budget: Duration, whole: u64) -> Self {
        let budget = u64::try_from(budget.as_nanos()).unwrap_or(u64::MAX).saturating_mul(1_000);
        Self { budget, whole, rate: AT_FIRST }
    }

    /// Reference time that fits into the budget.
    pub(super) fn fits(&self) -> u64 {
        let fits = u128::from(self.budget).saturating_mul(1_000);
        let fits = fits.checked_div(self.rate.into()).unwrap_or(u128::MAX);
        let fits = u64::try_from(fits).unwrap_or(u64::MAX);
        fits.min(self.whole).max(self.whole / LEAST_PART)
    }

    /// A block with so much reference time took so long. Counts for a quarter beside what was known.
    pub(super) fn learn(&mut self, weight: u64, took: Duration) {
        if weight < (self.whole / TELLING_PART).max(1) {
            return;
        }
        // Nanoseconds are thousands of picoseconds, which makes them thousandths of the weight.
        let measured = took.as_nanos().saturating_mul(1_000_000).checked_div(weight.into());
        let measured = measured.map_or(u64::MAX, |rate| u64::try_from(rate).unwrap_or(u64::MAX));
        let measured = measured.clamp(BELIEVED.0, BELIEVED.1);
        self.rate = self.rate.saturating_mul(3).saturating_add(measured).div_ceil(4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two seconds, in picoseconds.
    const WHOLE: u64 = 2_000_000_000_000;

    #[test]
    fn before_anything_is_measured_weights_take_as_long_as_they_say() {
        assert_eq!(Pace::new(Duration::from_millis(500), WHOLE).fits(), WHOLE / 4);
        assert_eq!(Pace::new(Duration::from_secs(9), WHOLE).fits(), WHOLE);
    }

    #[test]
    fn a_slow_machine_is_offered_less_and_a_fast_one_all() {
        let mut pace = Pace::new(Duration::from_secs(1), WHOLE);
        for _ in 0..40 {
            pace.learn(WHOLE, Duration::from_secs(8));
        }
        assert!(pace.fits().abs_diff(WHOLE / 8) < WHOLE / 100, "{}", pace.fits());
        for _ in 0..40 {
            pace.learn(WHOLE / 8, Duration::from_millis(1));
        }
        assert_eq!(pace.fits(), WHOLE);
    }

    #[test]
    fn a_slow_moment_is_unlearned() {
        let mut pace = Pace::new(Duration::from_secs(1), WHOLE);
        pace.learn(WHOLE, Duration::from_secs(3_600));
        let least = pace.fits();
        assert_eq!(least, WHOLE / LEAST_PART);
        for _ in 0..60 {
            pace.learn(pace.fits(), Duration::from_millis(10));
        }
        assert_eq!(pace.fits(), WHOLE);
    }

    #[test]
    fn small_blocks_teach_nothing() {
        let mut pace = Pace::new(Duration::from_secs(1), WHOLE);
        pace.learn(0, Duration::from_secs(10));
        pace.learn(WHOLE / 1_000, Duration::from_secs(10));
        assert_eq!(pace.fits(), WHOLE / 2);
    }
}
