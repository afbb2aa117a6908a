//! Which transactions a bounded sum is certain to cover.
//!
//! Escrow: as long as the sum at the beginning of the segment covers all that the transactions
//! before may take together with what this one may take, and leaves room for all they may give,
//! every one of their attempts succeeds in whatever order they run. They commute. The first
//! transaction that is not covered looks at the true sum, and so do all after it.

use althing_frame::Escrow;

/// The account of one bounded sum in one segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger {
    base: u128,
    takes: u128,
    gives: u128,
    max: u128,
    is_open: bool,
}

impl Ledger {
    /// The account of a sum that begins with `base`; `None` covers nobody, since what the row holds
    /// is no sum.
    pub(crate) fn new(base: Option<u128>) -> Self {
        let is_open = base.is_some();
        Self { base: base.unwrap_or(0), takes: 0, gives: 0, max: u128::MAX, is_open }
    }

    /// Cover nobody from here on.
    pub(crate) fn close(&mut self) {
        self.is_open = false;
    }

    /// Whether the sum is certain to cover this one beside all it covers already.
    pub(crate) fn covers(&mut self, escrow: &Escrow) -> bool {
        let max = self.max.min(escrow.max);
        let takes = self.takes.checked_add(escrow.takes).filter(|takes| *takes <= self.base);
        let gives = self.gives.checked_add(escrow.gives);
        let top = gives.and_then(|gives| self.base.checked_add(gives)).filter(|top| *top <= max);
        match (takes, gives, top) {
            (Some(takes), Some(gives), Some(_)) if self.is_open => {
                (self.takes, self.gives, self.max) = (takes, gives, max);
                true
            }
            _ => {
                self.close();
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn takes(amount: u128) -> Escrow {
        Escrow { takes: amount, gives: 0, max: 1_000 }
    }

    const fn gives(amount: u128) -> Escrow {
        Escrow { takes: 0, gives: amount, max: 1_000 }
    }

    #[test]
    fn a_sum_covers_no_more_than_it_holds_and_nobody_after_that() {
        let mut ledger = Ledger::new(Some(10));
        let asked = [4, 6, 0, 1, 0].map(|amount| ledger.covers(&takes(amount)));
        assert_eq!(asked, [true, true, true, false, false]);
    }

    #[test]
    fn what_others_may_give_is_not_there_to_be_taken() {
        let mut ledger = Ledger::new(Some(10));
        assert!(ledger.covers(&gives(500)));
        assert!(!ledger.covers(&takes(11)));
    }

    #[test]
    fn room_below_the_lowest_maximum_is_shared_by_all() {
        let mut ledger = Ledger::new(Some(10));
        assert!(ledger.covers(&gives(90)));
        assert!(ledger.covers(&Escrow { takes: 0, gives: 0, max: 100 }));
        assert!(!ledger.covers(&gives(1)), "the one with the low maximum may run last");
    }

    #[test]
    fn a_row_that_is_no_sum_covers_nobody() {
        assert!(!Ledger::new(None).covers(&takes(0)));
        let mut near_the_end = Ledger::new(Some(u128::MAX));
        assert!(!near_the_end.covers(&Escrow { takes: 0, gives: 1, max: u128::MAX }));
    }
}
