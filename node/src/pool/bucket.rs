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

    /// Whether there are so many tokens; all of them, if the bucket is smaller than that.
    pub(crate) fn has(&self, tokens: u32) -> bool {
        self.level >= self.thousandths(tokens)
    }

    /// Use up tokens, as far as there are any.
    pub(crate) fn take(&mut self, tokens: u32) {
        self.level = self.level.saturating_sub(self.thousandths(tokens));
    }

    /// Put tokens back.
    pub(crate) fn put_back(&mut self, tokens: u32) {
        self.level = self.level.saturating_add(self.thousandths(tokens)).min(self.most());
    }

    /// Whether nothing is missing.
    pub(crate) fn is_full(&self) -> bool {
        self.level >= self.most()
    }

    /// Milliseconds until there are so many tokens.
    pub(crate) fn wait_ms(&self, tokens: u32) -> u64 {
        let missing = self.thousandths(tokens).saturating_sub(self.level);
        missing.div_ceil(u64::from(self.measure.per_second).max(1))
    }

    fn most(&self) -> u64 {
        self.thousandths(self.measure.burst)
    }

    fn thousandths(&self, tokens: u32) -> u64 {
        u64::from(tokens.min(self.measure.burst)).saturating_mul(WHOLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_comes_back_with_time_and_no_more_than_that() {
        let mut bucket = Bucket::full(Measure { burst: 2, per_second: 4 }, 1_000);
        bucket.take(1);
        bucket.take(1);
        assert!(!bucket.has(1));
        assert_eq!(bucket.wait_ms(1), 250);
        bucket.fill(1_249);
        assert!(!bucket.has(1));
        bucket.fill(1_250);
        assert!(bucket.has(1) && !bucket.is_full());
        bucket.fill(500);
        bucket.fill(9_000_000);
        assert!(bucket.is_full());
        bucket.put_back(1);
        bucket.take(1);
        bucket.take(1);
        assert!(!bucket.has(1));
    }

    #[test]
    fn who_needs_more_than_the_bucket_holds_needs_a_full_one() {
        let mut bucket = Bucket::full(Measure { burst: 4, per_second: 2 }, 0);
        assert!(bucket.has(400));
        bucket.take(400);
        assert!(!bucket.has(1));
        assert_eq!((bucket.wait_ms(3), bucket.wait_ms(400)), (1_500, 2_000));
        bucket.put_back(400);
        assert!(bucket.is_full());
    }
}
