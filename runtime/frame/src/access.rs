//! Access sets: the rows a call may touch, known before it runs.

use crate::RowKey;

/// What a call does to a row. Combining two modes of one row gives the stronger one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Looks at it.
    Read,
    /// Adds to a sum without looking at it. Additions commute.
    Add,
    /// Looks at it and changes it.
    Write,
}

impl Mode {
    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Write }
    }

    /// Whether a call with this mode must run in order with one of `other` on the same row.
    pub fn conflicts(self, other: Self) -> bool {
        self != other || self == Self::Write
    }

    fn allows_read(self) -> bool {
        matches!(self, Self::Read | Self::Write)
    }

    fn allows_add(self) -> bool {
        matches!(self, Self::Add | Self::Write)
    }
}

/// The rows a call may touch, and how.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Access {
    rows: Vec<(RowKey, Mode)>,
    exclusive: bool,
}

impl Access {
    /// No rows.
    pub const fn new() -> Self {
        Self { rows: Vec::new(), exclusive: false }
    }

    /// The call cannot know its rows in advance: it runs alone, in order.
    pub fn exclusive() -> Self {
        Self { rows: Vec::new(), exclusive: true }
    }

    /// Make the whole set exclusive.
    pub fn make_exclusive(&mut self) {
        self.exclusive = true;
    }

    /// Whether the call runs alone.
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    /// Declare a read of `key`.
    pub fn read(&mut self, key: RowKey) -> &mut Self {
        self.declare(key, Mode::Read)
    }

    /// Declare a write of `key`; it may be read too.
    pub fn write(&mut self, key: RowKey) -> &mut Self {
        self.declare(key, Mode::Write)
    }

    /// Declare additions to the sum at `key`.
    pub fn add(&mut self, key: RowKey) -> &mut Self {
        self.declare(key, Mode::Add)
    }

    fn declare(&mut self, key: RowKey, mode: Mode) -> &mut Self {
        match self.rows.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(at) => {
                if let Some((_, known)) = self.rows.get_mut(at) {
                    *known = known.and(mode);
                }
            }
            Err(at) => self.rows.insert(at, (key, mode)),
        }
        self
    }

    /// The rows in ascending order of their keys, each once.
    pub fn rows(&self) -> &[(RowKey, Mode)] {
        &self.rows
    }

    /// Where `key` stands in [`Access::rows`].
    pub fn position(&self, key: &RowKey) -> Option<usize> {
        self.rows.binary_search_by(|(known, _)| known.cmp(key)).ok()
    }

    fn mode(&self, key: &RowKey) -> Option<Mode> {
        self.rows.get(self.position(key)?).map(|(_, mode)| *mode)
    }

    /// Whether `key` may be read.
    pub fn allows_read(&self, key: &RowKey) -> bool {
        self.exclusive || self.mode(key).is_some_and(Mode::allows_read)
    }

    /// Whether `key` may be written.
    pub fn allows_write(&self, key: &RowKey) -> bool {
        self.exclusive || self.mode(key) == Some(Mode::Write)
    }

    /// Whether the sum at `key` may be added to.
    pub fn allows_add(&self, key: &RowKey) -> bool {
        self.exclusive || self.mode(key).is_some_and(Mode::allows_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_adding_one_row_is_writing_it() {
        let key = RowKey::from(vec![1]);
        let mut access = Access::new();
        access.read(key.clone()).add(key.clone());
        assert_eq!(access.rows(), [(key, Mode::Write)]);
    }

    #[test]
    fn only_two_reads_or_two_additions_commute() {
        use Mode::{Add, Read, Write};
        let commuting: Vec<_> = [Read, Add, Write]
            .into_iter()
            .flat_map(|one| [Read, Add, Write].map(|other| (one, other)))
            .filter(|(one, other)| !one.conflicts(*other))
            .collect();
        assert_eq!(commuting, [(Read, Read), (Add, Add)]);
    }
}
