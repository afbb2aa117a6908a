//! Access sets: the rows a call may touch, known before it runs.

use crate::RowKey;

/// Sets up to this size are searched from end to end, larger ones by their fingerprints.
const SCAN_MAX: usize = 32;

/// What a call does to a row. Combining two modes of one row gives the stronger one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Looks at it.
    Read,
    /// Adds to a sum without looking at it. Additions commute.
    Add,
    /// Takes from a bounded sum or gives to it, at most what its [`Escrow`] says. Two of them
    /// commute as long as the sum is certain to cover both.
    Bounded,
    /// Looks at it and changes it.
    Write,
}

impl Mode {
    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Write }
    }

    /// Whether a call with this mode must run in order with one of `other` on the same row. Of
    /// bounded modes this is the answer for transactions that their sum covers.
    pub fn conflicts(self, other: Self) -> bool {
        self != other || self == Self::Write
    }

    const fn allows_read(self) -> bool {
        matches!(self, Self::Read | Self::Write)
    }

    const fn allows_add(self) -> bool {
        matches!(self, Self::Add | Self::Write)
    }

    const fn allows_bounded(self) -> bool {
        matches!(self, Self::Bounded | Self::Write)
    }
}

/// The most that a call may take from a bounded sum and give to it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Escrow {
    /// All it may take, added up.
    pub takes: u128,
    /// All it may give, added up.
    pub gives: u128,
    /// What the sum may never exceed.
    pub max: u128,
}

/// A row that a call may touch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Declared {
    /// The row.
    pub key: RowKey,
    /// What the call does to it.
    pub mode: Mode,
    /// The limits of [`Mode::Bounded`]; none for other modes.
    pub escrow: Option<Box<Escrow>>,
}

/// The rows a call may touch, and how.
#[derive(Clone, Debug, Default)]
pub struct Access {
    rows: Vec<Declared>,
    /// Fingerprints with positions in ascending order, once there are more than [`SCAN_MAX`] rows.
    index: Vec<(u64, u32)>,
    exclusive: bool,
}

impl Access {
    /// No rows.
    pub const fn new() -> Self {
        Self { rows: Vec::new(), index: Vec::new(), exclusive: false }
    }

    /// The call cannot know its rows in advance: it runs alone, in order.
    pub fn exclusive() -> Self {
        Self { exclusive: true, ..Self::new() }
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
        self.declare(key, Mode::Read, None)
    }

    /// Declare a write of `key`; it may be read too.
    pub fn write(&mut self, key: RowKey) -> &mut Self {
        self.declare(key, Mode::Write, None)
    }

    /// Declare additions to the sum at `key`.
    pub fn add(&mut self, key: RowKey) -> &mut Self {
        self.declare(key, Mode::Add, None)
    }

    /// Declare that as much as `escrow` may be taken from and given to the bounded sum at `key`.
    /// Two declarations of one row add up.
    pub fn bounded(&mut self, key: RowKey, escrow: Escrow) -> &mut Self {
        self.declare(key, Mode::Bounded, Some(Box::new(escrow)))
    }

    fn declare(&mut self, key: RowKey, mode: Mode, escrow: Option<Box<Escrow>>) -> &mut Self {
        let known = self.position(&key).and_then(|at| self.rows.get_mut(at));
        let Some(known) = known else {
            self.append(Declared { key, mode, escrow });
            return self;
        };
        known.mode = known.mode.and(mode);
        known.escrow = match (known.mode, known.escrow.take(), escrow) {
            (Mode::Bounded, Some(mut sum), Some(added)) => {
                sum.takes = sum.takes.saturating_add(added.takes);
                sum.gives = sum.gives.saturating_add(added.gives);
                sum.max = sum.max.min(added.max);
                Some(sum)
            }
            (Mode::Bounded | Mode::Read | Mode::Add | Mode::Write, _, _) => None,
        };
        self
    }

    fn append(&mut self, declared: Declared) {
        if self.rows.is_empty() {
            self.rows.reserve(8);
        }
        self.rows.push(declared);
        if self.rows.len() <= SCAN_MAX {
            return;
        }
        // The first row too many brings all before it into the index.
        let known = self.index.len();
        for (row, position) in self.rows.iter().skip(known).zip(known..) {
            // A set has far fewer than 2^32 rows: a call is bounded in its bytes.
            let entry = (row.key.fingerprint(), u32::try_from(position).unwrap_or(u32::MAX));
            let at = self.index.partition_point(|known| *known < entry);
            self.index.insert(at, entry);
        }
    }

    /// The rows in the order of their declaration, each once.
    pub fn rows(&self) -> &[Declared] {
        &self.rows
    }

    /// Where `key` stands in [`Access::rows`].
    pub fn position(&self, key: &RowKey) -> Option<usize> {
        if self.rows.len() <= SCAN_MAX {
            return self.rows.iter().position(|row| row.key == *key);
        }
        let first = self.index.partition_point(|(known, _)| *known < key.fingerprint());
        let same = self.index.get(first..).unwrap_or(&[]).iter();
        same.take_while(|(known, _)| *known == key.fingerprint())
            .map(|(_, position)| *position as usize)
            .find(|position| self.rows.get(*position).is_some_and(|row| row.key == *key))
    }

    /// The row at this position.
    pub(crate) fn at(&self, position: usize) -> Option<&Declared> {
        self.rows.get(position)
    }

    /// Whether transactions with these sets must run one after the other. For bounded sums this
    /// is the answer as long as they cover both.
    pub fn conflicts(&self, other: &Self) -> bool {
        let clashes = |row: &Declared| {
            let same = other.position(&row.key).and_then(|at| other.at(at));
            same.is_some_and(|same| row.mode.conflicts(same.mode))
        };
        self.exclusive || other.exclusive || self.rows.iter().any(clashes)
    }

    fn allows(&self, key: &RowKey, allowed: impl FnOnce(Mode) -> bool) -> bool {
        let mode = self.position(key).and_then(|at| self.at(at)).map(|row| row.mode);
        self.exclusive || mode.is_some_and(allowed)
    }

    /// Whether `key` may be read.
    pub fn allows_read(&self, key: &RowKey) -> bool {
        self.allows(key, Mode::allows_read)
    }

    /// Whether `key` may be written.
    pub fn allows_write(&self, key: &RowKey) -> bool {
        self.allows(key, |mode| mode == Mode::Write)
    }

    /// Whether the sum at `key` may be added to.
    pub fn allows_add(&self, key: &RowKey) -> bool {
        self.allows(key, Mode::allows_add)
    }

    /// Whether the bounded sum at `key` may be taken from and given to.
    pub fn allows_bounded(&self, key: &RowKey) -> bool {
        self.allows(key, Mode::allows_bounded)
    }
}

impl Eq for Access {}

/// Two sets are equal if they allow the same, in whatever order it was declared.
impl PartialEq for Access {
    fn eq(&self, other: &Self) -> bool {
        let is_in_other = |row: &Declared| {
            other.position(&row.key).and_then(|at| other.at(at)).is_some_and(|same| same == row)
        };
        self.exclusive == other.exclusive
            && self.rows.len() == other.rows.len()
            && self.rows.iter().all(is_in_other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> RowKey {
        RowKey::from(number.to_be_bytes().to_vec())
    }

    #[test]
    fn reading_and_adding_one_row_is_writing_it() {
        let mut access = Access::new();
        access.read(key(1)).add(key(1));
        assert_eq!(access.rows(), [Declared { key: key(1), mode: Mode::Write, escrow: None }]);
    }

    #[test]
    fn only_two_reads_two_additions_or_two_covered_takings_commute() {
        use Mode::{Add, Bounded, Read, Write};
        let commuting: Vec<_> = [Read, Add, Bounded, Write]
            .into_iter()
            .flat_map(|one| [Read, Add, Bounded, Write].map(|other| (one, other)))
            .filter(|(one, other)| !one.conflicts(*other))
            .collect();
        assert_eq!(commuting, [(Read, Read), (Add, Add), (Bounded, Bounded)]);
    }

    #[test]
    fn what_is_declared_twice_of_a_bounded_sum_adds_up() {
        let escrow = |takes, gives| Escrow { takes, gives, max: 100 };
        let mut access = Access::new();
        access.bounded(key(1), escrow(3, 0)).bounded(key(1), escrow(4, 5));
        assert_eq!(access.rows()[0].escrow, Some(Box::new(escrow(7, 5))));
        access.read(key(1));
        assert_eq!(access.rows(), [Declared { key: key(1), mode: Mode::Write, escrow: None }]);
    }

    #[test]
    fn every_row_of_a_set_of_any_size_is_found() {
        for size in [1_u32, 31, 32, 33, 34, 500] {
            let mut access = Access::new();
            for number in 0..size {
                access.read(key(number)).read(key(number / 2));
            }
            assert_eq!(access.rows().len(), size as usize);
            for number in 0..size {
                assert_eq!(access.position(&key(number)), Some(number as usize));
                assert!(access.allows_read(&key(number)));
                assert!(!access.allows_write(&key(number)));
            }
            assert_eq!(access.position(&key(size)), None);
        }
    }

    #[test]
    fn sets_that_allow_the_same_are_equal() {
        let (mut one, mut two) = (Access::new(), Access::new());
        one.read(key(1)).write(key(2));
        two.write(key(2)).read(key(1));
        assert_eq!(one, two);
        two.add(key(3));
        assert_ne!(one, two);
    }
}
