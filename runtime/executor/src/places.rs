//! Where each transaction of a segment finds the rows it declared: one word for each access, in
//! flat arrays.
//!
//! A word is a row's number in the block, or the number of a hot row of the segment if the hot bit
//! is set. The covered bit says that a bounded sum covers the transaction.

const COVERED: u32 = 1 << 31;
const HOT: u32 = 1 << 30;
const NUMBER: u32 = HOT - 1;

/// What a place refers to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// The row with this number.
    Row(u32),
    /// The segment's hot row with this number.
    Hot(u32),
}

/// The places of all accesses of a segment.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Where each transaction's words begin, and where the last one's end.
    offsets: Vec<u32>,
    words: Vec<u32>,
    rows: usize,
}

impl Places {
    /// Room for this many transactions and accesses.
    pub(crate) fn with_capacity(transactions: usize, accesses: usize) -> Self {
        let mut offsets = Vec::with_capacity(transactions.saturating_add(1));
        offsets.push(0);
        Self { offsets, words: Vec::with_capacity(accesses), rows: 0 }
    }

    /// Append the access of a transaction to the row with this number.
    pub(crate) fn push(&mut self, row: u32) {
        self.rows = self.rows.max((row as usize).saturating_add(1));
        self.words.push(row);
    }

    /// The transaction in hand has no more accesses.
    pub(crate) fn end(&mut self) {
        // A block declares fewer than 2^30 rows by its byte limit.
        self.offsets.push(u32::try_from(self.words.len()).unwrap_or(u32::MAX));
    }

    /// Forget all transactions.
    pub(crate) fn clear(&mut self) {
        self.offsets.truncate(1);
        self.words.clear();
        self.rows = 0;
    }

    /// How many accesses there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// One more than the highest number of a row.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    fn bounds(&self, transaction: usize) -> core::ops::Range<usize> {
        let end = self.offsets.get(transaction.saturating_add(1));
        self.offsets
            .get(transaction)
            .zip(end)
            .map_or(0..0, |(start, end)| *start as usize..*end as usize)
    }

    /// The words of a transaction, in the order of its access set.
    pub(crate) fn of(&self, transaction: usize) -> &[u32] {
        self.words.get(self.bounds(transaction)).unwrap_or(&[])
    }

    /// The same, to be marked.
    pub(crate) fn of_mut(&mut self, transaction: usize) -> &mut [u32] {
        let bounds = self.bounds(transaction);
        self.words.get_mut(bounds).unwrap_or(&mut [])
    }

    /// Replace rows by the hot rows that `hot` knows.
    pub(crate) fn mark_hot(&mut self, hot: impl Fn(u32) -> Option<u32>) {
        for word in &mut self.words {
            if let Some(hot) = hot(Self::row(*word)) {
                *word = (*word & COVERED) | HOT | hot;
            }
        }
    }

    /// The row's number in a word that is not marked as hot.
    pub(crate) const fn row(word: u32) -> u32 {
        word & NUMBER
    }

    /// The word with the covered bit.
    pub(crate) const fn covered(word: u32) -> u32 {
        word | COVERED
    }

    /// Whether the covered bit is set.
    pub(crate) const fn is_covered(word: u32) -> bool {
        word & COVERED != 0
    }

    /// What a word refers to.
    pub(crate) const fn place(word: u32) -> Place {
        let number = word & NUMBER;
        if word & HOT == 0 { Place::Row(number) } else { Place::Hot(number) }
    }
}
