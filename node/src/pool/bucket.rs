//! A token bucket, in whole thousandths of a token. Pure: time comes from outside.

/// Thousandths in a token.
const WHOLE: u64 = 1_000;

/// How large a bucket is, and how fast it fills.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Measure {
    /// Tokens at most.
    pub(crate) burst: u32,
    /// Tokens that come back in a second.
    pub(crate) per_second: u32,
}

/// Tokens that are used up and come back with time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    measure: Measure,
    level: u64,
    filled_at_ms: u64,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn full(measure: Measure, now_ms: u64) -> Self {
        let level = u64::from(measure.burst).saturating_mul(WHOLE);
        Self { measure, level, filled_at_ms: now_ms }
    }

    /// Let it fill up to this moment. A clock that goes back changes nothing.
    pub(crate) fn fill(&mut self, now_ms: u64) {
        let passed = now_ms.saturating_sub(self.filled_at_ms);
        // Thousandths of a token in a millisecond are tokens in a second.
        let gained = passed.saturating_mul(self.measure.per_second.into());
        self.level = self.level.saturating_add(gained).min(self.most());
        self.filled_at_ms = self.filled_at_ms.max(now_ms);
    }

    /// Whether there is a token.
    pub(crate) fn has_one(&self) -> bool {
        self.level >= WHOLE
    }

    /// Use up a token, as far as there is one.
    pub(crate) fn take(&mut self) {
        self.level = self.level.saturating_sub(WHOLE);
    }

    /// Put a token back.
    pub(crate) fn put_back(&mut self) {
        self.level = self.level.saturating_add(WHOLE).min(self.most());
    }

    /// Whether nothing is missing.
    pub(crate) fn is_full(&self) -> bool {
        self.level >= self.most()
    }

    /// Milliseconds until there is a token.
    pub(crate) fn wait_ms(&self) -> u64 {
        let missing = WHOLE.saturating_sub(self.level);
        missing.div_ceil(u64::from(self.measure.per_second).max(1))
    }

    fn most(&self) -> u64 {
        u64::from(self.measure.burst).saturating_mul(WHOLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_comes_back_with_time_and_no_more_than_that() {
        let mut bucket = Bucket::full(Measure { burst: 2, per_second: 4 }, 1_000);
        bucket.take();
        bucket.take();
        assert!(!bucket.has_one());
        assert_eq!(bucket.wait_ms(), 250);
        bucket.fill(1_249);
        assert!(!bucket.has_one());
        bucket.fill(1_250);
        assert!(bucket.has_one() && !bucket.is_full());
        bucket.fill(500);
        bucket.fill(9_000_000);
        assert!(bucket.is_full());
        bucket.put_back();
        bucket.take();
        bucket.take();
        assert!(!bucket.has_one());
    }
}
