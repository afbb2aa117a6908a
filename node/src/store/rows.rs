//! Rows and changes of rows, each set in one buffer: millions of them are read at a start.
//!
//! Both are encoded as SCALE encodes `Vec<(Vec<u8>, Vec<u8>)>` and `Vec<(Vec<u8>, Option<Vec<u8>>)>`.
//! The buffer is that encoding, so reading a page allocates once and not twice a row.

use core::fmt;
use core::marker::PhantomData;

use parity_scale_codec::{Compact, CompactLen, Decode, Encode, Error, Input, Output};

/// A row of the state: key, value.
pub type Row = (Vec<u8>, Vec<u8>);
/// A row that a block changed: key, new value; `None` deletes the row.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// Rows of the state, in the order in which they were added.
pub type Rows = Flat<Whole>;
/// The rows that a block changed; `None` deletes. Of two changes of one row the later counts.
pub type Changes = Flat<Optional>;

/// How the second half of an entry is written.
pub trait Form: 'static {
    /// The second half, borrowed.
    type Value<'a>: Copy + fmt::Debug + Eq;

    /// Write it.
    fn write(value: Self::Value<'_>, out: &mut Vec<u8>);

    /// Take it off the front of `bytes`.
    fn take<'a>(bytes: &mut &'a [u8]) -> Option<Self::Value<'a>>;

    /// How long it is written.
    fn size(value: Self::Value<'_>) -> usize;
}

/// A value that is there.
#[derive(Clone, Copy, Debug)]
pub enum Whole {}

/// A value, or none.
#[derive(Clone, Copy, Debug)]
pub enum Optional {}

impl Form for Whole {
    type Value<'a> = &'a [u8];

    fn write(value: &[u8], out: &mut Vec<u8>) {
        value.encode_to(out);
    }

    fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
        take_bytes(bytes)
    }

    fn size(value: &[u8]) -> usize {
        size_of_bytes(value)
    }
}

impl Form for Optional {
    type Value<'a> = Option<&'a [u8]>;

    fn write(value: Option<&[u8]>, out: &mut Vec<u8>) {
        value.encode_to(out);
    }

    fn take<'a>(bytes: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
        let (kind, rest) = bytes.split_first()?;
        *bytes = rest;
        match kind {
            0 => Some(None),
            1 => Some(Some(take_bytes(bytes)?)),
            _ => None,
        }
    }

    fn size(value: Option<&[u8]>) -> usize {
        value.map_or(0, size_of_bytes).saturating_add(1)
    }
}

/// A sequence of keys with what belongs to them.
pub struct Flat<F> {
    count: u32,
    bytes: Vec<u8>,
    form: PhantomData<fn() -> F>,
}

impl<F: Form> Flat<F> {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { count: 0, bytes: Vec::new(), form: PhantomData }
    }

    /// Nothing yet, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ..Self::new() }
    }

    /// Add an entry at the end.
    pub fn push(&mut self, key: &[u8], value: F::Value<'_>) {
        key.encode_to(&mut self.bytes);
        F::write(value, &mut self.bytes);
        // Four billion entries do not fit into memory.
        self.count = self.count.saturating_add(1);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many bytes the entries take.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], F::Value<'_>)> + use<'_, F> {
        let mut rest = &self.bytes[..];
        // What was decoded was walked to its end, and what was pushed is well formed.
        core::iter::from_fn(move || Some((take_bytes(&mut rest)?, F::take(&mut rest)?)))
    }
}

/// How many bytes an entry takes.
pub(crate) fn size_of<F: Form>(key: &[u8], value: F::Value<'_>) -> usize {
    size_of_bytes(key).saturating_add(F::size(value))
}

fn size_of_bytes(bytes: &[u8]) -> usize {
    // No entry is as long as 4 GiB; the length of its length does not grow beyond that anyway.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    Compact::<u32>::compact_len(&length).saturating_add(bytes.len())
}

fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = Compact::<u32>::decode(bytes).ok()?.0;
    let (taken, rest) = bytes.split_at_checked(length as usize)?;
    *bytes = rest;
    Some(taken)
}

impl<F: Form> Encode for Flat<F> {
    fn size_hint(&self) -> usize {
        self.bytes.len().saturating_add(5)
    }

    fn encode_to<T: Output + ?Sized>(&self, out: &mut T) {
        Compact(self.count).encode_to(out);
        out.write(&self.bytes);
    }
}

/// Decodes what is left of the input: entries are the last thing in whatever holds them.
impl<F: Form> Decode for Flat<F> {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let count = Compact::<u32>::decode(input)?.0;
        let length = input.remaining_len()?.ok_or("the length is not known")?;
        let mut bytes = vec![0; length];
        input.read(&mut bytes)?;

        let mut rest = &bytes[..];
        for _ in 0..count {
            let key = take_bytes(&mut rest);
            key.and_then(|_| F::take(&mut rest)).ok_or("an entry is cut short")?;
        }
        if !rest.is_empty() {
            return Err("bytes after the last entry".into());
        }
        Ok(Self { count, bytes, form: PhantomData })
    }
}

impl<F: Form> Default for Flat<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> Clone for Flat<F> {
    fn clone(&self) -> Self {
        Self { count: self.count, bytes: self.bytes.clone(), form: PhantomData }
    }
}

impl<F> PartialEq for Flat<F> {
    fn eq(&self, other: &Self) -> bool {
        (self.count, &self.bytes) == (other.count, &other.bytes)
    }
}

impl<F> Eq for Flat<F> {}

impl<F> fmt::Debug for Flat<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries in {} bytes", self.count, self.bytes.len())
    }
}

impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut all = Self::new();
        for (key, value) in rows {
            all.push(&key, &value);
        }
        all
    }
}

impl FromIterator<Change> for Changes {
    fn from_iter<I: IntoIterator<Item = Change>>(changes: I) -> Self {
        let mut all = Self::new();
        for (key, value) in changes {
            all.push(&key, value.as_deref());
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use parity_scale_codec::DecodeAll;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn changes_are_encoded_as_the_list_they_stand_for(changes: Vec<Change>) {
            let flat: Changes = changes.iter().cloned().collect();
            prop_assert_eq!(flat.encode(), changes.encode());
            prop_assert_eq!(flat.len(), changes.len());
            let size: usize = changes
                .iter()
                .map(|(key, value)| size_of::<Optional>(key, value.as_deref()))
                .sum();
            prop_assert_eq!(flat.bytes(), size);
            let read = Changes::decode_all(&mut &changes.encode()[..]).unwrap();
            let read: Vec<Change> = read
                .iter()
                .map(|(key, value)| (key.to_vec(), value.map(<[u8]>::to_vec)))
                .collect();
            prop_assert_eq!(read, changes);
        }

        #[test]
        fn rows_are_encoded_as_the_list_they_stand_for(rows: Vec<Row>) {
            let flat: Rows = rows.iter().cloned().collect();
            prop_assert_eq!(flat.encode(), rows.encode());
            prop_assert_eq!(Rows::decode_all(&mut &rows.encode()[..]).unwrap(), flat);
        }

        #[test]
        fn other_bytes_are_refused_where_the_list_is(bytes: Vec<u8>) {
            let list = Vec::<Change>::decode_all(&mut &bytes[..]);
            prop_assert_eq!(Changes::decode_all(&mut &bytes[..]).is_ok(), list.is_ok());
        }
    }
}
