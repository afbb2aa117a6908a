//! Numbers that look random and are the same for the same seed, on every machine.

/// A stream of numbers (SplitMix64). For workloads only: anybody can predict it.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 if there is none.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.number()).saturating_mul(limit as u128) >> 64;
        usize::try_from(wide).unwrap_or_default()
    }

    /// True in so many cases of a hundred.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Two numbers below `limit` that differ, for a limit of 2 or more.
    pub(crate) fn two_below(&mut self, limit: usize) -> (usize, usize) {
        let one = self.below(limit);
        let other = self.below(limit.saturating_sub(1));
        (one, if other >= one { other.saturating_add(1) } else { other })
    }
}

/// Picks places of a ranking: the first twice as often as the second, three times as often as the
/// third (Zipf's law with exponent 1).
#[derive(Debug)]
pub(crate) struct Zipf {
    /// Sums of the weights up to each place, ascending.
    sums: Vec<u64>,
}

/// The weight of the first place. Places below 2^40 keep a weight above zero.
const FIRST_WEIGHT: u64 = 1 << 40;

impl Zipf {
    /// A ranking of so many places, one at least.
    pub(crate) fn new(places: usize) -> Self {
        let weights = (1..=places.max(1) as u64).map(|rank| FIRST_WEIGHT / rank);
        let sum = |sum: &mut u64, weight| {
            *sum = sum.saturating_add(weight);
            Some(*sum)
        };
        Self { sums: weights.scan(0, sum).collect() }
    }

    /// A place, counted from 0.
    pub(crate) fn pick(&self, random: &mut Random) -> usize {
        let total = self.sums.last().copied().unwrap_or(1);
        let drawn = random.number() % total.max(1);
        self.sums.partition_point(|sum| *sum <= drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_differ_and_every_pair_comes_up() {
        let mut random = Random::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1_000 {
            let (one, other) = random.two_below(3);
            assert!(one != other && one < 3 && other < 3);
            seen.insert((one, other));
        }
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn the_first_place_comes_up_twice_as_often_as_the_second() {
        let (zipf, mut random) = (Zipf::new(1_000), Random::new(7));
        let mut counts = vec![0_u32; 1_000];
        for _ in 0..100_000 {
            counts[zipf.pick(&mut random)] += 1;
        }
        // The first of a thousand has a share of 1 / 7.49.
        assert!((12_500..14_500).contains(&counts[0]), "{}", counts[0]);
        assert!((6_200..7_200).contains(&counts[1]), "{}", counts[1]);
    }
}
