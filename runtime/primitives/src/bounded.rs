//! Vectors whose length limit is part of the type, so that hostile bytes cannot choose how much
//! the decoder allocates.

use core::ops::Deref;

use parity_scale_codec::{
    Compact, Decode, DecodeWithMemTracking, Encode, EncodeLike, Error, Input, Output,
};
use scale_info::{Type, TypeInfo};

/// A vector of at most `MAX` items; encodes as a plain vector.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BoundedVec<T, const MAX: u32>(Vec<T>);

/// At most `MAX` bytes.
pub type BoundedBytes<const MAX: u32> = BoundedVec<u8, MAX>;

impl<T, const MAX: u32> BoundedVec<T, MAX> {
    /// The limit, in items.
    pub const MAX: u32 = MAX;

    /// No items.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Append `item`; gives it back when the vector is full.
    pub fn try_push(&mut self, item: T) -> Result<(), T> {
        if self.0.len() >= MAX as usize {
            return Err(item);
        }
        self.0.push(item);
        Ok(())
    }

    /// Insert `item` before position `at`; gives it back when the vector is full or `at` is past
    /// the end.
    pub fn try_insert(&mut self, at: usize, item: T) -> Result<(), T> {
        if self.0.len() >= MAX as usize || at > self.0.len() {
            return Err(item);
        }
        self.0.insert(at, item);
        Ok(())
    }

    /// Remove and return the item at `at`.
    pub fn remove(&mut self, at: usize) -> Option<T> {
        (at < self.0.len()).then(|| self.0.remove(at))
    }

    /// Keep only the items for which `keep` holds.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }

    /// The items, mutable in place; their number stays.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }

    /// The items, without the bound.
    pub fn into_inner(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: u32> Default for BoundedVec<T, MAX> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const MAX: u32> Deref for BoundedVec<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// A vector held more items than its type allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{found} items exceed the maximum of {max}")]
pub struct TooLong {
    /// How many there were.
    pub found: usize,
    /// How many there may be.
    pub max: u32,
}

impl<T, const MAX: u32> TryFrom<Vec<T>> for BoundedVec<T, MAX> {
    type Error = TooLong;

    fn try_from(items: Vec<T>) -> Result<Self, TooLong> {
        if items.len() > MAX as usize {
            return Err(TooLong { found: items.len(), max: MAX });
        }
        Ok(Self(items))
    }
}

impl<T: Encode, const MAX: u32> Encode for BoundedVec<T, MAX> {
    fn size_hint(&self) -> usize {
        self.0.size_hint()
    }

    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        self.0.encode_to(out);
    }
}

impl<T: Encode, const MAX: u32> EncodeLike for BoundedVec<T, MAX> {}

impl<T: Decode, const MAX: u32> Decode for BoundedVec<T, MAX> {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let count = Compact::<u32>::decode(input)?.0;
        if count > MAX {
            return Err("vector exceeds its bound".into());
        }
        // Each item is at least one byte unless it has no size at all, so the input's own length
        // also bounds what is reserved.
        let available = input.remaining_len()?.unwrap_or(0);
        let mut items = Vec::with_capacity((count as usize).min(available));
        for _ in 0..count {
            items.push(T::decode(input)?);
        }
        Ok(Self(items))
    }
}

impl<T: DecodeWithMemTracking, const MAX: u32> DecodeWithMemTracking for BoundedVec<T, MAX> {}

impl<T: TypeInfo + 'static, const MAX: u32> TypeInfo for BoundedVec<T, MAX> {
    type Identity = <Vec<T> as TypeInfo>::Identity;

    fn type_info() -> Type {
        <Vec<T> as TypeInfo>::type_info()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_beyond_the_bound_is_refused_before_allocating() {
        let hostile = Compact(u32::MAX).encode();
        assert!(BoundedBytes::<16>::decode(&mut &hostile[..]).is_err());
        let five: BoundedBytes<5> = vec![1, 2, 3, 4, 5].try_into().unwrap();
        assert_eq!(BoundedBytes::<5>::decode(&mut &five.encode()[..]), Ok(five));
        assert!(BoundedBytes::<5>::try_from(vec![0; 6]).is_err());
    }
}
