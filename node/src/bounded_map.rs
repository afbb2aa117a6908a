//! A map that forgets its oldest entries, for what may be forgotten but not grow.

use std::collections::{HashMap, VecDeque};

use althing_primitives::Hash256;

/// At most `capacity` values by hash; the one inserted first goes first.
#[derive(Debug)]
pub(crate) struct BoundedMap<V> {
    values: HashMap<Hash256, V>,
    order: VecDeque<Hash256>,
    capacity: usize,
}

impl<V> BoundedMap<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), capacity: capacity.max(1) }
    }

    /// Insert or replace the value at `hash`; a replaced value keeps its age.
    pub(crate) fn insert(&mut self, hash: Hash256, value: V) {
        if self.values.insert(hash, value).is_some() {
            return;
        }
        self.order.push_back(hash);
        while self.order.len() > self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }

    pub(crate) fn get(&self, hash: &Hash256) -> Option<&V> {
        self.values.get(hash)
    }

    /// Whether `is_meant` holds of a value.
    pub(crate) fn any(&self, is_meant: impl FnMut(&V) -> bool) -> bool {
        self.values.values().any(is_meant)
    }

    /// Forget the values for which `keep` does not hold.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        self.values.retain(|_, value| keep(value));
        self.order.retain(|hash| self.values.contains_key(hash));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_value_makes_room_for_the_newest() {
        let mut map = BoundedMap::new(2);
        for n in 1..=3_u8 {
            map.insert(Hash256([n; 32]), n);
        }
        assert_eq!(map.get(&Hash256([1; 32])), None);
        assert_eq!(map.get(&Hash256([3; 32])), Some(&3));
        map.retain(|n| *n != 3);
        map.insert(Hash256([4; 32]), 4);
        assert_eq!(map.get(&Hash256([2; 32])), Some(&2));
    }
}
