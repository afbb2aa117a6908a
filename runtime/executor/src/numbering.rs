//! Numbers for rows, so that the hot paths of a block index arrays instead of comparing keys.
//!
//! A table with open addressing over the keys' fingerprints under a seed that nobody knew when the
//! keys were chosen: keys ground into one corner of the table would make every look-up slow. Numbers are given in order of first
//! appearance: where a key lands in the table never shows.

use althing_frame::RowKey;

/// A probe that holds nothing.
const EMPTY: u32 = u32::MAX;

/// The key of a numbered row: most are lent by the access sets of the block's transactions.
#[derive(Debug)]
enum Key<'a> {
    Lent(&'a RowKey),
    Own(Box<RowKey>),
}

impl Key<'_> {
    fn get(&self) -> &RowKey {
        match self {
            Self::Lent(key) => key,
            Self::Own(key) => key,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Probe {
    fingerprint: u64,
    number: u32,
}

/// The numbers of distinct keys.
#[derive(Debug)]
pub(crate) struct Numbering<'a> {
    /// A power of two of places, at most half of them taken.
    probes: Vec<Probe>,
    seed: u64,
    keys: Vec<Key<'a>>,
}

impl<'a> Numbering<'a> {
    /// No numbers yet. `seed` moves keys about in the table and shows nowhere else.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, probes: vec![Probe { fingerprint: 0, number: EMPTY }; 64], keys: Vec::new() }
    }

    /// How many keys have a number.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key with this number.
    pub(crate) fn key(&self, number: u32) -> Option<&RowKey> {
        self.keys.get(number as usize).map(Key::get)
    }

    /// The number of `key`, if it has one.
    pub(crate) fn find(&self, key: &RowKey) -> Option<u32> {
        self.probe(key).ok()
    }

    /// The number of `key`, the next one if it had none.
    pub(crate) fn number(&mut self, key: &'a RowKey) -> u32 {
        self.number_as(key, || Key::Lent(key))
    }

    /// The same for a key that will not live as long.
    pub(crate) fn number_owned(&mut self, key: &RowKey) -> u32 {
        self.number_as(key, || Key::Own(Box::new(key.clone())))
    }

    fn number_as(&mut self, key: &RowKey, keep: impl FnOnce() -> Key<'a>) -> u32 {
        match self.probe(key) {
            Ok(number) => number,
            Err(place) => {
                // A block declares fewer than 2^30 rows by its byte limit.
                let number = u32::try_from(self.keys.len()).unwrap_or(EMPTY);
                self.keys.push(keep());
                if let Some(probe) = self.probes.get_mut(place) {
                    *probe = Probe { fingerprint: key.fingerprint(), number };
                }
                self.reserve(0);
                number
            }
        }
    }

    /// Make room for this many more keys at once.
    pub(crate) fn reserve(&mut self, more: usize) {
        let wanted = self.keys.len().saturating_add(more).saturating_mul(2);
        if wanted < self.probes.len() {
            return;
        }
        self.keys.reserve(more);
        let places = wanted.saturating_add(1).next_power_of_two();
        self.probes = vec![Probe { fingerprint: 0, number: EMPTY }; places];
        for (number, key) in (0_u32..).zip(&self.keys) {
            let fingerprint = key.get().fingerprint();
            let place = walk(fingerprint ^ self.seed, places)
                .find(|place| self.probes.get(*place).is_some_and(|probe| probe.number == EMPTY));
            if let Some(probe) = place.and_then(|place| self.probes.get_mut(place)) {
                *probe = Probe { fingerprint, number };
            }
        }
    }

    /// The number of `key`, or the free place where it belongs.
    fn probe(&self, key: &RowKey) -> Result<u32, usize> {
        let fingerprint = key.fingerprint();
        for place in walk(fingerprint ^ self.seed, self.probes.len()) {
            match self.probes.get(place) {
                Some(probe) if probe.number == EMPTY => return Err(place),
                Some(probe)
                    if probe.fingerprint == fingerprint && self.key(probe.number) == Some(key) =>
                {
                    return Ok(probe.number);
                }
                Some(_) | None => {}
            }
        }
        // At most half of the places are taken, so the walk met a free one.
        Err(0)
    }
}

/// All places of a table of this size, a power of two, from where a seeded fingerprint belongs.
fn walk(fingerprint: u64, places: usize) -> impl Iterator<Item = usize> {
    let mask = places.saturating_sub(1);
    let wide = u128::from(fingerprint).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let start = (wide ^ (wide >> 64)) as usize & mask;
    (0..places).map(move |step| start.wrapping_add(step) & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_in_order_of_first_appearance() {
        let keys: Vec<RowKey> = (0..1_000_u32).map(|n| n.to_be_bytes().to_vec().into()).collect();
        let mut numbering = Numbering::new(11);
        for round in 0..2 {
            for (expected, key) in (0_u32..).zip(&keys) {
                let number = if expected % 3 == 0 {
                    numbering.number_owned(key)
                } else {
                    numbering.number(key)
                };
                assert_eq!(number, expected, "round {round}");
            }
            numbering.reserve(5_000);
        }
        assert_eq!(numbering.len(), keys.len());
        for (number, key) in (0_u32..).zip(&keys) {
            assert_eq!((numbering.find(key), numbering.key(number)), (Some(number), Some(key)));
        }
        assert_eq!(numbering.find(&vec![1].into()), None);
    }
}
